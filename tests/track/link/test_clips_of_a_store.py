"""The truth of the sample in three files has the people that it has in one."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import polars as pl
import pytest
from deltalake import write_deltalake

from heatcli.answers.zone_table import EVERYBODY
from heatcli.commands.import_mot import import_mot
from heatcli.commands.render import heat_map
from heatcli.config.settings import RenderSettings
from heatcli.names import Metric
from heatcli.select.persons import who_is_who
from heatcli.select.reader import read_rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.maintenance import remove_clips
from heatcli.store.store import Store
from tests.support.command_line import answer, done, run
from tests.support.make_clips import aged, write_clip
from tests.support.places import SAMPLES
from tests.support.truth import FPS, FRAMES, TRUTH

CUTS = [(0, 300), (300, 600), (600, FRAMES)]
# Eight seconds are in two files each; a fourth file is of a time that the third has too.
OVERLAPS = [(0, 340), (240, 700), (600, FRAMES), (700, 800)]


def cut_into(folder: Path, cuts: Sequence[tuple[int, int]]) -> list[Path]:
    """Cut the truth of the sample into files."""
    lines = TRUTH.read_text().splitlines()
    files = []
    for number, (begin, end) in enumerate(cuts):
        part = [line.split(",", 1) for line in lines if begin < int(line.split(",")[0]) <= end]
        files.append(folder / f"{number}.txt")
        files[-1].write_text("".join(f"{int(frame) - begin},{rest}\n" for frame, rest in part))
    return files


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The truth of the sample, cut into three files."""
    return cut_into(tmp_path_factory.mktemp("pieces"), CUTS)


def put(
    store: Store,
    pieces: Sequence[Path],
    number: int,
    camera: str = "store",
    cuts: Sequence[tuple[int, int]] = CUTS,
) -> str:
    """Import a piece; return the id of its clip."""
    begin, end = cuts[number]
    start = datetime(2026, 3, 14, 10) + timedelta(seconds=begin / FPS)
    return import_mot(
        store, file=pieces[number], camera=camera, width=640, height=360, fps=FPS, start=start.isoformat(),
        timezone="Europe/Zagreb", frames=end - begin,
    ).clip  # fmt: skip


def asked(store: Store, *arguments: str) -> list[dict[str, Any]]:
    """Ask `heatcli zone` for the zones of the sample; one camera's `zones`, `transitions` or `evidence`."""
    where = ("--store", store.path, "--config", SAMPLES / "heatcli.toml")
    (camera,) = answer(run("zone", *where, "--json", *arguments))["cameras"]
    key = {"--transitions": "transitions", "--evidence": "evidence"}.get((*arguments, "")[0], "zones")
    found: list[dict[str, Any]] = camera[key]
    return found


def _alone(camera: SelectedCamera) -> SelectedCamera:
    """Take each trajectory for a person of its own."""
    known = camera.trajectories
    return replace(camera, trajectories=known.with_columns(person=pl.int_range(pl.len(), dtype=pl.Int64)))


def people(store: Store, selection: Selection | None = None) -> list[int]:
    """Return how many people each camera has."""
    return [
        one.trajectories["person"].n_unique() for one in selected_cameras(store, selection or Selection())
    ]


