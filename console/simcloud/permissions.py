"""The whitelist of an endpoint service: which accounts may create endpoints to it (huawei-contract 4.6, 5.6)."""

import uuid
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from console.simcloud import connections
from console.simcloud.errors import Refusal
from console.simcloud.identity import ACCOUNTS, Account
from console.simcloud.ledger import Act, Change
from console.simcloud.records import EVERYONE, ORGANIZATION, Endpoint, EndpointService, Permission
from console.simcloud.world import World


def spelled(account: str) -> str:
    """A record's account as a whitelist entry; `iam:domain::*` for everyone (APIG's spelling)."""
    return account if account.startswith(ORGANIZATION) else f"iam:domain::{account}"


def is_own(service: EndpointService, permission: Permission) -> bool:
    """Whether this is the record that a gateway's own account got by itself (huawei-contract 4.6)."""
    return service.gateway_id is not None and permission.account == service.domain_id


def admits(world: World, service: EndpointService, account: Account) -> bool:
    """Whether an account may create an endpoint: the service is its own or the cloud's, or the list has it.

    The list has an account by its id, as everyone, or by a path of its organisation (huawei-contract 5.6)."""
    if service.is_public or account.domain_id == service.domain_id:
        return True
    listed = world.permissions[service.id]
    if account.domain_id in listed or EVERYONE in listed:
        return True
    return any(_covers(row, service, account) for row in listed.values() if row.names_organization)


def _covers(row: Permission, service: EndpointService, account: Account) -> bool:
    """Whether a path, with `*` and `?` in it, leads to this account; `*` alone is the owner's whole organisation."""
    path = row.account.removeprefix(ORGANIZATION)
    if path == EVERYONE:
        owner = next((known for known in ACCOUNTS if known.domain_id == service.domain_id), None)
        path = f"{owner.organization_path.partition('/')[0]}/*" if owner else ""
    pattern = path.replace("[", "[[]")
    return fnmatchcase(account.organization_path, pattern)


def add(
    world: World,
    act: Act,
    service: EndpointService,
    accounts: Sequence[str],
    descriptions: Mapping[str, str] | None = None,
) -> list[Permission]:
    """Put accounts on the list; those already there keep their record. Returns the record of each account.

    Raises Refusal `EndPoint.3049` when the list would grow over the maximum; then nothing changes."""
    listed = world.permissions[service.id]
    wanted = list(dict.fromkeys(accounts))
    new = [account for account in wanted if account not in listed]
    if len(new) < len(wanted) and world.switches.duplicate_permission == "refuse":
        raise Refusal(400, "EndPoint.0002")
    if len(listed) + len(new) > world.switches.permission_maximum:
        raise Refusal(400, "EndPoint.3049")
    now = world.clock.now()
    texts = descriptions or {}
    added = [Permission(str(uuid.uuid4()), service.id, account, now, texts.get(account, "")) for account in new]
    for record in added:
        world.place(record)
    changes = [Change("permission.add", row.account, service.gateway_id, None, spelled(row.account)) for row in added]
    world.commit(act, changes, added)
    return [listed[account] for account in wanted]


def describe(world: World, act: Act, service: EndpointService, permission_id: str, text: str) -> Permission:
    """Say something else about a record. Raises Refusal 404 `EndPoint.0005` for an unknown one."""
    found = next((row for row in world.permissions[service.id].values() if row.id == permission_id), None)
    if found is None:
        raise Refusal(404, "EndPoint.0005")
    if text != found.description:
        change = Change("permission.describe", found.account, service.gateway_id, found.description, text)
        found.description = text
        world.commit(act, [change], [found])
    return found


def remove(world: World, act: Act, service: EndpointService, accounts: Sequence[str]) -> list[Permission]:
    """Take accounts off the list. Returns the records that are gone.

    Missing ones and a gateway's own account are passed over, see the switches. Connections stay as they are
    (huawei-contract 14: assumed), unless `removal_cuts_connections`."""
    listed = world.permissions[service.id]
    wanted = list(dict.fromkeys(accounts))
    gone = [listed[account] for account in wanted if account in listed]
    if len(gone) < len(wanted) and world.switches.missing_permission_removal == "refuse":
        raise Refusal(404, "EndPoint.0005")
    if world.switches.own_account_removal == "keep":
        gone = [record for record in gone if not is_own(service, record)]
    changes = [Change("permission.remove", row.account, service.gateway_id, spelled(row.account), None) for row in gone]
    cut_rows: list[Endpoint] = []
    for record in gone:
        del listed[record.account]
        if world.switches.removal_cuts_connections:
            cut_changes, rows = connections.cut(world, service, record.account)
            changes.extend(cut_changes)
            cut_rows.extend(rows)
    world.commit(act, changes, cut_rows, gone)
    return gone
