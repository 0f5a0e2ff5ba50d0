"""Whether a re-identification model tells the people of a clip apart: shown wrong colours, it may not."""

import numpy as np

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.appearance.gallery import whole
from heatcli.track.appearance.likeness import look_alike
from heatcli.track.link.together import in_view_together
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames


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
    mean, pairs = whole(half_embeddings), in_view_together(first_us, last_us)
    model = AppearanceModel.fit(half_embeddings, pairs, lasted_s=(last_us - first_us) / 1e6)
    return not look_alike(model, mean, pairs)
