"""Log likelihoods, by motion and size, of two tracklets being one person, in nats.

A tracklet ends because the person leaves, or because the person is hidden or was missed. A hidden person
turns up again, after a while and some way off, and the tracklet that begins then is not that of somebody new.
Both stories have a likelihood, and their ratio decides.

A hidden person either walks on (with the Ornstein-Uhlenbeck velocity of `motion_model`), or stands where they
stood, or has stopped out of sight, as behind a shelf. `hidden_time` says for how long.
"""

import numpy as np
from numpy.typing import NDArray

from heatcli.track.link.hidden_time import STANDS, STAY_HIDDEN_S, WALK_HIDDEN_S, log_density
from heatcli.track.link.tracklets import Ends
from heatcli.track.motion_model import SIZE_ERROR, SIZE_SPEED, STEADY_S, transition

STOPS = 0.1
"""Share of people who stop out of sight, among walkers who are lost from sight."""
STILL_SPEED = 0.1
"""Standard deviation of the velocity of people who stand, in lengths per second: they sway and turn."""
STILL_REACH = 0.15
"""Standard deviation of where standing people are after a while, in lengths: weight shifts between feet."""
STOP_REACH = 1.0
"""Standard deviation, in lengths, of the way from where people are lost to where they turn up after a stop
out of sight: an occluder is about as large as a person."""
STRANGER_SIZE = 0.25
"""Standard deviation of the log ratio of two people's box sizes at one place: children, poses."""

Floats = NDArray[np.float64]


def reappearance(last: Ends, first: Ends, speed: float) -> Floats:
    """Return the log density of turning up again where, when and moving as `first`, once lost at `last`.

    Args:
        last: last ends of n tracklets.
        first: beginnings of n tracklets, each later than its end in `last`.
        speed: standard deviation of each component of an object's velocity, in its own lengths per second.

    Returns:
        (n,) log densities in nats; the density is per second, per length squared, and per (length per second)
        squared.
    """
    gap = (first.time_us - last.time_us) / 1e6
    scale = np.maximum(last.length, first.length)[:, None]
    move, before, after = (
        (x / scale) for x in (first.position - last.position, last.velocity, first.velocity)
    )
    (p, c, v), (p2, c2, v2) = last.variance, first.variance
    step = transition(gap, speed)
    walked_p, walked_c, walked_v = step.covariance(p, c, v)
    walked = _log_normal(
        move - step.reach[:, None] * before,
        after - step.keep[:, None] * before,
        walked_p + p2,
        walked_c + c2,
        walked_v + v2,
    )
    stood = _log_normal(move, after, p + p2 + STILL_REACH**2, c2, v2 + STILL_SPEED**2)
    stopped = _log_normal(move, after, p + p2 + STOP_REACH**2, c2, v2 + speed**2)
    stands = np.log(STANDS) + _log_velocity(before, v + STILL_SPEED**2)
    walks = np.log(1 - STANDS) + _log_velocity(before, v + speed**2)
    either = np.logaddexp(stands, walks)
    stories: Floats = np.logaddexp.reduce(
        [
            stands - either + log_density(gap, STAY_HIDDEN_S) + stood,
            np.log(STOPS) + log_density(gap, STAY_HIDDEN_S) + stopped,
            np.log(1 - STOPS) + log_density(gap, WALK_HIDDEN_S) + walked,
        ]
    )
    return stories


def arrival(first: Ends, speed: float) -> Floats:
    """Return the log density of a newcomer's velocity: (n,) nats, per (length per second) squared."""
    v = first.variance[2]
    velocity = first.velocity / first.length[:, None]
    density: Floats = np.logaddexp(
        np.log(STANDS) + _log_velocity(velocity, v + STILL_SPEED**2),
        np.log(1 - STANDS) + _log_velocity(velocity, v + speed**2),
    )
    return density


def size_evidence(last: Ends, first: Ends) -> Floats:
    """Return the log-likelihood ratio of the sizes, for one person against two people: (n,) nats."""
    change = np.log(first.length / last.length)
    gap = (first.time_us - last.time_us) / 1e6
    own = 2 * SIZE_ERROR**2 + SIZE_SPEED**2 * 2 * STEADY_S * gap
    other = own + STRANGER_SIZE**2
    ratio: Floats = -0.5 * (change**2 * (1 / own - 1 / other) + np.log(own / other))
    return ratio


def _log_velocity(velocity: Floats, variance: Floats) -> Floats:
    """Return the log density of velocities (n, 2), normal about 0 with variance (n,) in each coordinate."""
    density: Floats = -0.5 * (velocity**2).sum(axis=1) / variance - np.log(2 * np.pi * variance)
    return density


def _log_normal(move: Floats, turn: Floats, p: Floats, c: Floats, v: Floats) -> Floats:
    """Return the log density of deviations (n, 2) of position and velocity: variances p, v, covariance c."""
    det = p * v - c**2
    square = (v[:, None] * move**2 - 2 * c[:, None] * move * turn + p[:, None] * turn**2).sum(axis=1) / det
    density: Floats = -0.5 * square - np.log(det) - 2 * np.log(2 * np.pi)
    return density
