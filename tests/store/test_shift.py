"""Correcting a wrong clock: every row moves, nothing else changes, and a kill leaves it before or after."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from heatcli.clock import epoch_us
from heatcli.errors import StoreError, UsageError
from heatcli.intervals import Intervals
from heatcli.select.overlaps import overlap_warning
from heatcli.store.catalog import Catalog
from heatcli.store.clips import ClipRow
from heatcli.store.maintenance import compact
from heatcli.store.shift import offset_to, shift_clips
from heatcli.store.store import Store
from tests.support.command_line import answer, done, run
from tests.support.make_clips import aged
from tests.support.store_runs import START, clip_row, expected_rows, live_rows, put

HOUR_AND_A_HALF = timedelta(hours=1, minutes=30)
# What a shift may change; in `clips` also the catalog's own columns below.
TIMES = ("time", "first", "last", "month")


def table(store: Store, name: str, camera: str) -> pl.DataFrame:
    """The live rows of a camera, as anybody with polars reads them, in the order of the trajectories."""
    order = ["clip", "frame", "track"] if name == "tracks" else ["clip", "track"]
    live = pl.read_delta(str(store.path / name)).filter(
        pl.col("run").is_in([row.run for row in store.clips()])
    )
    return live.filter(camera=camera).sort(order)


def later(frame: pl.DataFrame, offset: timedelta) -> pl.DataFrame:
    """What the rows of a run should be when it is moved."""
    moved = frame.with_columns(pl.selectors.datetime() + offset)
    time = "time" if "time" in frame.columns else "first"
    return moved.with_columns(month=pl.col(time).dt.strftime("%Y-%m"))


@pytest.mark.parametrize(
    "offset",
    [HOUR_AND_A_HALF, timedelta(seconds=-15), timedelta(days=400, microseconds=1), timedelta(0)],
    ids=str,
)
@pytest.mark.parametrize("camera", ["door", "O'Brien's \"till\" %2F人"])
def test_every_row_moves_and_nothing_else_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offset: timedelta, camera: str
) -> None:
    monkeypatch.setattr("heatcli.store.rewrite._ROWS_AT_ONCE", 7)
    store = Store.create_or_open(tmp_path / "store")
    plate = np.full((9, 16, 3), 7, np.uint8)
    # Over midnight, with a gap in what was watched.
    start_us = epoch_us(START)
    gap = Intervals.of([[start_us, start_us + 5_000_000], [start_us + 7_000_000, start_us + 20_000_000]])
    row = put(store, clip_row(camera, coverage=gap), plate=plate, groups={1: "somebody"})
    put(store, clip_row("other"), plate=plate)
    before = {name: table(store, name, camera) for name in ("tracks", "trajectories")}
    others = {name: table(store, name, "other") for name in ("tracks", "trajectories")}

    (moved,) = shift_clips(store, [row], offset)

    assert Catalog(store).find_clip(camera, row.clip) is not None
    for name, frame in before.items():
        after = table(store, name, camera)
        assert_frame_equal(after.drop("run"), later(frame, offset).drop("run"))
        assert set(after["run"]) == {moved.run}
        assert_frame_equal(table(store, name, "other"), others[name])
    assert moved.coverage.bounds.tolist() == (gap.bounds + offset // timedelta(microseconds=1)).tolist()
    assert (moved.start, moved.start_source) == (row.start + offset, "option")
    changed = {"run", "start", "start_source", "coverage", "analysed_at"}
    for field in set(ClipRow.__dataclass_fields__) - changed:
        assert getattr(moved, field) == getattr(row, field), field
    (stored,) = store.clips(camera)
    for field in set(ClipRow.__dataclass_fields__) - {"coverage"}:
        assert getattr(stored, field) == getattr(moved, field), field


def test_rows_stay_in_their_order_within_the_files(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row(frames=50))
    compact(store)
    (moved,) = shift_clips(store, [row], HOUR_AND_A_HALF)
    files = [pl.read_parquet(uri) for uri in store.table("tracks").file_uris()]
    mine = [file for file in files if set(file["run"]) == {moved.run}]
    assert sum(map(len, mine)) == 100
    for file in mine:
        assert_frame_equal(file, file.sort("frame", "track"))


def test_the_plate_stays_when_the_store_is_compacted(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row(), plate=np.full((9, 16, 3), 7, np.uint8))
    (moved,) = shift_clips(store, [row], HOUR_AND_A_HALF)
    assert moved.plate is not None
    os.utime(store.path / moved.plate, (1_000_000_000, 1_000_000_000))
    assert compact(store).plates_deleted == 0
    assert (store.path / moved.plate).is_file()
    assert live_rows(store) == expected_rows(moved)


@pytest.mark.parametrize(
    ("function", "call", "done"),
    [
        ("heatcli.store.commit._append", 2, False),
        ("heatcli.store.commit._switch", 1, False),
        ("heatcli.store.commit._tidy_up", 1, True),
    ],
)
def test_a_camera_is_moved_as_a_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, call: int, done: bool
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    rows = [put(store, clip_row(clip=f"{n:016x}", start=START + timedelta(hours=n))) for n in range(3)]
    calls = 0

    def deadly(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(function, deadly)
        with pytest.raises(KeyboardInterrupt):
            shift_clips(store, rows, HOUR_AND_A_HALF)
    moved = HOUR_AND_A_HALF if done else timedelta(0)
    assert [clip.start for clip in store.clips()] == [row.start + moved for row in rows]
    assert live_rows(store) == set().union(*map(expected_rows, rows))
    # The next try completes as if nothing had happened.
    shift_clips(store, store.clips(), HOUR_AND_A_HALF)
    assert [clip.start for clip in store.clips()] == [row.start + moved + HOUR_AND_A_HALF for row in rows]
    assert live_rows(store) == set().union(*map(expected_rows, rows))


def test_a_clip_that_was_analysed_again_is_not_moved(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    listed = put(store, clip_row())
    row = put(store, clip_row(), version=1)
    with pytest.raises(StoreError, match="run it again"):
        shift_clips(store, [listed], HOUR_AND_A_HALF)
    assert live_rows(store) == expected_rows(row, version=1)
    assert [clip.start for clip in store.clips()] == [START]


@pytest.mark.parametrize("days", [-20_000, 40_000, 900_000_000])
def test_a_start_in_no_possible_year_is_refused(tmp_path: Path, days: int) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put(store, clip_row())
    with pytest.raises(UsageError, match="years 2000 to 2100"):
        shift_clips(store, [row], timedelta(days=days))


@pytest.mark.parametrize(
    ("clips", "start", "shift", "why"),
    [
        ([clip_row(clip="1"), clip_row(clip="2")], "2026-03-14", None, "one start for 2 clips"),
        ([clip_row()], "2026-03-14", "+1h", "either --set-start or --shift"),
        ([clip_row()], "2026-03-29T02:30", None, "does not exist in Europe/Zagreb"),
        ([clip_row()], None, "1h", "no length of time"),
    ],
)
def test_corrections_that_cannot_be(
    clips: list[ClipRow], start: str | None, shift: str | None, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        offset_to(clips, start=start, shift=shift)


def test_clips_that_overlap_are_told(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row(clip="1111", frames=20))
    put(store, clip_row("window", clip="2222"))
    # The clip before ends within the second that this one's name tells.
    assert overlap_warning(store, clip_row(clip="3333", start=START + timedelta(seconds=19))) is None
    assert overlap_warning(store, clip_row(clip="1111")) is None
    told = overlap_warning(store, clip_row(clip="3333", start=START + timedelta(seconds=18), path="/b.mp4"))
    assert told is not None
    assert told.startswith("/b.mp4 (3333, from 2026-03-15 01:00:08+01:00) and /videos/door.mp4 (1111, ")
    assert "of camera door overlap by 2.0 s" in told
    # One that was switched off while the other recorded does not meet it.
    second = Intervals.of([[epoch_us(START) + 20_000_000, epoch_us(START) + 30_000_000]])
    assert overlap_warning(store, clip_row(clip="3333", frames=30, coverage=second)) is None


@pytest.mark.parametrize("metric", ["occupancy_pct", "unique_visits"])
def test_the_heat_map_of_the_corrected_time_is_the_old_one(folder: Path, metric: str) -> None:
    store = Store.create_or_open(folder / "heat-store")
    for number in range(2):
        put(store, clip_row(clip=f"{number}", start=START + timedelta(seconds=15 * number)))

    def drawn(name: str, begin: datetime) -> dict[str, Any]:
        end = begin + timedelta(seconds=20)
        done(
            run(
                "render", "--metric", metric, "--from", begin.isoformat(), "--to", end.isoformat(), "-o", name
            )
        )
        with np.load(folder / name) as grids:
            return {key: grids[key] for key in grids.files}

    before = drawn("before.npz", START + timedelta(seconds=5))
    done(run("clips", "--camera", "door", "--shift", "-1d1h0.5s", "--yes"))
    after = drawn("after.npz", START + timedelta(seconds=5) - timedelta(days=1, hours=1, seconds=0.5))
    assert float(before["covered_s"]) == 20.0
    assert before["raw"].max() > 0
    for key, grid in before.items():
        np.testing.assert_array_equal(after[key], grid, err_msg=key)


def test_a_corrected_clip_keeps_its_start_until_it_is_forced(walkers: Path, folder: Path) -> None:
    clip = folder / "CAM_2026-03-14_10-00-00.mp4"
    clip.write_bytes(walkers.read_bytes())
    aged(clip)

    def analyze(*more: str) -> tuple[str, str, str]:
        result = run("analyze", clip, "--detector", "motion", "--camera", "a", "--json", *more)
        (told,) = answer(result)["clips"]
        return told["status"], told["start"], told["start_source"]

    zone = ("--timezone", "Europe/Zagreb")
    assert analyze(*zone) == ("analysed", "2026-03-14T09:00:00+00:00", "name")
    (row,) = answer(run("clips", "--json"))["clips"]
    told = done(run("clips", "--clip", row["clip"], "--set-start", "2026-07-14T10:00", "--yes"))
    assert "starts 2026-07-14 10:00:00+02:00" in told.stderr
    assert analyze(*zone) == ("skipped", "2026-07-14T08:00:00+00:00", "option")
    warned = done(run("analyze", clip, "--detector", "motion", "--camera", "a", "--start", "2026-03-14"))
    assert "keeps the start it has, 2026-07-14 10:00:00+02:00" in warned.stderr
    (line,) = done(run("clips")).stdout.splitlines()[1:]
    assert line.split()[2:5] == ["2026-07-14", "10:00:00+02:00", "option"]
    assert analyze("--force", *zone) == ("analysed", "2026-03-14T09:00:00+00:00", "name")


def test_a_clip_of_uncertain_time_does_not_stop_the_others(walkers: Path, tmp_path: Path) -> None:
    ambiguous = tmp_path / "05-04-2024 13-00-00.mp4"
    certain = tmp_path / "25-04-2024 13-00-00.mp4"
    for number, clip in enumerate((ambiguous, certain)):
        clip.write_bytes(walkers.read_bytes() + bytes(8 + number))
        aged(clip)
    arguments = ["analyze", str(tmp_path), "--detector", "motion", "--camera", "a", "--json"]
    store = ["--store", str(tmp_path / "store")]
    for more, status in ((["--dry-run"], "planned"), ([], "analysed"), (["--dry-run"], "skipped")):
        result = run(*arguments, *store, *more)
        first, second = answer(result, 1)["clips"]
        assert first["status"] == "failed"
        assert "may be 5 April 2024 or 4 May 2024" in first["message"]
        assert second["status"] == status
        assert "--start" in result.stderr


def test_the_cameras_pattern_is_read_from_the_configuration(walkers: Path, folder: Path) -> None:
    clip = folder / "05-04-2024 13-00-00.mp4"
    clip.write_bytes(walkers.read_bytes())
    aged(clip)
    (folder / "heatcli.toml").write_text(
        'timezone = "Europe/Zagreb"\n[cameras.yard]\nsources = ["*.mp4"]\ndetector = "motion"\n'
        'time_pattern = "%d-%m-%Y %H-%M-%S"\n'
    )
    (told,) = answer(run("analyze", clip, "--json"))["clips"]
    assert (told["start"], told["start_source"]) == ("2024-04-05T11:00:00+00:00", "pattern")


def test_a_jump_back_of_the_clock_is_told(walkers: Path, folder: Path) -> None:
    for number, name in enumerate(("NVR_20230619064223.mp4", "NVR_20230619064228.mp4")):
        (folder / name).write_bytes(walkers.read_bytes() + bytes(8 + number))
        aged(folder / name)
    result = done(run("analyze", "NVR_*.mp4", "--detector", "motion", "--camera", "a"))
    zone, *warnings = [line for line in result.stderr.splitlines() if "warning" in line]
    assert "local times are taken as UTC" in zone  # once for all clips
    (warning,) = warnings
    assert "NVR_20230619064228.mp4" in warning
    assert "NVR_20230619064223.mp4" in warning
    assert "overlap by 5.0 s" in warning
    assert "heatcli clips --set-start" in warning
