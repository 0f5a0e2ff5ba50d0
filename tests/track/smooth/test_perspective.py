"""The scene's perspective, and feet that something hides, on drawn scenes whose truth is exact."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.detect.perspective import Perspective
from heatcli.track.observations import Observations
from heatcli.track.smooth.legs import find_feet
from heatcli.track.smooth.perspective import learn_perspective
from heatcli.track.smooth.smooth import smooth

WIDTH, HEIGHT = 1280, 720
FPS = 10
SECONDS = 40
TIMES = np.arange(SECONDS * FPS) / FPS
HIGH = Perspective(base=25.0, down=0.25, across=0.0)
"""A camera at four times the height of people, whose horizon is 100 pixels above the frame."""
LOW = Perspective(base=0.0, down=0.55, across=0.0)
"""One at less than twice their height."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Person:
    """Somebody on the floor, who is nowhere where `feet` (n, 2) is NaN.

    `legless` and `lower` (n,) are the parts of the height that are hidden from below, and by which the head
    is lower than it would be.
    """

    feet: Floats
    tall: float = 1.0
    legless: Floats | float = 0.0
    lower: Floats | float = 0.0


def seen(people: list[Person], camera: Perspective, *, error: float = 0.0, seed: int = 1) -> Observations:
    """Detect people, each from the second on who comes later in the list with the next number."""
    rng = np.random.default_rng(seed)
    boxes = []
    for person in people:
        height = person.tall * camera.heights(person.feet)
        x, y = person.feet.T
        corners = np.column_stack(
            [x - 0.2 * height, y - (1 - person.lower) * height, x + 0.2 * height, y - person.legless * height]
        )
        corners += error * height[:, None] * rng.normal(size=corners.shape)
        boxes.append(np.clip(corners, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT]))
    shown = np.isfinite(boxes).all(axis=2) & (np.array(boxes)[..., 1] < HEIGHT - 2)
    frame, track = np.nonzero(shown.T)
    n = len(frame)
    return Observations(
        frame=frame.astype(np.int32),
        track=(track + 1).astype(np.int32),
        tracklet=(track + 1).astype(np.int32),
        boxes=np.array(boxes)[track, frame].astype(np.float32),
        confidence=np.full(n, 0.5, np.float32),
        class_id=np.zeros(n, np.int32),
        filled=np.zeros(n, np.bool_),
    )


def line(start: tuple[float, float], end: tuple[float, float], *, begin_s: float = 0.0) -> Floats:
    """Walk for 20 seconds from here to there, and be nowhere before and after."""
    part = (TIMES - begin_s) / 20
    feet = np.array(start) + part[:, None] * (np.array(end) - start)
    feet[(part < 0) | (part > 1)] = np.nan
    return feet


def passers(number: int, *, seed: int = 7) -> list[Person]:
    """Let people of different height walk across the scene, far from its right side."""
    rng = np.random.default_rng(seed)
    people = []
    for _ in range(number):
        (x0, y0), (x1, y1) = rng.uniform((60, 180), (500, 700), (2, 2))
        people.append(Person(line((x0, y0), (x1, y1), begin_s=rng.uniform(0, 20)), rng.normal(1, 0.05)))
    return people


def learn(rows: Observations) -> Perspective | None:
    return learn_perspective(rows, 0, width=WIDTH, height=HEIGHT)


def error_of(learned: Perspective | None, camera: Perspective) -> float:
    """Give the largest relative error of an expected height where people were."""
    assert learned is not None
    places = np.stack(np.meshgrid([60.0, 500.0], [180.0, 700.0]), axis=-1).reshape(-1, 2)
    return float(np.abs(learned.heights(places) / camera.heights(places) - 1).max())


cameras = st.builds(
    lambda down, horizon, across: Perspective(-down * horizon, down, across),
    st.floats(0.15, 0.5),
    st.floats(-150, 0),
    st.floats(-0.02, 0.02),
)


@given(cameras, st.integers(0, 10**6))
@settings(max_examples=30)
def test_perspective_is_learned_from_any_camera(camera: Perspective, seed: int) -> None:
    people = [replace(person, tall=1.0) for person in passers(30, seed=seed)]
    assert error_of(learn(seen(people, camera)), camera) < 0.1


