"""Compare `heatcli analyze` with one and with several processes: the same clip many times, whole runs.

    python -m tests.bench.workers vtest.avi --detector motion
    HEATCLI_WEIGHTS=yolo11n_openvino_model python -m tests.bench.workers vtest.avi --workers 4 --clips 16

Asked for: two processes on two cores are no slower than one, by the clock; and the same rows. The runs take
turns, and the fastest of each counts: what else the machine does only makes them slower.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import polars as pl

from tests.bench.measure import Run, run
from tests.support.make_clips import aged


def copies(clip: Path, folder: Path, count: int) -> list[Path]:
    """Write copies of a clip into a folder that are clips of their own: the same pictures, other bytes."""
    written = [folder / f"{number}{clip.suffix}" for number in range(count)]
    for number, copy in enumerate(written):
        copy.write_bytes(clip.read_bytes() + bytes(8 + number))
        aged(copy)
    return written


def analysed(clips: list[Path], folder: Path, workers: int, detector: str) -> Run:
    """Analyse clips into a new store in a folder."""
    command = [sys.executable, "-m", "heatcli", "analyze", *map(str, clips), "--store", "store", "--quiet"]
    command += ["--detector", detector, "--workers", str(workers), "--start", "2026-03-14T10:00:00Z"]
    return run(command, folder)


def rows(folder: Path) -> pl.DataFrame:
    """Read the rows of a store but for their runs."""
    tracks = pl.read_delta(str(folder / "store/tracks")).drop("run")
    return tracks.sort("camera", "clip", "frame", "track")


def main() -> None:
    """Parse the arguments, and print the times of both."""
    parser = argparse.ArgumentParser(description="Compare one process with several that share clips.")
    parser.add_argument("clip", type=Path)
    parser.add_argument("--clips", type=int, default=4, help="how often the clip is analysed")
    parser.add_argument("--workers", type=int, default=2, help="number of processes")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each")
    parser.add_argument("--detector", default="auto")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        clips = copies(asked.clip, base, asked.clips)
        runs: dict[int, list[Run]] = {1: [], asked.workers: []}
        found: dict[int, pl.DataFrame] = {}
        for number in range(asked.repeat):
            for workers, done in runs.items():
                folder = base / f"run-{number}-{workers}"
                folder.mkdir()
                done.append(analysed(clips, folder, workers, asked.detector))
                found[workers] = rows(folder)
    seconds = {workers: min(one.seconds for one in done) for workers, done in runs.items()}
    for workers, done in runs.items():
        spent = min(one.processor_s for one in done)
        print(f"{workers} workers: {seconds[workers]:.1f} s, {spent:.1f} s of processor")
    print(f"ratio: {seconds[1] / seconds[asked.workers]:.2f} (asked: at least 1)")
    print(f"the same rows: {found[1].equals(found[asked.workers])}")


if __name__ == "__main__":
    main()
