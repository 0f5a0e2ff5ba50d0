"""Where a trajectory was and how it moved, in a few numbers: those of the table `trajectories`."""

import numpy as np
from numpy.typing import NDArray

PLACE = (
    *("path_px", "range_px", "first_x", "first_y", "last_x", "last_y", "median_x", "median_y"),
    *("median_height_px", "first_height_px", "last_height_px", "first_vx", "first_vy", "last_vx", "last_vy"),
)
"""Columns of `place_of`: foot points in pixels, velocities in pixels per second, and box heights."""

# Length of time at either end over which height and velocity are measured: one step of a walk, in which the
# feet swing once.
_END_US = 1_000_000

# Percentiles of the foot points between which the extent of a movement is measured: boxes that are cut by an
# occluder, or merged with somebody else's, reach far beyond it.
_RANGE_PERCENTILES = (5, 95)


def place_of(
    time_us: NDArray[np.int64], foot: NDArray[np.float64], height: NDArray[np.float64]
) -> dict[str, object]:
    """Sum up where a trajectory was, by the names in `PLACE`.

    Args:
        time_us: (n,) times in µs, increasing, n > 0.
        foot: (n, 2) foot points in pixels.
        height: (n,) heights of the boxes in pixels.
    """
    low, high = np.percentile(foot, _RANGE_PERCENTILES, axis=0)
    begin, end = time_us <= time_us[0] + _END_US, time_us >= time_us[-1] - _END_US
    place = (
        np.hypot(*np.diff(foot, axis=0).T).sum(),
        np.hypot(*(high - low)),
        *foot[0],
        *foot[-1],
        *np.median(foot, axis=0),
        *(np.median(height), np.median(height[begin]), np.median(height[end])),
        *_velocity(time_us[begin], foot[begin]),
        *_velocity(time_us[end], foot[end]),
    )
    return dict(zip(PLACE, place, strict=True))


def _velocity(
    time_us: NDArray[np.int64], foot: NDArray[np.float64]
) -> tuple[np.float64, np.float64] | tuple[None, None]:
    """Fit a velocity to (n, 2) points by least squares, in pixels per second; None for a single point."""
    seconds = (time_us - time_us.mean()) / 1e6
    if len(seconds) < 2:
        return None, None
    x, y = seconds @ foot / (seconds @ seconds)
    return x, y
