"""How good stored trajectories are: scores of small cases worked out by hand, and of perfect tracks."""

import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from heatcli.commands.import_mot import import_mot
from heatcli.commands.score import score_clip
from heatcli.config.models import load_config
from heatcli.errors import HeatcliError, TracksError, UsageError
from heatcli.intervals import Intervals
from heatcli.score.scores import ClipScore
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.places import SAMPLES
from tests.support.store_runs import START, clip_row, put
from tests.support.truth import TRUTH

# A box of a MOT file: frame from 1, id, left, top, width, height, whether it is to be considered.
Box = tuple[int, int, float, float, float, float, int]


def person(
    number: int, frames: Iterable[int], *, left: float, top: float = 100.0, considered: int = 1
) -> list[Box]:
    """Someone who stands still, 30 pixels wide and 60 high."""
    return [(frame, number, left, top, 30.0, 60.0, considered) for frame in frames]


def mot_file(file: Path, boxes: Sequence[Box]) -> Path:
    file.write_text("".join(",".join(map(str, box)) + "\n" for box in boxes))
    return file


def imported(
    folder: Path, found: Sequence[Box], *, frames: int = 10, fps: float = 10, camera: str = "door"
) -> Store:
    """A store with a clip of 640 x 360 in which these boxes were found."""
    store = Store(folder / "store")
    import_mot(
        store,
        file=mot_file(folder / f"{camera}.txt", found),
        camera=camera,
        width=640,
        height=360,
        fps=fps,
        start=START.isoformat(),
        frames=frames,
    )
    return store


def scored(folder: Path, found: Sequence[Box], true: Sequence[Box], **options: Any) -> ClipScore:
    """Put boxes into a store and score them against others."""
    return score_clip(store=imported(folder, found), truth=mot_file(folder / "gt.txt", true), **options)


def near(value: float) -> Any:
    return pytest.approx(value, abs=1e-9)


TWO = [*person(1, range(1, 11), left=100.0), *person(2, range(1, 11), left=300.0)]


def test_perfect_tracks_are_perfect(truth_store: Store) -> None:
    """The sample's truth against itself; and what is true of its zones is what `heatcli zone` says."""
    common = ["--store", truth_store.path, "--config", SAMPLES / "heatcli.toml", "--json", "--quiet"]
    score = answer(run("score", TRUTH, *common))
    assert [score[name] for name in ("hota", "det_a", "ass_a", "idf1", "mota")] == [near(1)] * 5
    assert score["id_switches"] == 0
    assert score["frames"] == {"clip": 900, "compared": 900}
    assert score["unique_visits"] == {"found": 13, "true": 13, "error": 0}
    assert score["map"] == {"r": near(1), "total_variation": near(0)}
    assert score["note"] is None

    (camera,) = answer(run("zone", *common))["cameras"]
    assert [zone["name"] for zone in score["zones"]] == ["till", "shelf", "entrance", "staff"]
    for told, zone in zip(score["zones"], camera["zones"], strict=True):
        assert told["name"] == zone["name"]
        total = zone["total"]
        dwell_s = total["avg_occupancy"] * camera["covered_s"]
        assert told["dwell_s"] == {"found": near(dwell_s), "true": near(dwell_s), "ratio": 1}
        visits = total["unique_visits"]
        assert told["unique_visits"] == {"found": visits, "true": visits, "error": 0}


def test_two_who_are_taken_for_each_other(tmp_path: Path) -> None:
    """After 6 of 10 frames their identities change places."""
    early, late = range(1, 7), range(7, 11)
    found = [*person(1, early, left=100.0), *person(1, late, left=300.0)]
    found += [*person(2, early, left=300.0), *person(2, late, left=100.0)]
    tracking = scored(tmp_path, found, TWO).tracking
    assert tracking.det_a == near(1)
    # 12 of 20 boxes have the identity that fits best.
    assert tracking.idf1 == near(0.6)
    assert tracking.id_switches == 2
    assert tracking.mota == near(1 - 2 / 20)
    # 12 boxes agree with 6 of the 14 that are of either identity, 8 with 4 of 16.
    ass_a = (12 * 6 / 14 + 8 * 4 / 16) / 20
    assert tracking.ass_a == near(ass_a)
    assert tracking.hota == near(math.sqrt(ass_a))


def test_frames_in_which_nobody_was_found_are_misses(tmp_path: Path) -> None:
    score = scored(tmp_path, [box for box in TWO if box[0] % 2], TWO)
    assert score.frames == 10
    assert score.tracking.det_a == near(0.5)
    assert score.tracking.ass_a == near(0.5)
    assert score.tracking.mota == near(0.5)
    assert score.tracking.idf1 == near(2 * 10 / (10 + 20))
    assert score.frame.dwell_ratio == near(0.5)
    assert (score.map_r, score.map_tv) == (near(1), near(0))


