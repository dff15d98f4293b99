"""Reading people and groups, with everything their rows show, in a fixed number of queries."""

from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet

from console import wiring
from console.access.models import Grant, Person


def people() -> QuerySet[Person]:
    """People with their grants and the grants of their groups."""
    grants = Grant.objects.order_by("cloud", "gateway_id", "role")
    return Person.objects.prefetch_related(
        Prefetch("grants", queryset=grants), "groups", "decisions", Prefetch("groups__grants", queryset=grants)
    )


def groups() -> QuerySet[Group]:
    """Groups with their members and grants."""
    grants = Grant.objects.order_by("cloud", "gateway_id", "role")
    members = Person.objects.order_by("username")
    return Group.objects.prefetch_related(
        "decisions", Prefetch("grants", queryset=grants), Prefetch("user_set", queryset=members)
    )


def cloud_labels() -> dict[str, str]:
    """Label of each configured cloud by its name."""
    return {name: cloud.label for name, cloud in wiring.clouds().items()}
