"""The same clips analysed again and again while the machine is busy: all that is stored must be the same."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import polars as pl

from heatcli.store.store import Store
from tests.support.command_line import done, run
from tests.support.make_clips import aged, with_packets
from tests.support.mutations import write_clean
from tests.support.own_process import in_own_process

# What one run has that another run of the same clip has not.
_OF_THE_RUN = ("run", "plate", "analysed_at", "mtime")


def write_recordings(folder: Path) -> dict[str, Path]:
    """Write five recordings, two of them damaged.

    Returns:
        Path of each, by its name.
    """
    found = {}
    for name in ("ts", "avi", "h265"):
        (folder / name).mkdir()
        found[name] = write_clean(folder / name, name)
    chance = np.random.default_rng(3)
    hit = {number: chance.bytes(60) for number in (7, 23, 24, 51)}

    def overwritten(number: int, data: bytes) -> bytes:
        noise = hit.get(number, b"")
        return (
            data if len(data) < 200 else data[: len(data) // 2] + noise + data[len(data) // 2 + len(noise) :]
        )

    for name in ("ts", "h265"):
        damaged = folder / f"damaged-{name}.ts"
        found[damaged.stem] = aged(with_packets(found[name], damaged, overwritten))
    return found


@contextmanager
def busy_machine() -> Iterator[None]:
    """Keep all cores busy with twice as many processes, each with a rhythm of its own."""
    burn = (
        "import random, sys, time\nchance = random.Random(sys.argv[1])\n"
        "while True:\n until = time.monotonic() + chance.random() / 5\n"
        " while time.monotonic() < until: pass\n time.sleep(chance.random() / 20)"
    )
    burners = [
        subprocess.Popen([sys.executable, "-c", burn, str(number)])
        for number in range(2 * (os.cpu_count() or 1))
    ]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def stored(clip: Path, store: Path) -> str:
    """Analyse a clip in a fresh process; return a hash of all that is stored of it, bit by bit."""
    return in_own_process(_stored, clip, store, seconds=600)


def _stored(clip: Path, store: Path) -> str:
    options = ("--detector", "motion", "--start", "2026-03-14T10:00:00Z", "--store", store)
    done(run("analyze", clip, *options))
    digest = hashlib.sha256()
    for table in ("tracks", "trajectories", "clips"):
        rows = pl.read_delta(str(store / table)).drop(_OF_THE_RUN, strict=False)
        keys = [key for key in ("frame", "track") if key in rows.columns]
        digest.update((rows.sort(keys) if keys else rows).serialize())
    (row,) = Store.open(store).clips()
    if row.plate is not None:
        digest.update((store / row.plate).read_bytes())
    return digest.hexdigest()
