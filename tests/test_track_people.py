"""How real people walk, stop and meet: their true boxes, blurred and thinned out, must come back whole."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.detect.base import Detections
from heatcli.settings import TrackSettings
from heatcli.track.online import OnlineTracker

FPS, FRAMES, PEOPLE = 10.0, 795, 19


def shared_rows(truth: NDArray[np.float64], step: int, seed: int) -> tuple[int, NDArray[np.int64]]:
    """Track every `step`-th frame.

    Returns:
        How many detections there were, and how many rows each tracklet shares with each person.
    """
    rng = np.random.default_rng(seed)
    tracker = OnlineTracker(TrackSettings(), confidence=0.25)
    person = {}
    for frame in range(0, FRAMES, step):
        here = truth[truth[:, 0] == frame + 1]
        here = here[rng.random(len(here)) < 0.92]
        corners = np.hstack([here[:, 2:4], here[:, 2:4] + here[:, 4:6]])
        boxes = (corners + rng.normal(0, 0.03, corners.shape) * here[:, 5:6]).astype(np.float32)
        for who, box in zip(here[:, 1], boxes, strict=True):
            person[frame, tuple(box.tolist())] = int(who)
        found = Detections(boxes, np.full(len(boxes), 0.7, np.float32), np.zeros(len(boxes), np.int32))
        tracker.update(frame, round(frame / FPS * 1e6), found, None)
    rows = tracker.finish()
    counts = np.zeros((rows.tracklet.max(), PEOPLE), np.int64)
    for row in np.flatnonzero(~rows.filled):
        who = person[int(rows.frame[row]), tuple(rows.boxes[row].tolist())]
        counts[rows.tracklet[row] - 1, who - 1] += 1
    return len(person), counts


@pytest.mark.parametrize("step", [1, 2, 4])
def test_tracklets_of_real_people_are_complete_pure_and_few(test_data: Path, step: int) -> None:
    truth = np.loadtxt(test_data / "vtest.gt.txt", delimiter=",")
    found = kept = pure = 0
    for seed in range(step):
        detected, counts = shared_rows(truth, step, seed)
        found += detected
        kept += counts.sum()
        pure += counts.max(axis=1).sum()
        assert PEOPLE <= len(counts) <= PEOPLE + 4
    assert kept >= 0.98 * found
    assert pure >= 0.98 * kept
