"""Whether people who are two look like two to a model: not those in uniform, or in the wrong colours."""

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.appearance_model import AppearanceModel

LEAST_ODDS = 1.0
"""Median log odds, in nats, that two people who are two look like two. On real footage networks reach 1.4 to
4.6, and one that was shown the wrong colours -0.2."""
# Least number of pairs for their median to tell anything.
_MANY = 20


def look_alike(model: AppearanceModel, appearance: Descriptors, pairs: NDArray[np.integer]) -> bool | None:
    """Tell whether people look alike to a model; None where there are too few pairs to know.

    Args:
        model: model of the appearance of these people.
        appearance: (n, D) descriptors; NaN where unknown.
        pairs: (p, 2) rows of `appearance` that are two people, or are so for the most part.
    """
    if not appearance.size:
        return None
    pairs = pairs[~np.isnan(appearance[pairs, 0]).any(axis=1)]
    if len(pairs) < _MANY:
        return None
    return bool(np.median(model.cost(appearance[pairs[:, 0]], appearance[pairs[:, 1]])) < LEAST_ODDS)
