"""Every kind of Change goes through a fault matrix: on the tab, on services and endpoints, or on VPC access."""

from console.changes.kinds.registry import KINDS
from tests.changes import acts, test_vpcep_faults
from tests.vpc_access import test_vpc_faults


def test_every_kind_of_change_meets_every_fault() -> None:
    tables = (acts.ACTS, test_vpcep_faults.ACTS, test_vpc_faults.ACTS)
    assert {act.name for table in tables for act in table} == set(KINDS)
