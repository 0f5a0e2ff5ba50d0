"""The pieces of one clip that are kept as they are finished, until its rows are in the store."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from heatcli.store.pieces import Arrays, PieceFiles
from heatcli.version import __version__
from heatcli.video.division import Division
from heatcli.video.frame import VideoInfo


class KeptPieces:
    """Reads what an earlier run of the same analysis has found, and keeps what this one finds.

    Args:
        store: folder of the store.
        clip: id of the clip.
        settings: settings of the analysis, as JSON.
        say: receiver of a line of text for the user, if nothing can be kept.
        may_keep: function that tells, also while the analysis goes on, whether nothing of the clip is erased.
    """

    def __init__(
        self,
        store: Path,
        clip: str,
        settings: str,
        say: Callable[[str], None],
        *,
        may_keep: Callable[[], bool],
    ) -> None:
        self._store, self._clip, self._settings, self._say = store, clip, settings, say
        self._may_keep = may_keep
        self._files: PieceFiles | None = None
        self._reads = self._writes = True

    def begin(self, info: VideoInfo, division: Division) -> None:
        """Begin with a clip whose frames have this size and rate, and which is divided in this way."""
        self.remove()
        decides = [self._settings, info.width, info.height, info.fps, division.piece_us, __version__]
        key = hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:16]
        self._files = PieceFiles(self._store, f"{self._clip}-{key}") if division.count > 1 else None

    def read(self, number: int) -> Arrays | None:
        """Return what was found in a piece; None where nothing is kept."""
        return self._files.read(number) if self._files is not None and self._reads else None

    def distrust(self) -> None:
        """Read nothing more: what is kept does not fit."""
        self._reads = False

    def write(self, number: int, arrays: Arrays) -> None:
        """Keep what was found in a piece. Where that cannot be, the analysis goes on without."""
        if self._files is None or not self._writes or not self._may_keep():
            return
        try:
            self._files.write(number, arrays)
        except OSError as error:
            self._writes = False
            why = error.strerror or error
            self._say(
                f"{self._store}: no piece of a long clip can be kept before it is done ({why}); if this run "
                "is killed, the next one begins it anew"
            )

    def end(self) -> None:
        """Keep nothing more: later pieces cannot be gone on from."""
        self._writes = False

    def remove(self) -> None:
        """Remove what is kept."""
        if self._files is not None:
            self._files.remove()
