"""How often what stands at a place changed, and whether it came and went: told by pictures of the scene."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import iou_matrix
from heatcli.track.alive.noise import Noise, gradient_of, occupied
from heatcli.track.alive.samples import SceneSamples

# Factors by which light may grow between two pictures of one thing.
_LEAST_GAIN, _MOST_GAIN = 0.7, 1.4
# Grey level from which light is blown out: what is there no longer grows with the light.
_BLOWN_OUT = 235
# Least share of a place that must be in view for a picture of it to tell anything.
_IN_VIEW = 0.5
# Pictures before and after a moment of which one pair must be alike for nothing to have changed: somebody who
# passes in front unseen hides a thing for a second.
_WINDOW = 3
# Most pictures that are compared while something is detected at a place, and before and after.
_MOST_DURING, _MOST_BESIDE = 32, 16
# Overlap from which a box is taken for the thing itself.
_SAME = 0.4


@dataclass(frozen=True, slots=True)
class States:
    """What happened at a place while the same thing stood there.

    Attributes:
        step_us: (n,) time between two pictures that can be compared, in µs.
        changed: (n,) bool, whether the thing changed in between, for good.
        restless: share of the pairs of pictures within a few steps that are unlike, 0..1: who breathes is the
            same again a moment later.
        came: whether it was not there before it was first detected.
        went: whether it was no longer there after it was last detected.
    """

    step_us: NDArray[np.int64]
    changed: NDArray[np.bool_]
    restless: float
    came: bool
    went: bool


def states_of(
    samples: SceneSamples,
    noise: Noise,
    place: NDArray[np.float64],
    time_us: NDArray[np.int64],
    boxes: NDArray[np.float64],
    walkers: list[NDArray[np.float64]],
) -> States | None:
    """Compare what stands at a place with itself, and with what was there before and afterwards.

    Args:
        samples: small pictures of the scene.
        noise: noise of the empty scene.
        place: (4,) box x1 y1 x2 y2 of the place, in source pixels.
        time_us: (n,) media times in µs at which something was detected there, ascending.
        boxes: (n, 4) boxes that were detected there.
        walkers: boxes (k, 4) of those who walk, by picture: they pass in front, and hide what stands there.

    Returns:
        What happened; None if no picture shows the place while something was detected.
    """
    times, (first_us, last_us) = np.array(samples.pts_us), time_us[[0, -1]].tolist()
    during = _spread(np.flatnonzero((times >= first_us) & (times <= last_us)), _MOST_DURING)
    before = _beside(np.flatnonzero(times < first_us)[::-1])[::-1]
    after = _beside(np.flatnonzero(times > last_us))
    crops = _Crops(
        samples,
        noise,
        place,
        np.concatenate([before, during, after]),
        dict(zip(time_us.tolist(), boxes, strict=True)),
        walkers,
    )
    inside = (crops.pts_us >= first_us) & (crops.pts_us <= last_us)
    if not inside.any():
        return None
    low, high = np.flatnonzero(inside)[[0, -1]].tolist()
    known = _spread(np.arange(low, high + 1), 2 * _WINDOW)
    earlier = np.array([crops.has_any(at, known) for at in range(low)], np.bool_)
    later = np.array([crops.has_any(at, known) for at in range(high + 1, len(crops))], np.bool_)
    begin, end = low - _reach(earlier[::-1]), high + _reach(later)
    alike, near = (pairs[begin : end + 1, begin : end + 1] for pairs in crops.alike())
    changed = _changes(alike)
    # Before it was first detected and after it was last, it is there where it looks the same.
    changed[: low - begin] = False
    changed[high - begin :] = False
    return States(
        np.diff(crops.pts_us)[begin:end],
        changed,
        1 - float(alike[near].mean()) if near.any() else 0.0,
        len(earlier) >= _WINDOW and not earlier.any(),
        len(later) >= _WINDOW and not later.any(),
    )


def _reach(there: NDArray[np.bool_]) -> int:
    """Return how many pictures away a thing was last seen, given those in which it is, the nearest first."""
    at = np.flatnonzero(there)
    apart = np.flatnonzero(np.diff(at, prepend=-1) > _WINDOW)
    return int(at[: apart[0] if len(apart) else len(at)].max(initial=-1)) + 1


def _changes(alike: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n - 1,) bool, whether the thing changed for good between a picture and the next."""
    moments = range(1, len(alike))
    return np.array(
        [not alike[max(0, at - _WINDOW) : at, at : at + _WINDOW].any() for at in moments], np.bool_
    )


