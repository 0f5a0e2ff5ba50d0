"""Clips that are not to come back: removed for good, and passed over where their recordings are met again.

They are noted in files of JSON lines in the folder `forgotten` of the store, one file for each time that
somebody forgets clips, so that several processes may do so at once. Reading them takes their union.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from heatcli.files import replacing
from heatcli.store.clips import ClipRow
from heatcli.store.faults import damaged, store_errors
from heatcli.store.identity import new_run
from heatcli.store.sums import sync_folder

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
    file = store / _FOLDER / f"{new_run()}.jsonl"
    with store_errors(store):
        file.parent.mkdir(exist_ok=True)
        with replacing(file) as beside:
            beside.write_text("".join(f"{json.dumps(asdict(clip))}\n" for clip in clips), encoding="utf-8")
        sync_folder(file.parent)
        sync_folder(store)


def forgotten_files(store: Path) -> Sequence[Path]:
    """List the files that name forgotten clips: other files mean that there may be other clips."""
    return sorted((store / _FOLDER).glob("*Z-*.jsonl"))


def read_forgotten(store: Path) -> set[ForgottenClip]:
    """Read which clips are not to come back.

    Raises:
        StoreError: a file of them is damaged or cannot be read.
    """
    found: set[ForgottenClip] = set()
    for file in forgotten_files(store):
        try:
            with store_errors(store):
                lines = file.read_bytes().splitlines()
            found.update(ForgottenClip(**json.loads(line)) for line in lines)
        except (ValueError, TypeError) as error:
            raise damaged(store, f"{_FOLDER}/{file.name} is no list of clips") from error
    return found
