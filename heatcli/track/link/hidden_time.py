"""Time for which people are hidden, by others, by things, or because the detector misses them.

Hidden times have no typical scale: some last for a step and some for minutes. They follow a Pareto
distribution of the second kind (Lomax) with shape 1, whose scale is its median.
"""

import numpy as np
from numpy.typing import NDArray

WALK_HIDDEN_S = 1.0
"""Median time that a walker is hidden: passing an occluder as wide as a person is high takes 1.2 s."""
STAY_HIDDEN_S = 10.0
"""Median time that a standing person is hidden: that of a short stay at a shelf or a talk."""
STANDS = 0.3
"""Share of people who stand or sit at any one time."""

Floats = NDArray[np.float64]


def log_density(hidden_s: Floats, median_s: float) -> Floats:
    """Return the log density of being hidden for exactly that time: (n,) nats, per second."""
    density: Floats = -2 * np.log1p(hidden_s / median_s) - np.log(median_s)
    return density


def log_survival(hidden_s: Floats, median_s: float) -> Floats:
    """Return the log probability of being hidden for that time or longer: (n,) nats."""
    survival: Floats = -np.log1p(hidden_s / median_s)
    return survival


def still_hidden(hidden_s: Floats) -> Floats:
    """Return the probability that a person, walking or standing, is still hidden after that time: (n,)."""
    stands, walks = (np.exp(log_survival(hidden_s, median_s)) for median_s in (STAY_HIDDEN_S, WALK_HIDDEN_S))
    probability: Floats = STANDS * stands + (1 - STANDS) * walks
    return probability
