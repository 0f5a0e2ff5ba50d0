"""What the scene looks like without people, at every moment of a clip from a fixed camera."""

import math
from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import MotionSettings
from heatcli.detect.empty_scene import find_ghosts
from heatcli.detect.silhouettes import BACKGROUND, FOREGROUND, SHADOW

# Share of the time for which a pixel shows its background: more than half, as in a temporal median.
_BACKGROUND_RATIO = 0.5
# Standard deviation of a usual camera's noise in grey levels; also the least that MOG2 assumes (variance 4).
_NOISE = 2.0
# Least brightness of a shadow, as a share of the background's value. A shadow in full sun still gets about a
# third of the light, from the sky, which a camera's gamma of 1/2.2 turns into 0.6 of the value.
_DARKEST_SHADOW = 0.6
# Time constant of following the light: changes over a minute or more (clouds, dusk), 8 grey levels in 20 s.
_FOLLOW_S = 20.0
_UPDATE_EVERY_S = 0.5
# Time in which a camera's exposure and white balance settle after a sudden change of light, about two
# seconds; and a quarter of it, the time constant with which the new background is learned meanwhile.
_SETTLE_S = 2.0
_RELEARN_S = 0.5
# Time for which a place has to look like somebody who rests before it is asked whether it is empty: who walks
# has left it.
_GHOST_S = 2.0
# Width of the picture's border in pixels that is ignored: interpolation and a shaking camera make up values
# there.
_BORDER = 2

# MOG2 returns 0 for background, 127 for shadow, 255 for foreground.
_CLASS_OF_RAW = np.full(256, FOREGROUND, np.uint8)
_CLASS_OF_RAW[[0, 127]] = BACKGROUND, SHADOW


