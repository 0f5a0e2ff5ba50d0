"""How an analysis goes and how it ended: what the work tells whoever shows it."""

from dataclasses import dataclass
from typing import Protocol

from heatcli.analysis.changes import Change
from heatcli.analysis.concerns import Concern
from heatcli.store.clips import ClipRow


@dataclass(frozen=True, slots=True)
class ClipResult:
    """How the analysis of one source ended.

    Attributes:
        path: path of the clip, or the source that names no clip.
        status: `analysed`, `skipped` (keeps what the store has), `forgotten` (removed or erased for good, or
            older than what is kept), `planned` (dry run), `busy` (still being written), `left` (still being
            written, and not named: left for the next run), `refused` (would be analysed again only because of
            a setting) or `failed`.
        camera: name of the camera; None where it is not known.
        row: the clip's row in the store; None unless analysed or skipped.
        seconds: duration of the analysis in seconds; 0 unless analysed.
        message: error message, or why the clip was passed over; None if nothing is to be said.
        concern: kind of the error, if many clips may have it at once; None for an error of this clip.
        changes: settings that have changed since the clip was analysed, for a clip that is or would be
            analysed again.
    """

    path: str
    status: str
    camera: str | None = None
    row: ClipRow | None = None
    seconds: float = 0.0
    message: str | None = None
    concern: Concern | None = None
    changes: tuple[Change, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing is left to do for this source."""
        return self.status in ("analysed", "skipped", "forgotten", "planned", "left")


class Progress(Protocol):
    """Receiver of progress reports of an analysis."""

    def expect(self, clips: int) -> None:
        """Begin with so many clips, of which some may be passed over."""
        ...

    def begin(self, clip: str, frames: int | None) -> None:
        """Start a clip, named by its path, or start it anew; others may be in work at the same time.

        It has about this many frames to process; None where the container does not say.
        """
        ...

    def advance(self, clip: str, frames: int) -> None:
        """Count this many more processed frames of a clip."""
        ...

    def end(self, result: ClipResult) -> None:
        """Report how a clip ended."""
        ...

    def warn(self, concern: Concern, message: str) -> None:
        """Report something that the user should know, though the work goes on."""
        ...

    def ask(self, question: str) -> bool:
        """Ask the user, and return whether the answer is yes; no where nobody can be asked."""
        ...
