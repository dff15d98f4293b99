"""What is wrong with the certificate of a host, in words for people. Decides nothing, and sends no request.

The error of a refused certificate has neither its dates nor its names. So the host is asked for it a second time, by a
handshake that believes anything and is closed at once.
"""

import socket
import ssl
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from console.clouds.addresses import may_connect

#: What OpenSSL calls X509_V_ERR_...
_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
_WRONG_NAME: Final = (62, 64)
#: Self-signed, or from an issuer that is not at hand.
_UNKNOWN_AUTHORITY: Final = (18, 19, 20, 21)
#: So many names of a certificate are told, and so many characters of each.
_MOST_NAMES: Final = 5
_LONGEST_NAME: Final = 100


def complaint_about(host: str, port: int, error: ssl.SSLCertVerificationError, seconds: float) -> str:
    """The end of a sentence that begins with the certificate; "" where nothing more is known than that it is wrong.

    Asking the host again takes `seconds` at most.
    """
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return "comes from an authority that this console does not know (`ca_file` in the clouds file)"
    if error.verify_code in _WRONG_NAME:
        return f"is for another name{_names_told(_shown_by(host, port, seconds))}"
    if error.verify_code == _EXPIRED:
        return _expired(_shown_by(host, port, seconds))
    if error.verify_code == _NOT_YET_VALID:
        return _not_yet_valid(_shown_by(host, port, seconds))
    return ""


def _shown_by(host: str, port: int, seconds: float) -> x509.Certificate | None:
    """The certificate, which nobody vouches for; None where none came."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((host, port), timeout=max(seconds, 0.001)) as plain:
            if not may_connect(str(plain.getpeername()[0]), "https"):
                return None
            with context.wrap_socket(plain, server_hostname=host) as connection:
                shown = connection.getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(shown) if shown else None
    except (OSError, ValueError):
        return None


def _expired(certificate: x509.Certificate | None) -> str:
    if certificate is None:
        return "has expired"
    if certificate.not_valid_after_utc > datetime.now(UTC):
        return "comes from an authority whose own certificate has expired"
    return f"has been expired since {_moment(certificate.not_valid_after_utc)}"


def _not_yet_valid(certificate: x509.Certificate | None) -> str:
    if certificate is None or certificate.not_valid_before_utc <= datetime.now(UTC):
        return "is not valid yet by this machine's clock"
    return f"is not valid before {_moment(certificate.not_valid_before_utc)} by this machine's clock"


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%B %Y %H:%M} UTC"


def _names_told(certificate: x509.Certificate | None) -> str:
    """The names that it has, as the end of a sentence. They come from a stranger, so only plain ones are told."""
    names = [name for name in _names_of(certificate) if name.isascii() and name.isprintable() and " " not in name]
    if not names:
        return ""
    told = ", ".join(name[:_LONGEST_NAME] for name in names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f": it names {told}{more}"


def _names_of(certificate: x509.Certificate | None) -> list[str]:
    if certificate is None:
        return []
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    addresses = [str(address) for address in alternatives.get_values_for_type(x509.IPAddress)]
    return [*alternatives.get_values_for_type(x509.DNSName), *addresses]
