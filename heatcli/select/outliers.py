"""Who is out of the ordinary among the people of a selection, by robust statistics. Pure arrays.

Stays are spread log-normally, and how far people move as well: what is ordinary is told by the median and the
median absolute deviation (MAD) of the logarithm, which a minority, however far off, hardly moves. The cutoff
of 3.5 deviations is that of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993, section 3.3): of
visitors alone it leaves out one in 4300 as staying too long.
"""

import numpy as np
from numpy.typing import NDArray

MIN_PEOPLE = 30
"""With fewer people the spread is known to no better than 20 %, and the statistics stay silent."""

STILL_S = 60.0
"""Who is seen for less than this may stand quite still."""

_CUTOFF = 3.5

# Standard deviation of a normal distribution divided by its MAD.
_SIGMA_PER_MAD = 1.4826

# Least spread of the logarithm that people are taken to have: where many do the same thing for the same time,
# as at a gate, one who takes five times as long is still nobody out of the ordinary.
_LEAST_SIGMA = 0.5

# Somebody alive who stands or sits shifts the weight and moves arms and head: the box around them moves by
# more than a twentieth of its height, 9 cm. A box around a thing trembles by a pixel or two.
_STILL_RANGE = 0.05

# Below this a range is as good as none; keeps the logarithm finite.
_LEAST_RANGE = 1e-4


def longest_stay_s(stays_s: NDArray[np.float64]) -> float:
    """Return how long an ordinary person may stay.

    Args:
        stays_s: (n,) seconds that each person is present, positive; n at least 1.
    """
    middle, sigma = _middle_and_sigma(stays_s)
    return float(np.exp(middle + _CUTOFF * sigma))


def least_range(ranges: NDArray[np.float64]) -> float:
    """Return what an ordinary person moves at least.

    Where everybody keeps still, as in a waiting room, that is less than what somebody alive moves usually.

    Args:
        ranges: (n,) extent of each person's movement, in their own heights; n at least 1.

    Returns:
        In heights of the person.
    """
    middle, sigma = _middle_and_sigma(np.maximum(ranges, _LEAST_RANGE))
    return min(_STILL_RANGE, float(np.exp(middle - _CUTOFF * sigma)))


def _middle_and_sigma(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the median and a robust standard deviation of the logarithm of positive values."""
    logarithms = np.log(values)
    middle = float(np.median(logarithms))
    mad = float(np.median(np.abs(logarithms - middle)))
    return middle, max(_SIGMA_PER_MAD * mad, _LEAST_SIGMA)
