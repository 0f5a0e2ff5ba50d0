"""How much appearance says: from descriptors to the odds that two tracklets are one person.

Learned from the clip itself. The two halves of a tracklet are one person, and two tracklets in view at the
same moment are not. So it is known how much people differ from themselves and from others, and the odds
follow by logistic regression, as those of biometric systems do (Brümmer and du Preez, Application-independent
evaluation of speaker detection, 2006). Where people look alike, because they wear the same or because they
are twelve pixels high, the odds stay even, and appearance decides nothing.

- The ways in which people differ from themselves, such as the wall behind them, count less (within-class
  covariance normalisation, Hatch et al., 2006).
- People turn, and go from shade to light, as they change their course, whose memory is `STEADY_S`: a tracklet
  shows the part 1 - exp(-t / `STEADY_S`) of the change that long times bring, t between its halves' middles.
- What people in general look like stands in for what the clip does not tell, with the weight of `_GENERAL`
  tracklets: in most clips hardly two people are ever in view together, and yet clothes differ.
- Few tracklets give no strong odds: n of them, and the `_MEASURED` behind the general figures, give
  n + `_MEASURED` + 1 to 1 at most.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.motion_model import STEADY_S

# The least by which somebody's descriptor, of length 1, changes: what rounding alone does.
_LEAST_CHANGE = 0.01
# Prior of the regression's coefficients, for distances of standard deviation 1: normal with this deviation,
# weakly informative (Gelman et al., 2008; the default of rstanarm). It keeps them finite where all are told
# apart.
_PRIOR_DEVIATION = 2.5
# How much people differ, as squared distances of descriptors, measured with `Colours` in three clips (a path
# junction, a street, a drawn shop): quantiles of two people, which are about the same in each clip; and of
# one person after a long time the mean, 0.04 to 0.12, and the spread about the mean.
_OTHERS = np.array([0.3, 0.4, 0.55, 0.7, 0.95])
_OWN = 0.1
_OWN_SPREAD = np.array([0.3, 0.6, 1.0, 2.1])
# How many tracklets that weighs as much as, beside those of the clip, and how many people were measured.
_GENERAL = 5.0
_MEASURED = 64.0
# Pairs in view together that are compared, at about 2.5 kB each: far more than two coefficients need.
_MOST_PAIRS = 20_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AppearanceModel:
    """Log odds of different people against the same one: `offset + slope * distance`, within `limit`.

    Attributes:
        whitening: (D, D) float64; a difference times it has a length of 1 for one person at two times.
        offset: nats at distance 0.
        slope: nats per unit of distance, at least 0.
        limit: largest cost in nats, either way.
    """

    whitening: Floats
    offset: float
    slope: float
    limit: float

    @classmethod
    def fit(
        cls, half_embeddings: Descriptors, together: NDArray[np.integer], *, lasted_s: NDArray[np.floating]
    ) -> "AppearanceModel":
        """Learn from the tracklets of a clip.

        Args:
            half_embeddings: (n, 2, D) what each looks like in its first and in its last half; NaN: unknown.
            together: (p, 2) pairs of rows of `half_embeddings` that were in view at the same moment.
            lasted_s: (n,) seconds from the first to the last sighting of each.

        Returns:
            The model; one whose costs are all 0 where people differ no more than from themselves.
        """
        first, last = half_embeddings[:, 0].astype(np.float64), half_embeddings[:, 1].astype(np.float64)
        change, seen = last - first, 1 - np.exp(-lasted_s / 2 / STEADY_S)
        known = ~np.isnan(change).any(axis=1) & (seen > 0)
        pairs = together[known[together].all(axis=1)]
        one, other = pairs[np.linspace(0, len(pairs), min(len(pairs), _MOST_PAIRS), False, dtype=np.intp)].T
        change, seen = change[known], seen[known]
        size = change.shape[1]
        if not size:
            return cls(np.eye(0), 0.0, 0.0, 0.0)

        # Covariance of a whole change, of which each has shown a part, by least squares. Changes in random
        # directions, one for each dimension, stand for what these do not tell.
        total = (seen**2).sum()
        count = seen.sum() ** 2 / total if total else 0.0
        variance = (seen @ (change**2).sum(axis=1) + _GENERAL * _OWN) / (total + _GENERAL)
        variance = max(variance, _LEAST_CHANGE**2)
        share = count / (count + size) * seen / (total or 1.0)
        covariance = change.T * share @ change + variance / (count + size) * np.eye(size)
        whitening = np.linalg.cholesky(np.linalg.inv(covariance * size))
        model = cls(whitening, 0.0, 0.0, 0.0)

        # Each change is judged without its own part in the covariance (Sherman-Morrison), and what it was too
        # short to show is added.
        square = ((change @ whitening) ** 2).sum(axis=1)
        square /= np.maximum(1 - share * size * square, 1e-6)
        same = np.sqrt(square + 1 - seen)
        different = np.concatenate(
            [model.distance(last[one], first[other]), model.distance(first[one], last[other])]
        )
        general = np.sqrt(np.concatenate([_OWN_SPREAD, 1 + (_OTHERS - _OWN) / variance]))
        weights = [
            np.full(len(part), weight / max(len(part), 1))
            for part, weight in ((_OWN_SPREAD, _GENERAL), (_OTHERS, _GENERAL), (different, count))
        ]
        weights.append(seen / (seen.sum() or 1.0) * count)
        is_other = np.repeat([0.0, 1.0, 1.0, 0.0], [len(weight) for weight in weights])
        x = np.concatenate([general, different, same])
        offset, slope = _logistic(x, is_other, np.concatenate(weights))
        if slope <= 0:
            return model
        return cls(whitening, offset, slope, math.log1p(count + _MEASURED))

    def distance(self, a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
        """Return how far descriptors are from each other, 1 for one person at two times.

        Args:
            a: (..., D) descriptors, which broadcast against `b`.
            b: (..., D) descriptors.

        Returns:
            (...) float64; NaN where either is unknown.
        """
        p, q = a @ self.whitening, b @ self.whitening
        product = np.einsum("...d,...d->...", p, q)
        square: Floats = (p**2).sum(axis=-1) + (q**2).sum(axis=-1) - 2 * product
        return np.sqrt(np.maximum(square, 0))

    def cost(self, a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
        """Return what it costs to take one for the other.

        Args:
            a: (..., D) descriptors, which broadcast against `b`: a[:, None] and b[None] give a matrix.
            b: (..., D) descriptors.

        Returns:
            (...) float64, the negative log likelihood ratio in nats of "same person" against "different
            people": below 0 where they look like one, 0 where it cannot be told.
        """
        cost = np.clip(self.offset + self.slope * self.distance(a, b), -self.limit, self.limit)
        return np.where(np.isnan(cost), 0.0, cost)


def _logistic(x: Floats, y: Floats, weight: Floats) -> tuple[float, float]:
    """Regress the odds of y = 1 against y = 0 on x, all (n,); offset and slope, by Newton's method."""
    mean = np.average(x, weights=weight)
    deviation = math.sqrt(np.average((x - mean) ** 2, weights=weight)) or 1.0
    design = np.column_stack([np.ones_like(x), (x - mean) / deviation])
    coefficients = np.zeros(2)
    for _ in range(50):
        odds = 1 / (1 + np.exp(-design @ coefficients))
        gradient = design.T @ (weight * (y - odds)) - coefficients / _PRIOR_DEVIATION**2
        curvature = (design.T * (weight * odds * (1 - odds))) @ design + np.eye(2) / _PRIOR_DEVIATION**2
        step = np.linalg.solve(curvature, gradient)
        coefficients += step
        if np.abs(step).max() < 1e-9:
            break
    slope = coefficients[1] / deviation
    return float(coefficients[0] - slope * mean), float(slope)
