"""Where the pages of a place are. Features are known here by the namespace of their addresses alone."""

from typing import Final

from django.urls import reverse

from console.changes.kinds.kind import Kind, Realm

#: The page of one host, and the page that lists the hosts of a cloud.
_PAGES: Final = {
    Realm.GATEWAY: ("vpc_endpoints:tab", "gateways:information"),
    Realm.SERVICE: ("endpoint_services:detail", "endpoint_services:list"),
    Realm.ENDPOINT: ("endpoints:detail", "endpoints:list"),
    Realm.INSTANCE: ("vpc_access:instance", "vpc_access:list"),
}
#: What a host is called, for people.
HOST_NOUNS: Final = {
    Realm.GATEWAY: "Gateway",
    Realm.SERVICE: "VPC endpoint service",
    Realm.ENDPOINT: "VPC endpoint",
    Realm.INSTANCE: "Instance",
}
#: The same, in the middle of a sentence: "this gateway".
HOST_WORDS: Final = {
    Realm.GATEWAY: "gateway",
    Realm.SERVICE: "service",
    Realm.ENDPOINT: "VPC endpoint",
    Realm.INSTANCE: "instance",
}
#: What the pages of a realm are called in the trail above a page.
PAGE_TITLES: Final = {
    Realm.GATEWAY: "VPC Endpoints",
    Realm.SERVICE: "VPC Endpoint Services",
    Realm.ENDPOINT: "VPC Endpoints",
    Realm.INSTANCE: "VPC Access",
}


def home_of(realm: str, cloud: str, host: str) -> str:
    """The page of the host; where there is none yet, the list that it will be in."""
    page, several = _PAGES[Realm(realm)]
    return reverse(page, args=(cloud, host)) if host else reverse(several, args=(cloud,))


def act_url(kind: Kind, realm: str, cloud: str, host: str) -> str:
    """The page where this kind of act is confirmed."""
    return reverse(f"{realm}:{kind.address}", args=(cloud, host) if host else (cloud,))
