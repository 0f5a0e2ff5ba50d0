"""Kill an analysis of several processes, all of it or one of them; nothing is lost, and nothing counts twice.

    python -m tests.campaigns.killed_workers --kills 30

Three clips are analysed by `heatcli analyze --workers 2`. At a random moment the whole program is killed, or
one of its children: one that analyses, or the one that commits. After each, every clip in the store is whole,
and none that was there before is gone; the next run completes, and has the rows of an undisturbed one.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import polars as pl

from tests.support.analyses import AT_TEN, start
from tests.support.make_clips import aged, numbered, write_clip

_KEY = ["camera", "clip", "run"]


_OPTIONS = (*AT_TEN, "--quiet", "--workers", "2")


def live(store: Path) -> pl.DataFrame:
    """Read the rows that count, as the schema's page says; each run must be complete."""
    if not (store / "clips" / "_delta_log").exists():
        return pl.DataFrame(schema={"camera": pl.String})
    runs = pl.read_delta(str(store / "clips"))
    assert not runs.select("camera", "clip").is_duplicated().any(), "a clip counts twice"
    rows = pl.read_delta(str(store / "tracks")).join(runs, on=_KEY, how="semi")
    assert runs["rows"].sum() == len(rows), "a run is complete or it is not there"
    return rows.drop("run").sort("camera", "clip", "frame", "track")


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def main() -> int:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    said = parser.parse_args()
    chance = random.Random(said.seed)
    came: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = [
            aged(write_clip(folder / f"{camera}.mp4", map(numbered, range(90 + 10 * camera))))
            for camera in range(3)
        ]
        began = time.monotonic()
        start(clips, folder / "undisturbed", *_OPTIONS).wait()
        seconds, expected = time.monotonic() - began, live(folder / "undisturbed")
        for number in range(said.kills):
            store = folder / f"store-{number}"
            process = start(clips, store, *_OPTIONS)
            time.sleep(seconds * chance.uniform(0.3, 1.0))
            whom = ("program", "child")[number % 2]
            others = children(process.pid)
            with suppress(ProcessLookupError):
                os.kill(
                    process.pid if whom == "program" or not others else chance.choice(others), signal.SIGKILL
                )
            process.wait()
            before = set(live(store)["camera"])
            start(clips, store, *_OPTIONS).wait()
            after = live(store)
            is_whole = after.equals(expected) and before <= set(after["camera"])
            came[f"{whom} killed, {'whole' if is_whole else 'NOT WHOLE'}"] += 1
    print(", ".join(f"{count} times {what}" for what, count in sorted(came.items())), flush=True)
    return int(any("NOT" in what for what in came))


if __name__ == "__main__":
    sys.exit(main())
