"""Signing in and out, as a browser sees it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, override_settings
from django.utils import timezone

from console.access.models import Person
from console.access.session_store import SessionStore
from console.audit.models import RefusalCount
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db

WRONG = "wrong-wrong-wrong"
COOKIE = "console_session"


@pytest.fixture
def person() -> Person:
    return PersonFactory(username="olivia", role="viewer")


def sign_in(client: Client, name: str = "olivia", password: str = PASSWORD, **extra):
    headers = extra.pop("headers", None)
    return client.post("/sign-in/", {"login": name, "password": password, **extra}, headers=headers)


def is_signed_in(client: Client) -> bool:
    return client.get("/preferences/").status_code == 200


def test_the_right_password_leads_to_where_one_wanted_to_go(client: Client, person: Person) -> None:
    turned_away = client.get("/preferences/?a=1")
    assert turned_away.status_code == 302
    assert turned_away["Location"] == "/sign-in/?next=%2Fpreferences%2F%3Fa%3D1"

    page = client.get(turned_away["Location"])
    assert page.status_code == 200
    hidden = re.search(r'name="next" value="([^"]+)"', page.content.decode())
    assert hidden

    response = sign_in(client, next=hidden.group(1))

    assert response.status_code == 302
    assert response["Location"] == "/preferences/?a=1"
    assert is_signed_in(client)


def test_user_names_have_no_capitals_and_small_letters(client: Client, person: Person) -> None:
    assert sign_in(client, "OLIVIA").status_code == 302


def test_the_form_suits_password_managers(client: Client) -> None:
    html = client.get("/sign-in/").content.decode()
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
    assert re.search(r'<input[^>]*type="password"[^>]*name="password"', html)
    assert "sign-up" not in html
    assert "reset" not in html.lower()


@pytest.mark.parametrize("address", ["/signup/", "/accounts/signup/", "/account/signup/", "/account/password/reset/"])
def test_nobody_makes_an_account_or_resets_a_password(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_wrong_password_unknown_name_and_disabled_person_get_the_same_answer(client: Client, person: Person) -> None:
    PersonFactory(username="dora", is_active=False)

    answers = []
    for name, password in [("olivia", WRONG), ("nobody", WRONG), ("dora", PASSWORD), ("dora", WRONG)]:
        response = sign_in(client, name, password)
        html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{32}', "", response.content.decode())
        answers.append((response.status_code, html.replace(name, "NAME")))

    assert answers[0][0] == 422
    assert len(set(answers)) == 1


def test_known_and_unknown_names_cost_the_same_hashing(client: Client, person: Person, monkeypatch) -> None:
    """The same code path is the same time: counted in hashes, which take nearly all of it."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashed.append(password) or encode(self, password, salt),
    )
    PersonFactory(username="dora", is_active=False)
    costs = {}
    for name in ("olivia", "nobody", "dora"):
        hashed.clear()
        sign_in(client, name, WRONG)
        costs[name] = len(hashed)

    assert len(set(costs.values())) == 1, costs


