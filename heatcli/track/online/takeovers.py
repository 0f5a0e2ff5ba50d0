"""Takeovers: a tracklet that has gone over from its person to one who was lost from sight nearby.

When one person hides another, position fits both of them for whoever comes out first. Then clothes decide: if
the detection looks more like the person who was lost than like what the tracklet has looked like so far, the
tracklet ends. From then on its own person counts as lost, and may be found again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.motion_model import STEADY_S

UNLIKE = 2.0
"""Nats by which a detection must look more like somebody else: odds of seven to one. Less than the 3 nats
that linking asks, since the error is the milder one: a tracklet that ended too early is joined again, but
nothing mends a tracklet of two people."""
NEAR = 0.5
"""Distance in lengths at which people may be confused at once: their boxes touch."""
RUN = 1.5
"""Largest speed of people, in lengths per second: 2.6 m/s, a run."""

Floats = NDArray[np.floating]
Ids = NDArray[np.integer]


@dataclass(slots=True)
class _Sighting:
    """Last sighting of a tracklet: media time in µs, middle of the box (2,), and appearance so far (D,)."""

    seen_us: int
    middle: Floats
    appearance: Descriptors


def _middles(boxes: Floats) -> Floats:
    """Return the middles of boxes (k, 4), (k, 2)."""
    return (boxes[:, :2] + boxes[:, 2:]) / 2


class Takeovers:
    """Finds takeovers among tracklets seen within the last `STEADY_S`, while people keep their course."""

    def __init__(self) -> None:
        self._sightings: dict[int, _Sighting] = {}
        self._model: AppearanceModel | None = None

    def see(self, ids: Ids, boxes: Floats, pts_us: int) -> None:
        """Record that tracklets `ids` (k,) are in boxes (k, 4) now, and drop those lost too long ago."""
        for i, middle in zip(ids.tolist(), _middles(boxes), strict=True):
            sighting = self._sightings.get(i)
            if sighting is not None:
                sighting.seen_us, sighting.middle = pts_us, middle
        lost_us = pts_us - STEADY_S * 1e6
        self.forget([i for i, sighting in self._sightings.items() if sighting.seen_us < lost_us])

    def remember(self, ids: Ids, boxes: Floats, pts_us: int, appearance: Descriptors) -> None:
        """Record the appearance (k, D) of tracklets `ids` (k,) in boxes (k, 4); NaN where unknown."""
        for i, middle, descriptor in zip(ids.tolist(), _middles(boxes), appearance, strict=True):
            if not np.isnan(descriptor[0]):
                self._sightings[i] = _Sighting(pts_us, middle, descriptor)

    def forget(self, ids: Iterable[int]) -> None:
        """Drop tracklets that no other tracklet can have gone over to."""
        for i in ids:
            self._sightings.pop(i, None)

    def taken_over(
        self, boxes: Floats, pts_us: int, found: Descriptors, known: Descriptors
    ) -> NDArray[np.bool_]:
        """Find the tracklets that now follow somebody else.

        Args:
            boxes: (k, 4) boxes x1 y1 x2 y2 of the tracklets in this frame, in pixels.
            pts_us: media time of the frame in µs; tracklets seen in it are not lost.
            found: (k, D) descriptors of what is in the boxes now; NaN where it cannot be described.
            known: (k, D) descriptors of the tracklets before this frame; NaN where unknown.

        Returns:
            (k,) bool, True where a tracklet has gone over to somebody else.
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
            # The model of people in general: how those of this clip differ is not known before its end.
            none = np.zeros((0, 2, found.shape[1]), np.float32)
            self._model = AppearanceModel.fit(none, np.zeros((0, 2), np.intp), lasted_s=np.zeros(0))
        own = self._model.cost(found[doubt], known[doubt])
        others = self._model.cost(found[doubt, None], np.array([sighting.appearance for sighting in lost]))
        taken[doubt] = own - np.where(near[doubt], others, np.inf).min(axis=1) > UNLIKE
        return taken
