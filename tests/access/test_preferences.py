"""What a person chooses for themselves."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from console.access.models import Person
from console.access.roles import Role
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

CHOSEN = {"time_zone": "Asia/Shanghai", "theme": "dark", "page_size": "50"}


@pytest.fixture
def person() -> Person:
    return PersonFactory(role=Role.VIEWER)


@pytest.fixture
def client(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_choices_are_kept_and_hold_at_once(client: Client, person: Person) -> None:
    response = client.post("/preferences/", CHOSEN, follow=True)

    html = response.content.decode()
    assert response.redirect_chain == [("/preferences/", 303)]
    assert "Your preferences are saved" in html
    assert 'data-theme="dark"' in html
    assert 'data-shortcuts="off"' in html
    person.refresh_from_db()
    assert (person.time_zone, person.theme, person.page_size, person.shortcuts) == ("Asia/Shanghai", "dark", 50, False)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", ""),
        ("theme", "<script>"),
        ("page_size", "7"),
        ("page_size", "many"),
    ],
)
def test_wrong_choices_are_named_beside_the_field(client: Client, person: Person, field: str, wrong: str) -> None:
    response = client.post("/preferences/", CHOSEN | {field: wrong})

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    person.refresh_from_db()
    assert person.time_zone == "UTC"


def test_nobody_gives_themselves_rights_along_the_way(client: Client, person: Person) -> None:
    client.post("/preferences/", CHOSEN | {"is_superuser": "on", "username": "root", "is_active": "", "groups": "1"})

    person.refresh_from_db()
    assert not person.is_superuser
    assert person.username != "root"
    assert person.is_active


def test_times_are_shown_in_the_zone_of_the_person(person: Person) -> None:
    admin = PersonFactory(role=Role.ADMINISTRATOR, time_zone="Asia/Shanghai")
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")

    assert "GMT+08:00" in client.get(f"/people/{person.pk}/").content.decode()


def test_a_zone_that_is_gone_is_utc(client: Client, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(time_zone="Old/Name")
    assert client.get("/preferences/").status_code == 200


def test_the_zone_of_one_request_is_not_the_next_ones(client: Client, person: Person) -> None:
    from django.utils import timezone

    Person.objects.filter(pk=person.pk).update(time_zone="Asia/Shanghai")
    client.get("/preferences/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_the_model_takes_known_zones_only() -> None:
    with pytest.raises(ValidationError):
        Person(username="x", password="x", time_zone="Mars/Olympus").full_clean()