def test_an_unknown_name_has_to_wait_as_well(client: Client) -> None:
    answers = [sign_in(client, "nobody", WRONG).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_right_passwords_do_not_count(client: Client, person: Person) -> None:
    for _ in range(8):
        assert sign_in(Client()).status_code == 302
    for _ in range(5):
        assert sign_in(client, password=WRONG).status_code == 422


def test_another_host_header_is_no_fresh_start(client: Client, person: Person) -> None:
    """Names are counted, whatever the Host header says: it is the attacker's to choose."""
    for port in range(5):
        sign_in(client, password=WRONG, headers={"Host": f"localhost:{8000 + port}"})

    assert sign_in(client, headers={"Host": "127.0.0.1:9999"}).status_code == 429


def test_capitals_are_no_fresh_start(client: Client, person: Person) -> None:
    for name in ("olivia", "Olivia", "OLIVIA", "oLIVIA", " olivia "):
        sign_in(client, name, WRONG)

    assert sign_in(client).status_code == 429


def test_after_twenty_wrong_passwords_from_an_address_every_name_has_to_wait_there(
    client: Client, person: Person
) -> None:
    for number in range(20):
        sign_in(client, f"guess{number}", WRONG)

    assert sign_in(client).status_code == 429


def test_a_forwarded_address_is_not_believed_without_a_proxy(client: Client, person: Person) -> None:
    for number in range(20):
        sign_in(client, f"guess{number}", WRONG, headers={"X-Forwarded-For": f"10.0.0.{number}"})

    assert sign_in(client).status_code == 429


@override_settings(TRUSTED_PROXIES=1)
def test_behind_a_proxy_each_client_has_its_own_count(client: Client, person: Person) -> None:
    for number in range(20):
        # What the client itself sent stands further left and counts for nothing.
        headers = {"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.1"}
        sign_in(client, f"guess{number}", WRONG, headers=headers)

    assert sign_in(client, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 429
    assert sign_in(client, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 302


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "http:evil.example",
        "https:///evil.example",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " https://evil.example/",
        "http://testserver:81@evil.example/",
        "http://testserver/preferences/",
        "/\t/evil.example/",
        "evil.example",
    ],
)
def test_next_leads_to_own_paths_only(client: Client, person: Person, hostile: str) -> None:
    response = sign_in(client, next=hostile)
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_the_session_gets_a_new_key_at_sign_in(client: Client, person: Person) -> None:
    sign_in(client)
    client.post("/sign-out/")
    before = client.cookies[COOKIE].value
    assert SessionStore().exists(before)

    sign_in(client)

    assert client.cookies[COOKIE].value != before
    assert not SessionStore().exists(before)


def test_the_session_cookie_is_hidden_from_scripts(client: Client, person: Person) -> None:
    sign_in(client)
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert len(cookie.value) >= 32


def test_after_signing_out_the_old_cookie_is_worthless(client: Client, person: Person) -> None:
    sign_in(client)
    stolen = client.cookies[COOKIE].value

    asked = client.get("/sign-out/")
    assert asked.status_code == 200
    assert is_signed_in(client)
    response = client.post("/sign-out/")

    assert response.status_code == 302
    assert response["Location"] == "/sign-in/"
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    thief = Client()
    thief.cookies[COOKIE] = stolen
    assert not is_signed_in(thief)


def test_disabling_a_person_ends_their_sessions_with_the_next_request(client: Client, person: Person) -> None:
    sign_in(client)
    assert is_signed_in(client)

    Person.objects.filter(pk=person.pk).update(is_active=False)

    assert not is_signed_in(client)


def test_a_new_generation_ends_every_session(client: Client, person: Person) -> None:
    sign_in(client)

    Person.objects.filter(pk=person.pk).update(session_generation=7)

    assert not is_signed_in(client)
    assert sign_in(client).status_code == 302


def test_a_stranger_behind_htmx_is_sent_to_the_page(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?q=x"}
    response = client.get("/people/1/disable/", headers=headers)

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/sign-in/?next=%2Fpeople%2F%3Fq%3Dx"


def test_an_act_of_a_stranger_leads_back_to_its_page(client: Client) -> None:
    response = client.post("/people/1/disable/", headers={"Referer": "http://testserver/people/1/"})
    assert response["Location"] == "/sign-in/?next=%2Fpeople%2F1%2F&unsent=1"

    response = client.post("/people/1/disable/", headers={"Referer": "https://evil.example/x"})
    assert response["Location"] == "/sign-in/?next=%2F&unsent=1"


def test_somebody_signed_in_has_no_business_on_the_sign_in_page(client: Client, person: Person) -> None:
    sign_in(client)
    assert client.get("/sign-in/")["Location"] == "/"


def test_a_person_needs_no_mail_address(person: Person) -> None:
    assert person.email == ""


def test_an_initial_password_is_good_for_choosing_an_own_one_only(client: Client) -> None:
    until = timezone.now() + timedelta(days=1)
    person = PersonFactory(username="nina", role="administrator", initial_password_until=until)
    sign_in(client, "nina")

    for address in ("/preferences/", "/people/", "/"):
        assert client.get(address)["Location"] == "/account/password/"
    assert client.get("/people/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/password/"
    kept = change_password(client, PASSWORD, PASSWORD)
    assert kept.status_code == 422

    assert change_password(client, PASSWORD, "seven-green-bottles-fall").status_code == 302

    assert client.get("/people/").status_code == 200
    person.refresh_from_db()
    assert not person.must_change_password


def test_an_initial_password_expires(client: Client) -> None:
    PersonFactory(username="nina", initial_password_until=timezone.now() - timedelta(seconds=1))
    assert sign_in(client, "nina").status_code == 422


def change_password(client: Client, old: str, new: str):
    return client.post("/account/password/", {"oldpassword": old, "password1": new, "password2": new})


def test_changing_the_password_ends_the_other_sessions(client: Client, person: Person) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)

    response = change_password(client, PASSWORD, "seven-green-bottles-fall")

    assert response.status_code == 302
    assert "Your password is changed" in client.get(response["Location"]).content.decode()
    assert not is_signed_in(elsewhere)


def test_changing_the_password_asks_for_the_old_one(client: Client, person: Person) -> None:
    sign_in(client)
    response = change_password(client, WRONG, "seven-green-bottles-fall")

    assert response.status_code == 422
    assert get_user_model().objects.get(pk=person.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    "weak", ["short", "password123", "olivia-olivia", "huawei-gateway-1", "c0ns0le-apig-2026", "stratocaster"]
)
def test_weak_passwords_are_refused(client: Client, person: Person, weak: str) -> None:
    sign_in(client)
    assert change_password(client, PASSWORD, weak).status_code == 422


def test_long_passwords_with_spaces_are_taken_as_they_are(client: Client, person: Person) -> None:
    long = "  Überaus lange Sätze sind gute Passwörter, " * 3
    sign_in(client)
    assert change_password(client, PASSWORD, long).status_code == 302
    assert sign_in(Client(), password=long.strip()).status_code == 422
    assert sign_in(Client(), password=long).status_code == 302


def test_reauthenticating_asks_for_the_password_of_the_same_person(client: Client, person: Person) -> None:
    sign_in(client)
    assert client.get("/account/reauthenticate/").status_code == 200
    assert client.post("/account/reauthenticate/", {"password": WRONG}).status_code == 422
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_somebody_with_an_initial_password_is_told_what_to_do(client: Client) -> None:
    PersonFactory(username="nina", initial_password_until=timezone.now() + timedelta(days=1))
    sign_in(client, "nina")
    html = client.get("/account/password/").content.decode()
    assert "Choose a password of your own to go on" in html
    # Password managers look for whose password it is.
    assert re.search(r'value="nina"[^>]*autocomplete="username"', html)


def test_tries_that_are_stopped_are_written_down_like_wrong_passwords(client: Client, person: Person) -> None:
    PersonFactory(username="nina", initial_password_until=timezone.now() - timedelta(seconds=1))
    sign_in(client, "nina")
    for _ in range(6):
        sign_in(client, password=WRONG)

    assert dict(RefusalCount.objects.values_list("name", "count")) == {"nina": 1, "olivia": 6}
    assert WRONG not in str(list(RefusalCount.objects.values_list()))
