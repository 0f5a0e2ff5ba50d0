"""How `analyze` shows that it works: a bar on a terminal, one line per clip elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from heatcli.cli.console import say

if TYPE_CHECKING:
    from tqdm import tqdm

    from heatcli.analyze import ClipResult


class AnalyzeProgress:
    """Shows each clip as it is analysed and tells of it when it is done."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: tqdm[None] | None = None

    def __enter__(self) -> "AnalyzeProgress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def begin(self, name: str, frames: int | None) -> None:
        """Start a clip of about so many frames to process; None where the container does not say."""
        if not self._quiet and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(desc=name, total=frames, unit=" frames", dynamic_ncols=True, leave=False)

    def advance(self, frames: int) -> None:
        """Count processed frames."""
        if self._bar is not None:
            self._bar.update(frames)

    def end(self, result: "ClipResult") -> None:
        """Tell how a clip went: errors always, the rest unless quiet."""
        self._close()
        say(result.line(), quiet=self._quiet and result.done)

    def warn(self, message: str) -> None:
        """Tell of something that the user should know, though the work goes on."""
        self._close()
        say(f"heatcli: warning: {message}", quiet=self._quiet)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