def _spread(indices: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    return indices[np.unique(np.linspace(0, len(indices) - 1, most).astype(int))] if len(indices) else indices


def _beside(indices: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the nearest of indices, which come by distance, and others spread over the rest."""
    return np.concatenate([indices[: 2 * _WINDOW], _spread(indices[2 * _WINDOW :], _MOST_BESIDE)])


class _Crops:
    """Pictures of a place that can be compared."""

    def __init__(
        self,
        samples: SceneSamples,
        noise: Noise,
        place: NDArray[np.float64],
        chosen: NDArray[np.intp],
        own: Mapping[int, NDArray[np.float64]],
        walkers: list[NDArray[np.float64]],
    ) -> None:
        height, width = samples.pictures[0].shape
        x1, y1 = np.floor(place[:2] / samples.scale).astype(int).clip(0, (width - 2, height - 2)).tolist()
        x2, y2 = (
            np.ceil(place[2:] / samples.scale).astype(int).clip((x1 + 2, y1 + 2), (width, height)).tolist()
        )
        self._noise = noise
        kept, pictures, shown = [], [], []
        origin = np.array([x1, y1, x1, y1]) * samples.scale
        for at in chosen.tolist():
            boxes = samples.boxes[at]
            other = iou_matrix(place[None], boxes)[0] < _SAME
            if samples.pts_us[at] in own:
                other &= (boxes != own[samples.pts_us[at]]).any(axis=1)
            others = np.vstack([boxes[other], walkers[at]]) - origin
            free = ~occupied(others, (y2 - y1, x2 - x1), samples.scale)
            if free.mean() >= _IN_VIEW:
                kept.append(at)
                picture = samples.pictures[at][y1:y2, x1:x2]
                pictures.append(picture)
                shown.append(free & (picture < _BLOWN_OUT))
        self.pts_us = np.array(samples.pts_us, np.int64)[kept]
        self._pictures = pictures
        self._shown = shown
        self._gradients = [gradient_of(picture) for picture in pictures]

    def __len__(self) -> int:
        return len(self._pictures)

    def has_any(self, at: int, known: NDArray[np.intp]) -> bool:
        """Tell whether a picture shows what one of the known ones does."""
        return any(self._alike(at, other) for other in known.tolist())

    def alike(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(n, n) bool, which pictures show the same as which later ones; and which pairs were compared."""
        count = len(self._pictures)
        later = np.arange(count) - np.arange(count)[:, None]
        near = (later > 0) & (later < 2 * _WINDOW)
        alike = np.zeros((count, count), np.bool_)
        for one, other in np.argwhere(near).tolist():
            alike[one, other] = self._alike(one, other)
        return alike, near

    def _alike(self, one: int, other: int) -> bool:
        """Tell whether two pictures show the same, but for noise and light."""
        shown = self._shown[one] & self._shown[other]
        if shown.mean() < _IN_VIEW / 2:
            return False
        a, b = (self._pictures[at][shown].astype(np.float32) for at in (one, other))
        gradient = np.maximum(self._gradients[one], self._gradients[other])[shown]
        level = a - np.median(a)
        gain = np.clip(level @ (b - np.median(b)) / max(float(level @ level), 1.0), _LEAST_GAIN, _MOST_GAIN)
        off = b - gain * a
        off -= np.median(off)
        lag_us = abs(int(self.pts_us[other] - self.pts_us[one]))
        return not self._noise.changed(self._noise.differs(off, gradient, lag_us), lag_us)
