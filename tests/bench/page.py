"""Time the page of a report in Debian's Chromium: how soon it opens, and how soon it follows the pointer.

    python -m tests.bench.page

Two pages are written and opened from disk: one of 200,000 points, carried exactly, and one of a busy
camera-day (12 hours at 5 frames a second, 8 people at a time, 1.7 million points). Asked:
from the pointer's move to figures and chart brought up to date, layout included, less than 16 ms in the
median over 200,000 points; the page of the camera-day below 10 MB and open in under 2 s.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
from playwright.sync_api import Page

from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.store.commit import commit_run
from heatcli.store.store import Store
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from tests.support.browser import chromium
from tests.support.page_worlds import camera_day
from tests.support.store_runs import clip_row

CAMERA = "shop"
DAY = "2026-03-14"
OPENS = datetime(2026, 3, 14, 9, tzinfo=ZoneInfo("Europe/Zagreb"))
FPS = 5
MOVES = 300
# Radii as parts of the width: a shelf, a till, half of the picture.
RADII = (0.03, 0.08, 0.25)

# The first of the frame's callbacks notes when it begins, the last one when everything is brought up to date.
WATCH = """
window.moves = [];
let moved = 0, began = 0;
addEventListener("pointermove", () => {
  moved = performance.now();
  requestAnimationFrame(() => { began = performance.now(); });
}, true);
addEventListener("pointermove", () => {
  requestAnimationFrame(() => {
    document.body.getBoundingClientRect();
    const done = performance.now();
    window.moves.push([done - moved, done - began]);
  });
});
"""


def make_store(folder: Path, *, hours: float) -> int:
    """Fill a new store with the clip of a busy shop; return how many rows it has."""
    start = OPENS
    rows = camera_day(7, start_us=epoch_us(start), hours=hours, fps=FPS).rows
    count = int(hours * 3600 * FPS)
    step = 1_000_000 // FPS
    frames = ProcessedFrames(
        np.arange(count, dtype=np.int32),
        np.arange(count, dtype=np.int64) * step,
        np.full(count, step, np.int32),
    )
    track = (rows.person + 1).astype(np.int32)
    seen = Observations(
        frame=rows.frame,
        track=track,
        tracklet=track,
        boxes=rows.boxes,
        confidence=np.full(len(rows), 0.5, np.float32),
        class_id=np.zeros(len(rows), np.int32),
        filled=rows.filled,
    )
    begin = epoch_us(start)
    row = clip_row(
        CAMERA,
        start=start,
        frames=count,
        coverage=Intervals.of([[begin, begin + count * step]]),
        duration_us=count * step,
        width=1280,
        height=720,
    )
    key = RunKey(CAMERA, row.clip, row.run, start)
    commit_run(
        Store.create_or_open(folder),
        clip=row,
        tracks=tracks_frames(key, frames, seen),
        trajectories=trajectories_frame(key, frames, seen, ["person"], {}),
        plate=np.full((720, 1280, 3), 90, np.uint8),
    )
    return len(rows)


def export(folder: Path) -> tuple[Path, float]:
    """Write the page of the day; return its file and how long that took, in seconds."""
    began = time.perf_counter()
    subprocess.run(
        [
            *(sys.executable, "-m", "heatcli", "export", "daily", "--start", DAY, "--format", "html"),
            *("--store", folder / "store", "-o", folder, "--quiet"),
        ],
        check=True,
    )
    return folder / f"daily-{DAY}" / "report.html", time.perf_counter() - began


def move(page: Page, radius: float) -> list[list[float]]:
    """Move the pointer over the map; return ms from each move, and from the frame's begin, to the update."""
    page.evaluate("() => { window.moves.length = 0; }")
    slider = page.get_by_role("slider", name="Radius")
    slider.evaluate(
        "(one, value) => { one.value = value; one.dispatchEvent(new Event('input', {bubbles: true})); }",
        str(radius),
    )
    box = page.locator("#map").bounding_box()
    assert box is not None
    turn = np.linspace(0, 6 * np.pi, MOVES)
    across = box["x"] + box["width"] * (0.5 + 0.4 * np.cos(turn))
    down = box["y"] + box["height"] * (0.6 + 0.3 * np.sin(1.7 * turn))
    for x, y in zip(across.tolist(), down.tolist(), strict=True):
        page.mouse.move(x, y)
    moves: list[list[float]] = page.evaluate("() => window.moves")
    return moves


def main() -> None:
    """Write and open both pages, and print what was asked and what was measured."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    for hours in (1.44, 12.0):
        with tempfile.TemporaryDirectory() as made, chromium() as browser:
            folder = Path(made)
            rows = make_store(folder / "store", hours=hours)
            file, took = export(folder)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.add_init_script(WATCH)
            began = time.perf_counter()
            page.goto(f"{file.as_uri()}#camera={CAMERA}")
            page.wait_for_selector("html[data-ready]", state="attached")
            opened = time.perf_counter() - began
            print(
                f"{rows:,} points: exported in {took:.1f} s, {file.stat().st_size / 1e6:.2f} MB, "
                f"open in {opened:.2f} s"
            )
            for radius in RADII:
                moves = move(page, radius)
                pointer, work = zip(*moves, strict=True)
                print(
                    f"  radius {radius}: pointer to update {median(pointer):.1f} ms in the median, "
                    f"{np.percentile(pointer, 95):.1f} ms for 95 %; of which work {median(work):.1f} ms; "
                    f"{len(moves)} updates"
                )


if __name__ == "__main__":
    main()
