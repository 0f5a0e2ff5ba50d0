"""What was found in pieces of clips that are still being analysed, for a run that goes on after a kill.

Each analysis has a folder of its own, `pieces/<key>`, with a file for each finished piece. None of it counts:
rows come from the run that ends. A piece is only read by an analysis that would find the same in it, as the
key says. Several processes may write the same pieces: their files are whole, and equal.
"""

import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.files import replacing
from heatcli.store.objects import working_folder

Arrays = Mapping[str, NDArray[Any]]

_FOLDER = "pieces"
PIECES_KEPT = timedelta(days=7)
"""Time since its last piece after which nobody will go on with an analysis."""


class PieceFiles:
    """The files of one analysis.

    Args:
        store: folder of the store.
        key: text that no other analysis has unless it would find the same, fit for a folder's name.
    """

    def __init__(self, store: Path, key: str) -> None:
        self._folder = working_folder(store) / _FOLDER / key

    def read(self, number: int) -> dict[str, NDArray[Any]] | None:
        """Read the arrays of a piece; None where it is not there or damaged."""
        try:
            # Its checksums tell damage; nothing in it is executed.
            with self._file(number).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return dict(arrays)
        # What numpy and zipfile raise where any byte is wrong; NotImplementedError: an unknown compression.
        except (OSError, ValueError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile):
            return None

    def write(self, number: int, arrays: Arrays) -> None:
        """Write the arrays of a piece, whole or not at all.

        Raises:
            OSError: they cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(self._file(number)) as beside:
            np.savez(beside, **arrays)  # type: ignore[arg-type]  # its stub takes a name for an option

    def remove(self) -> None:
        """Remove all pieces: the analysis has ended."""
        _remove(self._folder)

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:04}.npz"


def remove_all_pieces(store: Path) -> int:
    """Remove what was found so far in clips that are being analysed; return of how many analyses that was."""
    folders = list((working_folder(store) / _FOLDER).glob("*"))
    for folder in folders:
        _remove(folder)
    return len(folders)


def remove_old_pieces(store: Path) -> None:
    """Remove the pieces of analyses with which nobody has gone on for a week."""
    for folder in (working_folder(store) / _FOLDER).glob("*"):
        with suppress(OSError):
            if _last_piece(folder) < datetime.now(UTC) - PIECES_KEPT:
                _remove(folder)


def piece_times(store: Path) -> list[datetime]:
    """Return when the last piece of each analysis was kept, UTC."""
    return [_last_piece(folder) for folder in (working_folder(store) / _FOLDER).glob("*")]


def _last_piece(folder: Path) -> datetime:
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()  # not where other analyses have pieces
