"""How far an analysis is: a bar on a terminal for each clip, and a line for each that has ended."""

import time
from types import TracebackType
from typing import TYPE_CHECKING

from heatcli.cli.show.analysed import line
from heatcli.cli.show.asking import can_ask, confirm
from heatcli.cli.show.console import say
from heatcli.cli.show.progress import FrameProgress
from heatcli.cli.show.warnings import Warnings
from heatcli.clock import duration_text

if TYPE_CHECKING:
    from heatcli.analysis.concerns import Concern
    from heatcli.analysis.progress import ClipResult


class AnalyzeProgress(FrameProgress):
    """Shows each clip as it is analysed and tells of it when it is done.

    Attributes:
        results: results of the clips so far.
    """

    def __init__(self, *, quiet: bool) -> None:
        super().__init__(quiet=quiet)
        self.results: list[ClipResult] = []
        self._warnings = Warnings(quiet=quiet)
        # Clips in all, that have ended, and of these the ones that took time; and since when.
        self._clips = self._ended = self._worked = 0
        self._first_s: float | None = None
        self._name, self._shown = "", 0
        self._frames: int | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._warnings.close()

    def expect(self, clips: int) -> None:
        """Begin with so many clips."""
        self._clips = clips

    def begin(self, name: str, frames: int | None) -> None:
        """Start the bar of a clip, which also tells which one it is and how long all of them still take."""
        self._name, self._frames, self._shown = name, frames, 0
        if self._first_s is None:
            self._first_s = time.monotonic()
        super().begin(self._label(), frames)

    def advance(self, frames: int) -> None:
        """Count frames that are done."""
        self._shown += frames
        if self._bar is not None:
            self._bar.set_description(self._label(), refresh=False)
        super().advance(frames)

    def _label(self) -> str:
        """Return which clip this is, and how long all of them still take if the others are like the first."""
        if self._clips < 2:
            return self._name
        part = min(1.0, self._shown / self._frames) if self._frames else 0.0
        left = ""
        if self._first_s is not None and (worked := self._worked + part) > 0:
            each_s = (time.monotonic() - self._first_s) / worked
            left = f", {duration_text(each_s * (self._clips - self._ended - part))} left"
        return f"clip {self._ended + 1} of {self._clips}{left}: {self._name}"

    def end(self, result: "ClipResult") -> None:
        """Tell how a clip went: errors always, the rest unless quiet."""
        self._close()
        self._ended += self._clips > 0
        self._worked += result.status == "analysed"
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
