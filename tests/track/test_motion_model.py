"""The filter against textbook matrices."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

from heatcli.track.motion_model import (
    POSITION_ERROR,
    SIZE_ERROR,
    SIZE_SPEED,
    STEADY_S,
    MotionModel,
    box_coordinates,
    transition,
)

SPEED = 0.6
SPEEDS = np.array([SPEED, SPEED, SIZE_SPEED, SIZE_SPEED])
ERRORS = np.array([POSITION_ERROR, POSITION_ERROR, SIZE_ERROR, SIZE_ERROR])
Floats = NDArray[np.float64]


def van_loan(dt_s: float, spread: float) -> tuple[Floats, Floats]:
    """Discretise by Van Loan's matrix exponential: (2, 2) transition and noise."""
    drift = np.array([[0.0, 1.0], [0.0, -1 / STEADY_S]])
    noise = np.diag([0.0, 2 * spread / STEADY_S])
    block = expm(np.block([[-drift, noise], [np.zeros((2, 2)), drift.T]]) * dt_s)
    step = block[2:, 2:].T
    return step, step @ block[:2, 2:]


@given(st.floats(1e-3, 10), st.floats(0.01, 100))
def test_a_step_is_that_of_the_matrix_exponential(dt_s: float, speed: float) -> None:
    matrix, noise = van_loan(dt_s, speed**2)
    step = transition(dt_s, speed)
    np.testing.assert_allclose(np.array([[1, step.reach], [0, step.keep]]), matrix, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        np.array([[step.position_noise, step.cross_noise], [step.cross_noise, step.velocity_noise]]),
        noise,
        rtol=1e-5,
    )


def covariance(model: MotionModel, track: int, coordinate: int) -> Floats:
    p, c, v = model.covariance[:, track, coordinate]
    return np.array([[p, c], [c, v]])


@given(st.lists(st.tuples(st.floats(0.01, 3), st.floats(-0.1, 0.1)), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_filter_equals_the_matrix_form(course: list[tuple[float, float]]) -> None:
    first = box_coordinates(np.array([[80.0, 400.0, 120.0, 500.0], [200.0, 300.0, 280.0, 340.0]]))
    model = MotionModel(speed=SPEED)
    model.add(first)
    state = np.stack([first, np.zeros_like(first)], axis=-1)
    cov = np.zeros((2, 4, 2, 2))
    cov[..., 0, 0] = (ERRORS * first[:, 2:].max(axis=1, keepdims=True)) ** 2
    cov[..., 1, 1] = (SPEEDS * first[:, 2:].max(axis=1, keepdims=True)) ** 2
    for dt_s, shift in course:
        length = state[:, 2:, 0].max(axis=1)
        for i in range(2):
            for k in range(4):
                step, noise = van_loan(dt_s, (SPEEDS[k] * length[i]) ** 2)
                state[i, k] = step @ state[i, k]
                cov[i, k] = step @ cov[i, k] @ step.T + noise
        model.predict(dt_s)
        np.testing.assert_allclose(model.position, state[..., 0], rtol=1e-9)
        np.testing.assert_allclose(model.velocity, state[..., 1], rtol=1e-6, atol=1e-9)

        measured = state[..., 0] + shift * 40
        error = (ERRORS * state[:, 2:, 0].max(axis=1, keepdims=True)) ** 2
        total = cov[..., 0, 0] + error
        distance, log_det = model.mahalanobis(measured)
        expected = ((measured - state[..., 0]) ** 2 / total).sum(axis=1)
        np.testing.assert_allclose(np.diag(distance), expected, rtol=1e-6, atol=1e-12)
        expected = np.log(total / state[:, 2:, 0].max(axis=1, keepdims=True) ** 2).sum(axis=1)
        np.testing.assert_allclose(log_det, expected, rtol=1e-6)

        # The second one is not seen.
        model.update(np.array([0]), measured[:1])
        for k in range(4):
            gain = cov[0, k, :, 0] / total[0, k]
            state[0, k] = state[0, k] + gain * (measured[0, k] - state[0, k, 0])
            cov[0, k] = cov[0, k] - np.outer(gain, cov[0, k, 0])
        for i in range(2):
            for k in range(4):
                np.testing.assert_allclose(covariance(model, i, k), cov[i, k], rtol=1e-6, atol=1e-7)


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=8))
@settings(max_examples=50, deadline=None)
def test_many_steps_predict_what_one_does(steps: list[float]) -> None:
    at_once, bit_by_bit = MotionModel(speed=SPEED), MotionModel(speed=SPEED)
    for model in (at_once, bit_by_bit):
        model.add(np.array([[100.0, 200.0, 40.0, 100.0]]))
        model.velocity[:, :2] = [60.0, -20.0]
    at_once.predict(sum(steps))
    for dt_s in steps:
        bit_by_bit.predict(dt_s)
    np.testing.assert_allclose(bit_by_bit.position, at_once.position, rtol=1e-9)
    np.testing.assert_allclose(bit_by_bit.velocity, at_once.velocity, rtol=1e-9)
    np.testing.assert_allclose(bit_by_bit.covariance, at_once.covariance, rtol=1e-9)


def test_a_person_out_of_sight_slows_down_and_gets_no_faster_than_people_are() -> None:
    model = MotionModel(speed=SPEED)
    model.add(np.array([[100.0, 200.0, 40.0, 100.0]]))
    model.velocity[0, 0] = 100.0
    model.predict(1e3)
    np.testing.assert_allclose(model.position[0, 0], 100 + STEADY_S * 100)
    np.testing.assert_allclose(model.velocity[0, 0], 0, atol=1e-9)
    np.testing.assert_allclose(np.sqrt(model.covariance[2, 0, 0]), SPEED * 100)


def test_boxes_are_where_the_coordinates_say() -> None:
    boxes = np.array([[80.0, 400.0, 120.0, 500.0], [0.0, 0.0, 1.0, 3.0]])
    model = MotionModel(speed=SPEED)
    model.add(box_coordinates(boxes))
    np.testing.assert_allclose(model.boxes(), boxes)
    model.keep(np.array([False, True]))
    np.testing.assert_allclose(model.boxes(), boxes[1:])
