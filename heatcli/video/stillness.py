"""Whether a picture of a fixed camera shows what another one showed, but for the noise of its sensor."""

from collections import deque

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

# Blocks across a picture, about: a person who is 12 pixels tall in a picture that is 640 wide covers three.
_ACROSS = 160
# Side of a block in pixels of the picture that is reduced first, with rounded values.
_SIDE = 3
# Planar formats whose first plane is 8 bits of brightness for each pixel.
_LUMA_FIRST = frozenset(
    f"{kind}{name}p" for kind in ("yuv", "yuvj") for name in ("420", "422", "440", "444", "411", "410")
) | {"nv12", "nv21", "gray"}
# Standard deviations of noise that no block exceeds.
_DEVIATIONS = 6.0
# Least standard deviation of a block's brightness in grey levels, as rounding and a codec leave it.
_LEAST = 0.2
# Blocks over which light changes alike, what is added to brightness before it is divided, as a camera's black
# is not 0, and the most by which light is taken to change.
_LIGHT_BLOCKS = 21
_BLACK = 8.0
_MOST_LIGHT = 1.5
# Time in seconds between the pictures that noise is learned from, and how much earlier the one is that each
# is compared with: before the last key frame, since what is predicted from a picture has its noise.
_STEP_S = 1.0
_LAG_S = 5.0
# Comparisons over which noise is averaged, and from how many on it is known.
_MEMORY = 60
_KNOWN = 8
# Classes of brightness, and blocks in one that are too few to tell its noise.
_LEVELS = 16
_FEW_BLOCKS = 100
# Share of the smallest differences that tells noise where something moves elsewhere, and the share of the
# variance that they have where noise is Gaussian.
_CALM = 0.5
_CALM_VARIANCE = 0.143
# Quantile of the noise of all comparisons that is believed.
_CALMEST = 0.25
# Most noise that a block has, in grey levels: if most of a picture differs by more, all of it has moved. And
# how much larger than that of all blocks the variance of a few may be.
_MOST_NOISE = 4.0
_UNEVEN = 4.0
# A place never rests if it has changed in so many of the last seconds; how many there are, and by how much
# more than its largest change it may change.
_RESTLESS = 0.8
_RESTLESS_MEMORY = 30
_RESTLESS_MARGIN = 1.3
# Blocks that belong to one place: digits of a clock do not change in every block.
_AROUND = np.ones((5, 5), np.uint8)

Blocks = NDArray[np.float32]
"""(rows, columns) mean brightness of the blocks of a picture, in grey levels."""


