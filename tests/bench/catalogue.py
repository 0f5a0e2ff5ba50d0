"""Time `heatcli analyze` of a clip that the store knows, beside a million others in its catalogue.

    python -m tests.bench.catalogue
    python -m tests.bench.catalogue --clips 100000

Asked: 1.5 s of the processor, since cron does so every few minutes.
"""

import argparse
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from heatcli.store.clips import ClipRow, clips_frame
from heatcli.store.commit import append_rows
from heatcli.store.maintenance import compact
from heatcli.store.store import Store
from tests.bench.measure import run
from tests.support.make_clips import aged, numbered, write_clip

_LIMIT_S = 1.5
_CAMERAS = 100
_CLIP = timedelta(minutes=5)
_AT_ONCE = 50_000


def add_clips(store: Store, like: ClipRow, count: int) -> None:
    """Add so many clips to the catalogue, of other cameras and other files, with no rows."""
    frame = clips_frame([like]).with_columns(rows=pl.lit(0, pl.Int64), trajectories=pl.lit(0, pl.Int64))
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    random = np.random.default_rng(1)
    for first in range(0, count, _AT_ONCE):
        number = pl.int_range(first, min(count, first + _AT_ONCE), eager=True)
        size = len(number)
        start = pl.Series(
            [begin + _CLIP * (one // _CAMERAS) for one in number], dtype=pl.Datetime("us", "UTC")
        )
        start_us = start.cast(pl.Int64)
        run = start.dt.strftime("%Y%m%dT%H%M%S%6fZ-") + number.cast(pl.String).str.zfill(8)
        names = [f"{value:016x}" for value in random.integers(0, 2**63, size)]
        coverage = pl.DataFrame({"from": start_us, "to": start_us + 300_000_000}).to_struct()
        camera = "camera-" + (number % _CAMERAS).cast(pl.String)
        rows = pl.concat([frame] * size, rechunk=True).with_columns(
            camera=camera,
            clip=pl.Series(names),
            run=run,
            path="/recordings/" + camera + "/" + run + ".mp4",
            bytes=pl.Series(random.integers(10**6, 10**8, size)),
            mtime=pl.Series(random.integers(17 * 10**17, 18 * 10**17, size)),
            start=start,
            coverage=pl.Series([[piece] for piece in coverage], dtype=frame.schema["coverage"]),
        )
        append_rows(store, "clips", [rows])
    compact(store)


def main() -> int:
    """Print what the second analysis of a clip takes; exit with 1 if it takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=1_000_000)
    count = parser.parse_args().clips
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip, store = folder / "known.mp4", folder / "store"
        aged(write_clip(clip, map(numbered, range(50))))
        analyze = ["analyze", clip, "--detector", "motion", "--camera", "door", "--store", store]
        command = [sys.executable, "-m", "heatcli", *map(str, analyze), "--start", "2026-03-14T10:00:00Z"]
        run(command, folder)
        (known,) = Store.open(store).clips()
        add_clips(Store.open(store), known, count)
        took = run(command, folder)
    what = f"{took.processor_s:.2f} s of the processor, {took.peak_bytes / 1e6:.0f} MB"
    print(f"known clip beside {count} others: {what}")
    return int(took.processor_s > _LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
