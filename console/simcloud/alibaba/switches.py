"""What nobody wrote about the real Alibaba Cloud, each a named switch: the console must live with either setting."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AlibabaSwitches:
    """Every guess in one place; sections are those of `alibaba-contract`. The first value is the default."""

    #: 1.7: format of errors; "xml" is sent whatever was asked for.
    alibaba_error_format: Literal["as_asked", "xml"] = "as_asked"
    #: 1.7: HTTP status of `SignatureDoesNotMatch`.
    alibaba_signature_status: Literal["400", "403"] = "400"
    #: 2.1: whether `DescribeInstances` knows pages; older servers return everything.
    alibaba_instance_paging: Literal["paged", "ignored"] = "paged"
    #: 2.2, 6: what an instance's Status says during a bind.
    alibaba_binding_status: Literal["WAIT_SWITCH", "SIMULATED_BINDING"] = "WAIT_SWITCH"
    #: 2.2: whether a new binding shows only once the instance is RUNNING again.
    alibaba_binding_shows: Literal["at_end", "at_once"] = "at_end"
    #: 3 R7, 6: the VPC domains of enabled groups when their instance is unbound.
    alibaba_domain_after_unbind: Literal["kept", "removed"] = "kept"
    #: 3 R17, R18: acts on an instance that is not RUNNING, or on a group that is being moved.
    alibaba_busy: Literal["refuse", "allow"] = "refuse"
    #: 3 R9: how the move of an enabled group to an unbound instance ends.
    alibaba_move_to_unbound: Literal["refuse", "fail_later"] = "refuse"
    #: 2.5: whether moves succeed.
    alibaba_migration: Literal["works", "fails"] = "works"
    #: 2.3: the word for a failed move; the documents' example says "Fail".
    alibaba_migration_failed: Literal["Failed", "Fail"] = "Failed"
    #: 3 R16: an intranet domain on a shared instance; the newer table says no.
    alibaba_own_domain_on_shared: Literal["refuse", "allow"] = "refuse"
    #: 2.7: whether the ownership of a new domain is proven (CNAME or TXT record).
    alibaba_domain_ownership: Literal["proven", "unproven"] = "proven"
    #: 4.2: while one accept or reject of an account is going on, another is `ConcurrentCallNotSupported`.
    alibaba_link_serialisation: Literal["while_changing", "off"] = "while_changing"
    #: 4.1, 6: rejecting a connection that is Disconnected.
    alibaba_reject_of_disconnected: Literal["refuse", "noop"] = "refuse"
    #: 4.1: accepting a connection that is Connected.
    alibaba_accept_of_connected: Literal["refuse", "noop"] = "refuse"
    #: 4.1, 6: the zones of a connection that was rejected.
    alibaba_zone_after_reject: Literal["Disconnected", "Wait"] = "Disconnected"
    #: 4.2, 6: whether removing a user cuts the user's connections.
    alibaba_user_removal_cuts: bool = False
    #: 4.2: adding a user who is there, and removing one who is not.
    alibaba_duplicate_user: Literal["ignore", "refuse"] = "ignore"
    alibaba_missing_user: Literal["ignore", "refuse"] = "ignore"
    #: 4.2: what `TotalCount` of a whitelist counts; in the vendor's example it is not the length of `Users`.
    alibaba_user_total: Literal["users_and_arns", "users"] = "users_and_arns"
    #: 4.2: the largest `MaxResults` of connections and users; newer pages say 1000.
    alibaba_most_results: int = 50
    #: 4: how the last page says that it is the last.
    alibaba_last_page: Literal["empty_token", "no_token"] = "empty_token"
