"""Invisible and direction-changing characters are spelled out wherever a page shows what people or clouds chose."""

import pytest
from django.contrib.auth.models import Group

from console.access.models import Person
from console.access.roles import Role
from console.web.visible import visible
from tests.factories import PersonFactory

HIDDEN = (
    0x00, 0x1B, 0x7F, 0x85, 0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200D, 0x200E, 0x2028, 0x202E, 0x2060,
    0x2066, 0x2800, 0x3164, 0xE000, 0xFE0F, 0xFEFF, 0xFFFE, 0xE0041, 0xE0100, 0x10FFFF,
)  # fmt: skip


@pytest.mark.parametrize("code", HIDDEN, ids=lambda code: f"{code:04X}")
def test_what_cannot_be_seen_is_spelled_out(code: int) -> None:
    assert visible(f"a{chr(code)}b") == f"a⟨U+{code:04X}⟩b"


@pytest.mark.parametrize("text", ["Ünïcödé", "中文", "Ελλάδα", "a\u00a0b\u3000c", "line\n\tindented", "🙂"])
def test_what_can_be_seen_stays(text: str) -> None:
    assert visible(text) == text


@pytest.fixture
def signed_in(client, db):
    client.force_login(PersonFactory(role=Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("act", ["", "disable/", "end-sessions/", "password/", "roles/add/"])
def test_pages_confirmations_and_titles_show_them(signed_in, act: str) -> None:
    person = PersonFactory()
    Person.objects.filter(pk=person.pk).update(display_name="Ada\u202egro", username="ada\u200b")
    html = signed_in.get(f"/people/{person.pk}/{act}").content.decode()
    assert "⟨U+202E⟩" in html or "⟨U+200B⟩" in html
    assert "\u202e" not in html
    assert "\u200b" not in html


def test_fragments_and_attributes_show_them(signed_in) -> None:
    person, group = PersonFactory(), Group.objects.create(name="old")
    Person.objects.filter(pk=person.pk).update(username="ada\u200b")
    group.user_set.add(person)
    page = signed_in.get(f"/people/groups/{group.pk}/").content.decode()
    assert 'aria-label="Remove ada⟨U+200B⟩"' in page
    fragment = signed_in.get(f"/people/{person.pk}/disable/", headers={"HX-Request": "true"}).content.decode()
    assert 'data-dialog-title="Disable ada⟨U+200B⟩"' in fragment


def test_what_a_form_sends_back_stays_true(signed_in) -> None:
    person = PersonFactory()
    Person.objects.filter(pk=person.pk).update(display_name="A\u200dB")
    assert 'value="A\u200dB"' in signed_in.get(f"/people/{person.pk}/change/").content.decode()
