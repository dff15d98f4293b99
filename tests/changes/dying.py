"""Functions that end the process, or what stands for it, on one side of their work."""

from collections.abc import Callable
from typing import Any


def before(real: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    """Die instead of doing it."""

    def only_die(*args: Any, **kwargs: Any) -> None:
        die()

    return only_die


def after(real: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    """Do it, and die before anybody learns of it."""

    def do_and_die(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        die()

    return do_and_die


def then(real: Callable[..., Any], tell: Callable[[], object]) -> Callable[..., Any]:
    """Do it, and tell that it is done."""

    def do_and_tell(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        tell()
        return result

    return do_and_tell
