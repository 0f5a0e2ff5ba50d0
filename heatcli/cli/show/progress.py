"""How long commands show their progress: a bar on a terminal, one line per clip elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from heatcli.cli.show.analysed import line
from heatcli.cli.show.asking import can_ask, confirm
from heatcli.cli.show.console import say
from heatcli.cli.show.warnings import Warnings

if TYPE_CHECKING:
    from tqdm import tqdm

    from heatcli.analysis.concerns import Concern
    from heatcli.analysis.progress import ClipResult


class FrameProgress:
    """Counts frames on a bar, if there is a terminal to show it."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def begin(self, name: str, frames: int | None) -> None:
        """Start a bar for about so many frames; None if the number is not known."""
        if not self._quiet and sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(desc=name, total=frames, unit=" frames", dynamic_ncols=True, leave=False)

    def advance(self, frames: int) -> None:
        """Count frames that are done."""
        if self._bar is not None:
            self._bar.update(frames)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class AnalyzeProgress(FrameProgress):
    """Shows each clip as it is analysed and tells of it when it is done.

    Attributes:
        results: results of the clips so far.
    """

    def __init__(self, *, quiet: bool) -> None:
        super().__init__(quiet=quiet)
        self.results: list[ClipResult] = []
        self._warnings = Warnings(quiet=quiet)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._warnings.close()

    def end(self, result: "ClipResult") -> None:
        """Tell how a clip went: errors always, the rest unless quiet."""
        self._close()
        self.results.append(result)
        if result.concern is not None and result.message is not None:
            self._warnings.add(result.concern, result.message, is_error=not result.done)
        else:
            say(line(result), quiet=self._quiet and result.done)

    def warn(self, concern: "Concern", message: str) -> None:
        """Tell of something that the user should know; the work goes on."""
        self._close()
        self._warnings.add(concern, message)

    def ask(self, question: str) -> bool:
        """Ask the user, if there is a terminal to ask on."""
        self._close()
        return can_ask() and confirm(question)
