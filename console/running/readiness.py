"""Whether `serve` may start: each reason against it is one sentence for the person who starts it."""

import ssl
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from console import wiring
from console.audit import anchors
from console.running import schema
from console.running.ports import is_loopback
from console.running.server import Service


def reasons_against(service: Service) -> Iterator[str]:
    """Why the console may not serve like this; nothing when it may. Cheap reasons first; the database is asked last."""
    try:
        settings.SECRET_KEY  # noqa: B018 -- Django refuses to hand out an empty one
    except ImproperlyConfigured:
        yield "SECRET_KEY is not set. Put at least 50 random characters in a file and name it in SECRET_KEY_FILE."
        return
    yield from _transport_reasons(service)
    failed = [issue for issue in checks.run_checks(include_deployment_checks=True) if issue.level >= checks.ERROR]
    yield from (f"{issue.msg} ({issue.id})" for issue in failed)
    yield from _database_reasons()


def warnings_about() -> list[str]:
    """What is allowed but unwise."""
    issues = [i for i in checks.run_checks(include_deployment_checks=True) if checks.WARNING <= i.level < checks.ERROR]
    return [f"{issue.msg} ({issue.id})" for issue in issues]


def only_simulated() -> bool:
    """Whether every configured cloud is a simulated one."""
    return all(cloud.simulated for cloud in wiring.clouds().values())


def certificate_problem(certificate: Path | None, key: Path | None) -> str:
    """Why this pair cannot be used for TLS; "" when it can, or when none is given."""
    if certificate is None and key is None:
        return ""
    if certificate is None or key is None:
        return "Give both --tls-certificate and --tls-key."
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        return f"The TLS certificate and key cannot be used: {error.strerror or error}."
    return ""


def _transport_reasons(service: Service) -> Iterator[str]:
    if settings.PLAIN_HTTP:
        if not is_loopback(service.address):
            yield "CONSOLE_PLAIN_HTTP is for this machine only. Give a TLS certificate, or listen on 127.0.0.1."
    elif service.certificate is None and not settings.TRUSTED_PROXIES:
        yield (
            "Nothing encrypts the pages. Give --tls-certificate and --tls-key, "
            "or set CONSOLE_TRUSTED_PROXIES=1 when a proxy in front does TLS."
        )


def _database_reasons() -> Iterator[str]:
    try:
        outdated = list(schema.reasons_against())
        yield from outdated
        cache = settings.CACHES["default"]
        if "DatabaseCache" in cache["BACKEND"] and cache["LOCATION"] not in connection.introspection.table_names():
            yield "The cache table is missing. Run `manage.py createcachetable`."
        if not outdated and (reason := anchors.reason_against_this_log()):
            yield reason
    except DatabaseError as error:
        yield f"The database does not answer ({type(error).__name__}). Check DATABASE_URL."