def blocks_of(picture: VideoFrame) -> Blocks:
    """Return the mean brightness of the blocks of a decoded picture; what does not fill one is left out."""
    if picture.format.name not in _LUMA_FIRST:
        picture = picture.reformat(format="gray")
    plane = picture.planes[0]
    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[
        : picture.height, : picture.width
    ]
    reduction = max(1, round(picture.width / (_ACROSS * _SIDE)))
    rows, columns = (max(1, side // (reduction * _SIDE)) for side in luma.shape)
    luma = luma[: rows * reduction * _SIDE, : columns * reduction * _SIDE]
    fine = cv2.resize(luma, (columns * _SIDE, rows * _SIDE), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(fine.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(coarse, np.float32)


def light_removed(blocks: Blocks, reference: Blocks) -> Blocks:
    """Return by how much each block differs from a reference, but for what light does to all around it."""
    size = (_LIGHT_BLOCKS, _LIGHT_BLOCKS)
    light = (cv2.blur(blocks, size) + _BLACK) / (cv2.blur(reference, size) + _BLACK)
    light = np.clip(light, 1 / _MOST_LIGHT, _MOST_LIGHT)
    return np.asarray(blocks - light * reference, np.float32)


class Stillness:
    """Knows the noise of a clip, learned from its pictures, and which of its places never rest.

    Noise depends on how bright a block is and, as encoders leave it, on what it shows; a key frame is encoded
    in another way than those that are predicted. A place such as a clock, a screen or an escalator may change
    as it always does: people who come there are seen around it. Until noise is known, nothing is called the
    same.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[float, Blocks]] = deque()
        self._begin((0, 0))

    def _begin(self, shape: tuple[int, ...]) -> None:
        self._recent.clear()
        self._levels: deque[NDArray[np.float32]] = deque(maxlen=_MEMORY)
        self._level_variance = np.zeros(_LEVELS, np.float32)
        # Of comparisons with a key frame, and of others.
        self._compared = [0, 0]
        self._variance = np.zeros((2, *shape), np.float32)
        self._change, self._often, self._largest = np.zeros((3, *shape), np.float32)
        self._seconds = 0

    def learn(self, blocks: Blocks, seconds: float, *, is_key: bool) -> None:
        """Take in the next picture of the clip, still or not.

        Args:
            blocks: mean brightness of the picture's blocks.
            seconds: media time of the picture in seconds.
            is_key: whether it is a key frame.
        """
        if blocks.shape != self._change.shape:
            self._begin(blocks.shape)
        if self._recent:
            before, latest = self._recent[-1]
            np.maximum(self._change, np.abs(light_removed(blocks, latest)), out=self._change)
            is_due = seconds - before >= _STEP_S
            if is_due or is_key:
                self._learn_noise(blocks, self._recent[0][1], is_key)
            if not is_due:
                return
            self._learn_restless(latest)
        self._recent.append((seconds, blocks))
        while seconds - self._recent[0][0] > _LAG_S and len(self._recent) > 1:
            self._recent.popleft()

    def shows_same(self, blocks: Blocks, reference: Blocks) -> bool:
        """Tell whether a picture shows what a reference showed, as far as noise and light let it be told."""
        return self.changed_share(blocks, reference) == 0

    def changed_share(self, blocks: Blocks, reference: Blocks) -> float:
        """Return the share of blocks that differ from a reference by more than noise; 1 if it is unknown."""
        if sum(self._compared) < _KNOWN or not blocks.shape == reference.shape == self._change.shape:
            return 1.0
        limit = np.where(self._often > _RESTLESS, self._largest, 0)
        np.maximum(limit, self._limit(reference), out=limit)
        return float(np.mean(np.abs(light_removed(blocks, reference)) > limit))

    def _limit(self, reference: Blocks) -> Blocks:
        """Return the largest difference in grey levels that noise makes between two pictures of a block."""
        variance = np.maximum(self._variance.max(axis=0), self._level_variance[_level(reference)])
        return np.asarray(_DEVIATIONS * np.sqrt(variance + _LEAST**2), np.float32)

    def _learn_noise(self, blocks: Blocks, earlier: Blocks, is_key: bool) -> None:
        difference = light_removed(blocks, earlier)
        whole = _calm_variance(difference)
        if whole > _MOST_NOISE**2:
            return
        level = _level(earlier)
        variances = np.full(_LEVELS, whole, np.float32)
        for one in np.flatnonzero(np.bincount(level.ravel()) >= _FEW_BLOCKS):
            variances[one] = min(_calm_variance(difference[level == one]), _UNEVEN * whole)
        self._levels.append(variances)
        self._level_variance = np.quantile(np.stack(self._levels), _CALMEST, axis=0)
        self._compared[is_key] += 1
        weight = 1 / min(self._compared[is_key] + 1, _MEMORY)
        variance = self._variance[int(is_key)]
        calm = np.abs(difference) <= self._limit(earlier)
        variance += np.where(calm, difference**2 - variance, 0) * weight
        np.minimum(variance, _UNEVEN * self._level_variance[level], out=variance)

    def _learn_restless(self, latest: Blocks) -> None:
        """Learn which places never rest, from the largest changes since the second's first picture."""
        self._seconds += 1
        weight = 1 / min(self._seconds + 1, _RESTLESS_MEMORY)
        changed = (self._change > self._limit(latest)).astype(np.float32)
        self._often += (cv2.dilate(changed, _AROUND) - self._often) * weight
        self._largest *= 1 - weight / _RESTLESS_MEMORY
        change = cv2.dilate(_RESTLESS_MARGIN * self._change, _AROUND)
        np.maximum(self._largest, change, out=self._largest)
        self._change[:] = 0


def _calm_variance(difference: NDArray[np.float32]) -> float:
    """Return the variance of differences, some of which may be movement."""
    squares = np.sort(difference.ravel() ** 2)
    return float(np.mean(squares[: max(1, round(_CALM * len(squares)))])) / _CALM_VARIANCE


def _level(blocks: Blocks) -> NDArray[np.intp]:
    return np.asarray(np.clip(blocks / (256 / _LEVELS), 0, _LEVELS - 1), np.intp)
