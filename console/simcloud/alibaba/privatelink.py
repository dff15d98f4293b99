"""PrivateLink, version 2020-04-15 (alibaba-contract 4)."""

from typing import Final

from console.simcloud.alibaba.call import Actions

ACTIONS: Final[Actions] = {}
