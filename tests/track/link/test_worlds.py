"""Who is who in drawn worlds: where a person who watches has no doubt, neither has heatcli."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest

from heatcli.detect.model import BASE_FPS
from tests.support import worlds
from tests.support.world_floor import FLAT, STEEP, Camera, World
from tests.support.world_outcome import Outcome, compared, follow, outcome

Maker = Callable[[Camera, float], World]

VIEWS = [
    pytest.param(FLAT, 2.5, id="flat-2.5fps"),
    pytest.param(STEEP, 5.0, id="steep-5fps"),
]
MORE_VIEWS = [
    pytest.param(STEEP, 2.5, id="steep-2.5fps", marks=pytest.mark.slow),
    pytest.param(FLAT, 5.0, id="flat-5fps", marks=pytest.mark.slow),
    pytest.param(FLAT, 10.0, id="flat-10fps", marks=pytest.mark.slow),
    pytest.param(STEEP, 10.0, id="steep-10fps", marks=pytest.mark.slow),
    pytest.param(FLAT, 25.0, id="flat-25fps", marks=pytest.mark.slow),
]
SHORT: dict[str, Maker] = {
    "crossing pairs": worlds.crossing_pairs,
    "runners who cross": partial(worlds.crossing_pairs, speed=2.0),
    "crossing pairs in the same clothes": partial(worlds.crossing_pairs, alike=True),
    "walk abreast": worlds.walk_abreast,
    "enter together": worlds.enter_together,
    "meet and turn back": worlds.meet_and_turn_back,
    "exchange places": worlds.exchange_places,
    "hidden behind a post": worlds.hidden_behind_a_post,
    "turns round behind a post": worlds.turns_round_behind_a_post,
    "same door": worlds.same_door,
    "other door": partial(worlds.other_door, alike=False),
    "other door in the same clothes": partial(worlds.other_door, alike=True),
    "queue moves up": worlds.queue_moves_up,
}
LONG: dict[str, Maker] = {"at the till": worlds.at_the_till, "on the bench": worlds.on_the_bench}


@dataclass(frozen=True, slots=True)
class Miss:
    """How far a case that goes wrong is off today, at the most; 0, 0 and what its test asks would be right.

    Attributes:
        extra_ids: Number of tracks above, or below, that of people.
        switches: Number of times that somebody was given another track.
        idf1: Least IDF1, rounded down.
    """

    extra_ids: int
    switches: int
    idf1: float


# Looks tell who comes out from behind somebody only where both were in clear view before: people who walk
# abreast change places, or have their rows taken over, and IDF1 is below the 0.9 that all others reach.
# Where hardly anybody is in full view, pieces are too short to be sure of, and some stay apart.
MISSED = {
    "test_everybody_is_one": {
        "walk abreast-flat-2.5fps": Miss(0, 1, 0.80),
        "walk abreast-steep-2.5fps": Miss(0, 0, 0.86),
        "walk abreast-steep-5fps": Miss(0, 2, 0.95),
        "enter together-steep-2.5fps": Miss(2, 0, 0.88),
    },
    "test_few_frames_of_many_are_enough": {
        "same door-steep": Miss(1, 0, 0.93),
    },
    "test_other_errors_of_the_detector_change_nothing": {
        "walk abreast-flat-2.5fps": Miss(0, 0, 0.89),
        "walk abreast-steep-5fps": Miss(0, 0, 0.88),
    },
    "test_people_who_wander_about": {
        "5-0.8-flat-1": Miss(5, 10, 0.62),
        "10-0.85-steep-1": Miss(3, 4, 0.86),
    },
}
"""What is known to go wrong, by the names of tests and of their cases."""


@pytest.fixture
def miss(request: pytest.FixtureRequest) -> Miss | None:
    """What is known to go wrong in this case."""
    test, _, case = request.node.name.removesuffix("]").partition("[")
    return MISSED.get(test, {}).get(case)


def check(result: Outcome, people: int, *, right: bool, miss: Miss | None = None) -> None:
    """What is not known to go wrong is right; what is, is no worse than it was, and not right unnoticed."""
    if miss is None:
        assert right, f"{result.ids} ids of {people} people: {result}"
        return
    assert not right, "this is right at last: take it out of MISSED"
    assert abs(result.ids - people) <= miss.extra_ids
    assert result.switches <= miss.switches
    assert result.idf1 >= miss.idf1


def check_exact(world: World, seed: int = 0, miss: Miss | None = None) -> None:
    """Everybody has one track of their own, there is no other track, and few rows are lost."""
    people = len(world.people)
    result = outcome(*follow(world, seed=seed), people)
    check(result, people, right=result.exact and result.idf1 >= 0.9, miss=miss)


@pytest.mark.parametrize(("camera", "fps"), VIEWS + MORE_VIEWS)
@pytest.mark.parametrize("name", SHORT)
def test_everybody_is_one(name: str, camera: Camera, fps: float, miss: Miss | None) -> None:
    check_exact(SHORT[name](camera, fps), miss=miss)


@pytest.mark.slow
@pytest.mark.parametrize("camera", [FLAT, STEEP], ids=["flat", "steep"])
@pytest.mark.parametrize("name", SHORT)
def test_few_frames_of_many_are_enough(name: str, camera: Camera, miss: Miss | None) -> None:
    """Of ten frames a second, little more than a quarter is looked at."""
    world = SHORT[name](camera, 10.0)
    people = len(world.people)
    rows, truths = follow(world, base_fps=BASE_FPS)
    assert len(truths) <= 0.35 * 10 * world.duration_s
    result = outcome(rows, truths, people)
    check(result, people, right=result.exact and result.idf1 >= 0.9, miss=miss)


def test_who_runs_fast_is_found_by_looking_in_between() -> None:
    """At 3.5 m/s nobody is where 2.5 frames a second expect them; some frames in between tell."""
    rows, truths = follow(worlds.crossing_pairs(FLAT, 2.5, speed=3.5))
    assert outcome(rows, truths, 6).ids < 6
    rows, more_truths = follow(worlds.crossing_pairs(FLAT, 10.0, speed=3.5), base_fps=BASE_FPS)
    assert outcome(rows, more_truths, 6).exact
    assert len(more_truths) <= 1.2 * len(truths)


@pytest.mark.slow
@pytest.mark.parametrize(("camera", "fps"), VIEWS)
@pytest.mark.parametrize("name", SHORT)
def test_other_errors_of_the_detector_change_nothing(
    name: str, camera: Camera, fps: float, miss: Miss | None
) -> None:
    check_exact(SHORT[name](camera, fps), seed=1, miss=miss)


@pytest.mark.parametrize("name", LONG)
def test_who_stays_for_minutes_is_one_though_hidden_for_a_minute(name: str) -> None:
    check_exact(LONG[name](FLAT, 2.5))


@pytest.mark.slow
@pytest.mark.parametrize(("camera", "fps"), [(STEEP, 2.5), (FLAT, 5), (STEEP, 5), (FLAT, 10)])
@pytest.mark.parametrize("name", LONG)
def test_who_stays_is_one_in_other_views(name: str, camera: Camera, fps: float) -> None:
    check_exact(LONG[name](camera, fps), seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("camera", [FLAT, STEEP], ids=["flat", "steep"])
@pytest.mark.parametrize(("fps", "least_idf1"), [(2.5, 0.6), (5, 0.8), (10, 0.85)])
def test_people_who_wander_about(
    camera: Camera, fps: float, least_idf1: float, seed: int, miss: Miss | None
) -> None:
    """Nobody can be sure of everybody here; bounds are those for real footage."""
    world = worlds.crowd(camera, fps, people=8, seed=seed)
    result = outcome(*follow(world, seed=seed), 8)
    check(result, 8, right=result.idf1 >= least_idf1 and 7 <= result.ids <= 10, miss=miss)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("camera", [FLAT, STEEP], ids=["flat", "steep"])
@pytest.mark.parametrize(("fps", "least_idf1"), [(2.5, 0.6), (5, 0.7), (10, 0.7)])
def test_a_crowd(camera: Camera, fps: float, least_idf1: float, seed: int) -> None:
    """Where hardly anybody is in full view."""
    world = worlds.crowd(camera, fps, people=14, seed=seed)
    result = outcome(*follow(world, seed=seed), len(world.people))
    assert result.idf1 >= least_idf1
    assert 12 <= result.ids <= 18


@pytest.mark.parametrize("maker", [worlds.turns_round_behind_a_post, worlds.hidden_behind_a_post])
def test_who_is_hidden_is_there_all_the_time(maker: Maker) -> None:
    """The rows in between are filled, behind the post."""
    world = maker(FLAT, 5)
    rows, truths = follow(world)
    hidden = [t for t in truths if 0 in t.person and t.visibility[t.person == 0] == 0 and t.pts_us > 5e6]
    assert len(hidden) > 18 * world.fps
    (post,) = world.obstacles
    edges = world.camera.project(np.array([post.left_m, post.right_m]), post.y_m, np.zeros(2))[:, 0]
    (track,) = outcome(rows, truths, len(world.people)).tracks[0]
    for truth in hidden:
        (row,) = np.flatnonzero((rows.frame == truth.frame) & (rows.track == track))
        x1, _, x2, _ = rows.boxes[row]
        assert rows.filled[row]
        assert edges[0] < x2
        assert x1 < edges[1]


def test_the_score_is_that_of_trackeval() -> None:
    identity = pytest.importorskip("trackeval.metrics.identity")
    rows, truths = follow(worlds.crowd(FLAT, 5, people=8))
    frames = list(compared(rows, truths))
    data = {
        "num_gt_ids": 8,
        "num_tracker_ids": int(rows.track.max()) + 1,
        "num_gt_dets": sum(len(frame.person) for frame in frames),
        "num_tracker_dets": sum(len(frame.track) for frame in frames),
        "gt_ids": [frame.person for frame in frames],
        "tracker_ids": [frame.track for frame in frames],
        "similarity_scores": [frame.overlap.T for frame in frames],
    }
    expected = identity.Identity({"PRINT_CONFIG": False}).eval_sequence(data)["IDF1"]
    assert outcome(rows, truths, 8).idf1 == pytest.approx(expected)
