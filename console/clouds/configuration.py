"""The file of clouds, understood and checked: one dataclass per cloud, one sentence per mistake (house part 5).

Pure: is given the parsed file and the environment. Only `wiring` reads settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from console.clouds.addresses import problem_with_base_url
from console.clouds.credentials import AccessKey, Credentials, Password
from console.clouds.providers import PROVIDERS, Provider
from console.clouds.secret import Secret
from console.patterns import Pattern

#: First parts of the console's own addresses: a cloud of that name would hide them (house part 5).
RESERVED_NAMES: Final = frozenset(
    {
        "gateways",
        "audit",
        "people",
        "changes",
        "sign-in",
        "sign-out",
        "account",
        "static",
        "healthz",
        "readyz",
        "preferences",
        "help",
    }
)

_KEY_PAIR: Final = ("access_key", "secret_key")
_SIGN_IN: Final = ("user_name", "password", "domain_name")
#: Names, not secrets: they may stand in the file as they are.
_PLAIN: Final = frozenset({"user_name", "domain_name"})
_CREDENTIAL_KEYS: Final = frozenset((*_KEY_PAIR, *_SIGN_IN))
_KNOWN: Final = _CREDENTIAL_KEYS | {"provider", "label", "region", "project_id", "endpoints", "credentials", "ca_file"}
#: Known as well where a cloud is an account and not a project.
_OF_AN_ACCOUNT: Final = frozenset({"account_id"})
#: Stands for credentials that could not be read; never leaves this file, for there is then a problem.
_NOBODY: Final = AccessKey("", Secret(""))
#: Stands for a provider that is not known; likewise. Whatever any of them has is taken, so that one mistake is told.
_NO_PROVIDER: Final = Provider(tuple(name for provider in PROVIDERS.values() for name in provider.services), ())
_NAME: Final = Pattern(r"[a-z0-9-]+", 32)
_IDS: Final = {
    "region": (Pattern(r"[a-z0-9][a-z0-9-]*", 32), "the id of a region, such as eu-de"),
    "project_id": (Pattern(r"[0-9a-f]{32}", 32), "the id of a project: 32 characters of 0-9 and a-f"),
    "account_id": (Pattern(r"[0-9]{8,20}", 20), "the id of a cloud account: 8 to 20 digits"),
}
_LONGEST_LABEL: Final = 64


@dataclass(frozen=True, slots=True)
class CloudSettings:
    """One cloud, ready to be built. `endpoints` maps each of the provider's services that is known to its base URL."""

    name: str
    label: str
    provider: str
    region: str
    #: "" where the provider has no projects.
    project_id: str
    endpoints: Mapping[str, str]
    credentials: Credentials
    #: The account that the credentials belong to; "" has the cloud asked.
    account_id: str = ""
    #: Whether it is our own simulated cloud.
    simulated: bool = False
    #: Own certificate authorities instead of the public ones; "" for the public ones.
    ca_file: str = ""


