"""What the codes of VPCEP mean and what to do about them (huawei-contract 6.2 and 12.3), in our own words.

Those that a form can meet are worded so that they can stand beside the field that they are about.
"""

from typing import Final

from console.clouds.huawei.wordings import CREDENTIALS, FIX, LATER, RELOAD, RUNNER, SUPPORT, Row

_OUR_MISTAKE: Final = "Give the cloud's request ID to whoever runs the console: the mistake is the console's own."

_CALLER: Final[tuple[Row, ...]] = (
    (
        "endpoint.0004",
        "The console's user lacks the permission for this act at the VPC endpoint service.",
        RUNNER + "grant it; the README lists the actions, such as vpcep:endpoints:create.",
        FIX,
    ),
    ("endpoint.0009", "The cloud expects this sign-in to come from another address.", CREDENTIALS + ".", FIX),
    ("endpoint.0014", "The project ID is not one of this account.", RUNNER + "check the project ID.", FIX),
    ("endpoint.1008", "A part of the cloud could not sign in to another.", SUPPORT, LATER),
    (
        "endpoint.2015",
        "The cloud account is frozen, often because of an unpaid bill.",
        "Ask the owner of the cloud account to settle that with the vendor.",
        FIX,
    ),
)

_CALLS: Final[tuple[Row, ...]] = (
    (
        "endpoint.0006 endpoint.0010 endpoint.0017 endpoint.0018 endpoint.0019 endpoint.0021",
        "The cloud does not understand how the list was asked for.",
        _OUR_MISTAKE,
        FIX,
    ),
    ("endpoint.0011 endpoint.0012", "The call reached the cloud without its body or headers.", SUPPORT, FIX),
    ("endpoint.0013", "A part of the cloud did not answer in time.", SUPPORT, LATER),
    ("endpoint.0015", "The cloud does not offer this specification.", _OUR_MISTAKE, FIX),
    ("endpoint.0016", "Too many objects in one call.", "Choose fewer at a time.", FIX),
    ("endpoint.2031", "Only one VPC endpoint may be decided on in one call.", "Decide on them one by one.", FIX),
    ("endpoint.2027 endpoint.3035", "The cloud does not know this act.", _OUR_MISTAKE, FIX),
    (
        " ".join(f"endpoint.{number}" for number in range(4001, 4026) if number != 4004),
        "Something in the cloud's network failed.",
        SUPPORT,
        LATER,
    ),
)

_QUOTAS: Final[tuple[Row, ...]] = (
    (
        "endpoint.1018",
        "The quota of the project is used up.",
        "Delete what is not needed, or ask the vendor for a larger quota.",
        FIX,
    ),
    (
        "endpoint.3056",
        "This backend already stands behind as many services as the cloud allows.",
        "Choose another backend, or delete a service of this one.",
        FIX,
    ),
)

_PLACES: Final[tuple[Row, ...]] = (
    ("endpoint.0020", "That is not the ID of a VPC.", "Choose a VPC from the list.", FIX),
    ("endpoint.2001", "The VPC does not exist in this project.", "Choose another VPC.", FIX),
    ("endpoint.2011", "No VPC was given.", "Choose a VPC.", FIX),
    ("endpoint.2021", "The cloud could not look up the VPC.", SUPPORT, LATER),
    ("endpoint.0023", "That is not the ID of a subnet.", "Choose a subnet from the list.", FIX),
    ("endpoint.2010", "No subnet was given.", "Choose a subnet.", FIX),
    ("endpoint.2037", "The subnet is not in the chosen VPC.", "Choose a subnet of that VPC.", FIX),
    ("endpoint.4004", "The subnet does not exist in this project.", "Choose another subnet.", FIX),
    ("endpoint.2041", "That is not an IPv4 address that can be used.", "Enter one such as 10.0.0.5.", FIX),
    ("endpoint.2042", "The address is in use.", "Enter another one, or let the cloud choose.", FIX),
    ("endpoint.2043", "The address is not in the subnet.", "Enter one of the subnet, or let the cloud choose.", FIX),
    ("endpoint.3046", "An address of the service is in use already.", "Choose another backend.", FIX),
    ("endpoint.1019", "That is not the ID of a route table.", "Choose route tables from the list.", FIX),
    (
        "endpoint.2039",
        "The route table already leads to another VPC endpoint of this service.",
        "Choose another route table, or use that VPC endpoint.",
        FIX,
    ),
    ("endpoint.2040", "The VPC endpoint would be in no route table.", "Choose at least one route table.", FIX),
    ("endpoint.4026", "The route table does not exist.", "Choose another route table.", FIX),
    ("endpoint.4027", "The route table is not of the chosen VPC.", "Choose a route table of that VPC.", FIX),
    ("endpoint.4028 endpoint.4029 endpoint.4030", "The cloud could not change the route table.", SUPPORT, LATER),
)

