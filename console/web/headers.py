"""Strict headers on everything: pages, fragments, redirects, errors and static files (reliability.md 3.3)."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

#: No script, style or picture but our own files; nothing inline, no plugin, no frame, no foreign form target.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
STRICT: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
METHODS: Final = ("GET", "HEAD", "POST")


class SecurityHeadersMiddleware:
    """Adds the strict headers, keeps private pages out of caches, and refuses methods that no page has."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A plain Django view answers any method, so TRACE and inventions stop here (ASVS 4.1.4)."""
        known = request.method in METHODS
        response = self.get_response(request) if known else HttpResponseNotAllowed(METHODS)
        for name, value in STRICT.items():
            response.headers.setdefault(name, value)
        # Static files bring their own, long-lived; everything else may name a customer.
        response.headers.setdefault("Cache-Control", "no-store")
        return response
