"""How soon the end of an act is signed, and how far signatures reach."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from console import clock
from console.audit import checkpoints, trust
from console.audit.catalog import State
from console.audit.verify import verify_file
from tests.audit.factories import entries, entry
from tests.audit.proving import lines, sign, verified

pytestmark = pytest.mark.usefixtures("vault")


def test_the_end_of_an_act_is_signed_sooner(monkeypatch):
    entries(1)
    assert checkpoints.sign_when_due()
    soon = timezone.now() + timedelta(seconds=31)
    entry(change_id="change-1", state=State.INTENDED)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "source", lambda: soon)
        assert not checkpoints.sign_when_due()
    entry(change_id="change-1", state=State.SUCCEEDED)
    assert not checkpoints.sign_when_due()  # not for each of many acts
    monkeypatch.setattr(clock, "source", lambda: soon)
    assert checkpoints.sign_when_due()


def test_the_verdict_says_how_far_signatures_reach(tmp_path):
    entries(2)
    unprotected = "no checkpoint says where it ends, so rows cut off the end would not be missed"
    assert str(verified()).endswith(f"; {unprotected}")
    at = json.loads(sign().line)["at"]
    assert str(verified()).endswith(f"; signed up to row 2 ({at})")
    entries(2)
    reach = f"; signed up to row 2 ({at}), only the next checkpoint will protect rows 3 to 4"
    assert str(verified()).endswith(reach)
    export, signed = tmp_path / "export.jsonl", tmp_path / "signed.jsonl"
    export.write_text("".join(lines()), encoding="utf-8")
    signed.write_text("".join(f"{line}\n" for line in checkpoints.lines()), encoding="utf-8")
    assert str(verify_file(export)).endswith(f"; {unprotected}")
    assert str(verify_file(export, "", signed, trust.own_keys())).endswith(reach)
