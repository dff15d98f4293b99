"""One tolerant parser for the error bodies, and one table from answer to error."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds.errors import (
    CloudBusy,
    CloudError,
    CloudForbidden,
    CloudNotFound,
    CloudOutcomeUnknown,
    CloudRefused,
    CloudUnavailable,
)
from console.clouds.huawei.faults import error_for, may_be_the_token, parse_fault
from console.clouds.masking import Mask
from console.clouds.transport import Reply


def reply(status: int, body: Any = None, request_id: str = "r-1", **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    return Reply(status, request_id, content, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (
            {"error_code": "APIC.7314", "error_msg": "Endpoint service not found"},
            "APIC.7314",
            "Endpoint service not found",
        ),
        ({"error": {"code": "EndPoint.2003", "message": "no service"}}, "EndPoint.2003", "no service"),
        ({"error": {"code": 401, "message": "wrong password", "title": "Unauthorized"}}, "401", "wrong password"),
        ({"code": "VPC.0002", "message": "no router"}, "VPC.0002", "no router"),
        ({"errorCode": "X.1", "errorMsg": "camel"}, "X.1", "camel"),
        ({"error": {"error_code": "X.2", "error_msg": "nested"}}, "X.2", "nested"),
        ({"error": [{"error_code": "X.3", "error_message": "in a list"}]}, "X.3", "in a list"),
        ({"error_code": "X.4", "error_msg": "line\nand\ttab"}, "X.4", "line and tab"),
        ({"error_code": "X.5", "error_msg": {"odd": True}}, "X.5", ""),
    ],
    ids=["E1", "E2", "E3", "E4", "camel", "nested", "list", "lines", "odd message"],
)
def test_every_shape_of_an_error_body_is_understood(body: Any, code: str, message: str) -> None:
    fault = parse_fault(json.dumps(body).encode())
    assert (fault.code, " ".join(fault.message.split())) == (code, message)


@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b"[", b"null", b"[1]", b'"text"', b"{}", b"\xff\xfe", b"[" * 99_999]
)
def test_what_is_no_error_body_gives_an_empty_fault(body: bytes) -> None:
    assert parse_fault(body).code == ""


def test_request_id_in_the_body_counts_where_the_header_is_missing() -> None:
    body = {"error_code": "APIGW.0307", "error_msg": "update", "request_id": "from-body"}
    assert error_for(reply(401, body, request_id=""), Mask(), is_write=False).request_id == "from-body"
    assert error_for(reply(401, body, request_id="from-header"), Mask(), is_write=False).request_id == "from-header"


@pytest.mark.parametrize("is_write", [False, True])
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "APIC.7211", CloudRefused),
        (400, "EndPoint.2014", CloudRefused),
        (400, "EndPoint.0022", CloudBusy),
        (400, "endpoint.0022", CloudBusy),
        (401, "APIC.7102", CloudForbidden),
        (401, "APIG.1005", CloudForbidden),
        (403, "APIC.7106", CloudForbidden),
        (404, "APIC.7314", CloudNotFound),
        (409, "APIC.7701", CloudRefused),
        (429, "APIGW.0308", CloudBusy),
        (429, "", CloudBusy),
        (500, "APIG.9008", CloudBusy),
        (500, "apig.9008", CloudBusy),
    ],
)
def test_certain_answers_mean_the_same_for_reads_and_writes(
    status: int, code: str, kind: type[CloudError], is_write: bool
) -> None:
    error = error_for(reply(status, {"error_code": code, "error_msg": "m"}), Mask(), is_write=is_write)
    assert type(error) is kind
    assert (error.status, error.vendor_code, error.request_id) == (status, code, "r-1")


@pytest.mark.parametrize("status", [100, 204 + 100, 301, 302, 303, 307, 308, 408, 500, 502, 503, 504, 599])
def test_uncertain_answers_leave_a_write_unknown_and_a_read_unanswered(status: int) -> None:
    assert type(error_for(reply(status), Mask(), is_write=True)) is CloudOutcomeUnknown
    assert type(error_for(reply(status), Mask(), is_write=False)) is CloudUnavailable


def test_the_text_of_an_error_page_is_not_passed_on() -> None:
    error = error_for(reply(502, b"<html>canary</html>"), Mask(), is_write=False)
    assert "canary" not in str(error)
    assert "502" in str(error)


def test_a_permission_code_under_401_asks_for_no_new_token() -> None:
    assert may_be_the_token(
        error_for(reply(401, {"error_code": "APIGW.0307", "error_msg": ""}), Mask(), is_write=False)
    )
    assert not may_be_the_token(
        error_for(reply(401, {"error_code": "APIG.1005", "error_msg": ""}), Mask(), is_write=False)
    )
    assert not may_be_the_token(
        error_for(reply(403, {"error_code": "APIC.7106", "error_msg": ""}), Mask(), is_write=False)
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["error", "code", "message", "error_code", "x"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(body=st.binary() | JSON.map(lambda value: json.dumps(value).encode()), status=st.integers(100, 999))
def test_no_body_and_no_status_crashes_the_parser(body: bytes, status: int) -> None:
    error = error_for(reply(status, body), Mask(), is_write=True)
    assert isinstance(error, CloudError)
    assert len(error.vendor_code) <= 64
    str(error).encode("utf-8")
