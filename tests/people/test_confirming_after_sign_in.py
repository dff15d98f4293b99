"""A question about a person that was answered without a sign-in is asked again, at its own address."""

import pytest

from console.access.models import Person, Session
from tests.factories import PASSWORD
from tests.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_after_the_session_ended_the_same_question_stands_there_and_nothing_was_done(stage: Stage) -> None:
    browser = stage.browser("admin")
    stage.browser("viewer")
    asked = browser.open(f"/people/{stage.people['viewer'].pk}/disable/")
    (button,) = asked.form("Disable").buttons
    Session.objects.all().delete()

    entrance = browser.submit(asked, button)

    assert "nothing was sent" in entrance.messages
    again = browser.submit(entrance, "Sign in", login="admin", password=PASSWORD)
    assert (again.heading, again.has_button(button)) == (asked.heading, True)
    assert Person.objects.get(username="viewer").is_active