def test_boxes_that_are_found_a_fifth_of_their_width_aside(tmp_path: Path) -> None:
    """They overlap by 2/3, which is enough for 13 of the 19 overlaps from 0.05 to 0.95."""
    found = [*person(1, range(1, 11), left=106.0), *person(2, range(1, 11), left=306.0)]
    tracking = scored(tmp_path, found, TWO).tracking
    assert [tracking.hota, tracking.det_a, tracking.ass_a] == [near(13 / 19)] * 3
    assert [tracking.idf1, tracking.mota] == [near(1)] * 2


def test_nobody_is_where_the_maps_say(tmp_path: Path) -> None:
    """One of two is found far off: half of the time is in the wrong place."""
    found = [*person(1, range(1, 11), left=100.0), *person(2, range(1, 11), left=550.0, top=250.0)]
    score = scored(tmp_path, found, TWO)
    assert score.map_tv == near(0.5)
    assert score.map_r is not None
    assert 0.4 < score.map_r < 0.6
    assert score.tracking.mota == near(0)
    assert score.frame.dwell_ratio == near(1)


def test_places_are_counted_and_timed(tmp_path: Path) -> None:
    """Who is lost for a while becomes two; in the zone of the other nothing is wrong; the third is empty."""
    config = tmp_path / "heatcli.toml"
    config.write_text(
        "[cameras.door.zones]\n"
        "left = { polygon = [[0.0, 0.0], [0.3, 0.0], [0.3, 1.0], [0.0, 1.0]] }\n"
        "right = { circle = [0.5, 0.44, 0.1] }\n"
        "empty = { circle = [0.9, 0.9, 0.05] }\n"
        "door = { line = [[0.0, 0.5], [1.0, 0.5]] }\n"
    )
    found = [*person(1, range(1, 5), left=100.0), *person(3, range(7, 11), left=100.0)]
    found += person(2, range(1, 11), left=300.0)
    score = scored(tmp_path, found, TWO, config=load_config(config))
    places = [
        (place.name, place.visits, place.true_visits, place.dwell_s, place.true_dwell_s, place.dwell_ratio)
        for place in (score.frame, *score.zones)
    ]
    assert places == [
        (None, 3, 2, near(1.8), near(2.0), near(0.9)),
        ("left", 2, 1, near(0.8), near(1.0), near(0.8)),
        ("right", 1, 1, near(1.0), near(1.0), near(1.0)),
        ("empty", 0, 0, 0, 0, None),
    ]


@pytest.mark.parametrize("is_found", [True, False])
def test_what_truth_marks_as_not_to_be_considered_counts_neither_way(tmp_path: Path, is_found: bool) -> None:
    aside = person(3, range(1, 11), left=500.0, considered=0)
    found = [*TWO, *person(7, range(1, 11), left=504.0)] if is_found else TWO
    score = scored(tmp_path, found, [*TWO, *aside])
    assert [score.tracking.hota, score.tracking.mota, score.map_r] == [near(1)] * 3
    assert (score.frame.visits, score.frame.true_visits, score.frame.dwell_ratio) == (2, 2, 1)


def test_who_stands_before_somebody_ignored_is_found_all_the_same(tmp_path: Path) -> None:
    """Both overlap with the found box; it is meant for the one who is to be found and overlaps less."""
    true = [*person(1, range(1, 11), left=104.0), *person(2, range(1, 11), left=95.0, considered=0)]
    found = [*person(1, range(1, 11), left=100.0), *person(2, range(1, 11), left=96.0)]
    score = scored(tmp_path, found, true)
    assert score.tracking.mota == near(1)
    assert score.frame.visits == 1


def test_nobody_found_scores_nothing(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row(frames=20), tracks=0)
    score = score_clip(store=store, truth=mot_file(tmp_path / "gt.txt", person(1, range(1, 21), left=100.0)))
    assert score.frames == 20
    assert (score.tracking.hota, score.tracking.idf1, score.tracking.mota) == (0, 0, 0)
    assert (score.frame.visits, score.frame.true_visits) == (0, 1)
    assert (score.frame.dwell_s, score.frame.true_dwell_s) == (0, near(20))
    assert (score.map_r, score.map_tv) == (None, None)


def test_a_clip_that_was_not_watched_has_no_score(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row(frames=0, coverage=Intervals.of([])), tracks=0)
    truth = mot_file(tmp_path / "gt.txt", person(1, [1], left=100.0))
    with pytest.raises(UsageError, match=r"/videos/door.mp4: nothing of it was watched"):
        score_clip(store=store, truth=truth)


