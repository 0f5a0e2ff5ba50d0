"""How an analysis goes, and how it went: what the work tells whoever shows it."""

from dataclasses import dataclass
from typing import Protocol

from heatcli.store.clips import ClipRow


@dataclass(frozen=True, slots=True)
class ClipResult:
    """How one source went.

    Attributes:
        path: the file, or the source that named none.
        status: `analysed`, `skipped` (it is in the store with the same settings), `planned` (dry run),
            `busy` (still being written; left for the next run) or `failed`.
        camera: None where it is not known.
        row: what the store says of the clip; None unless analysed or skipped.
        seconds: that the analysis took; 0 unless analysed.
        message: what went wrong; None if nothing.
    """

    path: str
    status: str
    camera: str | None = None
    row: ClipRow | None = None
    seconds: float = 0.0
    message: str | None = None

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do about it."""
        return self.status in ("analysed", "skipped", "planned")


class Progress(Protocol):
    """Who is told how an analysis goes."""

    def begin(self, name: str, frames: int | None) -> None:
        """Start a clip of about so many frames to process; None where the container does not say."""
        ...

    def advance(self, frames: int) -> None:
        """Count processed frames."""
        ...

    def end(self, result: ClipResult) -> None:
        """Tell how a clip went."""
        ...

    def warn(self, message: str) -> None:
        """Tell of something that the user should know, though the work goes on."""
        ...
