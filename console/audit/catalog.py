"""The names of what can be written to the log. A name that is not here cannot be recorded: it is a type error."""

from enum import StrEnum
from typing import Self


class Action(StrEnum):
    """What somebody did or tried to do. Stored by value; `label` is the sentence for people."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    CONNECTION_ACCEPT = "connection.accept", "Accept a connection"
    CONNECTION_REJECT = "connection.reject", "Reject a connection"
    PERMISSION_ADD = "permission.add", "Add an account to the whitelist"
    PERMISSION_REMOVE = "permission.remove", "Remove an account from the whitelist"
    SERVICE_RENAME = "service.rename", "Rename the VPC endpoint service"
    SERVICE_CREATE = "service.create", "Create a VPC endpoint service"
    SERVICE_UPDATE = "service.update", "Change a VPC endpoint service"
    SERVICE_DELETE = "service.delete", "Delete a VPC endpoint service"
    CONNECTION_DESCRIBE = "connection.describe", "Describe a connection"
    ENDPOINT_CREATE = "endpoint.create", "Create a VPC endpoint"
    ENDPOINT_DELETE = "endpoint.delete", "Delete a VPC endpoint"
    ENDPOINT_ACCESS_CONTROL = "endpoint.access_control", "Set who may use a VPC endpoint"
    TAGS_UPDATE = "tags.update", "Change tags"
    VPC_BIND = "vpc.bind", "Bind an instance to a VPC"
    VPC_UNBIND = "vpc.unbind", "Unbind an instance from its VPC"
    VPC_DOMAIN_ENABLE = "vpc_domain.enable", "Enable the VPC domain of an API group"
    VPC_DOMAIN_DISABLE = "vpc_domain.disable", "Disable the VPC domain of an API group"
    GROUP_MOVE = "api_group.move", "Move an API group to another instance"
    DOMAIN_BIND = "domain.bind", "Bind a domain to an API group"

    PERSON_SIGN_IN = "person.sign_in", "Sign in"
    PERSON_SIGN_IN_FAILED = "person.sign_in_failed", "Try to sign in"
    PERSON_SIGN_OUT = "person.sign_out", "Sign out"
    PERSON_ADD = "person.add", "Add a person"
    PERSON_CHANGE = "person.change", "Change a person"
    PERSON_DISABLE = "person.disable", "Disable a person"
    PERSON_ENABLE = "person.enable", "Enable a person"
    PERSON_SET_PASSWORD = "person.set_password", "Set a person's password"
    PERSON_CHANGE_PASSWORD = "person.change_password", "Change one's own password"
    GROUP_ADD = "group.add", "Add a group"
    GROUP_CHANGE = "group.change", "Change a group"
    GROUP_REMOVE = "group.remove", "Remove a group"
    GRANT_ADD = "grant.add", "Grant a role"
    GRANT_REMOVE = "grant.remove", "Take a role away"

    RULE_SET = "rule.set", "Set a rule for reasons"
    RULE_REMOVE = "rule.remove", "Remove a rule for reasons"

    ACT_EXPORT = "act.export", "Export how an act ended"
    SERVICES_EXPORT = "services.export", "Export the list of VPC endpoint services"
    ENDPOINTS_EXPORT = "endpoints.export", "Export the list of VPC endpoints"

    PAGE_OPEN = "page.open", "Open a page"
    REQUEST_FORGED = "request.forged", "Send a form that did not come from the console"
    REQUESTS_REFUSED = "requests.refused", "Requests of people who had not signed in, counted together"
    AUDIT_EXPORT = "audit.export", "Export the audit log"
    AUDIT_EXPORT_CHECKPOINTS = "audit.export_checkpoints", "Export the checkpoints of the audit log"
    AUDIT_VERIFY = "audit.verify", "Verify the audit log"
    AUDIT_CHECKPOINT = "audit.checkpoint", "Sign a checkpoint of the audit log"
    AUDIT_RETAIN = "audit.retain", "Cut old rows off the audit log"
    AUDIT_ROTATE_KEY = "audit.rotate_key", "Change the key that signs checkpoints"
    AUDIT_REPLACE_KEY = "audit.replace_key", "Replace a lost key that signs checkpoints"
    AUDIT_ACKNOWLEDGE_KEY = "audit.acknowledge_key", "Acknowledge a key that no key endorsed"
    CLOCK_SET_BACK = "clock.set_back", "The clock of this machine was set back"
    CONSOLE_ERROR = "console.error", "The console itself failed"


#: `error_code` of a row after which nothing more is found out, although how the act ended is not known.
CANNOT_BE_KNOWN = "cannot_be_known"


class State(StrEnum):
    """How it stands with the act at the time of the row (house.md part 5).

    `label` is the word for people; the face has a shape and a colour for each value.
    """

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    INTENDED = "intended", "Intended"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"
    REFUSED = "refused", "Refused"
    SKIPPED = "skipped", "Skipped"
    STALE = "stale", "Stale"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def is_open(self) -> bool:
        """Whether the act may still come to another end."""
        return self in (State.INTENDED, State.UNKNOWN)