def test_different_people_noise_and_some_who_sit_do_little() -> None:
    people = passers(60)
    people[::5] = [replace(person, lower=0.4) for person in people[::5]]
    assert error_of(learn(seen(people, HIGH, error=0.04)), HIGH) < 0.1


def test_boxes_that_somebody_nearer_overlaps_do_not_count() -> None:
    people = []
    for person in passers(12):
        front = Person(person.feet + np.array([10, 30]))
        people += [replace(person, tall=1.0, legless=0.4), front]
    assert error_of(learn(seen(people, HIGH)), HIGH) < 0.1


def test_boxes_that_the_border_cuts_do_not_count() -> None:
    leaving = [Person(line((x, 600), (x + 30, 900), begin_s=x / 60)) for x in range(100, 1100, 50)]
    assert error_of(learn(seen(leaving + passers(10), HIGH)), HIGH) < 0.1


def test_who_stays_for_long_counts_no_more_than_who_passes() -> None:
    child = Person(np.full((len(TIMES), 2), [300.0, 400.0]), tall=0.6)
    people = passers(15)
    glimpsed = np.arange(len(TIMES)) % 20 == 0
    briefly = [Person(np.where(glimpsed[:, None], p.feet, np.nan), p.tall) for p in people]
    assert error_of(learn(seen([child, *briefly], HIGH)), HIGH) < 0.1


def test_few_people_or_no_order_give_no_perspective() -> None:
    assert learn(seen(passers(4), HIGH)) is None
    rng = np.random.default_rng(1)
    chaos = [
        replace(person, tall=tall) for person, tall in zip(passers(40), rng.uniform(0.3, 3, 40), strict=True)
    ]
    assert learn(seen(chaos, HIGH)) is None


def smoothed(rows: Observations, *, width: int = WIDTH, height: int = HEIGHT) -> Observations:
    frames = np.arange(len(TIMES), dtype=np.int32)
    return smooth(
        rows,
        frames=frames,
        steps=frames,
        pts_us=np.round(TIMES * 1e6).astype(np.int64),
        width=width,
        height=height,
        speed=0.6,
    )


def off(person: Person, camera: Perspective, *, error: float, crowd: int = 12) -> tuple[Floats, Floats]:
    """Smooth a scene with this person in it.

    Returns:
        The error of the foot point downwards, in heights, of the detector and of what is stored.
    """
    rows = seen([person, *passers(crowd)], camera, error=error)
    errors = []
    for found in (rows, smoothed(rows)):
        own = found.track == 1
        feet = person.feet[found.frame[own]]
        errors.append((found.boxes[own, 3] - feet[:, 1]) / (person.tall * camera.heights(feet)))
    return errors[0], errors[1]


def rms(errors: Floats) -> float:
    return float(np.sqrt((errors**2).mean()))


def at(x: float, y: float) -> Floats:
    return np.full((len(TIMES), 2), [x, y])


def ramp(begin_s: float, end_s: float, *, within_s: float = 0.5) -> Floats:
    """Rise from 0 to 1, and fall again."""
    rise = np.clip((TIMES - begin_s) / within_s, 0, 1)
    return rise - np.clip((TIMES - end_s) / within_s, 0, 1)


ACROSS = np.column_stack([600 + 14 * TIMES, 400 + 0 * TIMES])
AWAY = np.column_stack([900 + 0 * TIMES, 600 - 5 * TIMES])
FLICKER = (np.random.default_rng(3).random(len(TIMES)) < 0.4).astype(np.float64)


@pytest.mark.parametrize("camera", [HIGH, LOW])
@pytest.mark.parametrize(
    "person",
    [
        pytest.param(Person(at(900, 500), legless=0.4 * ramp(10, 30)), id="at a counter"),
        pytest.param(Person(ACROSS, 1.1, legless=0.45 * ramp(15, 25)), id="behind a hedge"),
        pytest.param(Person(ACROSS, legless=0.4 * ramp(15, 16)), id="behind somebody who passes"),
        pytest.param(Person(AWAY, 0.9, legless=0.4 * ramp(-5, 15)), id="from behind a counter"),
        pytest.param(Person(AWAY, legless=0.4 * ramp(20, 50)), id="and back behind it"),
        pytest.param(Person(AWAY, legless=0.4 * FLICKER), id="now and then"),
    ],
)
def test_feet_stay_on_the_ground_where_legs_are_hidden(person: Person, camera: Perspective) -> None:
    detected, stored = off(person, camera, error=0.03)
    hidden = np.broadcast_to(np.asarray(person.legless) > 0.35, len(TIMES))
    assert rms(detected[hidden]) > 0.35
    assert rms(stored[hidden]) < 0.12
    assert rms(stored) < 0.3 * rms(detected)


