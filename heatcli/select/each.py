"""Going through cameras one after the other, so that somebody may show how far it is."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

ThingT = TypeVar("ThingT")


class Each(Protocol):
    """Goes through things in their order; on a terminal, it shows how many are left."""

    def __call__(self, things: Sequence[ThingT], /) -> Iterable[ThingT]:
        """Return what to loop over in place of the things."""
        ...


def unwatched(things: Sequence[ThingT], /) -> Iterable[ThingT]:
    """Go through things, and show nothing."""
    return things
