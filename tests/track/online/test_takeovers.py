"""A tracklet that goes on with somebody else ends where clothes tell."""

from collections.abc import Sequence

import numpy as np
import pytest

from heatcli.config.settings import TrackSettings
from heatcli.detect.base import Detections
from heatcli.track.appearance.appearance import Appearance, Descriptors, unit
from heatcli.track.online.online import OnlineTracker

FPS = 10
RED, BLUE = (unit(np.eye(60)[[part, 20 + part, 40 + part]].sum(axis=0)) for part in (0, 5))
FAR = 2000.0
Person = tuple[float, Descriptors]
"""How far to the right somebody is, and what they look like."""


def tracklets(frames: Sequence[Sequence[Person]], *, clear: bool = True) -> list[list[int]]:
    """Follow people 100 px high; give the tracklets of each frame, in order of place."""
    tracker = OnlineTracker(TrackSettings(), confidence=0.25)
    for number, people in enumerate(frames):
        boxes = np.array([(x - 20, 100, x + 20, 200) for x, _ in people], np.float32).reshape(-1, 4)
        found = Detections(boxes, np.full(len(people), 0.7, np.float32), np.zeros(len(people), np.int32))
        descriptors = np.array([descriptor for _, descriptor in people], np.float32)
        whole = np.full(len(people), clear)
        tracker.update(number, number * 1_000_000 // FPS, found, Appearance(whole, descriptors.__getitem__))
    rows = tracker.finish()
    order = np.lexsort((rows.boxes[:, 0], rows.frame))
    frame, tracklet = rows.frame[order], rows.tracklet[order]
    return [tracklet[frame == number].tolist() for number in range(len(frames))]


def takeover(
    one: Descriptors, other: Descriptors, *, away: float = 60, lost_s: float = 0.5
) -> list[list[Person]]:
    """Two stand side by side; then the other is hidden, and then stands in the place of the one."""
    both = [[(500.0, one), (500 + away, other)]] * (2 * FPS)
    return both + [[(500.0, one)]] * round(lost_s * FPS) + [[(500.0, other)]] * (2 * FPS)


def test_a_tracklet_ends_where_it_would_go_on_with_somebody_who_is_missed() -> None:
    found = tracklets(takeover(RED, BLUE))
    (first,), (last,) = found[2 * FPS], found[-1]
    assert first == found[0][0]
    assert last not in found[0]


def test_in_the_same_clothes_nobody_is_told_apart() -> None:
    found = tracklets(takeover(RED, RED))
    assert found[-1] == found[0][:1]


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(
            [[(500.0, RED)]] * (2 * FPS) + [[(500.0, BLUE)]] * (2 * FPS), id="nobody else was there"
        ),
        pytest.param(takeover(RED, BLUE, away=FAR), id="too far away"),
        pytest.param(takeover(RED, BLUE, lost_s=5), id="lost too long ago"),
    ],
)
def test_who_looks_different_and_could_be_nobody_else_goes_on(frames: list[list[Person]]) -> None:
    found = tracklets(frames)
    assert found[-1] == found[0][:1]


def test_who_is_seen_elsewhere_has_not_taken_over() -> None:
    both = [(500.0, RED), (560.0, BLUE)]
    changed = [(500.0, BLUE), (560.0, BLUE)]
    found = tracklets([both] * (2 * FPS) + [changed] * (2 * FPS))
    assert found[-1] == found[0]


def test_who_is_half_hidden_is_not_judged() -> None:
    found = tracklets(takeover(RED, BLUE), clear=False)
    assert found[-1] == found[0][:1]


def test_who_was_taken_over_is_missed_and_ends_a_tracklet_in_turn() -> None:
    back = [[(500.0, RED)]] * (2 * FPS)
    found = tracklets(takeover(RED, BLUE) + back)
    assert len({found[0][0], found[4 * FPS][0], found[-1][0]}) == 3
