"""Certificates for servers of the tests."""

import subprocess
from pathlib import Path

import pytest


def own_certificate(folder: Path, names: str = "IP:127.0.0.1") -> tuple[Path, Path]:
    """Chain and key, made in the folder, for 127.0.0.1 or these names; nobody else trusts it."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", f"subjectAltName={names}", "-keyout", str(key), "-out", str(chain)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    except FileNotFoundError:
        pytest.skip("openssl is not installed here")
    return chain, key
