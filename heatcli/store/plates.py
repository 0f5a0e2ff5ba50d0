"""Pictures of empty scenes (plates): one for each scene of a camera and day, shared by its clips.

A plate is written before the clips that name it, and removed by `heatcli.store.maintenance.compact` when no
clip has named it for a day. Whoever shares a plate sets its time anew, so that it is not taken for left over
before the new clip names it.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import polars as pl
from cv2.typing import MatLike
from numpy.typing import NDArray

from heatcli.errors import StoreError
from heatcli.files import is_local, replacing, sync_folder
from heatcli.store.clips import ClipRow, clips_frame
from heatcli.store.faults import store_errors
from heatcli.store.store import Store

_FOLDER = "plates"
# Most bytes of a plate, and qualities of WebP from the best on. A street at 1080p fits with 80: 42 dB, which
# nobody can tell from the original under heat. Each that is tried takes a tenth of a second there.
_MOST_BYTES = 100_000
_QUALITIES = (90, 80, 65, 50, 30)

# Scenes are compared as small pictures of this size, in which noise and leaves do not show. A scene has
# changed if more than 1 % of them differs by more than 24 of 255. Five seconds of a busy street and the next
# five differ in 0.9 % by the people who stand there; a camera that turns by 3 % of its picture, in 19 %.
_SMALL = (64, 36)
_DIFFERS = 24
_CHANGED = 0.01
# Plates of one day that a scene is compared with, the newest first: lights that go on and off need two.
_MOST_COMPARED = 8


def keep_plate(store: Store, clip: ClipRow, plate: NDArray[np.uint8], others: Sequence[ClipRow] = ()) -> str:
    """Find or write the plate of a clip that is about to be committed; return its path within the store.

    Args:
        store: store to write to.
        clip: row of the clip.
        plate: (height, width, 3) uint8 BGR picture of its empty scene.
        others: rows of clips that are committed together with it, and have their plates already.

    Raises:
        StoreError: the disk is full, or the store is read-only.
    """
    with store_errors(store.path):
        small = _small(plate)
        for name in _plates_of_day(store, clip, others):
            # A file that is gone or damaged is no reason to fail.
            with suppress(OSError, cv2.error):
                data = np.frombuffer((store.path / name).read_bytes(), np.uint8)
                known = cv2.imdecode(data, cv2.IMREAD_COLOR)
                if known is not None and (np.abs(small - _small(known)) > _DIFFERS).mean() <= _CHANGED:
                    if is_local(store.path):
                        os.utime(store.path / name)
                    else:
                        (store.path / name).write_bytes(data.tobytes())
                    return name
        return _write(store, f"{clip.clip}-{clip.run}.webp", plate)


def _plates_of_day(store: Store, clip: ClipRow, others: Sequence[ClipRow]) -> Iterator[str]:
    """Yield the plates of clips of the same day, camera, frame and settings (of which masks are part)."""
    zone = ZoneInfo(clip.timezone)
    midnight = clip.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    same = {name: getattr(clip, name) for name in ("camera", "width", "height", "settings_hash")}
    known = [store.scan_clips(store.table("clips")), clips_frame(others).lazy()]
    columns = ["start", "plate", *same]
    clips = pl.concat(rows.select(columns) for rows in known).filter(pl.lit(True), **same)
    first, last = (time.astimezone(UTC) for time in (midnight, midnight + timedelta(days=1)))
    of_day = clips.filter(pl.col("start") >= first, pl.col("start") < last)
    found = of_day.sort("start", descending=True).select("plate").collect()["plate"].drop_nulls()
    yield from found.unique(maintain_order=True).head(_MOST_COMPARED)


def _small(picture: MatLike) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(picture, _SMALL, interpolation=cv2.INTER_AREA), np.float32)


def _write(store: Store, name: str, plate: NDArray[np.uint8]) -> str:
    """Write a plate in the best quality that is small enough.

    Each has a file of its own. If another plate overwrote it, readers would get the wrong scene.
    """
    path = store.path / _FOLDER / name
    path.parent.mkdir(exist_ok=True)
    for quality in _QUALITIES:
        is_encoded, data = cv2.imencode(".webp", plate, [cv2.IMWRITE_WEBP_QUALITY, quality])
        if not is_encoded:
            raise StoreError(f"{path}: the empty scene cannot be written as WebP; report this with the clip")
        if len(data) <= _MOST_BYTES:
            break
    with replacing(path) as beside:
        beside.write_bytes(data.tobytes())
    sync_folder(path.parent)
    return f"{_FOLDER}/{name}"
