"""What a snapshot holds: the value and its history, packed into one compressed text, and kept unpacked in memory."""

import hashlib
import json
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from console.observations import parts
from console.observations.history import History
from console.observations.parts import Part

#: Fast above all: a list of 10,000 rows shrinks to a fifth in some 20 ms.
_LEVEL: Final = 1
#: Rows that one process keeps unpacked; a connection takes about 700 bytes.
_MOST_ROWS: Final = 30_000


@dataclass(frozen=True, slots=True)
class Content:
    """A part as it was read, and what happened to its rows until then."""

    value: Any
    history: History

    @property
    def rows(self) -> int:
        """How much memory it is worth."""
        return len(self.value) if isinstance(self.value, list) else 1


@dataclass(frozen=True, slots=True)
class Packed:
    """Content as the database keeps it. The same digest means the same content, of the same part."""

    digest: str
    data: bytes


def pack(part: Part, content: Content) -> Packed:
    """Compressed JSON text."""
    document = [parts.dump(part, content.value), content.history.as_json()]
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    packed = Packed(mark(part) + hashlib.sha256(text).hexdigest(), zlib.compress(text, _LEVEL))
    _memory.keep((part, packed.digest), content)
    return packed


def unpack(part: Part, digest: str, data: bytes) -> Content:
    """The reverse of `pack`, for content of this version of the console (`mark`)."""
    value, history = json.loads(zlib.decompress(data))
    content = Content(parts.load(part, value), History.from_json(history))
    _memory.keep((part, digest), content)
    return content


@cache
def mark(part: Part) -> str:
    """How digests of this part begin, as long as its dataclasses stay as they are."""
    return hashlib.sha256(parts.shape(part).encode()).hexdigest()[:8] + "-"


def remembered(part: Part, digest: str) -> Content | None:
    """What this process has packed or unpacked lately."""
    return _memory.find((part, digest))


class _Memory:
    """The contents used last, up to a number of rows. Safe to use from many threads."""

    def __init__(self) -> None:
        self._contents: OrderedDict[tuple[Part, str], Content] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def find(self, key: tuple[Part, str]) -> Content | None:
        with self._lock:
            if key in self._contents:
                self._contents.move_to_end(key)
            return self._contents.get(key)

    def keep(self, key: tuple[Part, str], content: Content) -> None:
        with self._lock:
            if key in self._contents:
                return
            self._contents[key] = content
            self._rows += content.rows
            while self._rows > _MOST_ROWS and len(self._contents) > 1:
                _key, oldest = self._contents.popitem(last=False)
                self._rows -= oldest.rows


_memory = _Memory()
