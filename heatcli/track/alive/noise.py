"""How much the empty scene differs from itself: noise of the sensor, of the compression and of the light."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.track.alive.samples import SceneSamples

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Kinds = NDArray[np.uint8]
"""Indices of kinds of gradients, which have a noise of their own."""

DEVIATIONS = 3.0
"""Noise beyond which a pixel differs, in standard deviations."""

# Lower bounds of the gradients, in grey levels per pixel, that have a noise of their own: edges tremble by
# what the compression and the camera's mount do to them. The last ones show by how much.
_GRADIENTS = np.array([0.0, 1, 2, 4, 8, 16, 32])
_STEEP = 4.0
# Upper bounds of the lags in µs that have a noise of their own: light drifts, and a compressed picture is
# renewed every few seconds.
_LAGS_US = (1_500_000, 6_000_000)
# Pairs of pictures by which the noise at a lag is measured.
_PAIRS = 24
# Share of the differences that are taken for noise, and the variance of a Gaussian cut there: leaves and
# undetected people are beyond.
_NOISE, _CUT_VARIANCE = 0.9, 0.623
# Least noise in grey levels: that of rounding.
_LEAST = 0.5
# Number of differences in half grey levels: up to 255 grey levels, and the median as much again.
_HALVES = 4 * 255 + 1
# Fewest pixels to measure by.
_FEWEST = 200
# Side in pixels of the squares in which differing pixels are counted: as large as people.
_SQUARE = 16
# Share of the empty squares that are as they were; bounds of the share of differing pixels that follows
# from them.
_QUIET = 0.95
_LEAST_SHARE, _MOST_SHARE = 0.03, 0.1
# Margin of boxes on each side, as a fraction of their size: for feet, hair and shadow.
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Noise:
    """What the empty scene differs by.

    Attributes:
        deviation: (lags, gradients) standard deviation of the difference of two pictures in grey levels.
        share: (lags,) share of differing pixels that a square of the empty scene seldom reaches.
        shake: displacement in pixels that would explain how much more edges differ within a second.
    """

    deviation: NDArray[np.float64]
    share: NDArray[np.float64]
    shake: float

    def changed(self, off: Floats, kind: Kinds, lag_us: int) -> bool:
        """Tell whether too much of a thing differs by more than noise for it to be as it was `lag_us` before.

        Args:
            off: (...) differences of two pictures of it in grey levels.
            kind: (...) kinds of gradients there, the steeper of the two.
            lag_us: time between the pictures in µs.
        """
        lag = bisect_left(_LAGS_US, lag_us)
        limit = (DEVIATIONS * self.deviation[lag].astype(np.float32)).take(kind)
        return bool(np.count_nonzero(np.abs(off) > limit) / off.size > self.share[lag])


def gradient_kinds(picture: NDArray[np.uint8]) -> Kinds:
    """Tell how steep the grey levels of a picture are at each pixel: index of the kind of gradient."""
    across, down = (cv2.Sobel(picture, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    gradient = cv2.magnitude(across, down)
    kind = np.zeros(picture.shape, np.uint8)
    for bound in _GRADIENTS[1:]:
        kind += gradient >= np.float32(bound)
    return kind


def occupied(boxes: NDArray[np.floating], shape: tuple[int, ...], scale: float) -> Mask:
    """Tell where in a small picture of `shape` somebody is, with a margin; boxes are in source pixels."""
    mask = np.zeros(shape, np.bool_)
    for x1, y1, x2, y2 in with_margin(boxes, scale).tolist():
        mask[y1:y2, x1:x2] = True
    return mask


def with_margin(boxes: NDArray[np.floating], scale: float) -> NDArray[np.intp]:
    """Return the pixels (n, 4) of a small picture, x1 y1 x2 y2 from 0 on, that boxes with a margin touch."""
    margin = _MARGIN * (boxes[:, 2:] - boxes[:, :2])
    low, high = np.floor((boxes[:, :2] - margin) / scale), np.ceil((boxes[:, 2:] + margin) / scale)
    return np.hstack([low, high]).clip(0).astype(np.intp)


def measure_noise(samples: SceneSamples) -> Noise | None:
    """Measure the noise where nobody was detected; None where no two pictures show the same empty place."""
    times = np.array(samples.pts_us)
    deviation = np.full((len(_LAGS_US) + 1, len(_GRADIENTS)), np.nan)
    share = np.full(len(deviation), np.nan)
    kinds = cache(lambda at: gradient_kinds(samples.pictures[at]))
    for lag, low in enumerate((0, *_LAGS_US)):
        pairs = _pairs(times, low, _LAGS_US[lag] if lag < len(_LAGS_US) else np.iinfo(np.int64).max)
        parts = [_difference(samples, *pair, np.maximum(*map(kinds, pair))) for pair in pairs]
        if parts:
            own = _deviations(parts)
            deviation[lag] = own
            share[lag] = _quiet_share(parts, own)
    measured = ~np.isnan(deviation).all(axis=1)
    if not measured.any():
        return None
    # What was not measured is taken from the next shorter lag, or the next flatter pixels.
    rows = np.maximum.accumulate(np.where(measured, np.arange(len(deviation)), np.argmax(measured)))
    deviation = np.maximum.accumulate(np.fmax(deviation[rows], _LEAST), axis=1)
    steep = _GRADIENTS >= _STEEP
    moved = np.sqrt(np.maximum(deviation[0] ** 2 - deviation[0, 0] ** 2, 0))[steep] / _GRADIENTS[steep]
    return Noise(deviation, share[rows], float(np.median(moved)))


def _pairs(times: NDArray[np.int64], low_us: int, high_us: int) -> list[tuple[int, int]]:
    """Return pairs of pictures, spread over the clip, whose lag is the shortest in (low_us, high_us]."""
    first = np.unique(np.linspace(0, len(times) - 1, _PAIRS).astype(int))
    other = np.searchsorted(times, times[first] + low_us, "right")
    inside = other < len(times)
    first, other = first[inside], other[inside]
    near = times[other] - times[first] <= high_us
    return list(zip(first[near].tolist(), other[near].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Difference:
    """What differs between two pictures.

    Attributes:
        halves: (h, w) int16 absolute differences in half grey levels, in which the median is a whole number.
        kind: (h, w) kinds of gradients.
        empty: (h, w) bool, where nobody was detected.
    """

    halves: NDArray[np.int16]
    kind: Kinds
    empty: Mask


def _difference(samples: SceneSamples, one: int, two: int, kind: Kinds) -> _Difference:
    """Compare two pictures whose gradients are of these kinds."""
    a, b = samples.pictures[one], samples.pictures[two]
    empty = ~occupied(np.vstack([samples.boxes[one], samples.boxes[two]]), a.shape, samples.scale)
    halves = 2 * (b.astype(np.int16) - a)
    if empty.any():
        halves -= np.int16(np.median(halves[empty]))
    return _Difference(np.abs(halves), kind, empty)


def _deviations(parts: list[_Difference]) -> NDArray[np.float64]:
    """Return the deviation of the pixels of each gradient; NaN for too few of them."""
    counts = np.zeros(len(_GRADIENTS) * _HALVES, np.int64)
    for part in parts:
        # One number for both, as `np.bincount` takes no pairs.
        both = part.kind.astype(np.int16) * _HALVES + part.halves
        counts += np.bincount(both[part.empty], minlength=len(counts))
    found = np.full(len(_GRADIENTS), np.nan)
    for at, own in enumerate(counts.reshape(len(_GRADIENTS), _HALVES)):
        if own.sum() >= _FEWEST:
            within = np.cumsum(own) - own <= _NOISE * (own.sum() - 1)
            squares = (np.arange(_HALVES)[within] / 2) ** 2
            found[at] = np.sqrt(np.average(squares, weights=own[within]) / _CUT_VARIANCE)
    return found


def _quiet_share(parts: list[_Difference], deviation: NDArray[np.float64]) -> float:
    """Return the share of differing pixels that empty squares seldom reach, given the deviations."""
    limit = DEVIATIONS * np.maximum.accumulate(np.fmax(deviation, _LEAST))
    most = np.floor(2 * limit).astype(np.int16)
    shares = []
    for part in parts:
        differing = _in_squares(part.halves > most.take(part.kind))
        shares.append(differing[_in_squares(part.empty) == _SQUARE**2] / _SQUARE**2)
    every = np.concatenate(shares)
    return (
        float(np.clip(np.quantile(every, _QUIET), _LEAST_SHARE, _MOST_SHARE)) if len(every) else _MOST_SHARE
    )


def _in_squares(mask: Mask) -> NDArray[np.intp]:
    """Count the pixels of a mask in each square; what does not fill one is left out."""
    high, wide = (side // _SQUARE for side in mask.shape)
    whole = mask[: high * _SQUARE, : wide * _SQUARE].view(np.uint8).reshape(high, _SQUARE, wide * _SQUARE)
    down = whole.sum(axis=1, dtype=np.uint8)
    return np.asarray(down.reshape(high, wide, _SQUARE).sum(axis=2), np.intp)
