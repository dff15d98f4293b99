"""What lies beside the console on the disk is no page of it."""

import pytest
from django.test import Client

from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("top", ["/", "/static/", "/static/../", "/static/css/..%2f..%2f", "/static/%2e%2e/"])
@pytest.mark.parametrize(
    "path", [".git/config", ".git/HEAD", ".data/console.sqlite3", ".env", "pyproject.toml", "manage.py"]
)
def test_no_file_of_the_repository_or_the_data_folder_is_served(top: str, path: str) -> None:
    for client in (Client(), _signed_in()):
        assert client.get(f"{top}{path}").status_code in (302, 404)
        assert client.get(f"{top}{path}", follow=True).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("folder", ["/static/", "/static/css/", "/static/js/"])
def test_no_folder_is_listed(folder: str) -> None:
    assert _signed_in().get(folder).status_code == 404


@pytest.mark.parametrize("address", ["/gateways/x.css", "/audit/x.js", "/help/x.png", "/preferences/;x.css"])
def test_a_page_is_not_served_under_the_name_of_a_file(address: str) -> None:
    assert _signed_in().get(address).status_code == 404


def _signed_in() -> Client:
    client = Client()
    client.force_login(PersonFactory(role="administrator"), backend="django.contrib.auth.backends.ModelBackend")
    return client
