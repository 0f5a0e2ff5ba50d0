"""Clips that are not to come back: removed for good, and passed over where their recordings are met again.

They are noted in the folder `forgotten` of the store. Reading them takes the union of all notes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from heatcli.store.clips import ClipRow
from heatcli.store.noted import note_lines, noted_files, read_notes

_FOLDER = "forgotten"


@dataclass(frozen=True, slots=True)
class ForgottenClip:
    """A clip that is not to come back.

    Attributes:
        camera: name of the camera.
        clip: id of the clip.
        path: absolute path at which the file was found.
        bytes: size of the file in bytes.
        mtime: modification time of the file, ns since 1970.
    """

    camera: str
    clip: str
    path: str
    bytes: int
    mtime: int

    @classmethod
    def of(cls, clip: ClipRow) -> "ForgottenClip":
        """Note what tells a clip of the store again."""
        return cls(clip.camera, clip.clip, clip.path, clip.bytes, clip.mtime)


def note_forgotten(store: Path, clips: Iterable[ForgottenClip]) -> None:
    """Note that clips are not to come back; this is on the disk afterwards.

    Raises:
        StoreError: the store cannot be written.
    """
    note_lines(store, _FOLDER, map(asdict, clips))


def forgotten_files(store: Path) -> Sequence[Path]:
    """List the files that name forgotten clips: other files mean that there may be other clips."""
    return noted_files(store, _FOLDER)


def read_forgotten(store: Path) -> set[ForgottenClip]:
    """Read which clips are not to come back.

    Raises:
        StoreError: a file of them is damaged or cannot be read.
    """
    notes = read_notes(store, _FOLDER, lambda line: ForgottenClip(**line), kind="list of clips")
    return {clip for _, clip in notes}
