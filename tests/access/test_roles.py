"""The table of roles, row by row: changing it must change this file too."""

from console.access.roles import ROLE_PERMISSIONS, Permission, Role

TABLE = {
    Role.VIEWER: {"see"},
    Role.OPERATOR: {"see", "decide_connections"},
    Role.ACCOUNT_OWNER: {"see", "edit_whitelist"},
    Role.AUDITOR: {"see", "read_audit"},
    Role.ADMINISTRATOR: {
        "see",
        "decide_connections",
        "edit_whitelist",
        "rename_service",
        "publish_services",
        "manage_endpoints",
        "set_vpc_access",
        "read_audit",
        "manage_people",
        "set_rules",
        "see_status",
        "acknowledge_keys",
        "close_acts",
    },
}


def test_each_role_holds_exactly_what_the_table_says() -> None:
    assert {role: set(permissions) for role, permissions in ROLE_PERMISSIONS.items()} == TABLE


def test_roles_bear_the_names_that_people_know() -> None:
    assert [role.label for role in Role] == ["Viewer", "Operator", "Account owner", "Auditor", "Administrator"]


def test_everybody_who_may_do_something_may_see_it() -> None:
    assert all(Permission.SEE in permissions for permissions in ROLE_PERMISSIONS.values())