def without_pieces(zones: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the tracks of each file: the people are the same."""
    return [
        {
            **zone,
            **{
                total: zone[total] | {"tracklets": None, "trajectories": None}
                for total in ("total", EVERYBODY)
            },
        }
        for zone in zones
    ]


def test_the_truth_of_the_sample_in_three_files_says_what_it_says_in_one(
    pieces: list[Path], truth_store: Store, tmp_path: Path
) -> None:
    cut = Store.create_or_open(tmp_path / "cut")
    for number in (2, 0, 1):
        put(cut, pieces, number)
    assert people(cut) == people(truth_store) == [13]
    assert without_pieces(asked(cut)) == without_pieces(asked(truth_store))
    for zone in asked(cut):
        total = zone["total"]
        assert total["tracklets"] == total["trajectories"] > total["unique_visits"]
    assert asked(cut, "--transitions") == asked(truth_store, "--transitions")

    # Evidence is looked up in files: a stay over the cut has a line for each.
    assert {line["clip"] for line in asked(cut, "--evidence")} == {clip.clip for clip in cut.clips()}


def test_the_truth_of_the_sample_in_files_that_overlap_says_what_it_says_in_one(
    truth_store: Store, tmp_path: Path
) -> None:
    files = cut_into(tmp_path, OVERLAPS)
    cut = Store.create_or_open(tmp_path / "cut")
    for number in (2, 0, 3, 1):
        put(cut, files, number, cuts=OVERLAPS)
    assert people(cut) == people(truth_store) == [13]
    assert without_pieces(asked(cut)) == without_pieces(asked(truth_store))
    assert asked(cut, "--transitions") == asked(truth_store, "--transitions")
    assert reported(cut, tmp_path / "a") == reported(truth_store, tmp_path / "b")
    # A rule that judges whole persons takes no moment for two.
    for limit_s in ("20", "30", "40"):
        stays = ("--min-dwell", limit_s)
        assert without_pieces(asked(cut, *stays)) == without_pieces(asked(truth_store, *stays))
    settings = RenderSettings(metric=Metric.UNIQUE_VISITS, smoothing=0)
    in_pieces, whole = (
        heat_map(selected_cameras(one, Selection())[0], settings).raw for one in (cut, truth_store)
    )
    np.testing.assert_array_equal(in_pieces, whole)


def reported(store: Store, folder: Path) -> dict[str, Any]:
    """Export a report with a line; return what it says of the camera, whatever the clips are."""
    folder.mkdir()
    config = folder / "heatcli.toml"
    config.write_text("[cameras.store.zones]\nmiddle = { line = [[0.45, 0.2], [0.45, 0.9]] }\n")
    arguments = ("daily", "--start", "2026-03-14", "--format", "json", "--output", folder, "--quiet")
    done(run("export", *arguments, "--store", store.path, "--config", config))
    (file,) = folder.rglob("report.json")
    text = file.read_text()
    (camera,) = json.loads(text)["cameras"]
    assert camera["lines"][0]["total"]["persons"] > 0
    return dict(_whatever_the_clips(camera))


def _whatever_the_clips(value: Any) -> Any:
    """Leave out what tells how many clips there are, and in how many pieces people are in them."""
    if isinstance(value, dict):
        told = {"clips", "tracklets", "trajectories"}
        return {name: _whatever_the_clips(one) for name, one in value.items() if name not in told}
    return [_whatever_the_clips(one) for one in value] if isinstance(value, list) else value


def test_a_map_of_visits_counts_people_once_over_the_cut(pieces: list[Path], tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    for number in range(3):
        put(store, pieces, number)
    (camera,) = selected_cameras(store, Selection())
    settings = RenderSettings(metric=Metric.UNIQUE_VISITS, grid_resolution=4, smoothing=0)
    visits = [heat_map(one, settings).raw.max() for one in (camera, _alone(camera))]
    assert visits[0] < visits[1]


def test_analysing_again_removing_and_putting_back_leave_who_is_who_right(
    pieces: list[Path], tmp_path: Path
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    _, middle, _ = (put(store, pieces, number) for number in range(3))
    assert people(store) == [13]
    put(store, pieces, 1)
    assert people(store) == [13]
    remove_clips(store, [clip for clip in store.clips() if clip.clip == middle])
    # Over 24 s nobody is followed but the one who stands at the till.
    hole = people(store)
    assert hole[0] > 13
    put(store, pieces, 1)
    assert people(store) == [13]


def test_cameras_have_nobody_in_common(pieces: list[Path], tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, pieces, 0, "one")
    put(store, pieces, 1, "other")
    alone = [one.trajectories.height for one in selected_cameras(store, Selection())]
    assert people(store) == alone


def test_a_selection_does_not_change_who_is_who(pieces: list[Path], tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    clips = [put(store, pieces, number) for number in range(3)]
    (whole,) = selected_cameras(store, Selection())
    present_s = (
        whole.trajectories.group_by("person").agg(pl.col("present_us").sum(), pl.col("clip").unique())
    ).filter(pl.col("clip").list.contains(1))["present_us"] / 1e6
    # Two files around one that is not selected, and the middle one alone: judged are whole persons.
    outer = selected_cameras(store, Selection(clips=(clips[0], clips[2])))[0].trajectories
    both = outer.group_by("person").agg(pl.col("clip").n_unique()).filter(pl.col("clip") == 2)
    assert len(both) == 2
    (middle,) = selected_cameras(store, Selection(clips=(clips[1],), min_dwell_s=31.0))
    assert middle.trajectories.height == (present_s >= 31.0).sum() > 0
    assert (middle.trajectories["present_us"] < 31e6).all()


def test_a_video_in_three_files_has_as_many_people_as_in_one(walkers: Path, tmp_path: Path) -> None:
    """Two people cross each other's way; the recorder names its files by whole seconds."""
    with av.open(str(walkers)) as container:
        images = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    for begin, end in ((0, 30), (30, 70), (70, 100)):
        part = (np.asarray(image, np.uint8) for image in images[begin:end])
        aged(write_clip(tmp_path / f"2026-03-14_10-00-{begin // 10:02}.mp4", part, fps=10))
    arguments = ["--store", str(tmp_path / "store"), "--detector", "motion", "--camera", "door", "--quiet"]
    for name in ("03", "00", "07"):
        file = tmp_path / f"2026-03-14_10-00-{name}.mp4"
        done(run("analyze", file, *arguments))
    store = Store.open(tmp_path / "store")
    assert sum(clip.trajectories for clip in store.clips()) == 6
    assert people(store) == [2]
    file = tmp_path / "2026-03-14_10-00-03.mp4"
    done(run("analyze", file, *arguments, "--force"))
    assert people(store) == [2]


def test_whoever_reads_the_tables_gets_the_same_persons(pieces: list[Path], tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    empty = who_is_who(store).schema
    for number in range(3):
        put(store, pieces, number)
    assert who_is_who(store).schema == empty
    keys = ["camera", "clip", "run", "track"]
    rows = pl.read_delta(str(store.path / "tracks")).join(who_is_who(store), on=keys)
    rows = rows.filter(pl.col("time").is_between("first", "last"))
    assert len(rows) == sum(clip.rows for clip in store.clips())
    found = rows.group_by("person").agg(pl.col("dt_us").sum())["dt_us"].sort()
    (camera,) = selected_cameras(store, Selection())
    expected = camera.trajectories.group_by("person").agg(pl.col("present_us").sum())["present_us"].sort()
    assert found.to_list() == expected.to_list()


def test_a_store_from_before_ends_were_stored_is_read_and_added_to(
    pieces: list[Path], tmp_path: Path
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, pieces, 0)
    table = str(store.path / "trajectories")
    before = pl.read_delta(table).drop("^(first|last)_(height_px|vx|vy)$")
    write_deltalake(table, before, mode="overwrite", schema_mode="overwrite", partition_by=["camera"])
    alone = people(store)[0]
    assert alone == len(before)
    put(store, pieces, 1)
    put(store, pieces, 2)
    # Nobody knows who went on from the old rows; analysed again, they are like the others.
    assert people(store)[0] > 13
    put(store, pieces, 0)
    assert people(store) == [13]


def test_a_store_that_a_later_heatcli_has_added_columns_to_is_read_and_added_to(
    pieces: list[Path], tmp_path: Path
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    for number in (0, 1):
        put(store, pieces, number)
    for table, partitions in (("trajectories", ["camera"]), ("tracks", ["camera", "month"])):
        later = pl.read_delta(str(store.path / table)).with_columns(hat=pl.lit("red"))
        write_deltalake(
            str(store.path / table), later, mode="overwrite", schema_mode="overwrite", partition_by=partitions
        )
    put(store, pieces, 2)
    assert people(store) == [13]
    (camera,) = selected_cameras(store, Selection())
    assert sum(len(rows) for rows in read_rows(camera)) == sum(clip.rows for clip in store.clips())
