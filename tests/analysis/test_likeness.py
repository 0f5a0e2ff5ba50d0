"""Re-identification models that tell nobody apart are noticed, as those that are shown the wrong colours."""

import numpy as np
import pytest

from heatcli.analysis.likeness import tells_apart
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from tests.support.drawn_people import crowd

PEOPLE, SECONDS = 12, 10


def everybody(people: int) -> Observations:
    """Rows of people who are all in view once a second, all the time."""
    frame = np.repeat(np.arange(SECONDS, dtype=np.int32), people)
    track = np.tile(np.arange(1, people + 1, dtype=np.int32), SECONDS)
    count = len(frame)
    return Observations(
        frame=frame,
        track=track,
        tracklet=track,
        boxes=np.zeros((count, 4), np.float32),
        confidence=np.ones(count, np.float32),
        class_id=np.zeros(count, np.int32),
        filled=np.zeros(count, np.bool_),
    )


def frames() -> ProcessedFrames:
    index = np.arange(SECONDS, dtype=np.int32)
    return ProcessedFrames(index, index.astype(np.int64) * 1_000_000, np.full(SECONDS, 1_000_000, np.int32))


@pytest.mark.parametrize("seed", range(4))
def test_people_who_are_in_view_together_must_look_like_two(seed: int) -> None:
    different, _, _ = crowd(PEOPLE, apart=0.3, change=0.05, pieces=1, seed=seed)
    alike, _, _ = crowd(PEOPLE, apart=0.0, change=0.05, pieces=1, seed=seed)
    assert tells_apart(everybody(PEOPLE), different, frames())
    assert not tells_apart(everybody(PEOPLE), alike, frames())


def test_few_people_in_uniform_say_nothing_of_the_model() -> None:
    alike, _, _ = crowd(3, apart=0.0, change=0.05, pieces=1)
    assert tells_apart(everybody(3), alike, frames())


@pytest.mark.parametrize("people", [0, 3])
def test_where_nobody_was_described_nothing_is_said_of_the_model(people: int) -> None:
    assert tells_apart(everybody(people), np.zeros((people, 2, 0), np.float32), frames())
