"""People who go on in the next file are one person, whoever analysed which file when."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import polars as pl
import pytest
from deltalake import write_deltalake
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from typer.testing import CliRunner

from heatcli.analysis.run_rows import RunKey, trajectories_frame
from heatcli.answers.zone_table import EVERYBODY
from heatcli.cli.app import app
from heatcli.clock import epoch_us
from heatcli.commands.import_mot import import_mot
from heatcli.commands.render import heat_map
from heatcli.config.settings import RenderSettings
from heatcli.intervals import Intervals
from heatcli.names import Metric
from heatcli.select.persons import persons, who_is_who
from heatcli.select.reader import read_rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.clips import clips_frame
from heatcli.store.maintenance import remove_clips
from heatcli.store.store import Store
from heatcli.track.appearance.descriptor_bytes import to_bytes
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from tests.support.make_clips import aged, write_clip
from tests.support.places import SAMPLES
from tests.support.store_runs import clip_row

START = datetime(2026, 3, 14, 10, tzinfo=UTC)
FPS = 12.5
CUTS = (0, 300, 600, 900)

WIDTH, HEIGHT, TALL = 1280, 720, 60.0


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody who walks straight, or stands.

    Attributes:
        stays: seconds between which the person is seen.
        place: foot point at second 0.
        velocity: pixels per second.
        track: of the trajectory in each clip.
        appearance: descriptor; None for unknown.
    """

    stays: tuple[float, float]
    place: tuple[float, float]
    velocity: tuple[float, float] = (0.0, 0.0)
    appearance: bytes | None = None