@pytest.mark.parametrize("camera", [HIGH, LOW])
@pytest.mark.parametrize(
    "person",
    [
        pytest.param(Person(AWAY), id="walks"),
        pytest.param(Person(at(900, 500), lower=0.4 * ramp(10, 30)), id="sits"),
        pytest.param(Person(at(900, 500), lower=0.4), id="sits all the time"),
        pytest.param(Person(at(900, 500), lower=0.45 * ramp(10, 12)), id="bends"),
        pytest.param(Person(AWAY, 0.6), id="child"),
        pytest.param(Person(at(900, 500), legless=0.4), id="was never seen whole"),
    ],
)
def test_who_is_short_for_another_reason_stays_short(person: Person, camera: Perspective) -> None:
    detected, stored = off(person, camera, error=0.03)
    assert abs(stored.mean() - detected.mean()) < 0.01
    assert rms(stored - stored.mean()) < 0.6 * rms(detected - detected.mean())


@given(cameras, st.integers(1, 60), st.floats(0.02, 3), st.integers(0, 10**6))
def test_whatever_is_detected_feet_are_only_ever_lowered(
    camera: Perspective, rows: int, step_s: float, seed: int
) -> None:
    low, size = np.random.default_rng(seed).uniform(1, 300, (2, rows, 2))
    boxes = np.hstack([low, low + size]).astype(np.float64)
    times = step_s * np.arange(rows, dtype=np.float64)
    bottom, weight = find_feet(times, boxes, camera, width=WIDTH, height=HEIGHT, speed=0.6)
    assert (bottom >= boxes[:, 3]).all()
    assert (bottom <= HEIGHT).all()
    assert (weight > 0).all()
    np.testing.assert_array_equal(weight < 1, bottom > boxes[:, 3])


@pytest.mark.parametrize("camera", [HIGH, LOW])
@pytest.mark.parametrize("tall", [0.85, 1.15])
def test_who_comes_nearer_grows_also_below_the_picture(camera: Perspective, tall: float) -> None:
    feet = np.column_stack([900 + 0 * TIMES, 400 + 12 * TIMES])
    rows = smoothed(seen([Person(feet, tall), *passers(12)], camera))
    own = rows.boxes[rows.track == 1]
    assert len(own) > 300
    assert own[-1, 3] > HEIGHT + 50
    expected = tall * camera.heights(feet)[: len(own)]
    np.testing.assert_allclose((own[:, 3] - feet[: len(own), 1]) / expected, 0, atol=0.1)


@pytest.mark.parametrize("camera", [HIGH, LOW])
def test_who_is_never_seen_whole_is_as_tall_as_people_are_there(camera: Perspective) -> None:
    feet = np.column_stack([900 + 5 * TIMES, np.full(len(TIMES), HEIGHT + 50.0)])
    rows = smoothed(seen([Person(feet), *passers(12)], camera))
    own = rows.boxes[rows.track == 1]
    assert len(own) == len(feet)
    np.testing.assert_allclose(own[:, 3], feet[:, 1], atol=0.1 * camera.heights(feet[:1])[0])


def test_nothing_is_told_where_too_few_show_the_perspective() -> None:
    person = Person(at(900, 500), legless=0.4 * ramp(10, 30))
    detected, stored = off(person, HIGH, error=0.03, crowd=2)
    assert abs(stored.mean() - detected.mean()) < 0.01


def test_nothing_is_told_from_heads_that_are_level_with_the_camera() -> None:
    camera = Perspective(base=-150.0, down=0.95, across=0.0)
    person = Person(at(900, 500), legless=0.4 * ramp(10, 30))
    detected, stored = off(person, camera, error=0.03)
    assert abs(stored.mean() - detected.mean()) < 0.01
