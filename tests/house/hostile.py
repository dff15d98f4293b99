"""Texts that make a careless pattern slow, and a program that tries every pattern of the console on them.

Run in a process of its own, under a limit of the processor: a pattern that never ends takes that process with it.
"""

import gc
import importlib
import os
import pkgutil
import re
import resource
import sys
import time
from collections.abc import Iterator
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from console.patterns import Pattern

#: Processor seconds that one pattern may take for one text of full length.
MOST_SECONDS = 0.25
#: Processor seconds for all of them.
LIMIT = 200
LONGEST_PATH = 10_000
LONGEST_PAGE = 200_000
#: In characters, and how many texts are tried at full length.
MODERATE, WORST = 1_000, 6
_REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT)
_OF_CATEGORY = {
    constants.CATEGORY_DIGIT: "0",
    constants.CATEGORY_SPACE: " ",
    constants.CATEGORY_WORD: "a",
    constants.CATEGORY_NOT_DIGIT: "a",
    constants.CATEGORY_NOT_SPACE: "a",
    constants.CATEGORY_NOT_WORD: "-",
}


def every_pattern() -> list[Pattern]:
    """Those of all modules of the console, that of whole pages, and those that the addresses are made of."""
    import console
    from console.web import visible

    for module in pkgutil.walk_packages(console.__path__, "console."):
        if not module.name.endswith(("__main__", "wsgi")):
            importlib.import_module(module.name)
    # Not `isinstance`, which asks lazy objects of other tests for their class and so makes them work.
    found = {(each.expression, each.longest): each for each in gc.get_objects() if type(each) is Pattern}
    page = Pattern(visible.PARTS.pattern, LONGEST_PAGE)
    return [*found.values(), page, *map(_of_address, sorted(set(_addresses())))]


def _of_address(expression: str) -> Pattern:
    return Pattern(expression, LONGEST_PATH)


def _addresses() -> Iterator[str]:
    from django.urls import URLPattern, URLResolver, get_resolver

    waiting: list[URLPattern | URLResolver] = [*get_resolver().url_patterns]
    while waiting:
        entry = waiting.pop()
        yield entry.pattern.regex.pattern.replace(r"\Z", "$")
        waiting += getattr(entry, "url_patterns", [])


def hostile_texts(expression: str, longest: int) -> Iterator[str]:
    """Each way into the pattern, then one thing over and over, and at last what does not fit."""
    ways, pumps = {""}, {"a", "0", "\\", '"', " ", "-", "_"}
    _explore(parser.parse(expression), "", ways, pumps)
    for way in sorted(ways):
        for pump in sorted(pumps | ways - {""}):
            text = (way + pump * (longest // len(pump)))[: longest - 1]
            yield text + "\0"


def _explore(tree: Any, way: str, ways: set[str], pumps: set[str]) -> str:
    """Collect what leads to each place, and what may be repeated there; the shortest text that fits the tree."""
    whole = ""
    for kind, argument in tree:
        ways.add(way + whole)
        whole += _fitting(kind, argument, way + whole, ways, pumps)
    return whole


def _fitting(kind: Any, argument: Any, way: str, ways: set[str], pumps: set[str]) -> str:
    if kind in _REPEATS:
        least, _, body = argument
        once = _explore(body, way, ways, pumps)
        pumps.update({once} - {""})
        ways.add(way + once)
        return once * least
    if kind is constants.SUBPATTERN:
        return _explore(argument[-1], way, ways, pumps)
    if kind is constants.BRANCH:
        return next(iter([_explore(branch, way, ways, pumps) for branch in argument[1]]))
    found = _characters(kind, argument)
    pumps.update(found)
    return found[0] if found else ""


def _characters(kind: Any, argument: Any) -> list[str]:
    """Some that fit; none for a place between two characters."""
    if kind is constants.LITERAL:
        return [chr(argument)]
    if kind is constants.ANY:
        return ["a"]
    if kind is constants.CATEGORY:
        return [_OF_CATEGORY[argument]]
    if kind is constants.RANGE:
        return [chr(argument[0])]
    if kind is constants.NOT_LITERAL:
        return ["a" if argument != ord("a") else "b"]
    if kind is constants.IN and argument[0][0] is not constants.NEGATE:
        return [each for one in argument for each in _characters(*one)]
    if kind is constants.IN:
        shut = re.compile("|".join(re.escape(each) for one in argument[1:] for each in _characters(*one)))
        return [each for each in 'a0 ;"\\' if not shut.match(each)]
    return []


def slowest(pattern: Pattern) -> float:
    """Processor seconds for the hostile text of full length that takes longest, whatever the pattern is used for.

    All texts are tried at a moderate length, where an exponential pattern does not end either; then the worst of them
    at full length.
    """
    short = min(pattern.longest, MODERATE)
    costs = [seconds(pattern, text) for text in hostile_texts(pattern.expression, short)]
    worst = sorted(range(len(costs)), key=costs.__getitem__)[-WORST:]
    full = enumerate(hostile_texts(pattern.expression, pattern.longest))
    return max((seconds(pattern, text) for number, text in full if number in worst), default=0.0)


def seconds(pattern: Pattern, text: str) -> float:
    """Of the processor, for the slowest use of the pattern on the text."""
    worst = 0.0
    for use in (pattern.fullmatch, pattern.search, lambda each: pattern.sub("", each)):
        started = time.process_time()
        use(text)
        worst = max(worst, time.process_time() - started)
    return worst


def main() -> None:
    """Says what it tries, and what was too slow. Arguments: a pattern, its longest text, and seconds; else all."""
    limit = int(sys.argv[3]) if sys.argv[3:] else LIMIT
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    if given := sys.argv[1:]:
        patterns = [Pattern(given[0], int(given[1]), dot_all=True)]
    else:
        import django

        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        django.setup()
        patterns = every_pattern()
    for pattern in patterns:
        print(f"trying {pattern}", flush=True)
        if (took := slowest(pattern)) > MOST_SECONDS:
            print(f"too slow: {pattern} took {took:.2f} s", flush=True)
    print(f"tried {len(patterns)}", flush=True)


if __name__ == "__main__":
    main()