def filmed(
    figures: Sequence[Figure],
    spans: Sequence[tuple[float, float]],
    *,
    fps: float = 10.0,
    camera: str = "door",
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Film figures in clips: rows of `clips` and of `trajectories`, whose tracks are places in `figures`."""
    clips, trajectories = [], []
    for number, (begin, end) in enumerate(spans):
        start = START + timedelta(seconds=begin)
        frames, step_us = round((end - begin) * fps), round(1e6 / fps)
        start_us = epoch_us(start)
        row = clip_row(
            camera, f"{number:016x}", start=start, frames=frames, width=WIDTH, height=HEIGHT,
            duration_us=frames * step_us,
            coverage=Intervals.of([[start_us, start_us + frames * step_us]]),
        )  # fmt: skip
        time_s = begin + np.arange(frames) / fps
        timing = ProcessedFrames(
            np.arange(frames, dtype=np.int32), np.arange(frames) * step_us, np.full(frames, step_us, np.int32)
        )
        key = RunKey(row.camera, row.clip, row.run, row.start)
        appearance = {
            track: figure.appearance for track, figure in enumerate(figures) if figure.appearance is not None
        }
        clips.append(row)
        trajectories.append(trajectories_frame(key, timing, _seen(figures, time_s), ["person"], appearance))
    return clips_frame(clips), pl.concat(trajectories)


def _seen(figures: Sequence[Figure], time_s: NDArray[np.float64]) -> Observations:
    inside = [(time_s >= figure.stays[0]) & (time_s < figure.stays[1]) for figure in figures]
    frame, track = np.nonzero(np.array(inside).reshape(len(figures), -1).T)
    x, y = (
        np.array([figure.place[axis] for figure in figures])[track]
        + np.array([figure.velocity[axis] for figure in figures])[track] * time_s[frame]
        for axis in (0, 1)
    )
    return Observations(
        frame=frame.astype(np.int32),
        track=track.astype(np.int32),
        tracklet=track.astype(np.int32),
        boxes=np.column_stack([x - 10, y - TALL, x + 10, y]).astype(np.float32),
        confidence=np.ones(len(frame), np.float32),
        class_id=np.zeros(len(frame), np.int32),
        filled=np.zeros(len(frame), np.bool_),
    )


def groups(clips: pl.DataFrame, trajectories: pl.DataFrame) -> list[list[tuple[int, int]]]:
    """Return the (clip, track) of each person, in order."""
    known = persons(trajectories.lazy(), clips.sort("start", "clip"))
    return [
        list(zip(*(part[name].to_list() for name in ("clip", "track")), strict=True))
        for _, part in known.group_by("person", maintain_order=True)
    ]


def how_many(figures: Sequence[Figure], *spans: tuple[float, float], fps: float = 10.0) -> int:
    return len(groups(*filmed(figures, spans, fps=fps)))


@st.composite
def crowds(draw: st.DrawFn) -> list[Figure]:
    """Some people who walk or stand, each in a lane of two heights of their own, for ten seconds and more."""
    figures = []
    for lane in range(draw(st.integers(1, 5))):
        begin = draw(st.integers(0, 20))
        stays = float(begin), float(begin + draw(st.integers(10, 40)))
        speed = draw(st.sampled_from([-40.0, -25.0, 0.0, 0.0, 20.0, 50.0]))
        x = 640.0 - speed * sum(stays) / 2
        figures.append(Figure(stays, (x, 100 + 2 * TALL * lane), (speed, 0.0)))
    return figures


@settings(max_examples=60)
@given(
    figures=crowds(),
    cuts=st.lists(st.integers(1, 59), max_size=4, unique=True),
    lost_s=st.sampled_from([0.0, 0.04, 0.4]),
    fps=st.sampled_from([2.5, 5.0, 10.0, 25.0]),
    order=st.permutations(range(5)),
)
def test_people_who_were_cut_come_back_together_in_any_order_of_analysis(
    figures: list[Figure], cuts: list[int], lost_s: float, fps: float, order: list[int]
) -> None:
    edges = [0.0, *(float(cut) for cut in sorted(cuts)), 60.0]
    spans = [(begin + (lost_s if begin else 0.0), end) for begin, end in itertools.pairwise(edges)]
    clips, trajectories = filmed(figures, spans, fps=fps)
    found = groups(clips, trajectories)
    tracks = sorted(sorted({track for _, track in person}) for person in found)
    assert tracks == [[track] for track in trajectories["track"].unique().sort()]
    parts = trajectories.partition_by("clip")
    shuffled = pl.concat([parts[place] for place in order if place < len(parts)])
    again = clips.sample(fraction=1.0, shuffle=True, seed=1)
    assert groups(again, shuffled) == found


def test_who_leaves_just_before_the_cut_and_who_comes_just_after_are_two() -> None:
    leaves = Figure((0.0, 19.9), (100.0, 300.0), (40.0, 0.0))
    comes = Figure((20.1, 40.0), (100.0, 500.0), (40.0, 0.0))
    assert how_many([leaves, comes], (0, 20), (20, 40)) == 2
    # The other way through the same door.
    leaves = Figure((0.0, 19.0), (200.0, 300.0), (50.0, 0.0))
    comes = Figure((21.0, 40.0), (2250.0, 310.0), (-50.0, 0.0))
    assert how_many([leaves, comes], (0, 20), (20, 40)) == 2


def test_nobody_walks_on_after_a_hole_but_who_stands_is_known_again() -> None:
    walks = Figure((0.0, 200.0), (100.0, 300.0), (8.0, 0.0))
    stands = Figure((0.0, 200.0), (300.0, 600.0))
    assert how_many([walks], (0, 60), (60, 120)) == 1
    assert how_many([walks], (0, 60), (90, 120)) == 2
    assert how_many([stands], (0, 60), (90, 120)) == 1
    assert how_many([replace(stands, stays=(0.0, 900.0))], (0, 60), (500, 560)) == 2


def test_who_is_hidden_at_the_cut_and_stands_still_comes_back() -> None:
    before, after = Figure((0.0, 40.0), (300.0, 600.0)), Figure((90.0, 120.0), (304.0, 602.0))
    assert how_many([before, after], (0, 60), (60, 120)) == 1
    assert how_many([before, replace(after, place=(340.0, 600.0))], (0, 60), (60, 120)) == 2


def test_people_in_clips_that_overlap_are_counted_once() -> None:
    walks = Figure((0.0, 40.0), (100.0, 300.0), (20.0, 0.0))
    assert how_many([walks, replace(walks, place=(50.0, 420.0))], (0, 21.5), (20, 40)) == 2
    # A start that is told in whole seconds.
    clips, trajectories = filmed([walks], [(0, 20.5), (20.5, 40)])
    early = pl.when(pl.col("start") > START).then(timedelta(seconds=-0.5)).otherwise(timedelta())
    moved = trajectories.with_columns(
        pl.when(pl.col("first") > START)
        .then(pl.col(name) - timedelta(seconds=0.5))
        .otherwise(name)
        .alias(name)
        for name in ("first", "last")
    )
    assert len(groups(clips.with_columns(start=pl.col("start") + early), moved)) == 1


def test_boxes_that_end_at_the_frame_s_edge_without_any_height_are_not_joined() -> None:
    stays = Figure((0.0, 40.0), (300.0, 600.0))
    clips, trajectories = filmed([stays], [(0, 20), (20, 40)])
    assert len(groups(clips, trajectories)) == 1
    flat = trajectories.with_columns(first_height_px=0.0, last_height_px=0.0)
    assert len(groups(clips, flat)) == 2


def test_appearance_tells_apart_who_stands_at_the_same_place() -> None:
    random = np.random.default_rng(1)

    def appearance() -> bytes:
        half = random.normal(size=8)
        half /= np.linalg.norm(half)
        return to_bytes(np.tile(half, (1, 2, 1)).astype(np.float32), b"drawings")[0] or b""

    others = [Figure((0.0, 120.0), (90.0 * place, 200.0), appearance=appearance()) for place in range(1, 13)]
    before = Figure((0.0, 40.0), (300.0, 600.0), appearance=appearance())
    after = Figure((90.0, 120.0), (304.0, 602.0), appearance=appearance())
    assert how_many([*others, before, replace(after, appearance=before.appearance)], (0, 60), (60, 120)) == 13
    assert how_many([*others, before, after], (0, 60), (60, 120)) == 14


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The truth of the sample, cut into three files."""
    lines = (SAMPLES / "store.gt.txt").read_text().splitlines()
    folder = tmp_path_factory.mktemp("pieces")
    files = []
    for number, (begin, end) in enumerate(itertools.pairwise(CUTS)):
        part = [line.split(",", 1) for line in lines if begin < int(line.split(",")[0]) <= end]
        files.append(folder / f"{number}.txt")
        files[-1].write_text("".join(f"{int(frame) - begin},{rest}\n" for frame, rest in part))
    return files


def put(store: Store, pieces: Sequence[Path], number: int, camera: str = "store") -> str:
    """Import a piece; return the id of its clip."""
    begin, end = CUTS[number], CUTS[number + 1]
    start = datetime(2026, 3, 14, 10) + timedelta(seconds=begin / FPS)
    return import_mot(
        store, file=pieces[number], camera=camera, width=640, height=360, fps=FPS, start=start.isoformat(),
        timezone="Europe/Zagreb", frames=end - begin,
    ).clip  # fmt: skip


def asked(store: Store, *arguments: str) -> list[dict[str, Any]]:
    """Ask `heatcli zone` for the zones of the sample; one camera's `zones`, `transitions` or `evidence`."""
    result = CliRunner().invoke(
        app,
        ["zone", "--store", str(store.path), "--config", str(SAMPLES / "heatcli.toml"), "--json", *arguments],
    )
    assert result.exit_code == 0, result.output
    (camera,) = json.loads(result.stdout)["cameras"]
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


def test_the_truth_of_the_sample_in_three_files_says_what_it_says_in_one(
    pieces: list[Path], tmp_path: Path
) -> None:
    whole = Store.create_or_open(tmp_path / "whole")
    import_mot(
        whole, file=SAMPLES / "store.gt.txt", camera="store", width=640, height=360, fps=FPS,
        start="2026-03-14T10:00", timezone="Europe/Zagreb", frames=CUTS[-1],
    )  # fmt: skip
    cut = Store.create_or_open(tmp_path / "cut")
    for number in (2, 0, 1):
        put(cut, pieces, number)
    assert people(cut) == people(whole) == [13]

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

    assert without_pieces(asked(cut)) == without_pieces(asked(whole))
    for zone in asked(cut):
        total = zone["total"]
        assert total["tracklets"] == total["trajectories"] > total["unique_visits"]
    assert asked(cut, "--transitions") == asked(whole, "--transitions")

    # Evidence is looked up in files: a stay over the cut has a line for each.
    assert {line["clip"] for line in asked(cut, "--evidence")} == {clip.clip for clip in cut.clips()}


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
        assert CliRunner().invoke(app, ["analyze", str(file), *arguments]).exit_code == 0
    store = Store.open(tmp_path / "store")
    assert sum(clip.trajectories for clip in store.clips()) == 6
    assert people(store) == [2]
    file = tmp_path / "2026-03-14_10-00-03.mp4"
    assert CliRunner().invoke(app, ["analyze", str(file), *arguments, "--force"]).exit_code == 0
    assert people(store) == [2]


def test_whoever_reads_the_tables_gets_the_same_persons(pieces: list[Path], tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    assert who_is_who(store).schema == dict.fromkeys(
        ("camera", "clip", "run", "track", "person"), pl.String
    ) | {"track": pl.Int32}
    for number in range(3):
        put(store, pieces, number)
    keys = ["camera", "clip", "run", "track"]
    rows = pl.read_delta(str(store.path / "tracks")).join(who_is_who(store), on=keys)
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
    for table, partitions in (("trajectories", ["camera"]), ("tracks", ["camera", "date"])):
        later = pl.read_delta(str(store.path / table)).with_columns(hat=pl.lit("red"))
        write_deltalake(
            str(store.path / table), later, mode="overwrite", schema_mode="overwrite", partition_by=partitions
        )
    put(store, pieces, 2)
    assert people(store) == [13]
    (camera,) = selected_cameras(store, Selection())
    assert sum(len(rows) for rows in read_rows(camera)) == sum(clip.rows for clip in store.clips())
