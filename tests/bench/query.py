"""Time questions to a store of 10 cameras, each recorded 12 hours a day for 30 days in clips of 5 minutes.

    python -m tests.bench.query
    python -m tests.bench.query --store month    # keep the store there, and use it the next time
    python -m tests.bench.query --reports        # reports of that month, each made twice
    python -m tests.bench.query --reports --cameras 4 --days 365    # and of a year, kept in the user's cache

Asked of whole processes on a machine of two cores: an hour of one camera in under 1.5 s, a day of all in
under 3 s, the month of one in under 10 s, each with less than 2 GB. A busy machine makes them wait, so the
processor's time stands beside that of the clock; memory does not depend on that, and too much of it ends
with exit code 1.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree, rmtree
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from heatcli.clock import epoch_us
from heatcli.config.settings import AnalyzeSettings
from heatcli.intervals import Intervals
from heatcli.store.clips import ClipRow, clips_frame
from heatcli.store.commit import append_rows
from heatcli.store.files import data_files
from heatcli.store.identity import new_run
from heatcli.store.maintenance import compact
from heatcli.store.schema import TRACKS, TRAJECTORIES
from heatcli.store.store import Store
from tests.bench.day import CACHE
from tests.bench.measure import Run, run

CAMERAS = [f"camera-{number:02}" for number in range(1, 11)]
DAYS = 30
CLIPS_A_DAY = 144
OPENS = datetime(2026, 6, 1, 8, tzinfo=ZoneInfo("Europe/Zagreb"))
CLIP_US = 300_000_000
STEP_US = 200_000
FRAMES_A_STEP = 5

# In each clip so many people cross the picture, each seen for 15 s: 750 rows.
PEOPLE = 10
STEPS = 75

MEMORY_ASKED = 2e9
QUESTIONS = {
    "an hour of one camera": (
        1.5,
        ["--camera", "camera-05", "--from", "2026-06-15T12:00", "--to", "2026-06-15T13:00"],
    ),
    "a day of all cameras": (3.0, ["--date", "2026-06-15"]),
    "the month of one camera": (10.0, ["--camera", "camera-05"]),
}
COMMANDS = {
    "render": ["render"],
    "visits": ["render", "--metric", "unique_visits", "--filter-outliers"],
    "zone": ["zone", "--circle", "0.5,0.5,0.2", "--by", "hour"],
}


def make_store(folder: Path, *, cameras: int = len(CAMERAS), days: int = DAYS) -> None:
    """Fill a new store, and compact it."""
    store = Store.create_or_open(folder)
    random = np.random.default_rng(1)
    clips = []
    for camera in CAMERAS[:cameras]:
        for first in range(0, days, DAYS):
            rows = clip_rows_of(camera, range(first, min(first + DAYS, days)), opens_of(days))
            trajectories, tracks = people_of(rows, random)
            append_rows(store, "tracks", [tracks])
            append_rows(store, "trajectories", [trajectories])
            clips += rows
    append_rows(store, "clips", [clips_frame(clips)])
    compact(store)


def opens_of(days: int) -> datetime:
    """Return when a store opens first: more than a month is a year of the calendar, which must be over."""
    return OPENS if days <= DAYS else OPENS.replace(year=2025, month=1)


def clip_rows_of(camera: str, days: range, opens: datetime) -> list[ClipRow]:
    """Return the clips of a camera on some days."""
    settings = AnalyzeSettings().model_dump_json(exclude_none=True)
    rows = []
    for number in range(days.start * CLIPS_A_DAY, days.stop * CLIPS_A_DAY):
        day, clip = divmod(number, CLIPS_A_DAY)
        local = opens + timedelta(days=day, minutes=5 * clip)
        start = local.astimezone(UTC)
        begin_us = epoch_us(start)
        rows.append(
            ClipRow(
                camera=camera,
                clip=f"{CAMERAS.index(camera) * 100_000 + number:016x}",
                run=new_run(),
                path=f"/videos/{camera}/{local:%Y-%m-%d/%H.%M}.mp4",
                bytes=50_000_000,
                mtime=begin_us * 1000,
                start=start,
                start_source="name",
                timezone="Europe/Zagreb",
                duration_us=CLIP_US,
                width=1280,
                height=720,
                sample_aspect=1.0,
                rotation=0,
                fps=25.0,
                sample_fps=5.0,
                frames_decoded=7500,
                frames_failed=0,
                frames_processed=1500,
                coverage=Intervals.of([[begin_us, begin_us + CLIP_US]]),
                detector="yolo",
                weights="yolo11n",
                weights_sha256="0" * 64,
                settings=settings,
                settings_hash="1",
                heatcli_version="0",
                rows=PEOPLE * STEPS,
                trajectories=PEOPLE,
                analysed_at=start,
            )
        )
    return rows


def people_of(clips: Sequence[ClipRow], random: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Let people walk straight through the clips of a camera.

    Returns:
        The rows of `trajectories` and of `tracks`.
    """
    count = len(clips) * PEOPLE
    start_us = np.array([epoch_us(clip.start) for clip in clips])
    begins = random.integers(0, CLIP_US // STEP_US - STEPS, count)
    walk = random.uniform((100, 200, 100, 200), (1180, 700, 1180, 700), (count, 4))
    trajectories = (
        pl.DataFrame(
            {
                "clip": np.repeat([clip.clip for clip in clips], PEOPLE),
                "run": np.repeat([clip.run for clip in clips], PEOPLE),
                "track": np.tile(np.arange(1, PEOPLE + 1), len(clips)),
                "start_us": np.repeat(start_us, PEOPLE),
                "begin": begins,
                **{name: walk[:, i] for i, name in enumerate(("first_x", "first_y", "last_x", "last_y"))},
            }
        )
        .with_columns(
            camera=pl.lit(clips[0].camera),
            object_class=pl.lit("person"),
            first=time_at(pl.col("begin")),
            last=time_at(pl.col("begin") + (STEPS - 1)),
            present_us=STEPS * STEP_US,
            filled_us=0,
            tracklets=1,
            attributes=pl.lit([], pl.List(pl.String)),
            path_px=((pl.col("last_x") - pl.col("first_x")) ** 2).sqrt(),
            median_x=(pl.col("first_x") + pl.col("last_x")) / 2,
            median_y=(pl.col("first_y") + pl.col("last_y")) / 2,
            **dict.fromkeys(("median_height_px", "first_height_px", "last_height_px"), pl.lit(150.0)),
            **{
                f"{end}_v{axis}": (pl.col(f"last_{axis}") - pl.col(f"first_{axis}")) / (STEPS * STEP_US / 1e6)
                for end in ("first", "last")
                for axis in "xy"
            },
            waypoints=pl.lit(None, TRAJECTORIES["waypoints"]),
            descriptor=None,
            person=None,
            alive=None,
            **dict.fromkeys(("known_visit", "known_person", "known_staff")),
        )
        .with_columns(range_px="path_px")
    )
    step = pl.col("step")
    foot_x, foot_y = (
        pl.col(f"first_{axis}") + (pl.col(f"last_{axis}") - pl.col(f"first_{axis}")) * step / STEPS
        for axis in "xy"
    )
    tracks = (
        trajectories.join(pl.DataFrame({"step": np.arange(STEPS)}), how="cross")
        .with_columns(
            time=time_at(pl.col("begin") + step),
            frame=(pl.col("begin") + step) * FRAMES_A_STEP,
            pts_us=(pl.col("begin") + step) * STEP_US,
            dt_us=STEP_US,
            x1=foot_x - 30,
            y1=foot_y - 150,
            x2=foot_x + 30,
            y2=foot_y,
            tracklet="track",
            conf=0.5 + step / 200,
            filled=step % 10 == 9,
        )
        .with_columns(date=pl.col("time").dt.date())
        .select(TRACKS.names())
        .sort("clip", "frame", "track")
    )
    return trajectories.select(TRAJECTORIES.names()), tracks


def time_at(step: pl.Expr) -> pl.Expr:
    """Return the UTC time of a step of a clip that begins at `start_us`."""
    return (pl.col("start_us") + step * STEP_US).cast(pl.Datetime("us", "UTC"))


def ask(store: Path, arguments: list[str]) -> Run:
    """Run a command on a store alone."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "heatcli", *arguments, "--store", str(store)]
        return run(command, Path(folder))


def answer_from_part(store: Path) -> None:
    """Ask for an hour of one camera where nothing is left but the files of that camera and hour."""
    # Beside the store, where files can be linked instead of copied.
    with tempfile.TemporaryDirectory(dir=store.parent) as folder:
        part = Path(folder) / "part"
        copytree(store, part, copy_function=os.link)
        files = {*part.glob("t*/*/*/*.parquet")}
        size = sum(file.stat().st_size for file in files)
        tracks = data_files(Store.open(part).table("tracks"), part / "tracks").filter(camera="camera-05")
        # Rows that begin before the hour may reach into it: as far as any can.
        begin, end = (epoch_us(datetime(2026, 6, 15, hour, tzinfo=OPENS.tzinfo)) for hour in (12, 13))
        of_hour = tracks.filter(pl.col("earliest") < end, pl.col("latest") > begin - 2**31)
        needed = {
            *map(Path, of_hour["path"]),
            *part.glob("trajectories/camera=camera-05/*/*.parquet"),
        }
        needed_size = sum(file.stat().st_size for file in needed)
        for file in files - needed:
            file.unlink()
        _, arguments = QUESTIONS["an hour of one camera"]
        ask(part, [*COMMANDS["render"], *arguments])
    print(
        f"an hour of one camera: answered from {len(needed)} of {len(files)} files of rows, "
        f"{needed_size / 1e6:.1f} of {size / 1e6:.0f} MB"
    )


def time_reports(store: Path, *, cameras: int, days: int) -> None:
    """Make reports twice, the second time from what was kept; and see that both are what all rows say."""
    rmtree(store / "partials", ignore_errors=True)
    opens = opens_of(days)
    one, start = ["--camera", CAMERAS[cameras // 2]], f"{opens:%Y-%m-%d}"
    month = ["monthly", "--start", start]
    asked = {"the month of one camera": [*month, *one], f"the month of {cameras} cameras": month}
    with tempfile.TemporaryDirectory() as made:
        for name, arguments in asked.items():
            for again in ("", ", again"):
                told(f"{name}{again}", ask(store, ["export", *arguments, "-o", made, "--quiet"]))
        months = sorted({(opens + timedelta(days=day)).strftime("%Y-%m-01") for day in range(days)})
        json = ["--format", "json", "--quiet", "-o", made]
        for first in months:
            ask(store, ["export", "monthly", "--start", first, *json])
        annual = ["export", "annual", "--start", start, *json]
        told(f"the year of {cameras} cameras, {days} days, from closed days", ask(store, annual))
        report = Path(made) / f"annual-{opens:%Y}" / "report.json"
        kept = without_times(report)
        ask(store, [*annual, "--no-cache"])
        if without_times(report) != kept:
            sys.exit("what was kept of closed days is not what all rows say")
    size = sum(file.stat().st_size for file in store.glob("partials/*/*"))
    print(f"kept of closed days: {size / 1e6:.0f} MB")


def without_times(report: Path) -> dict[str, object]:
    """Read a report, but for when it was made."""
    found: dict[str, object] = json.loads(report.read_text())
    return {name: value for name, value in found.items() if not name.startswith("made")}


def told(name: str, took: Run) -> None:
    """Print what a report took."""
    print(f"{name}: {took.processor_s:.1f} s of the processor, {took.peak_bytes / 1e6:.0f} MB", flush=True)


def main() -> None:
    """Print a line per question: asked for, and measured."""
    parser = argparse.ArgumentParser(description="Time questions to a store of a month of ten cameras.")
    parser.add_argument("--store", type=Path, help="where to keep the store; it is made if it is not there")
    parser.add_argument("--reports", action="store_true", help="make reports, each twice")
    parser.add_argument("--cameras", type=int, default=len(CAMERAS), help="number of cameras")
    parser.add_argument("--days", type=int, default=DAYS, help="number of days")
    given = parser.parse_args()
    kept = given.store
    if kept is None and given.days > DAYS:
        kept = CACHE / f"store-{given.cameras}-cameras-{given.days}-days"
    with tempfile.TemporaryDirectory() as folder:
        store = (kept or Path(folder) / "month").resolve()
        if not store.exists():
            begin = time.perf_counter()
            make_store(store, cameras=given.cameras, days=given.days)
            print(f"made {store} in {time.perf_counter() - begin:.0f} s", flush=True)
        if given.reports:
            time_reports(store, cameras=given.cameras, days=given.days)
            return
        most = 0
        for question, (asked, arguments) in QUESTIONS.items():
            for name, command in COMMANDS.items():
                took = ask(store, [*command, *arguments])
                most = max(most, took.peak_bytes)
                print(
                    f"{name}, {question}: {took.seconds:.2f} s, {took.processor_s:.2f} s of the processor "
                    f"(asked: under {asked:g} s); {took.peak_bytes / 1e6:.0f} MB "
                    f"(asked: under {MEMORY_ASKED / 1e6:.0f} MB)",
                    flush=True,
                )
        answer_from_part(store)
    if most >= MEMORY_ASKED:
        sys.exit(f"{most / 1e6:.0f} MB are too much")


if __name__ == "__main__":
    main()
