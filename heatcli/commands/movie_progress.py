"""How far the writing of a video is."""

from typing import Protocol


class MovieProgress(Protocol):
    """Receiver of progress reports on the writing of a video."""

    def begin(self, name: str, frames: int | None) -> None:
        """Start a video of about this many frames."""
        ...

    def advance(self, frames: int) -> None:
        """Count this many more frames that were drawn."""
        ...
