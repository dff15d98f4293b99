"""What a role may do, in one table. Read in one place (`reach`), shown on the people page."""

from typing import Final

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is trusted with, on everything, in one cloud or at one gateway.

    VIEWER is for people who only need to look: support, developers of a service behind the gateway.
    OPERATOR decides who is connected: the owner of the gateway, on-call staff.
    ACCOUNT_OWNER decides which accounts may ask: whoever signs the contract with the other side.
    AUDITOR reads everything, the audit log too, and acts on nothing.
    ADMINISTRATOR may do everything, and gives roles to others within the same scope.
    """

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    ACCOUNT_OWNER = "account_owner", "Account owner"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


class Permission(TextChoices):
    """One thing that somebody may or may not do. Views ask for one by name (`guard`); `label` is for people."""

    #: Know that the gateway exists, and see everything on its pages.
    SEE = "see", "See gateways and their connections"
    DECIDE_CONNECTIONS = "decide_connections", "Accept and reject connections"
    EDIT_WHITELIST = "edit_whitelist", "Add accounts to the whitelist and remove them"
    #: Where there is none yet, enable it.
    RENAME_SERVICE = "rename_service", "Name the VPC endpoint service"
    PUBLISH_SERVICES = "publish_services", "Create, change and delete VPC endpoint services"
    MANAGE_ENDPOINTS = "manage_endpoints", "Create, change and delete VPC endpoints"
    SET_VPC_ACCESS = "set_vpc_access", "Bind instances to VPCs and switch VPC domains on and off"
    #: As far as the log is about the same scope.
    READ_AUDIT = "read_audit", "Read and export the audit log"
    #: Within the same scope.
    MANAGE_PEOPLE = "manage_people", "Manage people, groups and roles"
    #: On everything: a rule may hold for several clouds.
    SET_RULES = "set_rules", "Set the rules for reasons"
    #: Of a cloud that the settings name no more.
    CLOSE_ACTS = "close_acts", "Close acts whose end nobody can find out any more"
    #: Of the whole console.
    SEE_STATUS = "see_status", "See the status of the console"
    #: On everything: there is one log.
    ACKNOWLEDGE_KEYS = "acknowledge_keys", "Acknowledge a signing key that no key endorsed"


ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.VIEWER: frozenset({Permission.SEE}),
    Role.OPERATOR: frozenset({Permission.SEE, Permission.DECIDE_CONNECTIONS}),
    Role.ACCOUNT_OWNER: frozenset({Permission.SEE, Permission.EDIT_WHITELIST}),
    Role.AUDITOR: frozenset({Permission.SEE, Permission.READ_AUDIT}),
    Role.ADMINISTRATOR: frozenset(Permission),
}
