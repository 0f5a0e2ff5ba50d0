"""Clips of one camera that were recorded at the same time: a wrong clock, or two recordings."""

import polars as pl

from heatcli.clock import epoch_us
from heatcli.select.persons import known_and_shared
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.store import Store

# Names of files give times in whole seconds: consecutive clips may seem to overlap by this much.
_ROUNDING_US = 1_000_000


def overlap_warning(store: Store, row: ClipRow) -> str | None:
    """Return a warning about the clip that a clip overlaps most, and what to do; None without overlap.

    Args:
        store: store with the other clips.
        row: row of the clip, in the store; people of one that is not there cannot be compared.

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
    correct = "correct it with `heatcli clips --set-start TIME --clip ID`"
    agrees, differs = _compared(store, row, worst)
    if agrees:
        told = ", and so do the people who are in both"
    elif differs:
        told = f", but people are not at the same places in both, so a clock was wrong; {correct}"
    else:
        told = f"; if a clock was wrong, {correct}"
    return (
        f"{row.path} ({row.clip}, from {row.local_start}) and {worst.path} ({worst.clip}, from "
        f"{worst.local_start}) of camera {row.camera} overlap by {overlaps[worst] / 1e6:.1f} s, which "
        f"counts once{told}"
    )


def _compared(store: Store, *clips: ClipRow) -> tuple[bool, bool]:
    """Return whether people are surely at the same places in two clips, and whether they surely are not."""
    snapshot = store.snapshot()
    rows = snapshot.clips.filter(pl.col("run").is_in([clip.run for clip in clips])).sort("start", "clip")
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        holds_one = pl.any_horizontal(
            pl.lit(clip.run).is_between("first_run", "last_run").fill_null(True) for clip in clips
        )
        files = files.filter(pl.col("camera") == clips[0].camera, holds_one)
        _, shared = known_and_shared(scan("trajectories", files, clips[0].camera), rows)
    return shared is not None and bool(shared.agrees.any()), shared is not None and bool(shared.differs.any())
