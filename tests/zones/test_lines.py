"""Lines: walks across, along and around them, and any walk against following it in plain Python."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.config.named_shapes import lines_of
from heatcli.config.places import ZoneConfig
from heatcli.geometry import tracking_points
from heatcli.intervals import Intervals
from heatcli.names import By, TrackingMode
from heatcli.shapes import CountingLine, Line
from heatcli.zones.buckets import Buckets, buckets_of
from heatcli.zones.crossings import CrossingCounter
from heatcli.zones.lines import LineCrossings, LineStatistics
from tests.support.aggregation import camera_of, fed
from tests.support.zones_reference import as_rows
from tests.support.zones_scenes import ALWAYS, SECOND, ZAGREB, batches_of, walk

# In the frame of 512 x 256 upwards from (256, 192) to (256, 64): the right of it is the right of the picture.
# People are 40 pixels high, so that one is on a side from 10 pixels on.
DOOR = CountingLine("door", Line((0.5, 0.75), (0.5, 0.25)))
Place = tuple[int, int]


def count(
    walks: Sequence[Sequence[Place | None]],
    lines: Sequence[CountingLine] = (DOOR,),
    *,
    cuts: Sequence[int] = (),
    start_us: int = 0,
    buckets: Buckets | None = None,
    sample_aspect: float = 1.0,
) -> tuple[LineStatistics, ...]:
    seen = [one for person, path in enumerate(walks) for one in walk(start_us, path, person=person)]
    rows = as_rows(seen, [ALWAYS])
    time = Intervals.of([[start_us, start_us + 1000 * SECOND]])
    camera = camera_of([time], sample_aspect=sample_aspect)
    return fed(LineCrossings(camera, lines, buckets), batches_of(rows, cuts)).result()


def numbers(walks: Sequence[Sequence[Place | None]]) -> tuple[int | None, int | None, int | None]:
    (found,) = count(walks)
    return found.total.left_to_right, found.total.right_to_left, found.total.persons


@pytest.mark.parametrize(
    ("path", "right", "left"),
    [
        pytest.param([(x, 128) for x in range(200, 320, 7)], 1, 0, id="straight across"),
        pytest.param([(x, 128) for x in range(320, 200, -7)], 0, 1, id="straight back"),
        pytest.param([(200, 128), (300, 128)], 1, 0, id="in one step"),
        pytest.param([(x, 128) for x in (200, 251, 261, 250, 262, 300)], 1, 0, id="hesitates"),
        pytest.param([(x, 128) for x in (200, 251, 265, 250, 200)], 0, 0, id="turns around on it"),
        pytest.param([(200, 128), (300, 128), (200, 128)], 1, 1, id="there and back"),
        pytest.param([(256 + (-1) ** i * 9, 128) for i in range(40)], 0, 0, id="jitter below the threshold"),
        pytest.param([(256, y) for y in range(60, 200, 5)], 0, 0, id="along it"),
        pytest.param([(200, 220), (300, 220)], 0, 0, id="past its end"),
        pytest.param([(200, 128), (300, 128), (300, 220), (200, 220)], 1, 0, id="across and around it back"),
        pytest.param([(200, 128), None, None, (300, 128)], 1, 0, id="hidden for two seconds"),
        pytest.param([(200, 128), None, None, None, (300, 128)], 0, 0, id="gone for three seconds"),
        pytest.param([(246, 128), (266, 128)], 1, 0, id="just far enough"),
        pytest.param([(247, 128), (265, 128)], 0, 0, id="not far enough"),
    ],
)  # fmt: skip
def test_one_walk(path: list[Place | None], right: int, left: int) -> None:
    assert numbers([path]) == (right, left, int(right + left > 0))


def test_left_and_right_are_those_of_who_looks_along_the_line() -> None:
    config = {
        "down": ZoneConfig(line=((0.5, 0.25), (0.5, 0.75))),
        "area": ZoneConfig(circle=(0.5, 0.5, 0.1)),
        "rightwards": ZoneConfig(line=((0.25, 0.5), (0.75, 0.5))),
    }
    down, rightwards = count([[(200, 100), (300, 160)]], lines_of(config))
    assert (down.line.name, rightwards.line.name) == ("down", "rightwards")
    assert (down.total.left_to_right, down.total.right_to_left) == (0, 1)
    assert (rightwards.total.left_to_right, rightwards.total.right_to_left) == (1, 0)


def test_distance_is_that_on_the_screen() -> None:
    """Pixels twice as wide make 5 of them as far as 10."""
    (found,) = count([[(251, 128), (261, 128)]], sample_aspect=2.0)
    assert found.total.left_to_right == 1


def test_buckets_hold_the_moment_of_the_crossing() -> None:
    start = datetime(2026, 3, 14, 10, 59, 57, tzinfo=UTC)
    start_us = int((start - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
    covered = Intervals.of([[start_us, start_us + 1000 * SECOND]])
    buckets = buckets_of(By.HOUR, covered=covered, zone=ZAGREB)
    # Person 0 passes at 10:59:59 and is far enough behind the line at 11:00:00.
    walks = [[(200, 128), (250, 128), (260, 128), (300, 128)], [(200, 128)] * 4 + [(300, 128), (200, 128)]]
    (found,) = count(walks, start_us=start_us, buckets=buckets)
    first, second = found.buckets
    assert (first.covered_s, first.left_to_right, first.right_to_left, first.persons) == (3.0, 1, 0, 1)
    assert (second.covered_s, second.left_to_right, second.right_to_left, second.persons) == (997.0, 1, 1, 1)
    assert (found.total.left_to_right, found.total.right_to_left, found.total.persons) == (2, 1, 2)
    assert (found.crossings.time_us - start_us).tolist() == [2 * SECOND, 4 * SECOND, 5 * SECOND]


def test_nothing_watched_is_not_known() -> None:
    (found,) = LineCrossings(camera_of([]), [DOOR]).result()
    assert (found.total.covered_s, found.total.left_to_right, found.total.persons) == (0.0, None, None)


def crossings(path: Sequence[Place | None]) -> list[tuple[int, bool]]:
    """Follow one walk: when it came to be where it then got far enough, and whether to the right."""
    found: list[tuple[int, bool]] = []
    side, passed, last, unseen = 0, (0, False), None, 0
    for second, place in enumerate(path):
        if place is None:
            unseen += 1
            continue
        if unseen > 2:
            side, last = 0, None
        unseen = 0
        if last is not None and (last[0] >= 256) != (place[0] >= 256):
            y = last[1] + (place[1] - last[1]) * (256 - last[0]) / (place[0] - last[0])
            passed = (second, 64 <= y <= 192)
        now = 1 if place[0] >= 266 else -1 if place[0] <= 246 else 0
        if now and side and now != side and passed[1]:
            found.append((passed[0] * SECOND, now > 0))
        side, last = now or side, place
    return found


places = st.tuples(st.integers(230, 280), st.sampled_from([40, 64, 100, 128, 192, 230]))


@given(
    st.lists(st.lists(st.one_of(places, places, st.none()), max_size=25), max_size=4),
    st.lists(st.integers(0, 80), max_size=4),
)
def test_any_walk_against_following_it(walks: list[list[Place | None]], cuts: list[int]) -> None:
    wanted = sorted(
        (time, person, to_right) for person, path in enumerate(walks) for time, to_right in crossings(path)
    )
    (found,) = count(walks, cuts=cuts)
    times, persons, rights = (
        values.tolist()
        for values in (found.crossings.time_us, found.crossings.person, found.crossings.to_right)
    )
    assert list(zip(times, persons, rights, strict=True)) == wanted


@given(st.lists(st.tuples(st.integers(200, 320), st.integers(70, 190)), min_size=1, max_size=30))
def test_who_ends_where_he_began_has_gone_as_often_there_as_back(path: list[Place]) -> None:
    """As long as he does not go around the line."""
    right, left, _ = numbers([[(200, 128), *path, (200, 128)]])
    assert right == left
    right, left, _ = numbers([[(200, 128), *path, (320, 128)]])
    assert right is not None
    assert left is not None
    assert right - left == 1


def test_what_is_held_does_not_grow_with_the_rows() -> None:
    """People who stand on the line, one after the other, each for a minute: who has gone is forgotten."""
    counter = CrossingCounter(DOOR.line)
    for minute in range(50):
        rows = as_rows(walk(minute * 60 * SECOND, [(250, 128)] * 60, person=minute), [ALWAYS])
        points = tracking_points(rows.boxes, TrackingMode.BOTTOM_CENTER, width=512, height=256)
        counter.add(rows, points, 1.0)
        assert len(counter._held.person) <= 2
