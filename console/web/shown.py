"""What rows of long tables have in common, so that a template reads their cells quickly."""


class Shown:
    """A row of plain values.

    Django's templates ask for `row["name"]` before `row.name`; a dataclass refuses the first, and catching that refusal
    costs as much as the cell. To be inherited by dataclasses with slots.
    """

    __slots__ = ()

    def __getitem__(self, name: str) -> object:
        """The attribute of that name. Raises AttributeError, which templates take for "nothing there"."""
        return getattr(self, name)
