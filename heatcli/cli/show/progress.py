"""How long commands show their progress: a bar on a terminal, one line per clip elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from heatcli.cli.show.console import say

if TYPE_CHECKING:
    from tqdm import tqdm

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
        self._warned: set[str] = set()

    def end(self, result: "ClipResult") -> None:
        """Tell how a clip went: errors always, the rest unless quiet."""
        self._close()
        self.results.append(result)
        say(line(result), quiet=self._quiet and result.done)

    def warn(self, message: str) -> None:
        """Print a warning, unless another process has had the same to say; the work goes on."""
        self._close()
        if message not in self._warned:
            self._warned.add(message)
            say(f"heatcli: warning: {message}", quiet=self._quiet)


def line(result: "ClipResult") -> str:
    """Tell how a clip went, in one line."""
    row = result.row
    if row is None:
        return result.message or f"{result.path}: would be analysed as camera {result.camera}"
    if result.status == "skipped":
        return f"{result.path}: already in the store with the same settings; --force analyses it again"
    failed = f", {row.frames_failed} of {row.frames_decoded + row.frames_failed} frames damaged"
    return (
        f"{result.path}: {row.camera}, {row.trajectories} trajectories in {row.covered_us / 1e6:.1f} s "
        f"from {row.local_start} ({row.start_source}), "
        f"{row.frames_processed / result.seconds:.1f} frames/s{failed if row.frames_failed else ''}"
    )


def summary(result: "ClipResult") -> dict[str, object]:
    """Return, for `--json`, how a clip went. Unknown values are null."""
    row = result.row
    told: dict[str, object] = {
        "path": result.path,
        "status": result.status,
        "camera": result.camera,
        "message": result.message,
    }
    if row is not None:
        told |= {
            "clip": row.clip,
            "start": row.start.isoformat(),
            "start_source": row.start_source,
            "frames_decoded": row.frames_decoded,
            "frames_failed": row.frames_failed,
            "frames_processed": row.frames_processed,
            "rows": row.rows,
            "trajectories": row.trajectories,
            "covered_s": row.covered_us / 1e6,
            "detector": row.detector,
            "weights": row.weights,
            "frames_per_second": row.frames_processed / result.seconds if result.seconds else None,
        }
    return told
