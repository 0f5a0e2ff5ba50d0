"""How far `heatcli export` is: one bar for all cameras and files of all periods."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from heatcli.cli.show.progress import is_watched

if TYPE_CHECKING:
    from tqdm import tqdm

    from heatcli.report.made_of import Asked
    from heatcli.select.each import ThingT


class ExportProgress:
    """Goes through the cameras of several periods, and their files, on one bar for all.

    Args:
        periods: number of periods.
        asked: what the report of each is asked to show.
        quiet: whether there is no bar.
    """

    def __init__(self, periods: int, asked: "Asked", *, quiet: bool) -> None:
        self._name = ""
        self._periods, self._asked, self._quiet = periods, asked, quiet
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def named(self, name: str) -> Self:
        """Give the bar the name of what is worked on now, and return it."""
        self._name = name
        return self

    def __call__(self, things: "Sequence[ThingT]", /) -> "Iterator[ThingT]":
        """Go through things; the first ones are cameras, of which each period has as many."""
        if self._bar is None and is_watched(quiet=self._quiet):
            from tqdm import tqdm

            cameras = (1 + self._asked.compare_previous) * len(things)
            steps = self._periods * (cameras + len(self._asked.formats))
            self._bar = tqdm(desc=self._name, total=steps, unit=" steps", dynamic_ncols=True, leave=False)
        elif self._bar is not None:
            self._bar.set_description(self._name)
        for thing in things:
            yield thing
            if self._bar is not None:
                self._bar.update()
        # What is said next needs the line; the next step brings the bar back.
        if self._bar is not None:
            self._bar.clear()
