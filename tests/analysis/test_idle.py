"""A recorder that slows down when nothing moves: who stands there is there, and for how long."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import answer, done, run
from tests.support.make_clips import aged, write_clip
from tests.support.world_floor import STEEP, Person, World, route
from tests.support.world_view import film
from tests.support.worlds import GREEN, JEANS, KHAKI, RED

pytestmark = pytest.mark.usefixtures("folder")

# Somebody comes, stands for 40 s and goes; while they stand, somebody passes; later another one does.
PEOPLE = (
    Person(route(0, (-9, 7.5), (0, 7.5), 40.0, (9, 7.5), speed=2.0), RED, JEANS),
    Person(route(15, (9, 6.0), (-9, 6.0), speed=2.0), GREEN, KHAKI),
    Person(route(70, (9, 8.0), (-9, 8.0), speed=2.0), RED, KHAKI),
)
STANDS_S, PASSES_S, LENGTH_S = 40.0, 5.0, 85.0


def moves(frame: int) -> bool:
    """Whether somebody walks between two frames, 0.1 s apart."""
    return any(
        person.route.walked((frame + 1) / 10) > person.route.walked(frame / 10)
        for person in PEOPLE
        if person.present(frame / 10)
    )


@pytest.fixture(scope="module", params=[2, 5, 10])
def idling(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording at ten frames a second while somebody walks, else one frame in 2, 5 or 10 s."""
    world = World("idle", STEEP, PEOPLE, (), LENGTH_S, 10.0)
    taken, latest = [], -1000
    for frame in range(round(LENGTH_S * 10)):
        if moves(frame) or frame - latest >= 10 * request.param:
            taken.append(frame)
            latest = frame
    kept = set(taken)
    images = (image for image, truth in film(world) if truth.frame in kept)
    return write_clip(
        tmp_path_factory.mktemp("idle") / "idle.mp4",
        images,
        pts=[100 * frame for frame in taken],
        time_base=Fraction(1, 1000),
        fps=10,
    )


def whole_frame(clip: Path) -> dict[str, Any]:
    done(run("analyze", aged(clip), "--detector", "motion", "--start", "2026-03-14", "--timezone", "UTC"))
    whole = ("--polygon", "0,0,1,0,1,1,0,1")
    return dict(answer(run("zone", *whole, "--json"))["cameras"][0]["zones"][0]["total"])


def test_watched_slowly_counts(idling: Path) -> None:
    found = whole_frame(idling)
    assert found["covered_s"] == pytest.approx(LENGTH_S, abs=10.0)
    assert (found["unique_visits"], found["stays"]) == (3, 3)
    present_s = found["avg_occupancy"] * found["covered_s"]
    assert present_s == pytest.approx(STANDS_S + 3 * PASSES_S, abs=8.0)
