"""Kill `heatcli run` at random moments, and run two at once: the next night has all of an undisturbed one.

    python -m tests.campaigns.killed_nights --kills 30

Two cameras with recordings of two days, reports, retention and metrics. Nothing may count that is not whole,
no report may be half written, and the night after a kill must say that all went well.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from prometheus_client.parser import text_string_to_metric_families

from tests.support.make_clips import aged, numbered, write_clip
from tests.support.places import ROOT

_CONFIG = """
timezone = "UTC"
detector = "motion"
[privacy]
tracks = "30d"
[run]
reports = ["daily"]
[cameras.door]
sources = ["nvr/door_*.mp4"]
[cameras.till]
sources = ["nvr/till_*.mp4"]
"""
_KEY = ["camera", "clip", "run"]
# What one run has that another run of the same clip has not.
_OF_THE_RUN = ("run", "plate", "analysed_at", "mtime", "path")


def record(folder: Path) -> None:
    """Write the configuration and recordings of two cameras: on the last two days, and too long ago."""
    (folder / "nvr").mkdir(parents=True)
    (folder / "heatcli.toml").write_text(_CONFIG)
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    for number, camera in enumerate(("door", "till")):
        for days in (1, 2, 60):
            start = noon - timedelta(days=days)
            name = f"nvr/{camera}_{start:%Y%m%d_%H%M%S}.mp4"
            aged(write_clip(folder / name, map(numbered, range(40 + 10 * number + days % 7))))


def start(folder: Path) -> "subprocess.Popen[bytes]":
    """Start a night."""
    command = [sys.executable, "-m", "heatcli", "run", "--quiet", "--json", "--metrics", "night.prom"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def state_of(folder: Path) -> dict[str, object]:
    """Return what a morning finds: the rows that count, and the files of the reports.

    Raises:
        AssertionError: a run counts that is not whole, or a file is half written.
    """
    store = folder / "heat-store"
    rows: list[bytes] = []
    if (store / "clips" / "_delta_log").exists():
        runs = pl.read_delta(str(store / "clips"))
        assert not runs.select("camera", "clip").is_duplicated().any(), "a clip counts twice"
        if (store / "tracks" / "_delta_log").exists():
            tracks = pl.read_delta(str(store / "tracks")).join(runs, on=_KEY, how="semi")
            assert runs["rows"].sum() == len(tracks), "a run is complete or it is not there"
            rows = [
                table.drop(_OF_THE_RUN, strict=False).sort("camera", "clip", "start").serialize()
                if "start" in table.columns
                else table.drop("run").sort("camera", "clip", "frame", "track").serialize()
                for table in (runs, tracks)
            ]
    pages = sorted((folder / "reports").rglob("*.html")) + sorted((folder / "reports").rglob("*.xlsx"))
    for page in pages:
        data = page.read_bytes()
        assert data.rstrip().endswith(b"</html>") if page.suffix == ".html" else data.startswith(b"PK"), page
    if (folder / "night.prom").exists():
        list(text_string_to_metric_families((folder / "night.prom").read_text()))
    return {"rows": rows, "reports": [str(page.relative_to(folder)) for page in pages]}


def killed(folder: Path, after_s: float, expected: dict[str, object]) -> str:
    """Kill a night after some seconds; tell how the morning after the next one is."""
    process = start(folder)
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    state_of(folder)
    said, _ = (again := start(folder)).communicate()
    left = [file for file in (folder / "reports").rglob("*") if file.name.startswith(".") and file.is_file()]
    morning = state_of(folder)
    differs = [what for what, found in morning.items() if found != expected[what]]
    if again.returncode == 0 and json.loads(said)["ok"] and not differs and not left:
        return "right"
    return (
        f"NOT RIGHT: {again.returncode}, {said.decode()[:300]}, left {left}, {differs}: {morning['reports']}"
    )


def two_at_once(folder: Path, expected: dict[str, object]) -> str:
    """Start two nights at once; tell how the morning is."""
    both = [start(folder) for _ in range(2)]
    codes = sorted(process.wait() for process in both)
    is_right = codes == [0, 1] and state_of(folder) == expected
    return "right" if is_right else f"NOT RIGHT: {codes}"


def main() -> int:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    said = parser.parse_args()
    chance, came = random.Random(said.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        undisturbed = Path(name) / "undisturbed"
        record(undisturbed)
        began = time.monotonic()
        start(undisturbed).communicate()
        seconds, expected = time.monotonic() - began, state_of(undisturbed)
        assert expected["rows"]
        assert len(expected["reports"]) > 0  # type: ignore[arg-type]
        for number in range(said.kills):
            folder = Path(name) / f"night-{number}"
            record(folder)
            came[f"killed: {killed(folder, seconds * chance.uniform(0.05, 1.0), expected)}"] += 1
        folder = Path(name) / "two"
        record(folder)
        came[f"two at once: {two_at_once(folder, expected)}"] += 1
    print("\n".join(f"{count} times {what}" for what, count in sorted(came.items())), flush=True)
    return int(any("NOT" in what for what in came))


if __name__ == "__main__":
    sys.exit(main())
