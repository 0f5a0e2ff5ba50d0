"""Clips of one camera that were recorded at the same time: a wrong clock, or two recordings."""

import polars as pl

from heatcli.clock import epoch_us
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.faults import store_errors
from heatcli.store.store import Store

# Names of files give times in whole seconds: consecutive clips may seem to overlap by this much.
_ROUNDING_US = 1_000_000


def overlap_warning(store: Store, row: ClipRow) -> str | None:
    """Return a warning about the clip that a clip overlaps most, and how to correct it; None without overlap.

    Args:
        store: store with the other clips.
        row: row of the clip, in the store or about to be.

    Raises:
        StoreError: the store cannot be read.
    """
    begin, end = epoch_us(row.start), epoch_us(row.start) + row.duration_us
    start = pl.col("start").cast(pl.Int64)
    clips = store.table("clips")
    with store_errors(store.path):
        near = store.sound_clips(
            store.scan_clips(clips)
            .filter(pl.col("camera") == row.camera, pl.col("clip") != row.clip)
            .filter(start < end, start + pl.col("duration_us") > begin)
        )
    overlaps = {other: row.coverage.intersection(other.coverage).total_us for other in clip_rows(near)}
    worst = max(overlaps, key=lambda other: overlaps[other], default=None)
    if worst is None or overlaps[worst] <= _ROUNDING_US:
        return None
    return (
        f"{row.path} ({row.clip}, from {row.local_start}) and {worst.path} ({worst.clip}, from "
        f"{worst.local_start}) of camera {row.camera} overlap by {overlaps[worst] / 1e6:.1f} s, which "
        "counts once; if a clock was wrong, correct it with `heatcli clips --set-start TIME --clip ID`"
    )
