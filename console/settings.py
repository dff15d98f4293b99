"""Settings, from the environment only; each may also be given as a file named by NAME_FILE. The README lists them.

Clouds are not described here: `console.wiring` reads their file.
"""

from pathlib import Path
from typing import Any

import environ

from console.environment import Environment

env = Environment()
ROOT = Path(__file__).resolve().parent.parent

DATA_DIR = Path(env.text("CONSOLE_DATA_DIR", default=str(ROOT / ".data")))
SECRET_KEY = env.text("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# Plain HTTP is for loopback demos. Everything else is served over TLS, by this process or by a proxy in front.
PLAIN_HTTP = env.flag("CONSOLE_PLAIN_HTTP", default=False)
# How many proxies in front may be believed about the client's address and scheme.
TRUSTED_PROXIES = env.number("CONSOLE_TRUSTED_PROXIES", default=0)
# How many requests of one client (an address; of IPv6 a /64) each worker has under way at most.
CLIENT_REQUESTS = env.number("CONSOLE_CLIENT_REQUESTS", default=64)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "console.web.static_files.StaticFiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "console.web",
    "console.access",
    "console.heartbeats",
    "console.audit",
    "console.changes",
    "console.observations",
    "console.running",
]

MIDDLEWARE = [
    "console.web.request_id.RequestIdMiddleware",
    "console.running.access_log.AccessLogMiddleware",
    "console.web.time_limit.TimeLimitMiddleware",
    "console.web.headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "console.web.visible.VisibleCharactersMiddleware",
    "console.access.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "console.access.sessions.SessionLimitsMiddleware",
    "console.access.sign_in.SignInRequiredMiddleware",
    "console.access.preferences.PreferencesMiddleware",
    "console.access.reading.ReadAllowanceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.navigation.frame",
            ],
            "builtins": ["console.web.templatetags.face"],
        },
    }
]
FORM_RENDERER = "console.web.forms.FaceRenderer"

# How long anything waits for a lock in the database: less than a page may take in all (reliability R12). Seconds.
LOCK_SECONDS = 6
DATABASE_URL = env.text("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'console.sqlite3'}")
DATABASES: dict[str, Any] = {"default": environ.Env.db_url_config(DATABASE_URL)}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions and WAL let many threads write without a lock error; FULL keeps what was promised
    # even when the power goes (reliability.md 2.6).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": LOCK_SECONDS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # What the URL says goes before. A machine that freezes or is lost within a transaction loses its locks, above all
    # that on the end of the audit log, for which every act waits. No transaction waits for a cloud or a person.
    _LIMITS = f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout=5s"
    _GIVEN = DATABASES["default"].get("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": LOCK_SECONDS,
        **_GIVEN,
        "options": f"{_LIMITS} {_GIVEN.get('options', '')}".strip(),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Nothing that has to last or to be counted is kept in it; whatever is, is shared by all workers by default.
CACHE_URL = env.text("CACHE_URL", default="dbcache://console_cache")
CACHES: dict[str, Any] = {"default": environ.Env.cache_url_config(CACHE_URL)}
if "redis" in CACHES["default"]["BACKEND"]:
    # One that hangs must not hold up who asks whether it answers.
    _WAITS: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 1}
    CACHES["default"]["OPTIONS"] = _WAITS | CACHES["default"].get("OPTIONS", {})

AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "console.access.passwords.ContextWordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "console.access.sign_in.ClosedAdapter"
ACCOUNT_RATE_LIMITS = False  # they lock names for everybody; console.access.waits does not
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Sessions end after idle time and, whatever happens, after the absolute one (ASVS 7.3).
SESSION_ENGINE = "console.access.session_store"
SESSION_IDLE_SECONDS = env.number("CONSOLE_SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_ABSOLUTE_SECONDS = env.number("CONSOLE_SESSION_ABSOLUTE_SECONDS", default=12 * 60 * 60)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
# Browsers take the __Host- prefix over TLS only.
SESSION_COOKIE_NAME = "console_session" if PLAIN_HTTP else "__Host-console_session"
CSRF_COOKIE_NAME = "console_csrf" if PLAIN_HTTP else "__Host-console_csrf"
BROWSER_COOKIE_NAME = "console_browser" if PLAIN_HTTP else "__Host-console_browser"
CSRF_FAILURE_VIEW = "console.audit.refusals.forged_request"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not PLAIN_HTTP
SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# Django would otherwise let everybody read what it collects, whatever the umask (console.running.private_files).
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Our files are for our own pages, and text says how it is written (ASVS 3.4.2, 4.1.1).
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# How long after a lost answer an effect may still turn up; before that, "not seen" proves nothing. Seconds.
SETTLE_SECONDS = env.number("CONSOLE_SETTLE_SECONDS", default=30)
# How long a confirmation may lie open before it must be read again. Seconds.
CONFIRMATION_SECONDS = env.number("CONSOLE_CONFIRMATION_SECONDS", default=15 * 60)

# Whether what a Change creates carries the Change's id as one of its tags, so that it is found after a lost answer.
TAG_CHANGES = env.flag("CONSOLE_TAG_CHANGES", default=True)

# How long an answer of a cloud is shown to everybody before it is asked for again. Seconds.
READS_A_MINUTE = env.number("CONSOLE_READS_A_MINUTE", default=60)
STATUS_INTERVAL_SECONDS = env.number("CONSOLE_STATUS_INTERVAL_SECONDS", default=2)

# Acts that ended so long ago are deleted, also their confirmation, progress and transcripts; the rows of the audit log
# stay. A year and a month, so that "as last year" can still be looked up. 0: everything is kept for ever.
CHANGES_DAYS = env.number("CONSOLE_CHANGES_DAYS", default=400)

# The proof of the audit log (console.audit.statements). The key as PEM; none: made once in the data folder.
AUDIT_SECRET_KEY = env.text("CONSOLE_AUDIT_SECRET_KEY", default="")
AUDIT_CHECKPOINT_SECONDS = env.number("CONSOLE_AUDIT_CHECKPOINT_SECONDS", default=300)
# Where checkpoints go besides the database. The file is the anchor that the log is compared with; empty: none.
AUDIT_ANCHOR_PATH = env.text("CONSOLE_AUDIT_ANCHOR_PATH", default=str(DATA_DIR / "audit-checkpoints.jsonl"))
AUDIT_WEBHOOK = env.text("CONSOLE_AUDIT_WEBHOOK", default="")
AUDIT_WEBHOOK_PRIVATE = env.flag("CONSOLE_AUDIT_WEBHOOK_PRIVATE", default=False)
AUDIT_EMAIL = env.words("CONSOLE_AUDIT_EMAIL", default=[])
AUDIT_EMAIL_SECONDS = env.number("CONSOLE_AUDIT_EMAIL_SECONDS", default=24 * 60 * 60)
# Rows older than this are cut, up to a checkpoint. 0: everything is kept for ever.
AUDIT_RETAIN_DAYS = env.number("CONSOLE_AUDIT_RETAIN_DAYS", default=0)

# Without a mail server nothing is sent.
EMAIL_URL = env.text("CONSOLE_EMAIL_URL", default="")
_EMAIL: dict[str, Any] = environ.Env.email_url_config(EMAIL_URL or "dummymail://")
EMAIL_BACKEND = _EMAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _EMAIL.get("EMAIL_HOST") or "localhost", _EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _EMAIL.get("EMAIL_HOST_USER") or "", _EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _EMAIL.get("EMAIL_USE_TLS", False), _EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = _EMAIL.get("EMAIL_FILE_PATH")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("CONSOLE_EMAIL_FROM", default="console@localhost")

# The bearer token that opens the details of /readyz; without one they stay closed.
HEALTH_TOKEN = env.text("CONSOLE_HEALTH_TOKEN", default="")

LOGGING_CONFIG = "console.running.logs.configure"
# Masked wherever they turn up; everything else that is secret is masked by its name (console.running.masking).
_SECRETS = [SECRET_KEY, DATABASES["default"].get("PASSWORD", ""), EMAIL_HOST_PASSWORD, AUDIT_SECRET_KEY, HEALTH_TOKEN]
LOGGING = {"level": env.text("CONSOLE_LOG_LEVEL", default="INFO"), "secrets": _SECRETS}
