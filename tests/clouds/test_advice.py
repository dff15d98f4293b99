"""Every code leads to a meaning, a next step, and a true word about trying again."""

import re

import pytest

from console.clouds import errors
from console.clouds.advice import TryAgain
from console.clouds.errors import CloudBusy, CloudError, CloudOutcomeUnknown, CloudRefused
from console.clouds.huawei import faults
from console.clouds.huawei.advice import _ROWS, _TABLE, advice_for
from console.clouds.huawei.faults import error_for
from console.clouds.masking import Mask
from tests.clouds.test_faults import reply

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CloudError)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_code_gets_the_advice_of_its_error(kind: type[CloudError]) -> None:
    error = kind("words", vendor_code="NEW.1234")
    assert advice_for(error) == error.usual_advice == error.advice
    assert error.advice.meaning.endswith(".")
    assert error.advice.next_step.endswith(".")


@pytest.mark.parametrize("code", ["APIC.7314", "apic.7314", "Apic.7314"])
def test_codes_are_known_in_every_case(code: str) -> None:
    error = error_for(reply(404, {"error_code": code, "error_msg": "m"}), Mask(), is_write=True)
    assert error.advice.meaning == "This gateway has no VPC endpoint service."
    assert error.advice.try_again is TryAgain.AFTER_A_FIX


@pytest.mark.parametrize("code", sorted(_TABLE))
def test_a_write_without_a_certain_end_is_never_called_safe_to_repeat(code: str) -> None:
    assert advice_for(CloudOutcomeUnknown("m", vendor_code=code)).try_again is TryAgain.LOOK_FIRST
    assert advice_for(CloudRefused("m", vendor_code=code)).try_again is not TryAgain.LOOK_FIRST
    assert advice_for(CloudBusy("m", vendor_code=code)).try_again is TryAgain.LATER


def test_every_code_that_the_adapter_decides_by_has_an_advice() -> None:
    assert set(_TABLE) >= faults._THROTTLED | faults._NOT_ALLOWED | faults._GONE


def test_sentences_are_our_own_and_whole() -> None:
    for advice in _TABLE.values():
        for sentence in (advice.meaning, advice.next_step):
            assert re.fullmatch(r"[A-Z].{5,160}\.", sentence), sentence


def test_codes_stand_in_the_table_once() -> None:
    codes = [code for codes, *_ in _ROWS for code in codes.split()]
    assert len(codes) == len(set(codes))
    assert all(code == code.lower() for code in codes)
