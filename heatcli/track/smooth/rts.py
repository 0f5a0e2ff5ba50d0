"""Rauch-Tung-Striebel smoothing: the most likely path of a track, given all its detections, past and future.

The motion model is that of `heatcli.track.motion_model`. The most likely path under it is what a Kalman
filter and a Rauch-Tung-Striebel smoother after it compute. It is also the solution of one linear system whose
matrix has three bands beside its diagonal (Barfoot, Tong & Särkkä, Batch Continuous-Time Trajectory
Estimation as Exactly Sparse Gaussian Process Regression, RSS 2014): its Cholesky factorisation is the filter,
the back substitution is the smoother, and LAPACK does both in a microsecond per row.

Errors and speeds are both in lengths of the object, so the length cancels: only their ratio matters.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from heatcli.track.motion_model import POSITION_ERROR, STEADY_S, transition

Floats = NDArray[np.float64]

_LEAST_STEP_S = 1e-3
"""Least step in seconds; shorter ones count as this long. Nobody moves in so short a time, and the system
stays solvable for frames of one time stamp."""


class Path(NamedTuple):
    """State of k coordinates at n times.

    Attributes:
        position: (n, k) float64 positions in pixels.
        velocity: (n, k) float64 velocities in pixels per second.
    """

    position: Floats
    velocity: Floats


class _Step(NamedTuple):
    """Entries of the precision matrix over the states before and after each of n steps, each (n,) float64.

    A state is (position, velocity). Twice the negative log density of the motion model is the quadratic form
    of this matrix, up to a constant.

    Attributes:
        pp: entry of the position after the step with itself, and of the position before it with itself; with
            the opposite sign, entry of the position after the step with the position before it.
        pv: entry of position and velocity after the step; with the opposite sign, entry of the velocity after
            the step with the position before it.
        vv: entry of the velocity after the step with itself.
        pv_before: entry of position and velocity before the step; with the opposite sign, entry of the
            position after the step with the velocity before it.
        vv_before: entry, with the opposite sign, of the velocity after the step with the velocity before it.
        vv_own: entry of the velocity before the step with itself.
    """

    pp: Floats
    pv: Floats
    vv: Floats
    pv_before: Floats
    vv_before: Floats
    vv_own: Floats


def most_likely_path(times_s: Floats, measured: Floats, weight: Floats, *, speed: float) -> Path:
    """Find the most likely path through measurements with errors.

    Args:
        times_s: (n,) times in seconds, ascending, n > 0.
        measured: (n, k) measured coordinates in pixels, with a standard error of `POSITION_ERROR` lengths.
        weight: (n,) weight of each measurement: 1 for the error `POSITION_ERROR`, a quarter for twice that
            error, 0 where nothing was measured; at least one above 0.
        speed: standard deviation of the coordinates' velocity, in lengths per second.

    Returns:
        The path at the same times.
    """
    n = len(times_s)
    step = _step(np.diff(times_s), speed)
    precision = weight / POSITION_ERROR**2
    # Diagonal and the bands below it; positions and velocities alternate.
    bands = np.zeros((4, 2 * n), order="F")
    bands[0, 0::2] = precision
    bands[0, 1] = 1 / speed**2
    bands[0, 0:-2:2] += step.pp
    bands[0, 1:-2:2] += step.vv_own
    bands[1, 0:-2:2] = step.pv_before
    bands[0, 2::2] += step.pp
    bands[0, 3::2] += step.vv
    bands[1, 2::2] += step.pv
    bands[2, 0:-2:2] = -step.pp
    bands[3, 0:-2:2] = -step.pv
    bands[1, 1:-2:2] = -step.pv_before
    bands[2, 1:-2:2] = -step.vv_before
    # Relative to the mean of the measurements: differences of large coordinates would lose digits.
    mean = (weight[:, None] * measured).sum(axis=0) / weight.sum()
    right = np.zeros((2 * n, measured.shape[1]), order="F")
    right[0::2] = precision[:, None] * (measured - mean)
    solution = solveh_banded(
        bands, right, lower=True, overwrite_ab=True, overwrite_b=True, check_finite=False
    )
    return Path(solution[0::2] + mean, solution[1::2])


def path_between(
    times_s: Floats, path: Path, at_s: Floats, before: NDArray[np.intp], *, speed: float
) -> Floats:
    """Interpolate a path between two known states.

    Gaps of up to `STEADY_S`, in which people keep their velocity, are filled with the most likely positions.
    Longer ones are crossed on the straight line at constant speed: people who are not seen for so long mostly
    stand behind something, since walkers come out sooner, and the most likely positions would lie far out
    where somebody walked away and came back.

    Args:
        times_s: (n,) times of the known states in seconds, ascending.
        path: known states at `times_s`.
        at_s: (m,) times to interpolate at, in seconds.
        before: (m,) index into `times_s` of the known state before each of `at_s`.
        speed: standard deviation of the coordinates' velocity, in lengths per second.

    Returns:
        (m, k) float64 positions in pixels at `at_s`.
    """
    after = before + 1
    both = _step(np.stack([at_s - times_s[before], times_s[after] - at_s])[..., None], speed)
    to, on = (_Step(*(block[side] for block in both)) for side in (0, 1))
    start = path.position[before]
    way = path.position[after] - start
    start_v, end_v = path.velocity[before], path.velocity[after]
    # Two equations for each state (position, velocity) in between, relative to the start.
    pp, pv, vv = to.pp + on.pp, to.pv + on.pv_before, to.vv + on.vv_own
    pull_p = to.pv_before * start_v + on.pp * way + on.pv * end_v
    pull_v = to.vv_before * start_v + on.pv_before * way + on.vv_before * end_v
    likely = (vv * pull_p - pv * pull_v) / (pp * vv - pv**2)
    gap_s = times_s[after] - times_s[before]
    part = (at_s - times_s[before]) / np.maximum(gap_s, _LEAST_STEP_S)
    between: Floats = start + np.where(gap_s[:, None] <= STEADY_S, likely, part[:, None] * way)
    return between


def _step(dt_s: Floats, speed: float) -> _Step:
    keep, reach, pp, pv, vv = transition(np.maximum(dt_s, _LEAST_STEP_S), speed)
    determinant = pp * vv - pv**2
    pp, pv, vv = vv / determinant, -pv / determinant, pp / determinant
    pv_before = reach * pp + keep * pv
    vv_before = reach * pv + keep * vv
    return _Step(pp, pv, vv, pv_before, vv_before, reach * pv_before + keep * vv_before)
