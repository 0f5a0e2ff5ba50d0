"""How far `heatcli export` is: one bar for all cameras and files of all periods."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from heatcli.cli.show.progress import is_watched

if TYPE_CHECKING:
    from tqdm import tqdm

    from heatcli.select.each import ThingT


class ExportProgress:
    """Goes through the cameras of several periods, and their files, on one bar for all.

    Args:
        periods: number of periods.
        rounds: number of times that the cameras of each are gone through.
        files: number of kinds of files that are written for each.
        quiet: whether there is no bar.

    Attributes:
        name: name of the period that is worked on.
    """

    def __init__(self, *, periods: int, rounds: int, files: int, quiet: bool) -> None:
        self.name = ""
        self._periods, self._rounds, self._files, self._quiet = periods, rounds, files, quiet
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def clear(self) -> None:
        """Take the bar off the terminal, where something is to be said; it is back with the next step."""
        if self._bar is not None:
            self._bar.clear()

    def __call__(self, things: "Sequence[ThingT]", /) -> "Iterator[ThingT]":
        """Go through things; the first ones are cameras, of which each round has as many."""
        if self._bar is None and is_watched(quiet=self._quiet):
            from tqdm import tqdm

            steps = self._periods * (self._rounds * len(things) + self._files)
            self._bar = tqdm(desc=self.name, total=steps, unit=" steps", dynamic_ncols=True, leave=False)
        elif self._bar is not None:
            self._bar.set_description(self.name)
        for thing in things:
            yield thing
            if self._bar is not None:
                self._bar.update()
