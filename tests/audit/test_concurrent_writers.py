import json
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from console.audit.models import Entry
from tests.audit.factories import entry
from tests.audit.proving import other_process, run

PROCESSES, THREADS, ROWS = 5, 10, 4


def test_fifty_writers_in_five_processes_make_one_chain_while_checkpoints_are_signed(transactional_db, tmp_path):
    environment = other_process(tmp_path)
    if connection.vendor == "sqlite":
        run(environment, "manage.py", "migrate", "--verbosity", "0")

    def write(name: str) -> str:
        return run(environment, "-m", "tests.audit.writers", str(THREADS), str(ROWS), name)

    with ThreadPoolExecutor(PROCESSES + 1) as pool:
        writers = [pool.submit(write, f"process{number}") for number in range(PROCESSES)]
        signer = pool.submit(run, environment, "-m", "tests.audit.signer", "5")
        said = [writer.result() for writer in writers] + [signer.result()]
    assert "locked" not in "".join(said)
    assert "Traceback" not in "".join(said)
    told = run(environment, "manage.py", "verify_audit")
    assert told.startswith(f"whole: {PROCESSES * THREADS * ROWS} rows"), told
    assert "checkpoints agree" in told
    _each_row_once(environment)


def _each_row_once(environment: dict[str, str]) -> None:
    """No row of any writer is lost or written twice: asked of the database by another process."""
    code = (
        "import django; django.setup(); from console.audit.models import Entry; "
        "print(Entry.objects.values('target').distinct().count(), Entry.objects.count())"
    )
    assert run(environment, "-c", code).split() == [str(PROCESSES * THREADS * ROWS)] * 2


def test_a_log_emptied_after_a_test_begins_anew(transactional_db):
    assert entry().seq == 1


def test_a_log_emptied_after_a_test_begins_anew_again(transactional_db):
    first = entry(target="findme")
    assert first.seq == 1
    assert json.loads(first.before) is None
    assert Entry.objects.count() == 1
