"""What a person may do follows from their grants, direct and through groups, and from nothing else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from console.access.models import Grant
from console.access.reach import EVERYTHING, Reach, Scope, reach_of
from console.access.roles import Permission, Role
from tests.factories import GrantFactory, GroupFactory, PersonFactory

pytestmark = pytest.mark.django_db

SEE, DECIDE = Permission.SEE, Permission.DECIDE_CONNECTIONS


@pytest.mark.parametrize(
    ("scope", "place", "covered"),
    [
        (Scope(), ("", ""), True),
        (Scope(), ("eu", "g1"), True),
        (Scope("eu"), ("eu", ""), True),
        (Scope("eu"), ("eu", "g1"), True),
        (Scope("eu"), ("us", "g1"), False),
        (Scope("eu"), ("", ""), False),
        (Scope("eu", "g1"), ("eu", "g1"), True),
        (Scope("eu", "g1"), ("eu", "g2"), False),
        (Scope("eu", "g1"), ("us", "g1"), False),
        (Scope("eu", "g1"), ("eu", ""), False),
        (Scope("eu", "g1"), ("", ""), False),
    ],
)
def test_a_scope_covers_what_lies_inside(scope: Scope, place: tuple[str, str], covered: bool) -> None:
    assert scope.covers(*place) is covered


def test_a_role_at_one_gateway_ends_there() -> None:
    reach = reach_of(PersonFactory(role=Role.OPERATOR, cloud="eu", gateway_id="g1"))

    assert reach.may(DECIDE, "eu", "g1")
    assert reach.sees_gateway("eu", "g1")
    assert not reach.may(DECIDE, "eu", "g2")
    assert not reach.sees_gateway("us", "g1")
    assert reach.sees_cloud("eu")
    assert not reach.sees_cloud("us")
    assert reach.may_anywhere(DECIDE)
    assert not reach.may_everywhere(SEE)
    assert reach.role_at("eu", "g1") == "Operator"
    assert reach.role_at("eu", "g2") == ""


def test_roles_add_up_over_grants_and_groups() -> None:
    person = PersonFactory(role=Role.VIEWER)
    GroupFactory(members=[person], role=Role.OPERATOR, cloud="eu")
    GroupFactory(members=[person], role=Role.ACCOUNT_OWNER, cloud="eu", gateway_id="g1")
    GroupFactory(role=Role.ADMINISTRATOR)

    reach = reach_of(person)

    assert reach.role_at("eu", "g1") == "Operator, Account owner"
    assert reach.role_at("eu", "g2") == "Operator"
    assert reach.role_at("us", "g1") == "Viewer"
    assert not reach.may_anywhere(Permission.MANAGE_PEOPLE)


def test_scopes_leave_out_what_lies_inside_another() -> None:
    person = PersonFactory(role=Role.OPERATOR, cloud="eu")
    GrantFactory(person=person, role=Role.OPERATOR, cloud="eu", gateway_id="g1")
    GrantFactory(person=person, role=Role.VIEWER, cloud="us", gateway_id="g2")

    reach = reach_of(person)

    assert reach.scopes(DECIDE) == [Scope("eu")]
    assert reach.scopes(SEE) == [Scope("eu"), Scope("us", "g2")]
    assert reach_of(PersonFactory(role=Role.AUDITOR)).scopes(Permission.READ_AUDIT) == [EVERYTHING]


def test_it_takes_one_query(django_assert_num_queries) -> None:
    person = PersonFactory(role=Role.VIEWER)
    for number in range(5):
        GroupFactory(members=[person], role=Role.OPERATOR, cloud=f"cloud{number}")

    with django_assert_num_queries(1):
        reach = reach_of(person)

    assert len(reach.scopes(DECIDE)) == 5


def test_nobody_and_the_disabled_hold_nothing() -> None:
    assert reach_of(AnonymousUser()) == Reach()
    assert reach_of(PersonFactory(role=Role.ADMINISTRATOR, is_active=False)) == Reach()


def test_djangos_own_superuser_flag_gives_nothing() -> None:
    person = PersonFactory(is_superuser=True, is_staff=True)

    assert reach_of(person) == Reach()
    assert reach_of(person).role_text() == "No role"


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": None},
        {"cloud": "", "gateway_id": "g1"},
        {"role": "emperor"},
    ],
    ids=["nobody's", "gateway without cloud", "unknown role"],
)
def test_the_database_refuses_grants_that_make_no_sense(wrong: dict) -> None:
    fields = {"person": PersonFactory(), "role": "viewer"} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(**fields)


def test_a_grant_belongs_to_a_person_or_a_group_not_both() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(person=PersonFactory(), group=GroupFactory(), role="viewer")


def test_the_same_grant_is_not_given_twice() -> None:
    grant = GrantFactory(cloud="eu")
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantFactory(person=grant.person, cloud="eu")
