"""Who may have been taken over: people lost from sight a moment ago, one of whom a tracklet may now follow.

Somebody nearer hides somebody; the one who comes out first is taken for either, because where they are fits
both. Then clothes tell: where what is found looks like the one who is missed, rather than like what the
tracklet has looked like, the tracklet ends. What it was is missed from then on, and may be found again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.motion_model import STEADY_S

UNLIKE = 2.0
"""By how many nats it must look more like somebody else: seven to one. Less than the 3 nats that joining
asks, since the error is the milder one: what ended too early is joined again; nothing mends a tracklet of two
people."""
NEAR = 0.5
"""How far from somebody's place one may be taken for them at once, in lengths: their boxes touch."""
RUN = 1.5
"""How fast people move at most, in lengths per second: 2.6 m/s, a run."""

Floats = NDArray[np.floating]
Ids = NDArray[np.integer]


@dataclass(slots=True)
class _Sighting:
    """When and where a tracklet was seen last, and what it has looked like, (D,)."""

    seen_us: int
    middle: Floats
    appearance: Descriptors


def _middles(boxes: Floats) -> Floats:
    """Return (k, 2) of boxes (k, 4)."""
    return (boxes[:, :2] + boxes[:, 2:]) / 2


class Takeovers:
    """Finds takeovers, by who was seen within the last `STEADY_S`, while people keep their course."""

    def __init__(self) -> None:
        self._sightings: dict[int, _Sighting] = {}
        self._model: AppearanceModel | None = None

    def see(self, ids: Ids, boxes: Floats, pts_us: int) -> None:
        """Remember that tracklets (k,) are in boxes (k, 4) now, and forget who was lost too long ago."""
        for i, middle in zip(ids.tolist(), _middles(boxes), strict=True):
            sighting = self._sightings.get(i)
            if sighting is not None:
                sighting.seen_us, sighting.middle = pts_us, middle
        lost_us = pts_us - STEADY_S * 1e6
        self.forget([i for i, sighting in self._sightings.items() if sighting.seen_us < lost_us])

    def remember(self, ids: Ids, boxes: Floats, pts_us: int, appearance: Descriptors) -> None:
        """Remember what tracklets (k,) in boxes (k, 4) have looked like, (k, D), NaN where unknown."""
        for i, middle, descriptor in zip(ids.tolist(), _middles(boxes), appearance, strict=True):
            if not np.isnan(descriptor[0]):
                self._sightings[i] = _Sighting(pts_us, middle, descriptor)

    def forget(self, ids: Iterable[int]) -> None:
        """Drop tracklets that nobody misses."""
        for i in ids:
            self._sightings.pop(i, None)

    def taken_over(
        self, boxes: Floats, pts_us: int, found: Descriptors, known: Descriptors
    ) -> NDArray[np.bool_]:
        """Tell which tracklets follow somebody else now.

        Args:
            boxes: (k, 4) where they are, in pixels.
            pts_us: media time of the frame; what was seen in it was not taken over.
            found: (k, D) what is there looks like; NaN where it cannot be told.
            known: (k, D) what they have looked like; NaN where unknown.

        Returns:
            (k,) bool.
        """
        taken = np.zeros(len(boxes), np.bool_)
        lost = [sighting for sighting in self._sightings.values() if sighting.seen_us < pts_us]
        if not lost:
            return taken
        reach = NEAR + RUN * (pts_us - np.array([sighting.seen_us for sighting in lost])) / 1e6
        away = np.abs(_middles(boxes)[:, None] - [sighting.middle for sighting in lost]).max(axis=2)
        near = away <= (boxes[:, 2:] - boxes[:, :2]).max(axis=1)[:, None] * reach
        near[np.isnan(found).any(axis=1) | np.isnan(known).any(axis=1)] = False
        doubt = np.flatnonzero(near.any(axis=1))
        if not len(doubt):
            return taken
        if self._model is None:
            # What people in general look like: the clip's own are not known before it has ended.
            none = np.zeros((0, 2, found.shape[1]), np.float32)
            self._model = AppearanceModel.fit(none, np.zeros((0, 2), np.intp), lasted_s=np.zeros(0))
        own = self._model.cost(found[doubt], known[doubt])
        others = self._model.cost(found[doubt, None], np.array([sighting.appearance for sighting in lost]))
        taken[doubt] = own - np.where(near[doubt], others, np.inf).min(axis=1) > UNLIKE
        return taken