class CloudsFile:
    """Reads one parsed file. `problems` holds a sentence for every mistake, naming file, cloud and key."""

    def __init__(self, path: Path, environ: Mapping[str, str], simulated: CloudSettings) -> None:
        """`simulated` lends region, project and credentials to simulated clouds that leave them out."""
        self.problems: list[str] = []
        self._path = path
        self._environ = environ
        self._simulated = simulated

    def read(self, document: Mapping[str, Any]) -> dict[str, CloudSettings]:
        """The clouds without mistakes, in the order of the file."""
        tables = document.get("clouds")
        for key in document:
            if key != "clouds":
                self._wrong(key, "is not known; clouds are tables named [clouds.NAME]")
        if not isinstance(tables, dict) or not tables:
            self._wrong("clouds", "is missing: the file names no cloud")
            return {}
        found = ((name, self._cloud(name, table)) for name, table in tables.items())
        return {name: settings for name, settings in found if settings is not None}

    def _wrong(self, key: str, what: str) -> None:
        self.problems.append(f"{self._path}: {key} {what}")

    def _cloud(self, name: str, table: Any) -> CloudSettings | None:
        where = f"clouds.{name}"
        before = len(self.problems)
        if not _NAME.fullmatch(name):
            self._wrong(where, "has a name that is not 1 to 32 of a-z, 0-9 and -")
        elif name in RESERVED_NAMES:
            self._wrong(where, "has a name that the console's own addresses use")
        if not isinstance(table, dict):
            self._wrong(where, "must be a table")
            return None
        name_of_provider, provider = self._provider(where, table)
        for key in table.keys() - _KNOWN - (frozenset() if provider.has_projects else _OF_AN_ACCOUNT):
            self._wrong(f"{where}.{key}", "is not known")
        lent = self._simulated if provider.simulated else None
        settings = CloudSettings(
            name=name,
            label=self._label(where, table, name),
            provider=name_of_provider,
            region=(region := self._id(where, table, "region", lent)),
            project_id=self._id(where, table, "project_id", lent, optional=not provider.has_projects),
            endpoints=self._endpoints(where, table, provider, region),
            credentials=self._credentials(where, table, provider, lent),
            account_id=self._id(where, table, "account_id", lent, optional=True),
            simulated=provider.simulated,
            ca_file=self._ca_file(where, table),
        )
        return settings if len(self.problems) == before else None

    def _provider(self, where: str, table: Mapping[str, Any]) -> tuple[str, Provider]:
        name = table.get("provider")
        if isinstance(name, str) and name in PROVIDERS:
            return name, PROVIDERS[name]
        self._wrong(f"{where}.provider", f"must be one of {', '.join(PROVIDERS)}")
        return "", _NO_PROVIDER

    def _label(self, where: str, table: Mapping[str, Any], name: str) -> str:
        label = table.get("label", name)
        if isinstance(label, str) and label.strip() and label.isprintable() and len(label) <= _LONGEST_LABEL:
            return label.strip()
        self._wrong(f"{where}.label", f"must be a text of 1 to {_LONGEST_LABEL} characters")
        return ""

    def _id(
        self, where: str, table: Mapping[str, Any], key: str, lent: CloudSettings | None, *, optional: bool = False
    ) -> str:
        pattern, meaning = _IDS[key]
        value = table.get(key, getattr(lent, key, None) or None)
        if value is None and optional:
            return ""
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        self._wrong(f"{where}.{key}", f"is missing: {meaning}" if value is None else f"must be {meaning}")
        return ""

    def _endpoints(self, where: str, table: Mapping[str, Any], provider: Provider, region: str) -> Mapping[str, str]:
        urls = table.get("endpoints", {} if provider.usual else None)
        if not isinstance(urls, dict):
            self._wrong(f"{where}.endpoints", "is missing: a table of base URLs by service, or one named all")
            return {}
        for service, url in urls.items():
            self._check_endpoint(f"{where}.endpoints.{service}", service, url, provider)
        usual = {service: url.format(region=region) for service, url in provider.usual.items()}
        bases = {name: urls.get(name) or urls.get("all") or usual.get(name) for name in provider.services}
        for service in provider.needed:
            if not bases[service]:
                self._wrong(f"{where}.endpoints.{service}", "is missing, and there is no all")
        return MappingProxyType({service: str(url) for service, url in bases.items() if url})

    def _check_endpoint(self, where: str, service: str, url: Any, provider: Provider) -> None:
        if service not in (*provider.services, "all"):
            self._wrong(where, f"is not known; use {', '.join(provider.services)} or all")
        elif not isinstance(url, str):
            self._wrong(where, "must be a text")
        elif problem := problem_with_base_url(url):
            self._wrong(where, problem)

    def _ca_file(self, where: str, table: Mapping[str, Any]) -> str:
        value = table.get("ca_file")
        if value is None:
            return ""
        if isinstance(value, str) and (path := self._path.parent / value).is_file():
            return str(path)
        self._wrong(f"{where}.ca_file", "names no file")
        return ""

    def _credentials(
        self, where: str, table: Mapping[str, Any], provider: Provider, lent: CloudSettings | None
    ) -> Credentials:
        """From the cloud's own table or from its table `credentials`."""
        inner = table.get("credentials", {})
        if not isinstance(inner, dict):
            self._wrong(f"{where}.credentials", "must be a table")
            return _NOBODY
        for key in inner:
            if key not in _CREDENTIAL_KEYS:
                self._wrong(f"{where}.credentials.{key}", "is not known")
        given = {key: value for key, value in {**table, **inner}.items() if key in _CREDENTIAL_KEYS}
        if not given and lent is not None:
            return lent.credentials
        texts = {key: self._secret(f"{where}.{key}", key, value) for key, value in given.items()}
        if set(given) == set(_KEY_PAIR):
            return AccessKey(texts["access_key"], Secret(texts["secret_key"]))
        if set(given) == set(_SIGN_IN) and provider.signs_in:
            return Password(texts["user_name"], Secret(texts["password"]), texts["domain_name"])
        either = "needs either access_key and secret_key, or user_name, password and domain_name"
        self._wrong(
            where, either if provider.signs_in else "needs access_key and secret_key, and nothing else to sign in"
        )
        return _NOBODY

    def _secret(self, where: str, key: str, value: Any) -> str:
        """The text that `env:NAME` or `file:PATH` stands for. No sentence ever repeats a value."""
        kind, _, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
        if kind == "env" and rest:
            found = self._environ.get(rest, "")
        elif kind == "file" and rest:
            found = self._file(where, self._path.parent / rest)
        elif key in _PLAIN and isinstance(value, str):
            found = value
        else:
            self._wrong(where, "must be env:NAME or file:PATH, never the text itself")
            return ""
        if not found and kind == "env":
            self._wrong(where, f"names the environment variable {rest}, which is not set")
        elif found and not found.isprintable():
            self._wrong(where, "holds a line break or another character that no credential has")
        elif not found and kind != "file":
            self._wrong(where, "is empty")
        return found

    def _file(self, where: str, path: Path) -> str:
        try:
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            self._wrong(where, f"names the file {path}, which cannot be read")
            return ""
        if not found:
            self._wrong(where, f"names the file {path}, which is empty")
        return found
