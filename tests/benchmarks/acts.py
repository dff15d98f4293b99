"""A person who decides about one connection again and again: accept, reject, accept ..., each with its confirmation."""

import http.client
import re
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

_SEEN = re.compile(r'name="seen" value="([^"]+)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class ActClient:
    """Only the sending of the confirmed form is timed, not the opening of the confirmation."""

    def __init__(self, job: dict[str, Any]) -> None:
        address = urlsplit(job["url"])
        self._connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        self._tab = address.path
        self._cookie = job["cookie"]
        self._endpoint = job["endpoints"][job["number"]]
        #: Where acts are sent to, in front of the console's own address.
        self._prefix = job.get("act_prefix", "")

    def once(self) -> float:
        path, page = self._confirmation()
        seen, token = _SEEN.search(page), _TOKEN.search(page)
        assert seen, f"nothing to confirm on {path}"
        assert token, f"no form on {path}"
        form = {"seen": seen[1], "csrfmiddlewaretoken": token[1], "reason": "benchmark", "id": self._endpoint}
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        self._connection.request("POST", self._prefix + path, body=urlencode(form), headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        seconds = time.perf_counter() - started
        if answer.status != 303:
            raise RuntimeError(f"{answer.status} from {path}")
        return seconds

    def _confirmation(self) -> tuple[str, str]:
        """The act that is possible now: what is accepted can be rejected, and the other way round."""
        for act in ("accept", "reject"):
            path = f"{self._tab}connections/{act}/"
            self._connection.request("GET", f"{path}?id={self._endpoint}", headers={"Cookie": self._cookie})
            answer = self._connection.getresponse()
            page = answer.read().decode()
            if answer.status == 200:
                return path, page
        raise RuntimeError(f"{answer.status} from {path}")
