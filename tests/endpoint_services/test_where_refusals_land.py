"""Each code of the contract's field map (12.3) that a form about services can meet lands beside its field."""

from typing import Any

import pytest

from console.changes.models import Change
from tests.endpoint_services.estate import CALLS, LIST, NEW, Estate, confirm_url

pytestmark = pytest.mark.django_db

#: Field of the creation form -> codes.
OF_THE_FORM = {
    "vpc": ("0020", "2001", "2011", "2021"),
    "backend": ("3003", "3008", "3042", "3054", "3063"),
    "ports": ("3004", "3043", "3044", "3074", "3075"),
    "server_type": ("3021",),
    "name": ("1003", "3076"),
    "tags": ("3066", "3067", "3068", "3069", "3071", "3072", "3073"),
}
#: They are about no field.
OF_THE_WHOLE = ("EndPoint.3056", "Endpoint.1018", "EndPoint.3005")


def refuse(stage: Any, code: str, method: str = "POST", path: str = f"{CALLS}$") -> None:
    stage.cloud.faults(
        {"match": {"method": method, "path": path}, "fault": "status", "status": 400, "code": code, "times": 1}
    )


@pytest.mark.parametrize(
    ("field", "code"), [(field, f"EndPoint.{code}") for field, codes in OF_THE_FORM.items() for code in codes]
)
def test_a_refusal_of_the_new_service_stands_beside_its_field(stage: Any, field: str, code: str) -> None:
    browser = stage.browser("admin")
    page = browser.open(confirm_url(name="again", description="kept"))
    refuse(stage, code)

    answer = browser.submit(page, "Create")

    assert answer.status == 422
    (wrong,) = answer.soup.select(".field-wrong")
    assert code in wrong.get_text()
    assert wrong.select(f"[name={field}], [name^={field}_]")
    form = answer.form("Next")
    assert form.fields["description"] == ["kept"]
    assert form.fields["new"] != [NEW]
    assert Change.objects.get().error_field == field


@pytest.mark.parametrize("code", OF_THE_WHOLE)
def test_a_refusal_about_no_field_stands_above_the_filled_form(stage: Any, code: str) -> None:
    browser = stage.browser("admin")
    page = browser.open(confirm_url(name="again"))
    refuse(stage, code)

    answer = browser.submit(page, "Create")

    assert answer.status == 422
    assert answer.soup.select(".field-wrong") == []
    assert code in answer.soup.find(id="error-summary").get_text()
    assert "of 20 VPC endpoint services" in answer.text
    again = browser.submit(browser.submit(answer, "Next"), "Create")
    assert "created" in again.messages
    assert len(Estate(stage).done("service.create")) == 1


@pytest.mark.parametrize(
    ("page_name", "field", "typed", "code"),
    [
        ("name", "name", {"name": "other"}, "EndPoint.1003"),
        ("name", "name", {"name": "other"}, "EndPoint.3076"),
        ("ports/edit", "ports", {"ports_client": "444", "ports_server": "443"}, "EndPoint.3044"),
        ("ports/edit", "ports", {"ports_client": "444", "ports_server": "443"}, "EndPoint.3074"),
    ],
)
def test_a_refusal_of_a_change_stands_beside_its_field(
    stage: Any, page_name: str, field: str, typed: dict[str, str], code: str
) -> None:
    browser = stage.browser("admin")
    question = browser.open(Estate(stage).url("shop", f"{page_name}/"))
    page = browser.submit(question, "Next", **typed)
    refuse(stage, code, "PUT", f"{CALLS}/[0-9a-f-]+$")

    answer = browser.submit(page, "Save")

    assert answer.status == 422
    (wrong,) = answer.soup.select(".field-wrong")
    assert code in wrong.get_text()
    for name, text in typed.items():
        assert answer.form("Next").fields[name] == [text]
    assert wrong.select(f"[name^={field}]")


@pytest.mark.parametrize("code", ["EndPoint.3045", "EndPoint.0004"])
def test_a_refusal_of_the_state_is_told_on_the_page(stage: Any, code: str) -> None:
    browser = stage.browser("admin")
    page = browser.open(Estate(stage).url("shop", "approval/?to=off"))
    refuse(stage, code, "PUT", f"{CALLS}/[0-9a-f-]+$")
    answer = browser.submit(page, "Save", word="off")
    assert answer.status == 200
    assert code in answer.messages


def test_the_clouds_own_refusal_to_delete_is_told(stage: Any) -> None:
    browser = stage.browser("admin")
    page = browser.open(Estate(stage).url("shop", "delete/"))
    refuse(stage, "EndPoint.3006", "DELETE", f"{CALLS}/[0-9a-f-]+$")
    answer = browser.submit(page, "Delete", word="delete")
    assert answer.url.startswith(LIST)
    assert "EndPoint.3006" in answer.messages
    assert Estate(stage).service("shop")
