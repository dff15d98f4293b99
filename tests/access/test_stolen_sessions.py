"""What lies in the database opens no session, strangers leave none in it, and sessions that are over go."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from console.access import session_store
from console.access.models import Person, Session
from console.access.session_store import SessionStore
from console.running import jobs
from tests.factories import PersonFactory

COOKIE = settings.SESSION_COOKIE_NAME
BACKEND = "django.contrib.auth.backends.ModelBackend"


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def with_cookie(key: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = key
    return client


@pytest.mark.django_db
def test_no_value_of_a_stolen_row_opens_the_session() -> None:
    key = client_of(PersonFactory()).cookies[COOKIE].value
    assert with_cookie(key).get("/help/").status_code == 200
    (row,) = Session.objects.values()

    assert key not in str(row)
    for stolen in (row["key_hash"], row["key_hash"][:32], row["content"]):
        assert with_cookie(stolen).get("/help/").status_code == 302


@pytest.mark.django_db
def test_strangers_leave_nothing_in_the_table() -> None:
    stranger = Client()
    for address in (
        "/",
        "/sign-in/",
        "/sign-in/?ended=1&next=/audit/",
        "/sign-out/",
        "/healthz",
        "/readyz",
        "/nowhere/",
    ):
        stranger.get(address)
    for address in ("/sign-in/", "/sign-out/", "/account/extend/", "/preferences/"):
        stranger.post(address, {"login": "nobody", "password": "wrong"})
    with_cookie("a" * 32).get("/sign-in/")

    assert not Session.objects.exists()
    assert COOKIE not in stranger.cookies


@pytest.mark.django_db
def test_signing_out_leaves_no_session_and_says_so() -> None:
    client = client_of(PersonFactory())
    page = client.post("/sign-out/", follow=True)
    assert "You are signed out." in page.content.decode()
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_sessions_that_are_over_are_thrown_away_by_the_worker_a_batch_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session_store, "BATCH", 2)
    now = timezone.now()
    for number in range(5):
        Session.objects.create(key_hash=str(number), content="", ends_at=now - timedelta(seconds=number))
    alive = client_of(PersonFactory())
    (job,) = [job for job in jobs.JOBS if job.name == "forget sessions that are over"]

    left = []
    while job.run():
        left.append(Session.objects.count())

    assert left == [4, 2]
    assert Session.objects.count() == 1
    assert alive.get("/help/").status_code == 200


@pytest.mark.django_db
def test_a_session_that_is_over_opens_nothing() -> None:
    client = client_of(PersonFactory())
    Session.objects.update(ends_at=timezone.now())
    assert client.get("/help/").status_code == 302


@pytest.mark.django_db
def test_a_key_is_given_once_and_a_session_that_was_ended_is_not_written_again() -> None:
    first = SessionStore()
    first.create()
    assert SessionStore().exists(first.session_key)
    second = SessionStore(first.session_key)
    with pytest.raises(CreateError):
        second.save(must_create=True)
    first.delete()
    with pytest.raises(UpdateError):
        second.save()


@pytest.mark.django_db(transaction=True)
def test_sessions_of_the_version_before_go_on_after_the_upgrade() -> None:
    person = PersonFactory()
    stamps = client_of(person).session
    content = {name: stamps[name] for name in (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY)}
    content |= {"access_started": stamps["access_started"], "access_seen": stamps["access_seen"]}
    MigrationExecutor(connection).migrate([("access", "0001_initial")])
    with connection.cursor() as cursor:
        columns = "session_key varchar(40) PRIMARY KEY, session_data text, expire_date timestamp with time zone"
        cursor.execute(f"CREATE TABLE django_session ({columns})")
        insert = "INSERT INTO django_session VALUES (%s, %s, %s)"
        for key, ends in (("k" * 32, timedelta(hours=1)), ("o" * 32, timedelta(hours=-1))):
            cursor.execute(insert, [key, SessionStore().encode(content), timezone.now() + ends])

    call_command("migrate", verbosity=0)

    assert with_cookie("k" * 32).get("/help/").status_code == 200
    assert Session.objects.count() == 1
    assert "django_session" not in connection.introspection.table_names()