def test_only_the_kinds_of_object_that_are_asked_for(tmp_path: Path) -> None:
    """Of the stored clip the tracks 1 and 3 are persons and 2 is a car, all in every frame."""
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row(frames=20), tracks=3)
    true = [(frame, number, number * 10.0, 20.0, 8.0, 20.0, 1) for frame in range(1, 21) for number in (1, 3)]
    truth = mot_file(tmp_path / "gt.txt", true)
    assert score_clip(store=store, truth=truth).tracking.mota == near(0.5)
    assert score_clip(store=store, truth=truth, objects_to_track=["person"]).tracking.mota == near(1)


def test_only_processed_frames_of_a_video_are_compared(tmp_path: Path, walkers: Path) -> None:
    """Two people of whom each second frame is looked at; before and after them nobody is there."""
    where = ("--store", tmp_path / "store", "--quiet")
    sampled = ["--detector", "motion", "--sample-fps", "5"]
    done(run("analyze", walkers, *sampled, "--start", "2026-03-14T10:00", *where))
    true = [(n + 1, 1, 2.0 * n, 60.0, 16.0, 50.0, 1) for n in range(10, 90)]
    true += [(n + 1, 2, 225.0 - 2 * n, 110.0, 16.0, 50.0, 1) for n in range(10, 90)]
    truth = mot_file(tmp_path / "gt.txt", true)
    score = answer(run("score", truth, *where, "--json"))
    assert score["frames"] == {"clip": 100, "compared": 50}
    assert score["unique_visits"]["error"] == 0
    assert score["dwell_s"]["true"] == near(16)
    assert score["idf1"] > 0.9
    assert score["dwell_s"]["ratio"] == pytest.approx(1, abs=0.1)


def test_which_clip_is_meant_must_be_plain(tmp_path: Path) -> None:
    imported(tmp_path, TWO, camera="door")
    store = imported(tmp_path, person(1, range(1, 11), left=300.0), camera="yard")
    truth = mot_file(tmp_path / "gt.txt", TWO)
    door, yard = store.clips()
    with pytest.raises(UsageError, match=f"--clip and --camera; {door.clip} of door, {yard.clip} of yard"):
        score_clip(store=store, truth=truth)
    with pytest.raises(UsageError, match="no such clip"):
        score_clip(store=store, truth=truth, camera="door", clip=yard.clip)
    with pytest.raises(UsageError, match="'door'"):
        score_clip(store=store, truth=truth, camera="dor")
    assert score_clip(store=store, truth=truth, camera="doo").tracking.mota == near(1)
    assert score_clip(store=store, truth=truth, clip=yard.clip).tracking.mota == near(0.5)


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (None, "cannot be read"),
        ("", "holds no rows"),
        ("frame,id\n", "not in MOT format"),
        ("11,1,100,100,30,60,1\n", "up to frame 11, but .*door.txt has 10 frames"),
        ("1,1,100,100,30,60,0\n", "no box to be found"),
    ],
)
def test_truth_that_cannot_be_is_told(tmp_path: Path, lines: str | None, what: str) -> None:
    store, truth = imported(tmp_path, TWO), tmp_path / "gt.txt"
    if lines is not None:
        truth.write_text(lines)
    with pytest.raises(TracksError, match=f"^{truth}: .*{what}") as caught:
        score_clip(store=store, truth=truth)
    assert isinstance(caught.value, HeatcliError)
    assert "\n" not in str(caught.value)
    refused(run("score", truth, "--store", store.path), code=1)


def test_truth_that_ends_before_the_clip_is_told(tmp_path: Path) -> None:
    store, truth = imported(tmp_path, TWO), mot_file(tmp_path / "gt.txt", TWO[:5])
    result = done(run("score", truth, "--store", store.path))
    assert "gt.txt: ends at frame 5 of 10" in result.stderr


def test_the_table(tmp_path: Path) -> None:
    store, truth = imported(tmp_path, TWO), mot_file(tmp_path / "gt.txt", TWO[:10])
    result = run("score", truth, "--store", store.path, "--quiet")
    assert result.stdout.splitlines() == [
        " HOTA   DETA   ASSA   IDF1   MOTA  MAP R  MAP TV  ID SWITCHES",
        "0.707  0.500  1.000  0.667  0.000  0.706   0.500            0",
        "",
        "PLACE        VISITS  TRUE  ERROR  DWELL s  TRUE s  RATIO",
        "whole frame       2     1     +1      2.0     1.0  2.000",
    ]
    assert result.stderr == ""


def test_without_trackeval_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, truth = imported(tmp_path, TWO), mot_file(tmp_path / "gt.txt", TWO)
    monkeypatch.setitem(sys.modules, "trackeval", None)
    line = refused(run("score", truth, "--store", store.path, "--quiet"))
    assert "pip install 'heatcli[score]'" in line
