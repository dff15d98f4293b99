"""Wrong passwords are followed by growing waits, where they were typed and nowhere else."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.access import waits
from console.access.models import Person, SignInWait
from console.audit.models import RefusalCount
from console.running.jobs import JOBS
from tests.at_once import at_once
from tests.conditions import needs_postgresql
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db

WRONG = "wrong-wrong-wrong"
NEW = "seven-green-bottles-fall"
ATTACKER, HOME = "203.0.113.9", "192.0.2.1"
Turn = Callable[..., None]


@pytest.fixture
def olivia() -> Person:
    return PersonFactory(username="olivia", role="viewer")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """`clock(seconds=10)` turns the clock of the console forward; between requests it stands still."""
    now = [timezone.now()]
    monkeypatch.setattr("console.clock.source", lambda: now[0])

    def turn(**by: float) -> None:
        now[0] += timedelta(**by)

    return turn


def browser(address: str = HOME) -> Client:
    return Client(REMOTE_ADDR=address)


def sign_in(client: Client, name: str = "olivia", password: str = PASSWORD) -> Any:
    return client.post("/sign-in/", {"login": name, "password": password})


def guess(client: Client, times: int = 1, name: str = "olivia") -> list[int]:
    return [sign_in(client, name, WRONG).status_code for _ in range(times)]


def is_signed_in(client: Client) -> bool:
    return client.get("/preferences/").status_code == 200


def has_to_wait(response: Any) -> int:
    """For how many seconds."""
    assert response.status_code == 429
    return int(response["Retry-After"])


def used_browser(address: str = HOME, name: str = "olivia") -> Client:
    """One in which the person signed in before, and out again."""
    client = browser(address)
    assert sign_in(client, name).status_code == 302
    client.post("/sign-out/")
    assert not is_signed_in(client)
    return client


def test_wrong_passwords_elsewhere_stop_nobody(olivia: Person) -> None:
    assert guess(browser(ATTACKER), 12)[-1] == 429
    assert sign_in(browser()).status_code == 302


def test_who_has_to_wait_is_told_so_on_the_sign_in_page(olivia: Person, clock: Turn) -> None:
    client = browser()
    assert guess(client, 5) == [422] * 5
    response = sign_in(client)
    assert has_to_wait(response) == 10
    page = response.content.decode()
    assert "<h1>Sign in</h1>" in page
    assert "Too many attempts with a wrong password. This one was not tried: wait 10 seconds" in page
    assert not is_signed_in(client)


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_ends_by_itself(olivia: Person, clock: Turn) -> None:
    client, waited = browser(), []
    guess(client, 5)
    for _ in range(10):
        waited.append(has_to_wait(sign_in(client, password=WRONG)))
        clock(seconds=waited[-1])
        assert guess(client) == [422]
    assert waited == [10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    clock(seconds=900)
    assert sign_in(client).status_code == 302


def test_trying_while_one_has_to_wait_makes_it_no_longer(olivia: Person, clock: Turn) -> None:
    client = browser()
    guess(client, 50)
    clock(seconds=10)
    assert sign_in(client).status_code == 302


def test_wrong_passwords_are_forgotten_one_an_hour(olivia: Person, clock: Turn) -> None:
    client = browser()
    guess(client, 5)
    clock(hours=3)
    assert guess(client, 4) == [422, 422, 422, 429]


def test_what_was_guessed_for_days_is_forgotten_in_half_a_day(olivia: Person, clock: Turn) -> None:
    client = browser()
    for _ in range(100):
        guess(client)
        clock(seconds=900)
    clock(hours=12)
    assert guess(client, 5) == [422] * 5


def test_the_right_password_wipes_what_was_counted_for_the_name(olivia: Person) -> None:
    for _ in range(3):
        assert guess(browser(), 4) == [422] * 4
        assert sign_in(browser()).status_code == 302


def test_right_passwords_of_one_name_do_not_wipe_wrong_ones_of_others(olivia: Person, clock: Turn) -> None:
    """Somebody with a name of their own could otherwise go on guessing those of others."""
    for number in range(20):
        assert guess(browser(), name=f"guess{number}") == [422]
        clock(seconds=5) if number > 17 else sign_in(browser())
    assert guess(browser(), name="another") == [422]
    assert has_to_wait(sign_in(browser())) == 10


def test_an_ipv6_network_counts_as_one_address(olivia: Person) -> None:
    for number in range(5):
        guess(browser(f"2001:db8:1:2::{number}"))
    assert sign_in(browser("2001:db8:1:2:ffff::1")).status_code == 429
    assert sign_in(browser("2001:db8:1:3::1")).status_code == 302


@pytest.mark.parametrize("spelling", ["OLIVIA", " olivia ", "ol\u0131via", "\uff4flivia", "oliv\u0131a"])
def test_no_spelling_is_a_fresh_start(olivia: Person, spelling: str) -> None:
    guess(browser(), 5)
    assert sign_in(browser(), spelling, WRONG).status_code == 429


def test_known_and_unknown_names_get_the_same_answers(olivia: Person, clock: Turn) -> None:
    answers = []
    for name, address in (("olivia", HOME), ("nobody", ATTACKER)):
        client = browser(address)
        found = [sign_in(client, name, WRONG) for _ in range(7)]
        text = [re.sub(r'value="[^"]{60,}"|[0-9a-f]{32}', "", one.content.decode()) for one in found]
        answers.append(
            [
                (one.status_code, one.get("Retry-After"), page.replace(name, "NAME"))
                for one, page in zip(found, text, strict=True)
            ]
        )
    assert answers[0] == answers[1]
    assert answers[0][-1][:2] == (429, "10")


def test_known_and_unknown_names_cost_the_same_queries(olivia: Person) -> None:
    costs = {}
    for name, address in (("olivia", HOME), ("nobody", ATTACKER)):
        with CaptureQueriesContext(connection) as queries:
            guess(browser(address), name=name)
        costs[name] = len(queries)
    assert len(set(costs.values())) == 1, costs


def test_in_a_browser_of_theirs_people_may_try_whatever_others_do(olivia: Person) -> None:
    mine = used_browser()
    assert guess(browser(), 6)[-1] == 429  # from the same address, under the same name
    for number in range(30):
        guess(browser(), name=f"guess{number}")
    assert sign_in(browser()).status_code == 429
    assert sign_in(mine).status_code == 302


def test_the_mark_of_a_browser_is_hidden_signed_and_long_lived(olivia: Person) -> None:
    client = browser()
    cookie = sign_in(client).cookies[settings.BROWSER_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == 180 * 24 * 60 * 60
    assert "olivia" not in cookie.value
    with override_settings(SESSION_COOKIE_SECURE=True):
        assert sign_in(browser()).cookies[settings.BROWSER_COOKIE_NAME]["secure"]


def test_a_browser_that_was_never_signed_in_gets_no_mark(olivia: Person) -> None:
    client = browser()
    client.get("/sign-in/")
    guess(client)
    assert settings.BROWSER_COOKIE_NAME not in client.cookies


def test_a_stolen_mark_is_no_free_guesser(olivia: Person, clock: Turn) -> None:
    mine = used_browser()
    thief = browser(ATTACKER)
    thief.cookies[settings.BROWSER_COOKIE_NAME] = mine.cookies[settings.BROWSER_COOKIE_NAME].value
    assert guess(thief, 6) == [422] * 5 + [429]
    thief.defaults["REMOTE_ADDR"] = "203.0.113.10"
    assert has_to_wait(sign_in(thief, password=WRONG)) == 10
    assert sign_in(browser()).status_code == 302


def test_the_mark_is_good_for_its_own_person_only(olivia: Person) -> None:
    PersonFactory(username="mallory")
    client = used_browser(ATTACKER, "mallory")
    assert guess(client, 6) == [422] * 5 + [429]
    assert guess(browser(ATTACKER)) == [429]


def test_people_who_share_a_browser_each_have_their_mark(olivia: Person) -> None:
    PersonFactory(username="nina")
    client = used_browser()
    assert sign_in(client, "nina").status_code == 302
    client.post("/sign-out/")
    for name in ("olivia", "nina"):
        guess(browser(), 6, name)
        assert sign_in(client, name).status_code == 302
        client.post("/sign-out/")


@pytest.mark.parametrize("change", ["password", "sessions", "disabled"])
def test_the_mark_ends_with_the_password_and_the_sessions(olivia: Person, change: str) -> None:
    mine = used_browser()
    if change == "password":
        olivia.set_password(NEW)
        olivia.save()
    elif change == "sessions":
        Person.objects.update(session_generation=9)
    else:
        Person.objects.update(is_active=False)
    guess(browser(), 5)
    assert sign_in(mine, password=NEW).status_code == 429


def test_who_changes_the_password_keeps_the_mark_of_this_browser_and_of_no_other(olivia: Person) -> None:
    elsewhere, mine = used_browser(), browser()
    sign_in(mine)
    values = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert mine.post("/account/password/", values).status_code == 302
    mine.post("/sign-out/")
    guess(browser(), 5)
    assert sign_in(elsewhere, password=NEW).status_code == 429
    assert sign_in(mine, password=NEW).status_code == 302


@pytest.mark.parametrize("mark", ["", "nonsense", "a:b:c", "W10:1tX:x", "\u00e9", "x" * 4_000])
def test_a_made_up_mark_is_none(olivia: Person, mark: str) -> None:
    client = browser()
    client.cookies[settings.BROWSER_COOKIE_NAME] = mark
    assert guess(client, 6) == [422] * 5 + [429]


PAGES = {
    "/account/reauthenticate/": ("password", {}),
    "/account/password/": ("oldpassword", {"password1": NEW, "password2": NEW}),
}


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_that_ask_once_more_make_people_wait_too(olivia: Person, address: str, clock: Turn) -> None:
    client, elsewhere = browser(), browser(ATTACKER)
    sign_in(client)
    sign_in(elsewhere)
    field, others = PAGES[address]
    assert [client.post(address, {field: WRONG, **others}).status_code for _ in range(5)] == [422] * 5
    for page in PAGES:
        response = client.post(page, {PAGES[page][0]: PASSWORD, **PAGES[page][1]})
        assert has_to_wait(response) == 10
        assert "wait 10 seconds" in response.content.decode()
    # Neither another session of theirs nor the sign-in page knows of it.
    assert elsewhere.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert sign_in(browser()).status_code == 302
    clock(seconds=10)
    assert client.post(address, {field: PASSWORD, **others}).status_code == 302
    assert not RefusalCount.objects.filter(person_id=0).exists()


def test_twenty_guesses_at_once_get_no_further_than_five(olivia: Person) -> None:
    assert sorted(guess(browser(), 20)) == [422] * 5 + [429] * 15


def in_a_thread(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connection.close()


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_in_parallel_get_no_further_than_five(olivia: Person) -> None:
    for address in (HOME, ATTACKER):
        found = at_once([partial(in_a_thread, partial(guess, browser(address))) for _ in range(20)])
        assert sorted(status for (status,) in found) == [422] * 5 + [429] * 15


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_forty_guesses_of_one_address_in_parallel_get_no_further_than_twenty() -> None:
    acts = [partial(guess, browser(), 1, f"guess{number}") for number in range(40)]
    found = at_once([partial(in_a_thread, act) for act in acts])
    assert sorted(status for (status,) in found) == [422] * 20 + [429] * 20


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_right_passwords_in_parallel_leave_nothing_to_wait_for(olivia: Person) -> None:
    at_once([partial(in_a_thread, partial(sign_in, browser())) for _ in range(5)])
    assert sign_in(browser()).status_code == 302
    assert round(sum(SignInWait.objects.values_list("failures", flat=True))) == 0


def test_the_table_holds_neither_names_nor_addresses_and_the_worker_empties_it(olivia: Person, clock: Turn) -> None:
    guess(browser(), 3)
    assert not {"olivia", HOME} & {str(value) for row in SignInWait.objects.values_list() for value in row}
    (job,) = [job for job in JOBS if job.name == "forget old waits"]
    clock(hours=2)
    job.run()
    assert SignInWait.objects.count() == 2
    clock(hours=24)
    job.run()
    assert SignInWait.objects.count() == 0


@pytest.mark.parametrize(
    ("wait", "words", "seconds"),
    [
        (0.2, "1 second", 1),
        (1.5, "2 seconds", 2),
        (59.5, "1 minute", 60),
        (61, "2 minutes", 61),
        (900, "15 minutes", 900),
    ],
)
def test_a_wait_is_never_told_shorter_than_it_is(wait: float, words: str, seconds: int) -> None:
    assert waits.in_words(timedelta(seconds=wait)) == words
    assert waits.whole_seconds(timedelta(seconds=wait)) == seconds


def test_who_has_to_wait_leaves_nothing_behind_whatever_names_they_try(olivia: Person, clock: Turn) -> None:
    for number in range(25):
        guess(browser(ATTACKER), name=f"somebody-{number}")
    kept = SignInWait.objects.count()
    for number in range(200):
        guess(browser(ATTACKER), name=f"else-{number}")
    assert SignInWait.objects.count() == kept == 21
