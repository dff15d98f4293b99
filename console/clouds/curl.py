"""A call as a command line for a shell, to be tried by hand. The proof of who calls is left to the reader."""

from shlex import quote
from typing import Final

from console.clouds.exchange import WireCall
from console.clouds.masking import MASK

#: Worked out by curl itself, from the URL and the body.
_ITS_OWN: Final = frozenset({"content-length", "host"})
#: A signature is good for one call at one moment, so these go, and a token takes their place (huawei-contract 1.2).
_OF_A_SIGNATURE: Final = frozenset(
    {"x-sdk-date", "x-sdk-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
)
#: A call with this header can be proven by a signature only (alibaba-contract 1.1).
_SIGNED_ONLY: Final = "x-acs-action"
_SIGNATURE: Final = "authorization"
_TOKEN: Final = "X-Auth-Token"  # noqa: S105 - the header's name


def curl(call: WireCall) -> str:
    """The command. Whatever was masked in its headers is to be given as the shell variable TOKEN."""
    signed = any(name.lower() == _SIGNATURE and value == MASK for name, value in call.headers)
    takes_token = all(name.lower() != _SIGNED_ONLY for name, _ in call.headers)
    parts = [f"curl --globoff --request {quote(call.method)} {quote(call.url)}"]
    for name, value in call.headers:
        lowered = name.lower()
        if lowered in _ITS_OWN or (signed and lowered in _OF_A_SIGNATURE):
            continue
        if lowered == "accept-encoding":
            parts.append("--compressed")  # asks for it in the same words, and unpacks the answer
        else:
            parts.append(_header(_TOKEN if signed and takes_token and lowered == _SIGNATURE else name, value))
    if call.body:
        parts.append(f"--data-raw {quote(call.body)}")
    return " \\\n  ".join(parts)


def _header(name: str, value: str) -> str:
    if value == MASK:
        return f'--header {quote(name + ": ")}"$TOKEN"'
    # curl leaves a header out that has a colon and no value; with a semicolon it sends it empty.
    return f"--header {quote(f'{name}: {value}' if value else f'{name};')}"
