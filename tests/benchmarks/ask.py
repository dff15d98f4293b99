"""`python -m tests.benchmarks.ask`: a signed-in test client in a process of its own; times pages on request.

In-process, so that the three compared audit pages differ in nothing but themselves: no server, no socket.
"""

import time
from typing import Any

import django


def main() -> None:
    """Answer questions: `path`, `times` and whether the `html` is wanted, or `facts` about the log."""
    django.setup()
    from django.test import Client

    from console.access.models import Person
    from tests.benchmarks.processes import answer_lines

    client = Client(raise_request_exception=True)
    person = Person.objects.get(username="benchmark")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        if "facts" in question:
            return _facts()
        seconds, processor = [], []
        for _ in range(question["times"]):
            started, computed = time.perf_counter(), time.thread_time()
            response = client.get(question["path"])
            seconds.append(time.perf_counter() - started)
            processor.append(time.thread_time() - computed)
            if response.status_code != 200:
                raise RuntimeError(f"{response.status_code} from {question['path']}")
        html = response.content.decode() if question.get("html") else ""
        return {"seconds": seconds, "processor": processor, "html": html}

    answer_lines(answer)


def _facts() -> dict[str, Any]:
    """The newest number, and a target with a usual number of rows."""
    from console.audit.models import Entry

    newest = Entry.objects.order_by("-seq").values_list("seq", flat=True)[0]
    target = Entry.objects.filter(seq__lte=newest // 2).exclude(change_id="").order_by("-seq")[0].target
    return {"newest": newest, "target": target, "rows": Entry.objects.filter(target=target).count()}


if __name__ == "__main__":
    main()
