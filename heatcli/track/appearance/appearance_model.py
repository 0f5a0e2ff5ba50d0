"""Log-likelihood ratio of appearance: from descriptors to the odds that two tracklets are one person.

The model is learned from the clip itself. The two halves of a tracklet are one person, and two tracklets in
view at the same moment are two. This shows how much people differ from themselves and from others, and
logistic regression turns it into odds, as in biometric systems (Brümmer and du Preez, Application-independent
evaluation of speaker detection, 2006). Where people look alike, because they wear the same or because they
are twelve pixels high, the odds stay even, and appearance decides nothing.

- Directions in which people differ from themselves, such as the wall behind them, count less (within-class
  covariance normalisation, Hatch et al., 2006).
- People turn, and walk from shade to light, when they change course, and their course lasts for `STEADY_S`: a
  tracklet shows the share 1 - exp(-t / `STEADY_S`) of the change over a long time, where t is the time
  between the middles of its halves.
- Differences measured on people in general count as much as `_GENERAL` tracklets of the clip: in most clips
  hardly two people are ever in view together, and yet clothes differ.
- Few tracklets give no strong odds: n of them, together with the `MEASURED` people behind the general
  figures, give n + `MEASURED` + 1 to 1 at most.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.motion_model import STEADY_S

# Least change of a person's descriptor, which has length 1: that of rounding alone.
_LEAST_CHANGE = 0.01
# Standard deviation of the normal prior of the regression's coefficients, for distances scaled to standard
# deviation 1: weakly informative (Gelman et al., 2008; the default of rstanarm). It keeps them finite where
# all pairs are told apart.
_PRIOR_DEVIATION = 2.5
# How much people differ, as squared distances of descriptors measured with `Colours` in three clips (a path
# junction, a street, a drawn shop). For two people: quantiles, about the same in each clip. For one person
# after a long time: the mean, 0.04 to 0.12 in these clips, and the spread relative to the mean.
_OTHERS = np.array([0.3, 0.4, 0.55, 0.7, 0.95])
_OWN = 0.1
_OWN_SPREAD = np.array([0.3, 0.6, 1.0, 2.1])
# Number of the clip's tracklets that those figures weigh as much as.
_GENERAL = 5.0
MEASURED = 64.0
"""Number of people measured for them."""
# Most pairs in view together that are compared, at about 2.5 kB each: far more than two coefficients need.
_MOST_PAIRS = 20_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AppearanceModel:
    """Log odds of different people against the same one: `offset + slope * distance`, within `limit`.

    Attributes:
        whitening: (D, D) float64 matrix that scales the difference of two descriptors of one person, at two
            times, to a root mean square length of 1.
        offset: log odds at distance 0, in nats.
        slope: increase of the log odds per unit of distance in nats, at least 0.
        limit: largest absolute value of the log odds in nats.
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
            half_embeddings: (n, 2, D) descriptors of the first and the last half of each tracklet; NaN where
                unknown.
            together: (p, 2) pairs of rows of `half_embeddings` that were in view at the same moment.
            lasted_s: (n,) time from the first to the last sighting of each tracklet in seconds.

        Returns:
            The model; all its costs are 0 where people differ from others no more than from themselves.
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

        # Covariance of the change over a long time, of which each tracklet has shown a part, by least
        # squares. One change in a random direction for each dimension regularises it.
        total = (seen**2).sum()
        count = seen.sum() ** 2 / total if total else 0.0
        variance = (seen @ (change**2).sum(axis=1) + _GENERAL * _OWN) / (total + _GENERAL)
        variance = max(variance, _LEAST_CHANGE**2)
        share = count / (count + size) * seen / (total or 1.0)
        covariance = change.T * share @ change + variance / (count + size) * np.eye(size)
        whitening = np.linalg.cholesky(np.linalg.inv(covariance * size))
        model = cls(whitening, 0.0, 0.0, 0.0)

        # Each distance is computed without the tracklet's own part in the covariance (Sherman-Morrison); the
        # share of the change that the tracklet was too short to show is added.
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
        return cls(whitening, offset, slope, math.log1p(count + MEASURED))

    def distance(self, a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
        """Return the distance of descriptors, about 1 for one person at two times.

        Args:
            a: (..., D) descriptors, broadcast against `b`.
            b: (..., D) descriptors, broadcast against `a`.

        Returns:
            (...) float64 distances; NaN where either descriptor is unknown.
        """
        p, q = a @ self.whitening, b @ self.whitening
        product = np.einsum("...d,...d->...", p, q)
        square: Floats = (p**2).sum(axis=-1) + (q**2).sum(axis=-1) - 2 * product
        return np.sqrt(np.maximum(square, 0))

    def cost(self, a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
        """Return the cost of taking two descriptors for those of one person.

        Args:
            a: (..., D) descriptors, broadcast against `b`: a[:, None] and b[None] give a matrix.
            b: (..., D) descriptors, broadcast against `a`.

        Returns:
            (...) float64 negative log-likelihood ratios in nats of "same person" against "different people":
            below 0 where they look like one person, 0 where either descriptor is unknown.
        """
        cost = np.clip(self.offset + self.slope * self.distance(a, b), -self.limit, self.limit)
        return np.where(np.isnan(cost), 0.0, cost)


def _logistic(x: Floats, y: Floats, weight: Floats) -> tuple[float, float]:
    """Regress the log odds of y = 1 on x, all (n,), by Newton's method; return offset and slope."""
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
