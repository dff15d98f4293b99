"""nginx before two servers: it does TLS, takes turns between them, and asks the other where one does not answer."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.conditions import program
from tests.running.certificates import own_certificate
from tests.running.processes import PATIENCE, free_port, listens, until

_MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    ssl_certificate {chain};
    ssl_certificate_key {key};
    large_client_header_buffers 4 64k;
    proxy_http_version 1.1;
    proxy_connect_timeout 2s;
    proxy_set_header Host $http_host;
    proxy_set_header Connection "";
    proxy_set_header X-Forwarded-Proto https;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    {sites}
}}
"""
_SITE = """
    upstream {name} {{ {servers} }}
    server {{ listen 127.0.0.1:{port} ssl; location / {{ proxy_pass http://{name}; }} }}
"""


class Proxy:
    """Address "both" goes to either server, and each server has one of its own, by its name."""

    def __init__(self, folder: Path, servers: Mapping[str, int]) -> None:
        """`servers` are the ports of the servers by name."""
        self._folder = folder
        self.certificate, key = own_certificate(folder)
        ports = {name: free_port() for name in ("both", *servers)}
        self.urls = {name: f"https://127.0.0.1:{port}" for name, port in ports.items()}
        groups = {"both": list(servers.values()), **{name: [port] for name, port in servers.items()}}
        sites = [
            _SITE.format(
                name=name,
                port=ports[name],
                servers=" ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in group),
            )
            for name, group in groups.items()
        ]
        user = "user root;" if os.getuid() == 0 else ""
        text = _MAIN.format(user=user, folder=folder, chain=self.certificate, key=key, sites="".join(sites))
        (folder / "nginx.conf").write_text(text)
        self._ports = list(ports.values())

    def __enter__(self) -> Self:
        with (self._folder / "nginx.log").open("ab") as log:
            command = [program("nginx"), "-p", str(self._folder), "-c", str(self._folder / "nginx.conf")]
            self._process = subprocess.Popen([*command, "-e", str(self._folder / "errors.log")], stdout=log, stderr=log)
        assert until(lambda: all(map(listens, self._ports))), (self._folder / "nginx.log").read_text()
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
