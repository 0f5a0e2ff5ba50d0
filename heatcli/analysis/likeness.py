"""Whether a re-identification model tells the people of a clip apart: shown wrong colours, it may not."""

import numpy as np

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.appearance.gallery import whole
from heatcli.track.link.together import in_view_together
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames

LEAST_ODDS = 1.0
"""Median log odds, in nats, that two people who are in view together are two. On real footage networks reach
1.4 to 4.6, and one that was shown the wrong colours -0.2."""
# Least number of such pairs for their median to tell anything.
_MANY = 20


def tells_apart(linked: Observations, half_embeddings: Descriptors, frames: ProcessedFrames) -> bool:
    """Tell whether people who are in view together look like two; also where too few are to know.

    Args:
        linked: rows of k tracks, none of them filled, numbered from 1.
        half_embeddings: (k, 2, D) half embeddings of the tracks.
        frames: times of all processed frames.
    """
    seen_us = frames.pts_us[np.searchsorted(frames.index, linked.frame)]
    first_us = np.full(len(half_embeddings), np.iinfo(np.int64).max)
    last_us = np.zeros(len(half_embeddings), np.int64)
    np.minimum.at(first_us, linked.track - 1, seen_us)
    np.maximum.at(last_us, linked.track - 1, seen_us)
    mean = whole(half_embeddings)
    if not mean.size:
        return True  # nobody was described
    pairs = in_view_together(first_us, last_us)
    pairs = pairs[~np.isnan(mean[pairs, 0]).any(axis=1)]
    if len(pairs) < _MANY:
        return True
    model = AppearanceModel.fit(half_embeddings, pairs, lasted_s=(last_us - first_us) / 1e6)
    return bool(np.median(model.cost(mean[pairs[:, 0]], mean[pairs[:, 1]])) >= LEAST_ODDS)
