"""Connections and whitelist of one host, which API Gateway and VPCEP list alike (huawei-contract 4.4 to 4.7, 5.5)."""

from collections.abc import Callable, Sequence

from console.clouds.huawei import wire
from console.clouds.huawei.listed import Listed
from console.clouds.huawei.lists import OffsetLists, newest_first
from console.clouds.paging import Listing, listing
from console.clouds.reading import JsonObject
from console.clouds.types import AccountId, Connection, EndpointId, Permission


class AdmissionLists:
    """The two lists of each host, named by its path. Remembers how the cloud spells what it listed (`listed`)."""

    def __init__(
        self,
        lists: OffsetLists,
        connections_page: int,
        permissions_page: int,
        decode: Callable[[JsonObject], Connection],
    ) -> None:
        """The most rows that a page of each list has; `decode` reads a connection."""
        self._lists = lists
        self._connections_page = connections_page
        self._permissions_page = permissions_page
        self._decode = decode
        self._listed_ids = Listed()
        self._listed_entries = Listed()

    def connections(self, host: str) -> Listing[Connection]:
        """All of them, newest first."""
        with self._listed_ids.reading(host) as reading:

            def decode(row: JsonObject) -> Connection:
                connection = self._decode(row)
                reading.note(connection.id, wire.id_of(row), connection.id)
                return connection

            rows = self._lists.read(
                f"{host}/connections",
                "connections",
                decode,
                identity=lambda row: row.id,
                page_size=self._connections_page,
            )
        return rows.ordered(newest_first, reverse=True)

    def find_connection(self, host: str, endpoint_id: EndpointId) -> Connection | None:
        """One of them by its id. The cloud may compare ids letter by letter, so both cases are asked for."""

        def decode(row: JsonObject) -> Connection:
            connection = self._decode(row)
            self._listed_ids.learned(host, connection.id, wire.id_of(row))
            return connection

        spelled = self._listed_ids.spelled(host, endpoint_id, endpoint_id)
        both = (endpoint_id, endpoint_id.upper()) if wire.is_uuid(endpoint_id) else ()
        for asked in dict.fromkeys((*spelled, *both)):
            page = self._lists.page(f"{host}/connections", "connections", decode, (("id", asked),))
            if found := next((row for row in page.rows if row.id == endpoint_id), None):
                return found
            listing([page], lambda row: row.id).check_absence()
        return None

    def ids_of(self, host: str, endpoint_ids: Sequence[EndpointId]) -> list[str]:
        """What to call these endpoints in a write."""
        return [raw for found in endpoint_ids for raw in self._listed_ids.spelled(host, found, found)]

    def permissions(self, host: str, usual: Callable[[AccountId], str]) -> Listing[Permission]:
        """The whole whitelist, newest first; `usual` is how the console spells an entry."""
        with self._listed_entries.reading(host) as reading:

            def decode(row: JsonObject) -> Permission:
                permission = wire.permission_from_wire(row)
                reading.note(permission.account, permission.raw, usual(permission.account))
                return permission

            rows = self._lists.read(
                f"{host}/permissions",
                "permissions",
                decode,
                identity=lambda row: row.raw,
                page_size=self._permissions_page,
            )
        return rows.ordered(newest_first, reverse=True)

    def entries_of(self, host: str, account: AccountId, usual: str) -> Sequence[str]:
        """The texts by which the whitelist has an account: those of the list; `usual` where it listed none."""
        return self._listed_entries.spelled(host, account, usual)
