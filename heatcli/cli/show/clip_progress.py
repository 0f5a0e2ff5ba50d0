"""How far an analysis is: a bar on a terminal for each clip, and a line for each that has ended."""

import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from heatcli.cli.show.analysed import line
from heatcli.cli.show.asking import can_ask, confirm
from heatcli.cli.show.console import say
from heatcli.cli.show.progress import FrameProgress
from heatcli.cli.show.warnings import Warnings
from heatcli.clock import duration_text

if TYPE_CHECKING:
    from heatcli.analysis.concerns import Concern
    from heatcli.analysis.progress import ClipResult


@dataclass(slots=True)
class _InWork:
    """A clip in work: about how many frames it has, if that is known, and how many are done."""

    frames: int | None
    done: int = 0


class AnalyzeProgress:
    """Shows the clips in work on one bar, and tells of each when it is done.

    Attributes:
        results: results of the clips so far, as they came.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.results: list[ClipResult] = []
        self._quiet = quiet
        self._bar = FrameProgress(quiet=quiet)
        self._warnings = Warnings(quiet=quiet)
        # Clips in all, that have ended, and of these the ones that took time; and since when.
        self._clips = self._ended = self._worked = 0
        self._first_s: float | None = None
        self._in_work: dict[str, _InWork] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()
        self._warnings.close()

    def expect(self, clips: int) -> None:
        """Begin with so many clips."""
        self._clips = clips

    def begin(self, clip: str, frames: int | None) -> None:
        """Show a clip on the bar, which also tells whose it is and how long all of them still take."""
        self._bar.close()
        self._in_work[clip] = _InWork(frames)
        if self._first_s is None:
            self._first_s = time.monotonic()
        self._show()

    def advance(self, clip: str, frames: int) -> None:
        """Count frames that are done."""
        if not self._bar.is_begun:
            self._show()
        self._in_work[clip].done += frames
        self._bar.rename(self._label())
        self._bar.advance(frames)

    def _show(self) -> None:
        clips = self._in_work.values()
        known = [one.frames for one in clips if one.frames is not None]
        frames = sum(known) if len(known) == len(clips) else None
        self._bar.begin(self._label(), frames, done=sum(one.done for one in clips))

    def _label(self) -> str:
        """Return which clips these are, and how long all still take if the others are like the first."""
        names = ", ".join(Path(clip).name for clip in self._in_work)
        if self._clips < 2:
            return names
        part = sum(min(1.0, one.done / one.frames) for one in self._in_work.values() if one.frames)
        left = ""
        if self._first_s is not None and (worked := self._worked + part) > 0:
            each_s = (time.monotonic() - self._first_s) / worked
            left = f", {duration_text(each_s * (self._clips - self._ended - part))} left"
        first, last = self._ended + 1, self._ended + len(self._in_work)
        which = f"clip {first}" if first == last else f"clips {first} to {last}"
        return f"{which} of {self._clips}{left}: {names}"

    def end(self, result: "ClipResult") -> None:
        """Tell how a clip went: errors always, the rest unless quiet."""
        self._bar.close()
        self._in_work.pop(result.path, None)
        self._ended += self._clips > 0
        self._worked += result.status == "analysed"
        self.results.append(result)
        if result.concern is not None and result.message is not None:
            self._warnings.add(result.concern, result.message, is_error=not result.done)
        else:
            say(line(result), quiet=self._quiet and result.done)

    def warn(self, concern: "Concern", message: str) -> None:
        """Tell of something that the user should know; the work goes on."""
        self._bar.close()
        self._warnings.add(concern, message)

    def ask(self, question: str) -> bool:
        """Ask the user, if there is a terminal to ask on."""
        self._bar.close()
        return can_ask() and confirm(question)
