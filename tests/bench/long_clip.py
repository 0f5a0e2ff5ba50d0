"""Show what `heatcli analyze` takes for a file of many hours: memory, and what a kill at 90 % costs.

    python -m tests.bench.long_clip --hours 8

Ten minutes of 320x240 in which three people walk through the picture are analysed with `motion`. Then they
are put behind themselves, as often as is asked for, and analysed undisturbed, and killed on the way.
Asked for: at most 100 MB more memory, and the same rows.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.measure import run
from tests.bench.throughput import loop
from tests.bench.workers import rows
from tests.support.make_clips import aged, write_clip

FPS = 5
MINUTES = 10


def frames() -> Iterator[NDArray[np.uint8]]:
    """Draw ten minutes of three people who walk through the picture, each at a speed of their own."""
    rng = np.random.default_rng(0)
    people = ((9.1, 40, (30, 30, 200)), (7.3, 100, (200, 40, 30)), (5.7, 170, (30, 160, 30)))
    scene = rng.integers(90, 110, (240, 320, 3), dtype=np.uint8)
    noise = [rng.integers(-3, 4, scene.shape, dtype=np.int16) for _ in range(50)]
    for number in range(MINUTES * 60 * FPS):
        image = (scene + noise[number % 50]).clip(0, 255).astype(np.uint8)
        for speed, top, colour in people:
            left = round(speed * number) % 400 - 40
            image[top : top + 50, max(left, 0) : max(left + 16, 0)] = colour
        yield image


def command(clip: Path) -> list[str]:
    """Return the command that analyses a clip into the store of the folder it runs in."""
    options = ["--detector", "motion", "--start", "2026-03-14T00:00:00Z", "--store", "store", "--json"]
    return [sys.executable, "-m", "heatcli", "analyze", str(clip), *options]


def killed(clip: Path, folder: Path, pieces: int) -> None:
    """Analyse a clip until so many of its pieces are kept, and kill it."""
    with (folder / "killed").open("w") as nowhere:
        process = subprocess.Popen(command(clip), cwd=folder, stdout=nowhere)
        while len(list(folder.glob("store/pieces/*/[0-9]*.npz"))) < pieces:
            time.sleep(0.1)
        process.kill()
        process.wait()


def main() -> None:
    """Parse the arguments, and print memory and times."""
    parser = argparse.ArgumentParser(description="Show memory and time of a long clip.")
    parser.add_argument("--hours", type=float, default=8)
    hours = parser.parse_args().hours
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        short = aged(write_clip(base / "short.mp4", frames(), fps=FPS, key_every=10))
        long = base / "long.mp4"
        loop(short, round(hours * 60 / MINUTES), long)
        aged(long)
        folders = [base / one for one in ("once", "undisturbed", "killed")]
        for folder in folders:
            folder.mkdir()
        runs = []
        for clip, folder in ((short, folders[0]), (long, folders[1])):
            done = run(command(clip), folder)
            runs.append(done)
            stored = json.loads(done.stdout)["clips"][0]["rows"]
            print(
                f"{clip.name}: peak {done.peak_bytes / 1e6:.0f} MB, {stored} rows, "
                f"{done.processor_s:.1f} s of processor, {done.seconds:.1f} s",
                flush=True,
            )
        print(f"more memory: {(runs[1].peak_bytes - runs[0].peak_bytes) / 1e6:.0f} MB (asked: at most 100)")
        count = round(hours * 2)  # half-hours
        killed(long, folders[2], count - 2)
        rest = run(command(long), folders[2])
        print(f"killed in the last of {count} pieces but one: {rest.processor_s:.1f} s of processor to go on")
        print(f"the same rows: {rows(folders[1]).equals(rows(folders[2]))}")


if __name__ == "__main__":
    main()
