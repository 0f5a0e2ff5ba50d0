"""How often what stands at a place changed, and whether it came and went: told by pictures of the scene."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import iou_matrix
from heatcli.track.alive.noise import Floats, Kinds, Mask, Noise, gradient_kinds, with_margin
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
    reach, came = _beyond(crops, range(low - 1, -1, -1), known)
    begin = low - reach
    reach, went = _beyond(crops, range(high + 1, len(crops)), known)
    end = high + reach
    alike, near = crops.alike(begin, end + 1)
    changed = _changes(alike)
    # Before it was first detected and after it was last, it is there where it looks the same.
    changed[: low - begin] = False
    changed[high - begin :] = False
    return States(
        np.diff(crops.pts_us)[begin:end],
        changed,
        1 - float(alike[near].mean()) if near.any() else 0.0,
        came,
        went,
    )


def _beyond(crops: "_Crops", beside: range, known: NDArray[np.intp]) -> tuple[int, bool]:
    """Follow a thing that is shown by known pictures to where it was last seen.

    Args:
        crops: pictures of the place.
        beside: pictures before the known ones, or after them, the nearest first.
        known: pictures that show it.

    Returns:
        How many pictures away it was last seen; and whether it is in none of them, of which there are some.
    """
    reach = 0
    for away, at in enumerate(beside, start=1):
        if reach and away - reach > _WINDOW:
            break
        if crops.has_any(at, known):
            if away - reach > _WINDOW:
                return 0, False
            reach = away
    return reach, not reach and len(beside) >= _WINDOW


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


def _others(
    samples: SceneSamples,
    place: NDArray[np.float64],
    chosen: NDArray[np.intp],
    own: Mapping[int, NDArray[np.float64]],
    walkers: list[NDArray[np.float64]],
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return who may hide a place in some pictures.

    Returns:
        (k,) index into `chosen` of the picture, and (k, 4) box in source pixels; not of what stands there.
    """
    found = [samples.boxes[at] for at in chosen.tolist()]
    walking = [walkers[at] for at in chosen.tolist()]
    number = np.repeat(np.arange(len(chosen)), [len(boxes) for boxes in found])
    boxes = np.concatenate([np.zeros((0, 4)), *found])
    nobody = np.full(4, np.nan)
    mine = np.array([own.get(samples.pts_us[at], nobody) for at in chosen.tolist()]).reshape(-1, 4)
    other = (iou_matrix(place[None], boxes)[0] < _SAME) & (boxes != mine[number]).any(axis=1)
    passing = np.repeat(np.arange(len(chosen)), [len(boxes) for boxes in walking])
    return np.concatenate([number[other], passing]), np.concatenate([boxes[other], *walking])


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
        self._pictures: list[Floats] = []
        self._shown: list[Mask] = []
        self._kinds: list[Kinds] = []
        free = np.ones((len(chosen), y2 - y1, x2 - x1), np.bool_)
        numbers, others = _others(samples, place, chosen, own, walkers)
        touched = with_margin(others - np.array([x1, y1, x1, y1]) * samples.scale, samples.scale)
        inside = (touched[:, :2] < (x2 - x1, y2 - y1)).all(axis=1) & (touched[:, 2:] > 0).all(axis=1)
        for number, (left, top, right, bottom) in zip(
            numbers[inside].tolist(), touched[inside].tolist(), strict=True
        ):
            free[number, top:bottom, left:right] = False
        in_view = free.mean(axis=(1, 2)) >= _IN_VIEW
        for at, own_free in zip(chosen[in_view].tolist(), free[in_view], strict=True):
            picture = samples.pictures[at][y1:y2, x1:x2]
            self._pictures.append(picture.astype(np.float32))
            self._shown.append(own_free & (picture < _BLOWN_OUT))
            self._kinds.append(gradient_kinds(picture))
        self.pts_us = np.array(samples.pts_us, np.int64)[chosen[in_view]]

    def __len__(self) -> int:
        return len(self._pictures)

    def has_any(self, at: int, known: NDArray[np.intp]) -> bool:
        """Tell whether a picture shows what one of the known ones does."""
        return any(self._alike(at, other) for other in known.tolist())

    def alike(self, begin: int, end: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Compare pictures from `begin` to before `end`, n of them, with those soon after them.

        Returns:
            (n, n) bool, which show the same as which later ones; and which pairs were compared.
        """
        later = np.arange(end - begin) - np.arange(end - begin)[:, None]
        near = (later > 0) & (later < 2 * _WINDOW)
        alike = np.zeros(near.shape, np.bool_)
        for one, other in np.argwhere(near).tolist():
            alike[one, other] = self._alike(begin + one, begin + other)
        return alike, near

    def _alike(self, one: int, other: int) -> bool:
        """Tell whether two pictures show the same, but for noise and light."""
        shown = self._shown[one] & self._shown[other]
        if np.count_nonzero(shown) < _IN_VIEW / 2 * shown.size:
            return False
        a, b = self._pictures[one][shown], self._pictures[other][shown]
        level = a - _median(a)
        gain = float(level @ (b - _median(b)) / max(float(level @ level), 1.0))
        off = b - np.float32(min(max(gain, _LEAST_GAIN), _MOST_GAIN)) * a
        off -= _median(off)
        lag_us = abs(int(self.pts_us[other] - self.pts_us[one]))
        return not self._noise.changed(off, np.maximum(self._kinds[one], self._kinds[other])[shown], lag_us)


def _median(values: Floats) -> np.float32:
    """Return the median of a few thousand values: several times faster than `np.median`."""
    middle = len(values) // 2
    low = middle - 1 + len(values) % 2
    ordered = np.partition(values, (low, middle))
    return np.float32((ordered[low] + ordered[middle]) / 2)
