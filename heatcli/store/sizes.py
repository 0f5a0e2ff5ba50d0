"""How much of the disk the store takes, and each clip in it."""

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

import polars as pl

from heatcli.files import is_local
from heatcli.store.clips import ClipRow
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files
from heatcli.store.objects import object_sizes
from heatcli.store.schema import TableName
from heatcli.store.store import Store


def stored_bytes(store: Store, clips: Sequence[ClipRow]) -> dict[str, int]:
    """Return the bytes that clips take in the store, by run.

    Clips share files, so each takes its part by its number of rows, or by the number of clips with one plate.

    Args:
        store: store with the clips.
        clips: all clips of the store, or all of a camera.

    Raises:
        StoreError: the store cannot be read.
    """
    found: Counter[str] = Counter()
    with store_errors(store.path):
        counts: dict[TableName, dict[str, int]] = {
            "tracks": {clip.run: clip.rows for clip in clips},
            "trajectories": {clip.run: clip.trajectories for clip in clips},
        }
        for table, rows in counts.items():
            files = data_files(store.table(table), store.path / table).group_by("camera")
            per_row = {
                camera: size / max(1, count)
                for camera, size, count in files.agg(pl.sum("bytes", "rows")).iter_rows()
            }
            found.update({clip.run: round(rows[clip.run] * per_row.get(clip.camera, 0)) for clip in clips})
        sharing = Counter(clip.plate for clip in clips if clip.plate is not None)
        for clip in clips:
            if clip.plate is not None and (store.path / clip.plate).exists():
                found[clip.run] += (store.path / clip.plate).stat().st_size // sharing[clip.plate]
    return {clip.run: found[clip.run] for clip in clips}


def total_bytes(store: Store) -> int:
    """Return the bytes of all files of a store.

    Raises:
        StoreError: the store is in an object store that cannot be asked.
    """
    if not is_local(store.path):
        with store_errors(store.path):
            return sum(object_sizes(store.path).values())
    total = 0
    for here, _, names in os.walk(store.path):
        for name in names:
            with suppress(OSError):  # others write meanwhile
                total += os.lstat(os.path.join(here, name)).st_size
    return total
