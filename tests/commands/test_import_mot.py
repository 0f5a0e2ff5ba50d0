"""Trajectories from a MOT file: exact times, and no store before all is found good."""

import os
import tracemalloc
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from heatcli.commands.import_mot import import_mot
from heatcli.errors import HeatcliError, InputError, TracksError, UsageError
from heatcli.formats.mot import read_mot
from heatcli.store.clips import ClipRow
from heatcli.store.store import Store
from tests.support.store_runs import START


def imported(
    folder: Path, *, frames_with_boxes: tuple[int, ...] = (1, 3), fps: float = 10, frames: int | None = None
) -> tuple[ClipRow, pl.DataFrame]:
    """Import one object that is in some frames, counted from 1; return the clip and its rows."""
    file = folder / "gt.txt"
    file.write_text("".join(f"{frame},7,10,20,30,40,1\n" for frame in frames_with_boxes))
    row = import_mot(
        Store(folder / "store"),
        file=file,
        camera="door",
        width=640,
        height=360,
        fps=fps,
        start=START.isoformat(),
        frames=frames,
    )
    return row, pl.read_delta(str(folder / "store" / "tracks")).filter(run=row.run).sort("frame")


@pytest.mark.parametrize("fps", [1e6, 60, 29.97, 25, 12.5, 0.1, 0.0007, 0.000466])
def test_times_are_those_of_the_rate_that_was_said(tmp_path: Path, fps: float) -> None:
    row, rows = imported(tmp_path, frames_with_boxes=(1, 3, 1000), fps=fps, frames=2000)
    beat_us = 1_000_000 / Fraction(str(fps))
    assert rows["pts_us"].to_list() == [int(n * beat_us) for n in (0, 2, 999)]
    assert rows["dt_us"].to_list() == [int((n + 1) * beat_us) - int(n * beat_us) for n in (0, 2, 999)]
    assert row.covered_us == row.duration_us == int(2000 * beat_us)
    assert rows["time"].to_list() == [START + timedelta(microseconds=us) for us in rows["pts_us"]]


def test_memory_is_that_of_the_rows_not_of_the_clip(tmp_path: Path) -> None:
    imported(tmp_path)
    tracemalloc.start()
    row, rows = imported(tmp_path, frames_with_boxes=(1, 2_000_000_000), fps=1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50e6
    assert row.covered_us == 2_000_000_000_000
    assert rows["pts_us"].to_list() == [0, 1_999_999_999_000]


@pytest.mark.parametrize("fps", [0.0, -1.0, 0.0004, 2e6, float("nan"), float("inf")])
def test_rates_that_cannot_be_are_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(UsageError, match="--fps"):
        imported(tmp_path, fps=fps)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("frames", [10**12, 10**30])
def test_a_clip_that_outlasts_the_calendar_is_refused(tmp_path: Path, frames: int) -> None:
    with pytest.raises(UsageError, match="beyond the year 9999"):
        imported(tmp_path, fps=1, frames=frames)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("number", ["1.5", "3000000000"])
def test_ids_that_the_store_cannot_hold_are_named_with_the_reason(tmp_path: Path, number: str) -> None:
    (tmp_path / "gt.txt").write_text(f"1,1,2,3,4,5,1\n1,{number},2,3,4,5,1\n")
    with pytest.raises(TracksError, match=r"row 2 has an id that is no whole number of 32 bits; mend"):
        read_mot(tmp_path / "gt.txt")


@pytest.mark.parametrize("lines", ["", "no numbers", "0,1,2,3,4,5,1", "1,1,2,3,4,5,1\n1,1,2,3,4,5,1"])
def test_a_file_that_is_not_good_makes_no_store(tmp_path: Path, lines: str) -> None:
    (tmp_path / "gt.txt").write_text(lines)
    for file, error in ((tmp_path / "gt.txt", TracksError), (tmp_path, InputError)):
        with pytest.raises(error, match=str(file)) as caught:
            import_mot(
                Store(tmp_path / "store"),
                file=file,
                camera="door",
                width=640,
                height=360,
                fps=10,
                start=START.isoformat(),
            )
        assert isinstance(caught.value, HeatcliError)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "store").exists()


def test_nobody_is_waited_for_to_write(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TracksError, match="is no regular file"):
        read_mot(tmp_path / "pipe")
