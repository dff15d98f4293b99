"""The examples for nginx and Caddy as running proxies, in front of servers of the test."""

import atexit
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.running.certificates import own_certificate
from tests.running.deploy.examples import DEPLOY, program
from tests.running.processes import free_port, listens, until

#: What the examples hold, and a test puts other things for.
FIRST, SECOND, NAME, CERTIFICATES, INSIDE = (
    "10.20.30.11:8000",
    "10.20.30.12:8000",
    "console.example.com",
    "/etc/ssl/private-access-console",
    "10.20.30.0/24",
)
#: A client that the test counts to the private network of the example.
MONITORING = "127.0.0.9"
#: Around the example, as a distribution has it: in the foreground, with everything in the folder of the test.
_NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;
    include {folder}/console.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """One that runs. Clients call it `localhost`."""

    kind: str
    folder: Path
    port: int

    @property
    def base(self) -> str:
        return f"https://localhost:{self.port}"

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "chain.pem"))


def nginx_files(folder: Path, servers: tuple[int, int], port: int) -> list[str]:
    """Put the configuration into the folder; the command that starts nginx with it."""
    text = _placed((DEPLOY / "proxy/nginx.conf").read_text(encoding="utf-8"), folder, servers)
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
        "listen 80", f"listen 127.0.0.1:{free_port()}"
    )
    text = text.replace(f"server_name {NAME}", "server_name localhost").replace("/var/log/nginx", str(folder))
    (folder / "console.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder), encoding="utf-8")
    return [program("nginx"), "-p", str(folder), "-e", str(folder / "early.log"), "-c", str(folder / "nginx.conf")]


def caddy_files(folder: Path, servers: tuple[int, int], port: int) -> list[str]:
    """Put the configuration into the folder; the command that starts Caddy with it."""
    text = _placed((DEPLOY / "proxy/Caddyfile").read_text(encoding="utf-8"), folder, servers)
    text = text.replace(f"{NAME} {{", f"https://localhost:{port} {{", 1).replace(f"Host {NAME}", "Host 127.0.0.1")
    text = text.replace("{\n", "{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n", 1)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _placed(text: str, folder: Path, servers: tuple[int, int]) -> str:
    """The example with addresses of the test. Fails where it does not hold what is to be replaced."""
    places = {FIRST: f"127.0.0.1:{servers[0]}", SECOND: f"127.0.0.1:{servers[1]}", CERTIFICATES: str(folder)}
    for old, new in (places | {INSIDE: f"{MONITORING}/32"}).items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def place_certificate(folder: Path) -> None:
    """Put `chain.pem` and `key.pem` for `localhost` into the folder, which may be there already."""
    shutil.copytree(_certificate(), folder, dirs_exist_ok=True)


@cache
def _certificate() -> Path:
    """Made once in each process of the tests: keys are dear."""
    folder = Path(tempfile.mkdtemp(prefix="console-certificate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    own_certificate(folder, "DNS:localhost")
    return folder


@contextmanager
def proxy(kind: str, folder: Path, servers: tuple[int, int]) -> Iterator[Proxy]:
    """`kind` is nginx or caddy. It ends with the block."""
    port = free_port()
    place_certificate(folder)
    command = {"nginx": nginx_files, "caddy": caddy_files}[kind](folder, servers, port)
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "printed").open("wb") as printed:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed)
    try:
        assert until(lambda: process.poll() is not None or listens(port), 20)
        assert process.poll() is None, (folder / "printed").read_text()
        yield Proxy(kind, folder, port)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
