"""Trajectories merged, split and dropped by hand, and what is left of that after another analysis."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from heatcli.commands.correct import correct, corrections, undo
from heatcli.errors import UsageError
from heatcli.select.persons import who_is_who
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import Reason, selected_cameras
from heatcli.store.corrections import Kind
from heatcli.store.rewrite import rename_camera
from heatcli.store.shift import shift_clips
from heatcli.store.store import Store
from tests.support.report_stores import put_people

START = datetime(2026, 3, 14, 9, tzinfo=UTC)
FRAMES = 120  # four a second: 30 s
A, B = "a" * 16, "b" * 16

Feet = NDArray[np.float64]


def walk(x: float, to_x: float, y: float, first: int = 0, last: int = FRAMES) -> Feet:
    """(frames, 2) of somebody who walks from one place to another between two frames."""
    feet = np.full((FRAMES, 2), np.nan)
    feet[first:last] = np.column_stack([np.linspace(x, to_x, last - first), np.full(last - first, y)])
    return feet


# One who is lost halfway; one who walks over to where another stood; a third person.
LOST, FOUND = walk(100, 300, 150, 0, 50), walk(350, 600, 150, 60, FRAMES)
SWAPPED = walk(50, 600, 250)
THIRD = walk(600, 50, 350)
PEOPLE = [LOST, FOUND, SWAPPED, THIRD]


def put(store: Store, clip: str, people: list[Feet], *, start: datetime = START) -> None:
    put_people(
        store,
        clip,
        start=start,
        times_us=[250_000 * frame for frame in range(FRAMES)],
        dt_us=[250_000] * FRAMES,
        feet=np.stack(people),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create_or_open(tmp_path / "store")
    put(store, A, PEOPLE)
    return store


def seen(store: Store, **asked: object) -> tuple[SelectedCamera, Rows]:
    (camera,) = selected_cameras(store, Selection(**asked))  # type: ignore[arg-type]
    return camera, Rows.joined([Rows.none(), *read_rows(camera)])


def present_s(store: Store) -> dict[str, float]:
    """Seconds in which each person is seen, by the name of the person's first trajectory."""
    camera, rows = seen(store)
    names = {
        person: f"{camera.clips[clip].clip[0]}:{track}"
        for person, clip, track in reversed(
            camera.trajectories.sort("clip", "track").select("person", "clip", "track").rows()
        )
    }
    return {
        names[person]: float(rows.weight_us[rows.person == person].sum()) / 1e6
        for person in sorted(names, key=lambda number: names[number])
    }


def test_merged_trajectories_are_one_person(store: Store) -> None:
    assert present_s(store) == {"a:1": 12.5, "a:2": 15, "a:3": 30, "a:4": 30}
    correct(store=store, kind=Kind.MERGE, tracks=[f"{A}:2", f"{A}:1"])
    assert present_s(store) == {"a:1": 27.5, "a:3": 30, "a:4": 30}
    assert who_is_who(store)["person"].n_unique() == 3


def test_a_split_trajectory_is_two_people_from_that_row_on(store: Store) -> None:
    one = correct(store=store, kind=Kind.SPLIT, tracks=[f"{A}:3"], at_us=10_000_000)
    assert one.part == 1_000_000
    assert present_s(store) == {"a:1": 12.5, "a:2": 15, "a:3": 10, "a:4": 30, "a:1000000": 20}
    camera, rows = seen(store, exclude=(f"{A}:1000000",))
    assert camera.excluded["track"].to_list() == [1_000_000]
    assert rows.weight_us.sum() == 67.5e6
    # The parts are told apart by the table of who is who as well.
    table = pl.read_delta(str(store.path / "tracks")).join(
        who_is_who(store), on=["camera", "clip", "run", "track"]
    )
    of_part = table.filter(pl.col("time").is_between("first", "last"), person=f"{A}:1000000")
    assert (len(of_part), of_part["pts_us"].min()) == (80, 10_000_000)
    # Each part can be corrected in turn.
    correct(store=store, kind=Kind.MERGE, tracks=[f"{A}:2", f"{A}:1"])
    correct(store=store, kind=Kind.DROP, tracks=[f"{A}:1000000"])
    correct(store=store, kind=Kind.SPLIT, tracks=[f"{A}:3"], at_us=5_000_000)
    assert present_s(store) == {"a:1": 27.5, "a:3": 5, "a:4": 30, "a:1000001": 5}


def test_who_is_dropped_does_not_count_and_is_told(store: Store) -> None:
    correct(store=store, kind=Kind.DROP, tracks=[f"{A}:1", f"{A}:4"])
    camera, rows = seen(store)
    assert camera.excluded.select("track", "reason").rows() == [(1, Reason.DROPPED), (4, Reason.DROPPED)]
    assert rows.weight_us.sum() == 45e6
    assert set(who_is_who(store)["track"]) == {2, 3}


def test_who_was_joined_over_a_cut_begins_a_new_person(store: Store) -> None:
    later = START + timedelta(seconds=30)
    stands = np.column_stack([np.full(FRAMES, 320.0), np.full(FRAMES, 200.0)])
    put(store, A, [stands])
    put(store, B, [stands], start=later)
    assert present_s(store) == {"a:1": 60}
    one = correct(store=store, kind=Kind.SPLIT, tracks=[f"{B}:1"])
    assert present_s(store) == {"a:1": 30, "b:1": 30}
    with pytest.raises(UsageError, match=f"correction {one.short_id} by .* says otherwise"):
        correct(store=store, kind=Kind.MERGE, tracks=[f"{A}:1", f"{B}:1"])
    undo(store=store, name=one.short_id)
    # Who is dropped is joined with nobody.
    correct(store=store, kind=Kind.DROP, tracks=[f"{A}:1"])
    assert present_s(store) == {"b:1": 30}


