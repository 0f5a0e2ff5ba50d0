"""How much a likeness says: from distances of descriptors to the odds that two tracklets are one person.

Calibrated within the clip, by logistic regression as likelihood ratios of biometric systems are (Brümmer and
du Preez, Application-independent evaluation of speaker detection, 2006; Morrison, Tutorial on logistic-regression
calibration, 2013): two halves of one tracklet are the same person, two tracklets that are in view at the same
moment are not. Where people look alike, because they wear the same or because they are twelve pixels high, the
odds stay even and nothing is decided by looks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance import Descriptors

_PRIOR_SCALE = 0.1


def distance(a: Descriptors, b: Descriptors) -> NDArray[np.float64]:
    """Hellinger distance of descriptors, which broadcast as arrays do.

    Args:
        a: (..., D) unit vectors.
        b: (..., D) unit vectors.

    Returns:
        (...) float64, half the length of the difference times the square root of two: 0 for the same, 1 for
        nothing in common; NaN where either is.
    """
    alike = np.einsum("...d,...d->...", a, b, dtype=np.float64)
    return np.sqrt(np.clip(1 - alike, 0, None))


@dataclass(frozen=True, slots=True)
class AppearanceModel:
    """Log odds of different people against the same one: `offset + slope * distance`.

    Attributes:
        offset: nats at distance 0.
        slope: nats per unit of distance, at least 0.
    """

    offset: float
    slope: float

    @classmethod
    def fit(cls, halves: Descriptors, together: NDArray[np.integer]) -> "AppearanceModel":
        """Learn from a clip.

        Args:
            halves: (n, 2, D) the beginning and the end of each tracklet; NaN where unknown.
            together: (p, 2) pairs of rows of `halves` that were seen at the same moment.

        Returns:
            The model; one that says nothing where there is nothing to learn from.
        """
        first, last = halves[:, 0], halves[:, 1]
        same = distance(first, last)
        one, other = together.reshape(-1, 2).T
        different = distance(last[one], first[other])
        return _calibrate(same[~np.isnan(same)], different[~np.isnan(different)])

    def cost(self, a: Descriptors, b: Descriptors) -> NDArray[np.float64]:
        """Return what it costs to take one for the other.

        Args:
            a: (..., D) descriptors, which broadcast against `b`.
            b: (..., D) descriptors.

        Returns:
            (...) float64, the negative log likelihood ratio in nats of "same person" against "different
            people": below 0 where they look like one, 0 where it cannot be told.
        """
        cost = self.offset + self.slope * distance(a, b)
        return np.where(np.isnan(cost), 0.0, cost)


def _calibrate(same: NDArray[np.float64], different: NDArray[np.float64]) -> AppearanceModel:
    """Fit offset and slope to distances of the same person (k,) and of different people (l,)."""
    if not len(same) or not len(different):
        return AppearanceModel(0.0, 0.0)
    x = np.concatenate([same, different])
    y = np.repeat([0.0, 1.0], [len(same), len(different)])
    # Each kind has as much say as if there were as many of both: pairs of people are many, and seldom independent.
    say = np.repeat([1.0, len(same) / len(different)], [len(same), len(different)])
    design = np.column_stack([np.ones_like(x), x])
    prior = np.array([1.0, _PRIOR_SCALE**2])
    beta = np.zeros(2)
    for _ in range(50):
        odds = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (say * (y - odds)) - prior * beta
        curvature = (design * (say * odds * (1 - odds))[:, None]).T @ design + np.diag(prior)
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    return AppearanceModel(float(beta[0]), float(beta[1])) if beta[1] > 0 else AppearanceModel(0.0, 0.0)
