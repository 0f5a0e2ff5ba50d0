"""How much the empty scene differs from itself: noise of the sensor, of the compression and of the light."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.track.alive.samples import SceneSamples

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

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

    def differs(self, off: Floats, gradient: Floats, lag_us: int) -> Mask:
        """Tell which pixels differ by more than noise.

        Args:
            off: (...) differences of two pictures in grey levels.
            gradient: (...) gradients there.
            lag_us: time between the pictures in µs.
        """
        own = self.deviation[_lag(lag_us)].astype(np.float32)
        beyond: Mask = np.abs(off) > DEVIATIONS * own[_kind(gradient)]
        return beyond

    def changed(self, differing: Mask, lag_us: int) -> bool:
        """Tell from its differing pixels whether a thing is no longer as it was `lag_us` before."""
        return bool(differing.mean() > self.share[_lag(lag_us)])


def gradient_of(picture: NDArray[np.uint8]) -> Floats:
    """Compute how steep the grey levels of a picture are at each pixel, in levels per pixel."""
    across, down = (cv2.Sobel(picture, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    return cv2.magnitude(across, down).astype(np.float32, copy=False)


def occupied(boxes: NDArray[np.floating], shape: tuple[int, ...], scale: float) -> Mask:
    """Tell where in a small picture of `shape` somebody is, with a margin; boxes are in source pixels."""
    mask = np.zeros(shape, np.bool_)
    margin = _MARGIN * (boxes[:, 2:] - boxes[:, :2])
    low = np.floor((boxes[:, :2] - margin) / scale).clip(0).astype(int)
    high = np.ceil((boxes[:, 2:] + margin) / scale).clip(0).astype(int)
    for (x1, y1), (x2, y2) in zip(low, high, strict=True):
        mask[y1:y2, x1:x2] = True
    return mask


def measure_noise(samples: SceneSamples) -> Noise | None:
    """Measure the noise where nobody was detected; None where no two pictures show the same empty place."""
    times = np.array(samples.pts_us)
    deviation = np.full((len(_LAGS_US) + 1, len(_GRADIENTS)), np.nan)
    share = np.full(len(deviation), np.nan)
    for lag, low in enumerate((0, *_LAGS_US)):
        pairs = _pairs(times, low, _LAGS_US[lag] if lag < len(_LAGS_US) else np.iinfo(np.int64).max)
        parts = [_differences(samples, *pair) for pair in pairs]
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


def _lag(lag_us: int) -> int:
    return int(np.searchsorted(_LAGS_US, lag_us))


def _kind(gradient: Floats) -> NDArray[np.intp]:
    return np.searchsorted(_GRADIENTS, gradient, "right") - 1


def _pairs(times: NDArray[np.int64], low_us: int, high_us: int) -> list[tuple[int, int]]:
    """Return pairs of pictures, spread over the clip, whose lag is the shortest in (low_us, high_us]."""
    first = np.unique(np.linspace(0, len(times) - 1, _PAIRS).astype(int))
    other = np.searchsorted(times, times[first] + low_us, "right")
    inside = other < len(times)
    first, other = first[inside], other[inside]
    near = times[other] - times[first] <= high_us
    return list(zip(first[near].tolist(), other[near].tolist(), strict=True))


def _differences(samples: SceneSamples, one: int, two: int) -> tuple[Floats, NDArray[np.intp], Mask]:
    """Compare two pictures: differences, kinds of gradients, and where nobody was detected, (h, w) each."""
    a, b = samples.pictures[one], samples.pictures[two]
    empty = ~occupied(np.vstack([samples.boxes[one], samples.boxes[two]]), a.shape, samples.scale)
    off = b.astype(np.float32) - a
    off -= np.median(off[empty]) if empty.any() else 0
    return np.abs(off), _kind(np.maximum(gradient_of(a), gradient_of(b))), empty


def _deviations(parts: list[tuple[Floats, NDArray[np.intp], Mask]]) -> NDArray[np.float64]:
    """Return the deviation of the pixels of each gradient; NaN for too few of them."""
    off = np.concatenate([off[empty] for off, _, empty in parts])
    kind = np.concatenate([kind[empty] for _, kind, empty in parts])
    found = np.full(len(_GRADIENTS), np.nan)
    for at in range(len(found)):
        own = off[kind == at]
        if len(own) >= _FEWEST:
            found[at] = np.sqrt(np.mean(own[own <= np.quantile(own, _NOISE)] ** 2) / _CUT_VARIANCE)
    return found


def _quiet_share(parts: list[tuple[Floats, NDArray[np.intp], Mask]], deviation: NDArray[np.float64]) -> float:
    """Return the share of differing pixels that empty squares seldom reach, given the deviations."""
    limit = DEVIATIONS * np.maximum.accumulate(np.fmax(deviation, _LEAST))
    shares = []
    for off, kind, empty in parts:
        high, wide = (side // _SQUARE for side in off.shape)
        differing, free = (
            whole[: high * _SQUARE, : wide * _SQUARE].reshape(high, _SQUARE, wide, _SQUARE).mean(axis=(1, 3))
            for whole in (off > limit[kind], empty)
        )
        shares.append(differing[free == 1])
    every = np.concatenate(shares)
    return (
        float(np.clip(np.quantile(every, _QUIET), _LEAST_SHARE, _MOST_SHARE)) if len(every) else _MOST_SHARE
    )
