"""Who may go where: one row for every address of the console. A new address needs a row here, or CI fails.

The roles are spelled out, not worked out from the table of permissions: this is the second opinion.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from console.access.roles import Role


class Elsewhere(Enum):
    """What those who may get when the object in the address belongs to a gateway that they do not reach."""

    #: The address is about no gateway, so there is no elsewhere.
    SAME = "the same"
    #: They may not know of it: 404 for everybody.
    HIDDEN = "404"
    #: It does not exist for those who may: 404. The page is not for the others anyway: 403.
    ABSENT = "404 or 403"
    #: They know of it, such as of a person, but may do nothing to it: 403.
    REFUSED = "403"


ANYBODY: Final = frozenset(Role)
ADMINISTRATORS: Final = frozenset({Role.ADMINISTRATOR})
DECIDERS: Final = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
EDITORS: Final = frozenset({Role.ACCOUNT_OWNER, Role.ADMINISTRATOR})
READERS: Final = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Row:
    """One address. Roles that are not in `may` get 403; strangers are sent to the sign-in page unless it is `open`."""

    methods: str
    may: frozenset[Role]
    elsewhere: Elsewhere = Elsewhere.SAME
    open: bool = False
    #: The address is about a whole cloud: visitors hold their role in all of it, and elsewhere is another cloud.
    whole_cloud: bool = False
    #: The address is about the whole console: visitors hold their role on everything.
    everywhere: bool = False
    #: A cloud that has such a thing.
    cloud: str = "demo"


SHOW, ACT, ASK_AND_ACT = "GET", "POST", "GET POST"
HIDDEN, ABSENT, REFUSED = Elsewhere.HIDDEN, Elsewhere.ABSENT, Elsewhere.REFUSED
_GATEWAY = "<slug:cloud>/gateways/<str:gateway_id>/"
_TAB = f"{_GATEWAY}vpc-endpoints/"
_SERVICES = "<slug:cloud>/endpoint-services/"
_SERVICE = f"{_SERVICES}<str:service_id>/"
_VPC_ACCESS = "<slug:cloud>/vpc-access/"
_INSTANCE = f"{_VPC_ACCESS}<str:instance_id>/"
_OTHER_VENDOR = "alibaba"
_ENDPOINTS = "<slug:cloud>/endpoints/"
_ENDPOINT = f"{_ENDPOINTS}<str:endpoint_id>/"

MATRIX: Final[dict[str, Row]] = {
    "": Row(SHOW, ANYBODY),
    "help/": Row(SHOW, ANYBODY),
    "status/": Row(SHOW, ADMINISTRATORS, everywhere=True),
    "healthz": Row(SHOW, ANYBODY, open=True),
    "readyz": Row(SHOW, ANYBODY, open=True),
    # One's own
    "sign-in/": Row(ASK_AND_ACT, ANYBODY, open=True),
    "sign-out/": Row(ASK_AND_ACT, ANYBODY, open=True),
    "account/password/": Row(ASK_AND_ACT, ANYBODY),
    "account/reauthenticate/": Row(ASK_AND_ACT, ANYBODY),
    "account/extend/": Row(ACT, ANYBODY),
    "preferences/": Row(ASK_AND_ACT, ANYBODY),
    # Gateways and the tab
    "gateways/": Row(SHOW, ANYBODY),
    "<slug:cloud>/gateways/seen/": Row(ACT, ANYBODY, HIDDEN, whole_cloud=True),
    _GATEWAY: Row(SHOW, ANYBODY, HIDDEN),
    _TAB: Row(SHOW, ANYBODY, HIDDEN),
    f"{_TAB}connections/accept/": Row(ASK_AND_ACT, DECIDERS, HIDDEN),
    f"{_TAB}connections/reject/": Row(ASK_AND_ACT, DECIDERS, HIDDEN),
    f"{_TAB}permissions/add/": Row(ASK_AND_ACT, EDITORS, HIDDEN),
    f"{_TAB}permissions/remove/": Row(ASK_AND_ACT, EDITORS, HIDDEN),
    f"{_TAB}service-name/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    f"{_TAB}seen/": Row(ACT, ANYBODY, HIDDEN),
    f"{_TAB}create/": Row(SHOW, ANYBODY, HIDDEN),
    # VPC endpoint services
    _SERVICES: Row(SHOW, ANYBODY, HIDDEN, whole_cloud=True),
    f"{_SERVICES}export.csv": Row(SHOW, ANYBODY, HIDDEN, whole_cloud=True),
    f"{_SERVICES}seen/": Row(ACT, ANYBODY, HIDDEN, whole_cloud=True),
    f"{_SERVICES}create/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN, whole_cloud=True),
    _SERVICE: Row(SHOW, ANYBODY, HIDDEN),
    f"{_SERVICE}connections/": Row(SHOW, ANYBODY, HIDDEN),
    f"{_SERVICE}connections/accept/": Row(ASK_AND_ACT, DECIDERS, HIDDEN),
    f"{_SERVICE}connections/reject/": Row(ASK_AND_ACT, DECIDERS, HIDDEN),
    f"{_SERVICE}connections/describe/": Row(ASK_AND_ACT, DECIDERS, HIDDEN),
    f"{_SERVICE}permissions/": Row(SHOW, ANYBODY, HIDDEN),
    f"{_SERVICE}permissions/add/": Row(ASK_AND_ACT, EDITORS, HIDDEN),
    f"{_SERVICE}permissions/remove/": Row(ASK_AND_ACT, EDITORS, HIDDEN),
    f"{_SERVICE}seen/": Row(ACT, ANYBODY, HIDDEN),
    f"{_SERVICE}ports/": Row(SHOW, ANYBODY, HIDDEN),
    f"{_SERVICE}ports/edit/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    f"{_SERVICE}tags/": Row(SHOW, ANYBODY, HIDDEN),
    f"{_SERVICE}tags/edit/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    f"{_SERVICE}name/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    f"{_SERVICE}approval/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    f"{_SERVICE}description/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    f"{_SERVICE}delete/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    # VPC endpoints
    _ENDPOINTS: Row(SHOW, ANYBODY, HIDDEN, whole_cloud=True),
    f"{_ENDPOINTS}export.csv": Row(SHOW, ANYBODY, HIDDEN, whole_cloud=True),
    f"{_ENDPOINTS}seen/": Row(ACT, ANYBODY, HIDDEN, whole_cloud=True),
    f"{_ENDPOINTS}create/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN, whole_cloud=True),
    _ENDPOINT: Row(SHOW, ANYBODY, HIDDEN),
    f"{_ENDPOINT}access-control/": Row(SHOW, ANYBODY, HIDDEN),
    f"{_ENDPOINT}access-control/edit/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    f"{_ENDPOINT}tags/": Row(SHOW, ANYBODY, HIDDEN),
    f"{_ENDPOINT}tags/edit/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    f"{_ENDPOINT}delete/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN),
    # VPC access
    _VPC_ACCESS: Row(SHOW, ANYBODY, HIDDEN, whole_cloud=True, cloud=_OTHER_VENDOR),
    f"{_VPC_ACCESS}seen/": Row(ACT, ANYBODY, HIDDEN, whole_cloud=True, cloud=_OTHER_VENDOR),
    _INSTANCE: Row(SHOW, ANYBODY, HIDDEN, cloud=_OTHER_VENDOR),
    f"{_INSTANCE}groups/<str:api_group_id>/": Row(SHOW, ANYBODY, HIDDEN, cloud=_OTHER_VENDOR),
    **{
        f"{_INSTANCE}{act}/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN, cloud=_OTHER_VENDOR)
        for act in ("bind", "unbind", "groups/enable", "groups/disable", "groups/move", "groups/bind-domain")
    },
    # Changes: the one in the tests accepts a connection
    "changes/<uuid:change_id>/": Row(SHOW, ANYBODY, HIDDEN),
    "changes/<uuid:change_id>/check/": Row(ACT, DECIDERS, HIDDEN),
    "changes/acts/<uuid:batch_id>/": Row(SHOW, ANYBODY, HIDDEN),
    "changes/acts/<uuid:batch_id>/stop/": Row(ACT, DECIDERS, HIDDEN),
    "changes/acts/<uuid:batch_id>/export.csv": Row(SHOW, ANYBODY, HIDDEN),
    "changes/acts/<uuid:batch_id>/export.jsonl": Row(SHOW, ANYBODY, HIDDEN),
    "changes/removed-clouds/<slug:cloud>/": Row(ASK_AND_ACT, ADMINISTRATORS, HIDDEN, whole_cloud=True, cloud="removed"),
    "changes/reasons/": Row(ASK_AND_ACT, ADMINISTRATORS),
    "changes/reasons/<int:rule_id>/remove/": Row(ASK_AND_ACT, ADMINISTRATORS, ABSENT),
    # Audit
    "audit/": Row(SHOW, READERS),
    "audit/<int:seq>/": Row(SHOW, READERS, ABSENT),
    "audit/export.csv": Row(SHOW, READERS),
    "audit/export.jsonl": Row(SHOW, READERS),
    "audit/export-cts.jsonl": Row(SHOW, READERS),
    "audit/proof/": Row(SHOW, READERS),
    "audit/proof/keys/": Row(ASK_AND_ACT, ADMINISTRATORS, everywhere=True),
    "audit/verify/": Row(ACT, READERS, everywhere=True),
    "audit/checkpoint/": Row(ACT, READERS, everywhere=True),
    "audit/checkpoints.jsonl": Row(SHOW, READERS, everywhere=True),
    "audit/public-keys.pem": Row(SHOW, READERS),
    # People
    "people/": Row(SHOW, ADMINISTRATORS),
    "people/add/": Row(ASK_AND_ACT, ADMINISTRATORS),
    "people/<int:person_id>/": Row(SHOW, ADMINISTRATORS),
    "people/<int:person_id>/change/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    "people/<int:person_id>/disable/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    "people/<int:person_id>/enable/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    "people/<int:person_id>/password/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    "people/<int:person_id>/end-sessions/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    # Anybody may be given a role within the administrator's own scope.
    "people/<int:person_id>/roles/add/": Row(ASK_AND_ACT, ADMINISTRATORS),
    "people/roles/<int:grant_id>/remove/": Row(ASK_AND_ACT, ADMINISTRATORS, ABSENT),
    "people/groups/": Row(SHOW, ADMINISTRATORS),
    "people/groups/add/": Row(ASK_AND_ACT, ADMINISTRATORS),
    "people/groups/<int:group_id>/": Row(SHOW, ADMINISTRATORS),
    "people/groups/<int:group_id>/rename/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    "people/groups/<int:group_id>/delete/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    "people/groups/<int:group_id>/members/add/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    "people/groups/<int:group_id>/members/<int:person_id>/remove/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
    # Others choose who is in their groups.
    "people/groups/<int:group_id>/roles/add/": Row(ASK_AND_ACT, ADMINISTRATORS, REFUSED),
}