class Background:
    """Gaussian mixture per pixel with shadows (MOG2, Zivkovic 2004), kept from learning people who rest.

    `update` is told where people are. There the model keeps the background it has, until people have rested
    for so long that they count as part of the scene; everywhere else it follows the light.
    """

    def __init__(
        self, settings: MotionSettings, images: Iterable[NDArray[np.uint8]], *, seconds: float, spread: bool
    ) -> None:
        """Learn the background: what each pixel shows more than half of the time.

        Args:
            settings: settings of the motion detector.
            images: frames to learn from, at least one, (height, width, 3) uint8, all of one size.
            seconds: time of the first frame that `advance` gets, in seconds.
            spread: whether the images are spread over the clip; if not, the background settles in the clip's
                first seconds.
        """
        # From 8 standard deviations to 2; 4 by default.
        deviations = 4 * 2 ** (1 - settings.sensitivity / 50)
        self._tolerance = round(deviations * _NOISE)
        self._change_share = 0.95 - 0.9 * settings.scene_change_level / 100
        # From 25 hours to 4 seconds; ten minutes by default.
        self._absorb_s = 600 * 150 ** (1 - settings.background_update_rate / 50)
        self._model = cv2.createBackgroundSubtractorMOG2(varThreshold=deviations**2, detectShadows=True)
        self._model.setBackgroundRatio(_BACKGROUND_RATIO)
        self._model.setShadowValue(127)
        self._model.setShadowThreshold(_DARKEST_SHADOW)
        for n, image in enumerate(images, start=1):
            self._model.apply(image, learningRate=1 / n)
        self._settled = spread
        self._changed = self._updated = self._now = seconds
        self._restart(np.asarray(self._model.getBackgroundImage(), np.uint8))

    @property
    def plate(self) -> NDArray[np.uint8]:
        """Picture of the background, (height, width, 3) uint8."""
        return self._plate.astype(np.uint8)

    def add(self, window: tuple[slice, slice], inside: NDArray[np.bool_], picture: NDArray[np.uint8]) -> None:
        """Take a second picture of a place as background too.

        Args:
            window: rows and columns of the place.
            inside: (height, width) bool mask of the place within the window.
            picture: (height, width, 3) uint8 picture of the window.
        """
        self._second.append(_Second(window, inside, picture.astype(np.float32), self._tolerance))

    def subtract(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Compare a frame with the background, which stays as it is.

        Returns:
            (height, width) uint8 class of each pixel: `BACKGROUND`, `FOREGROUND` or `SHADOW`.
        """
        # A camera on a pole moves by a pixel in the wind: values of a neighbouring background pixel are
        # background. Most of a picture is, and the model, which takes far longer, need not look at it.
        known = cv2.inRange(image, self._low, self._high)
        raw = self._model.apply(image, knownForegroundMask=known, learningRate=0)
        classes = np.asarray(cv2.LUT(cv2.bitwise_and(raw, cv2.bitwise_not(known)), _CLASS_OF_RAW), np.uint8)
        for second in self._second:
            classes[second.window][second.shown(image)] = BACKGROUND
        classes[:_BORDER] = classes[-_BORDER:] = BACKGROUND
        classes[:, :_BORDER] = classes[:, -_BORDER:] = BACKGROUND
        return classes

    def advance(self, image: NDArray[np.uint8], seconds: float) -> NDArray[np.uint8] | None:
        """Compare the next frame of the clip with the background, and relearn it after a change of light.

        Args:
            image: (height, width, 3) uint8 image of the frame.
            seconds: time of the frame in seconds, not before the last frame's.

        Returns:
            (height, width) uint8 class of each pixel: `BACKGROUND`, `FOREGROUND` or `SHADOW`; None while a
            change of light hides people.
        """
        elapsed, self._now = seconds - self._now, seconds
        classes = self.subtract(image)
        if np.count_nonzero(classes) > self._change_share * classes.size:
            self._changed, self._settled = seconds, False
        if not self._settled and seconds - self._changed < _SETTLE_S:
            self._model.apply(image, learningRate=_rate(elapsed, _RELEARN_S))
            self._restart(image)
            return None
        return classes

    def update(self, image: NDArray[np.uint8], people: NDArray[np.bool_]) -> None:
        """Follow the light wherever there are no people.

        Args:
            image: (height, width, 3) uint8 image of the frame that `advance` got last.
            people: (height, width) bool mask of the foreground that belongs to people.
        """
        elapsed = self._now - self._updated
        if elapsed < _UPDATE_EVERY_S:
            return
        self._updated = self._now
        self._resting += np.float32(elapsed)
        self._resting[~people] = 0
        self._forget_ghosts(image)
        # A background that was learned quickly, after a change of light, is trusted only for as long as it
        # has been seen: what rests for longer becomes background.
        patience = self._absorb_s if self._settled else min(self._absorb_s, (self._now - self._changed) / 2)
        learnable = (~people | (self._resting > patience)).astype(np.uint8)
        rate = _rate(elapsed, min(_FOLLOW_S, self._absorb_s))
        for second in self._second:
            # Each state follows the light while it is seen.
            shown = second.shown(image)
            learnable[second.window][shown] = 0
            second.follow(image, shown, rate)
        without_people = cv2.copyTo(image, learnable, self._plate.astype(np.uint8))
        self._model.apply(without_people, learningRate=rate)
        cv2.accumulateWeighted(image, self._plate, rate, learnable)
        self._bound()

    def _forget_ghosts(self, image: NDArray[np.uint8]) -> None:
        """Take the empty scene as background at once, where something that was a part of it has gone."""
        resting = self._resting > _GHOST_S
        if resting.any():
            gone = find_ghosts(resting, image, self.plate)
            self._plate[gone] = image[gone]
            self._resting[gone] = 0

    def _restart(self, plate: NDArray[np.uint8]) -> None:
        """Take a picture as the only background, and reset all resting times."""
        self._second: list[_Second] = []
        self._plate = plate.astype(np.float32)
        self._resting = np.zeros(plate.shape[:2], np.float32)
        self._updated = self._now
        self._bound()

    def _bound(self) -> None:
        self._low, self._high = _bounds(self._plate, self._tolerance)


class _Second:
    """A second picture of a place that is background as well, such as a box that is there for some time."""

    def __init__(
        self,
        window: tuple[slice, slice],
        inside: NDArray[np.bool_],
        picture: NDArray[np.float32],
        tolerance: int,
    ) -> None:
        self.window = window
        self._inside, self._picture, self._tolerance = inside, picture, tolerance
        self._low, self._high = _bounds(picture, tolerance)

    def shown(self, image: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Return where in the window a frame shows this picture, (height, width) bool."""
        return self._inside & (cv2.inRange(image[self.window], self._low, self._high) > 0)

    def follow(self, image: NDArray[np.uint8], shown: NDArray[np.bool_], rate: float) -> None:
        """Follow the light where a frame shows this picture."""
        cv2.accumulateWeighted(image[self.window], self._picture, rate, shown.astype(np.uint8))
        self._low, self._high = _bounds(self._picture, self._tolerance)


def _bounds(plate: NDArray[np.float32], tolerance: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the least and greatest values that a background has in the neighbourhood of each pixel."""
    kernel = np.ones((3, 3), np.uint8)
    whole = plate.astype(np.uint8)
    off = np.full_like(whole, tolerance)
    low, high = cv2.subtract(cv2.erode(whole, kernel), off), cv2.add(cv2.dilate(whole, kernel), off)
    return np.asarray(low, np.uint8), np.asarray(high, np.uint8)


def _rate(elapsed_s: float, time_constant_s: float) -> float:
    """Return the weight of a new value in an exponential average after some seconds."""
    return 1 - math.exp(-elapsed_s / time_constant_s)
