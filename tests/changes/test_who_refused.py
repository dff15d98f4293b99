"""A failure is called a refusal of the cloud only where the cloud itself answered to the call."""

from typing import Any

import pytest

from console.changes.kinds.registry import KINDS
from console.changes.models import Change, Stage
from console.changes.outcome import why_refused
from console.clouds.errors import CloudError, CloudForbidden, CloudNotFound, CloudUnavailable, NotOffered
from console.clouds.pauses import NotYet
from tests.changes.acts import ACCEPT, ADD, confirm_page
from tests.changes.test_faults import CERTAIN_NO, on_the_write
from tests.stage import Stage as Scene

pytestmark = pytest.mark.django_db(transaction=True)


def told(stage: Scene) -> str:
    """What the person reads who accepts a connection."""
    operator = stage.browser("operator")
    return str(operator.submit(confirm_page(operator, stage, ACCEPT), "Accept").messages)


@pytest.fixture
def fail_with(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`fail_with(error)`: the call to accept fails so, without having been sent."""

    def choose(error: CloudError) -> None:
        def fail(*_args: Any, **_kwargs: Any) -> Any:
            raise error

        monkeypatch.setattr(type(KINDS[ACCEPT.name]), "call_together", fail)

    return choose


@pytest.mark.parametrize("answer", sorted(CERTAIN_NO))
def test_an_answer_of_the_cloud_that_says_no_is_its_refusal(stage: Scene, answer: str) -> None:
    stage.cloud.faults(on_the_write(ACCEPT, CERTAIN_NO[answer]))
    said = told(stage)
    assert "not accepted. The cloud refused." in said or "not accepted. Nothing was done." in said
    assert Change.objects.get().stage == Stage.FAILED


@pytest.mark.parametrize(
    "error",
    [
        NotOffered("this cloud takes the IDs of accounts only"),
        CloudNotFound("this cannot be the ID of a VPC endpoint"),
        CloudForbidden("the user is locked", vendor_code="IAM.0101"),
        CloudUnavailable("the sign-in service has an error", vendor_code="IAM.0011"),
        CloudUnavailable("the host name of apig.example is not known"),
    ],
    ids=lambda error: f"{type(error).__name__} {error.vendor_code}".strip(),
)
def test_what_failed_before_anything_was_sent_is_no_refusal_of_the_cloud(
    stage: Scene, fail_with: Any, error: CloudError
) -> None:
    fail_with(error)
    said = told(stage)
    assert f"not accepted. Nothing was sent. {error.reason}" in said
    assert "The cloud refused" not in said


def test_a_pause_that_the_cloud_asked_for_is_no_refusal_and_is_said_once(stage: Scene, fail_with: Any) -> None:
    fail_with(NotYet("apig asked not to be called again before 12:00:00 UTC; nothing was sent", retry_after=9))
    said = told(stage)
    assert "The cloud refused" not in said
    assert said.count("othing was sent") == 1


def test_what_the_console_did_not_ask_is_not_advised_as_a_refusal(stage: Scene, fail_with: Any) -> None:
    fail_with(NotOffered("this cloud takes the IDs of accounts only"))
    told(stage)
    page = stage.browser("operator").open(f"/changes/{Change.objects.get().pk}/")
    assert "This cloud does not do that, so the console did not ask it." in page.text
    assert "The cloud refused" not in page.text


def test_a_sentence_beside_a_field_quotes_the_cloud_only_where_it_spoke(stage: Scene) -> None:
    browser = stage.browser(ADD.role)
    page = confirm_page(browser, stage, ADD)
    stage.cloud.faults(on_the_write(ADD, {"fault": "status", "status": 409, "code": "APIC.7701"}))
    browser.submit(page, ADD.button)
    assert "The cloud says: " in why_refused(Change.objects.get())

    Change.objects.update(transcript=None, explanation="this cloud takes the IDs of accounts only")
    assert why_refused(Change.objects.get()) == "Not sent: this cloud takes the IDs of accounts only"