_INPUTS: Final[tuple[Row, ...]] = (
    (
        "endpoint.2044",
        "An entry is no IPv4 address or block that the cloud takes.",
        "Enter addresses such as 10.0.0.5 and blocks such as 10.0.0.0/24, each once; not 0.0.0.0 and no /0.",
        FIX,
    ),
    ("endpoint.2045", "Access control holds at most 20 entries.", "Remove some, or join them into blocks.", FIX),
    (
        "endpoint.2033 endpoint.2034",
        "The cloud does not take this setting of the private domain name.",
        "Try without a private domain name.",
        FIX,
    ),
    ("endpoint.3066", "A tag has no key.", "Enter its key, or remove the tag.", FIX),
    ("endpoint.3067", "Two tags have the same key.", "Give each key once.", FIX),
    (
        "endpoint.3068",
        "A tag has characters that the cloud does not allow.",
        "Use letters, digits, hyphens (-) and underscores (_) only.",
        FIX,
    ),
    ("endpoint.3069", "These are more tags than a resource may have.", "Remove some tags.", FIX),
    ("endpoint.3071", "Two values of a tag are the same.", "Give each value once.", FIX),
    ("endpoint.3072", "The key of a tag is too long.", "Use at most 36 characters.", FIX),
    ("endpoint.3073", "The value of a tag is too long.", "Use at most 43 characters.", FIX),
    ("endpoint.3004", "A port of the VPC endpoint is not one.", "Enter numbers from 1 to 65535.", FIX),
    ("endpoint.3043", "A port of the backend is not one.", "Enter numbers from 1 to 65535.", FIX),
    (
        "endpoint.3044",
        "A port mapping conflicts with one of this or of another service of the same backend.",
        "Use another port of the backend, or another backend.",
        FIX,
    ),
    ("endpoint.3074", "These are more port mappings than a service may have.", "Remove some of them.", FIX),
    ("endpoint.3075", "The cloud does not take this protocol.", "Use TCP.", FIX),
    ("endpoint.3021", "The cloud does not know this kind of backend.", "Choose a server or a load balancer.", FIX),
    (
        "endpoint.1003",
        "The cloud does not take the name of the service.",
        "Check it: letters, digits, hyphens (-) and underscores (_).",
        FIX,
    ),
    ("endpoint.3076", "The name of the service is too long.", "Use at most 16 characters.", FIX),
    ("endpoint.3002", "The whitelist entry is not a valid account.", "Check the account ID.", FIX),
    ("endpoint.3036", "No account was given.", "Enter an account ID.", FIX),
    ("endpoint.3049", "The whitelist is full.", "Remove accounts that no longer need access.", FIX),
)

_SERVICES: Final[tuple[Row, ...]] = (
    ("endpoint.2003", "The endpoint service does not exist.", "Check its name with Verify.", FIX),
    (
        "endpoint.2004",
        "The endpoint service cannot be used now.",
        "Wait until its owner sees it as Available, then try again.",
        LATER,
    ),
    (
        "endpoint.2012",
        "This account may not connect to the endpoint service.",
        "Ask the owner of the service to put the account on its whitelist.",
        FIX,
    ),
    ("endpoint.2029", "No endpoint service was given.", "Choose one, or enter its name.", FIX),
    ("endpoint.3062", "That is not the ID of an endpoint service.", "Check its name with Verify.", FIX),
    ("endpoint.3003", "That is not the ID of a backend.", "Choose a backend from the list.", FIX),
    ("endpoint.3008", "The backend does not exist in this project.", "Choose another backend.", FIX),
    ("endpoint.3042", "The backend is not in the chosen VPC.", "Choose a backend of that VPC.", FIX),
    (
        "endpoint.3052 endpoint.3053 endpoint.3054 endpoint.3055",
        "The backend of this service cannot be changed.",
        "Create another service for the other backend.",
        FIX,
    ),
    ("endpoint.3063", "No backend was given.", "Choose a backend.", FIX),
    (
        "endpoint.3005",
        "The service could not be deleted, as happens while it is being created or deleted.",
        RELOAD + " Then try again.",
        LATER,
    ),
    ("endpoint.3006", "The service still has VPC endpoints.", "Reject or delete its connections first.", FIX),
    (
        "endpoint.3045",
        "The service cannot be changed in the state it is in.",
        "Wait until it is available, then try again.",
        LATER,
    ),
)

_CONNECTIONS: Final[tuple[Row, ...]] = (
    ("endpoint.0005 endpoint.2006 endpoint.2007 endpoint.2008", "It does not exist any more.", RELOAD, FIX),
    ("endpoint.2013", "The VPC endpoint does not belong to this service.", RELOAD, FIX),
    ("endpoint.2014", "It is connected already.", RELOAD, FIX),
    ("endpoint.2017", "That is not the ID of a VPC endpoint.", "Check the ID.", FIX),
    ("endpoint.2018", "The VPC endpoint is being deleted.", RELOAD, FIX),
    ("endpoint.2019", "The VPC endpoint is being created.", "Wait some seconds, then try again.", LATER),
    (
        "endpoint.2022 endpoint.2047",
        "The VPC endpoint has failed and cannot be changed.",
        "Its owner must delete it and create a new one.",
        FIX,
    ),
    (
        "endpoint.2050",
        "The VPC endpoint is disabled.",
        "Ask its owner, or the vendor's support, to enable it again.",
        FIX,
    ),
    ("endpoint.2051", "The VPC endpoint is being moved inside the cloud.", "Wait a minute, then try again.", LATER),
)

ROWS: Final = (*_CALLER, *_CALLS, *_QUOTAS, *_PLACES, *_INPUTS, *_SERVICES, *_CONNECTIONS)
