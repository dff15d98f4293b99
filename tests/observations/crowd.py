"""A process of viewers: `python -m tests.observations.crowd URL THREADS SECONDS NAME`. Prints what they saw as JSON."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup
from django.test import Client  # noqa: E402

from console.access.roles import Role  # noqa: E402
from tests.factories import PersonFactory  # noqa: E402


def _client(name: str) -> Client:
    client = Client()
    person = PersonFactory(username=name, role=Role.VIEWER)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _look(client: Client, url: str, until: float) -> tuple[int, list[str]]:
    pages, errors = 0, []
    try:
        while time.monotonic() < until:
            answer = client.get(url)
            pages += 1
            text = answer.content.decode()
            if answer.status_code != 200 or "could not be read" in text or "connections-as-of" not in text:
                errors.append(f"{answer.status_code}: {text[:200]}")
    finally:
        connection.close()
    return pages, errors


if __name__ == "__main__":
    url, threads, seconds, name = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
    clients = [_client(f"viewer-{name}-{number}") for number in range(threads)]
    clients[0].get("/gateways/")  # what is loaded once is no part of the looks
    since = time.time()
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(threads) as pool:
        seen = list(pool.map(lambda client: _look(client, url, end), clients))
    errors = [error for _pages, more in seen for error in more]
    told = {"pages": sum(pages for pages, _ in seen), "errors": errors[:3], "since": since, "until": time.time()}
    print(json.dumps(told))
