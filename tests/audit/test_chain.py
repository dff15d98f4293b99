import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.audit import canonical, chain
from console.audit.chain import Row
from console.audit.cleaning import clean
from console.audit.safe import canonical_json
from console.audit.sources import File, Unreadable

_EXPORTED = (
    "seq at actor role action cloud gateway_id target change_id batch_id state reason before after error_code "
    "cloud_request_id request_id ip previous_hash hash"
)
hostile = st.text(st.characters(codec=None), max_size=60)  # surrogates, NUL, bidi marks: everything
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=5) | hostile,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(hostile, inner, max_size=4),
    max_leaves=12,
)


def _row(texts: dict[str, str], before: object = None, after: object = None, seq: int = 1) -> Row:
    fields = {name: clean(texts.get(name, ""), 200) for name in Row._fields}
    fields |= {"before": canonical_json(before), "after": canonical_json(after), "hash": ""}
    row = Row(**{**fields, "seq": seq})
    return row._replace(hash=chain.seal(row))


def test_exported_fields_are_those_of_the_contract_in_their_order():
    assert " ".join(Row._fields) == _EXPORTED


@given(st.dictionaries(st.sampled_from(Row._fields), hostile), anything, anything, st.integers(1, 2**53 - 1))
def test_hash_is_sha256_of_the_canonical_line_without_the_hash(texts, before, after, seq):
    row = _row(texts, before, after, seq)
    fields = json.loads(chain.line(row))
    named = fields.pop("hash")
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == named
    assert canonical.dumps(fields) == text


@given(st.dictionaries(st.sampled_from(Row._fields), hostile), anything, anything)
def test_a_line_is_one_line_and_reads_back_as_the_same_row(tmp_path_factory, texts, before, after):
    row = _row(texts, before, after)
    text = chain.line(row)
    assert text.isprintable() or not any(character in text for character in "\n\r\x85\u2028\u2029\x00\x1b\u202e")
    assert len(text.splitlines()) == 1
    path = tmp_path_factory.mktemp("lines") / "export.jsonl"
    path.write_text(text + "\n", encoding="utf-8")
    assert list(File(path).rows()) == [row]


@given(anything)
def test_before_and_after_are_canonical_json_whatever_was_given(value):
    text = canonical_json(value)
    assert canonical.dumps(canonical.loads(text)) == text
    text.encode()


@given(hostile, hostile)
def test_rows_that_differ_in_one_field_have_different_hashes(one, other):
    first, second = _row({"target": one}), _row({"target": other})
    assert (first.hash == second.hash) == (first.target == second.target)


def test_unicode_forms_are_different_texts():
    assert _row({"reason": "caf\u00e9"}).hash != _row({"reason": "cafe\u0301"}).hash


def test_genesis_depends_on_the_installation():
    assert chain.genesis("a") != chain.genesis("b")


@pytest.mark.parametrize("text", ['{"a":1,"a":2}', '{"a":1.5}', "NaN", "1e3", "[" * 100_000])
def test_json_that_two_readers_may_read_differently_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any refusal will do
        canonical.loads(text)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": "1"},
        {"seq": True},
        {"seq": 1.0},
        {"actor": None},
        {"actor": 5},
        {"extra": ""},
        {"ip": "\ud800"},
    ],
)
def test_a_line_of_other_shape_is_unreadable(tmp_path, change):
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps(json.loads(chain.line(_row({}))) | change) + "\n", encoding="utf-8")
    with pytest.raises(Unreadable):
        list(File(path).rows())
