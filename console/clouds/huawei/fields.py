"""Which input of ours a code of VPCEP is about: the table of huawei-contract 12.3, in our names."""

from typing import Final

_ROWS: Final = {
    "vpc": "0020 2001 2011 2021",
    "subnet": "0023 2010 2037 4004",
    "service": "2003 2004 2012 2029 3062",
    "address": "2041 2042 2043",
    "whitelist": "2044 2045",
    "dns": "2033 2034",
    "route_tables": "1019 2039 2040 4026 4027 4028 4029 4030",
    "tags": "3066 3067 3068 3069 3071 3072 3073",
    "backend": "3003 3008 3042 3054 3063",
    "ports": "3004 3043 3044 3074 3075",
    "server_type": "3021",
    # 1003 may also be the name by which an endpoint's service was looked for: see `HuaweiEndpoints`.
    "name": "1003 3076",
    "account": "3002 3035 3036 3049",
}
_FIELDS: Final = {f"endpoint.{number}": field for field, numbers in _ROWS.items() for number in numbers.split()}


def field_of(code: str) -> str:
    """The input, or "" where the code is about none, such as quotas and states. `code` is in lower case."""
    return _FIELDS.get(code, "")
