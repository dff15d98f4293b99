"""What a cloud's code means stands on the cards too, for everybody who sees the failed read (issue 11, point 8)."""

from typing import Any

import pytest

from tests.observations.watching import Clock

pytestmark = pytest.mark.django_db(transaction=True)

READS = {"method": "GET", "path": "vpc-endpoint|instances"}


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (403, "APIC.7109", "The cloud account is suspended"),
        (401, "APIGW.0301", "a frozen account"),
        (403, "APIC.7110", "The cloud account may only read"),
    ],
)
def test_the_second_viewer_reads_the_same_advice_as_the_first(
    stage: Any, clock: Clock, status: int, code: str, meaning: str
) -> None:
    stage.cloud.faults({"match": READS, "fault": "status", "status": status, "code": code, "times": 100_000})
    for person in ("operator", "viewer"):
        for address in (stage.tab_url, "/gateways/"):
            page = stage.browser(person).open(address)
            assert meaning in page.text, (person, address)
            assert code in page.text


def test_rows_that_are_older_bear_it_as_well(stage: Any, clock: Clock) -> None:
    stage.browser("operator").open(stage.tab_url)
    stage.cloud.faults({"match": READS, "fault": "status", "status": 403, "code": "APIC.7109", "times": 100_000})
    clock.pass_by(60)
    assert "The cloud account is suspended" in stage.browser("viewer").open(stage.tab_url).text
