"""Outliers among the people of a selection, by robust statistics. Pure arrays.

The length of stays is distributed log-normally, and so is how far people move. What is ordinary is told by
the median of the logarithm and its median absolute deviation (MAD), sigma = 1.4826 * MAD, which a minority
hardly moves, however far off it is. An outlier is more than 3.5 sigma from the median, the cutoff of Iglewicz
and Hoaglin (How to Detect and Handle Outliers, 1993, section 3.3): of visitors alone it leaves out one in
4300 as staying too long.
"""

import numpy as np
from numpy.typing import NDArray

MIN_PEOPLE = 30
"""Fewest people for statistics: with fewer, the spread is known to no better than 20 %."""

STILL_S = 60.0
"""Time in seconds: a person who is present for less than this may stand quite still."""

_CUTOFF = 3.5

# Standard deviation of a normal distribution divided by its MAD.
_SIGMA_PER_MAD = 1.4826

# Least standard deviation of the logarithm: where many do the same thing for the same time, as at a gate, one
# who takes five times as long is still no outlier.
_LEAST_SIGMA = 0.5

# Least movement of somebody alive, in heights of the person. Who stands or sits shifts the weight and moves
# arms and head: the bounding box moves by more than a twentieth of its height, 9 cm. A box around a thing
# trembles by a pixel or two.
_STILL_RANGE = 0.05

# Below this a range is as good as 0; it keeps the logarithm finite.
_LEAST_RANGE = 1e-4


def longest_stay_s(stays_s: NDArray[np.float64]) -> float:
    """Return the longest stay of an ordinary person in seconds, exp(median + 3.5 sigma) of the logarithm.

    Args:
        stays_s: (n,) time that each person is present, in seconds, positive; n at least 1.
    """
    middle, sigma = _middle_and_sigma(stays_s)
    return float(np.exp(middle + _CUTOFF * sigma))


def least_range(ranges: NDArray[np.float64]) -> float:
    """Return the least movement of an ordinary person, exp(median - 3.5 sigma) of the logarithm.

    It is at most what somebody alive moves, and less where everybody keeps still, as in a waiting room.

    Args:
        ranges: (n,) extent of each person's movement, in heights of that person; n at least 1.

    Returns:
        Least extent of the movement, in heights of the person.
    """
    middle, sigma = _middle_and_sigma(np.maximum(ranges, _LEAST_RANGE))
    return min(_STILL_RANGE, float(np.exp(middle - _CUTOFF * sigma)))


def _middle_and_sigma(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the median and a robust standard deviation of the logarithm of positive values."""
    logarithms = np.log(values)
    middle = float(np.median(logarithms))
    mad = float(np.median(np.abs(logarithms - middle)))
    return middle, max(_SIGMA_PER_MAD * mad, _LEAST_SIGMA)
