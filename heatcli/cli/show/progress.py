"""How far a command is, as a bar on a terminal."""

import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from tqdm import tqdm

    from heatcli.select.each import Each, ThingT


def each_camera(name: str, *, quiet: bool) -> "Each":
    """Return what goes through cameras, and shows on a terminal which one it is and how long all take."""

    def through(things: "Sequence[ThingT]", /) -> "Iterable[ThingT]":
        if not is_watched(quiet=quiet):
            return things
        from tqdm import tqdm

        return tqdm(things, desc=name, unit=" cameras", dynamic_ncols=True, leave=False)

    return through


def is_watched(*, quiet: bool) -> bool:
    """Whether somebody sees a bar: there is a terminal, and it is not to be quiet."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


class FrameProgress:
    """Counts frames on a bar, if there is a terminal to show it.

    Attributes:
        is_begun: whether a bar is begun, and not closed.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self.is_begun = False
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin(self, name: str, frames: int | None, *, done: int = 0) -> None:
        """Start a bar for about so many frames, of which some are done; None if the number is not known."""
        self.is_begun = True
        if is_watched(quiet=self._quiet):
            from tqdm import tqdm

            self._bar = tqdm(
                desc=name, total=frames, initial=done, unit=" frames", dynamic_ncols=True, leave=False
            )

    def advance(self, frames: int) -> None:
        """Count frames that are done."""
        if self._bar is not None:
            self._bar.update(frames)

    def rename(self, name: str) -> None:
        """Give the bar another name, to be seen with its next frames."""
        if self._bar is not None:
            self._bar.set_description(name, refresh=False)

    def close(self) -> None:
        """Take the bar away."""
        self.is_begun = False
        if self._bar is not None:
            self._bar.close()
            self._bar = None