def test_an_undone_correction_leaves_everything_as_it_was(store: Store) -> None:
    before = present_s(store)
    made = [
        correct(store=store, kind=Kind.SPLIT, tracks=[f"{A}:3"], at_us=10_000_000),
        correct(store=store, kind=Kind.MERGE, tracks=[f"{A}:1", f"{A}:2"]),
        correct(store=store, kind=Kind.DROP, tracks=[f"{A}:4"]),
    ]
    assert len(present_s(store)) == 3
    for one in made:
        undo(store=store, name=one.short_id)
    assert present_s(store) == before
    assert [one.state for one in corrections(store)] == ["undone"] * 3


def test_a_correction_that_another_builds_on_is_not_undone(store: Store) -> None:
    split = correct(store=store, kind=Kind.SPLIT, tracks=[f"{A}:3"], at_us=10_000_000)
    drop = correct(store=store, kind=Kind.DROP, tracks=[f"{A}:1000000"])
    with pytest.raises(UsageError, match=f"correction {drop.short_id} by .* builds on it"):
        undo(store=store, name=split.short_id)
    undo(store=store, name=drop.short_id)
    undo(store=store, name=split.short_id)
    assert len(present_s(store)) == 4


def test_corrections_find_their_trajectories_in_a_new_analysis(store: Store) -> None:
    correct(store=store, kind=Kind.MERGE, tracks=[f"{A}:1", f"{A}:2"])
    correct(store=store, kind=Kind.SPLIT, tracks=[f"{A}:3"], at_us=10_000_000)
    correct(store=store, kind=Kind.DROP, tracks=[f"{A}:4"])
    # Other numbers, boxes that differ by a few pixels, and ends that differ by a second.
    again = [feet + np.array([3.0, -2.0]) for feet in reversed(PEOPLE)]
    again[1][:4] = np.nan
    put(store, A, again)
    assert present_s(store) == {"a:2": 9, "a:3": 27.5, "a:1000000": 20}
    assert [one.state for one in corrections(store)] == ["holds"] * 3
    # Moved in time, and given to another camera, the clip is still the same recording.
    (clip,) = shift_clips(store, store.clips(), timedelta(hours=-1))
    rename_camera(store, [clip], "yard")
    assert present_s(store) == {"a:2": 9, "a:3": 27.5, "a:1000000": 20}


def test_what_a_new_analysis_does_not_find_is_told_and_does_not_hold(store: Store) -> None:
    correct(store=store, kind=Kind.MERGE, tracks=[f"{A}:1", f"{A}:2"])
    correct(store=store, kind=Kind.DROP, tracks=[f"{A}:4"])
    put(store, A, [walk(100, 600, 150), SWAPPED])
    # The two are one by themselves now; the one who was dropped is not found any more.
    assert [one.state for one in corrections(store)] == ["holds", "lost"]
    camera, _ = seen(store)
    assert camera.note is not None
    assert camera.note == "1 correction no longer matches its trajectories: see `heatcli correct --list`"
    put(store, A, PEOPLE)
    assert [one.state for one in corrections(store)] == ["holds", "holds"]


@pytest.mark.parametrize(
    ("kind", "tracks", "at_us", "why"),
    [
        (Kind.MERGE, ["1"], None, "two trajectories or more"),
        (Kind.MERGE, ["3", "4"], None, "in view at the same time"),
        (Kind.DROP, ["7"], None, "no trajectory"),
        (Kind.SPLIT, ["1"], None, "begins a person already"),
        (Kind.SPLIT, ["1"], 0, "in view from 0.000 s to 12.250 s"),
        (Kind.SPLIT, ["1"], 12_250_001, "in view from 0.000 s to 12.250 s"),
        (Kind.SPLIT, ["1", "2"], 3, "one trajectory"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    store: Store, kind: Kind, tracks: list[str], at_us: int | None, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        correct(store=store, kind=kind, tracks=[f"{A}:{track}" for track in tracks], at_us=at_us)
    assert corrections(store) == []


def test_corrections_that_contradict_each_other_are_refused(store: Store) -> None:
    merge = correct(store=store, kind=Kind.MERGE, tracks=[f"{A}:1", f"{A}:2"])
    refused = [
        (Kind.MERGE, [f"{A}:1", f"{A}:2"], None, "one person already"),
        (Kind.DROP, [f"{A}:1"], None, f"correction {merge.short_id} by"),
        (Kind.SPLIT, [f"{A}:2"], None, f"correction {merge.short_id} by"),
        (Kind.SPLIT, [f"{A}:2"], 20_000_000, f"merged by correction {merge.short_id}"),
    ]
    split = correct(store=store, kind=Kind.SPLIT, tracks=[f"{A}:3"], at_us=10_000_000)
    refused.append((Kind.MERGE, [f"{A}:3", f"{A}:1000000"], None, f"correction {split.short_id} by"))
    correct(store=store, kind=Kind.DROP, tracks=[f"{A}:4"])
    refused.append((Kind.DROP, [f"{A}:4"], None, "was dropped"))
    before = present_s(store)
    for kind, tracks, at_us, why in refused:
        with pytest.raises(UsageError, match=why):
            correct(store=store, kind=kind, tracks=tracks, at_us=at_us)
    assert len(corrections(store)) == 3
    assert present_s(store) == before
