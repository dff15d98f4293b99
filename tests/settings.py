"""The console's own settings, with a fast password hasher and plain HTTP for the test client."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "tests-only-" + "k3y" * 20)
os.environ.setdefault("CONSOLE_DATA_DIR", tempfile.mkdtemp(prefix="console-tests-"))
os.environ.setdefault("CONSOLE_PLAIN_HTTP", "yes")
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ.setdefault("CONSOLE_READS_A_MINUTE", "1000000")  # many tests in one process are one person's
os.environ.setdefault("CACHE_URL", "locmemcache://")

from console.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {  # the manifest needs collectstatic first
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Static files are served from their sources; whitenoise warns of a missing folder.
STATIC_ROOT = DATA_DIR / "static"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # asked for a file it looks for that one; else every new client would read them all

if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":  # noqa: F405
    # Tests may lose their last commits when the power goes; the console itself may not.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # noqa: F405
