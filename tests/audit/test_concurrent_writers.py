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


def test_processes_that_sign_at_once_write_each_checkpoint_once_to_their_file(transactional_db, tmp_path):
    environment = other_process(tmp_path)
    if connection.vendor == "sqlite":
        run(environment, "manage.py", "migrate", "--verbosity", "0")
    run(environment, "-m", "tests.audit.writers", "1", "3", "first")
    with ThreadPoolExecutor(3) as pool:
        signers = [pool.submit(run, environment, "-m", "tests.audit.signer", "5") for _ in range(3)]
        assert "Traceback" not in "".join(signer.result() for signer in signers)
    code = (
        "import django; django.setup()\n"
        "from console.audit import anchors, delivery\n"
        "from console.audit.models import Checkpoint, Delivery\n"
        "Delivery.objects.filter(state='waiting').update(next_at='2020-01-01T00:00:00Z')\n"
        "delivery.deliver_due()\n"
        "lines = open(delivery.settings.AUDIT_ANCHOR_PATH).read().splitlines()\n"
        "signed = list(Checkpoint.objects.order_by('number').values_list('line', flat=True))\n"
        "print(len(signed), lines == signed, [anchors.problem()])\n"
    )
    assert run(environment, "-c", code).split() == ["15", "True", "['']"]


def test_a_log_emptied_after_a_test_begins_anew(transactional_db):
    assert entry().seq == 1


def test_a_log_emptied_after_a_test_begins_anew_again(transactional_db):
    first = entry(target="findme")
    assert first.seq == 1
    assert json.loads(first.before) is None
    assert Entry.objects.count() == 1
