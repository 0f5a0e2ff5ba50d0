"""What the scene looks like without people, at every moment of a clip from a fixed camera."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import MotionSettings
from heatcli.detect.blobs import BACKGROUND, FOREGROUND, SHADOW

# The background is what a pixel shows more than half of the time, as in a temporal median.
_BACKGROUND_RATIO = 0.5
# Standard deviation of a usual camera's noise in grey levels; also the least that MOG2 assumes (variance 4).
_NOISE = 2.0
# A shadow in full sun still has about a third of the light, from the sky, which a camera's gamma of 1/2.2
# shows as 0.6 of the value; what is darker is no shadow.
_DARKEST_SHADOW = 0.6
# Light that changes over a minute or more (clouds, dusk) is followed: 8 grey levels in 20 s.
_FOLLOW_S = 20.0
_UPDATE_EVERY_S = 0.5
# Exposure and white balance of a camera settle within about two seconds after a sudden change of light; what
# the picture shows is learned with a quarter of that.
_SETTLE_S = 2.0
_RELEARN_S = 0.5
# Interpolation and a shaking camera make up values in the outermost rows and columns.
_BORDER = 2

# MOG2 says 0, 127 for shadow, 255.
_CLASS_OF_RAW = np.full(256, FOREGROUND, np.uint8)
_CLASS_OF_RAW[[0, 127]] = BACKGROUND, SHADOW


class Background:
    """Gaussian mixture per pixel with shadows (MOG2, Zivkovic 2004), kept from learning people who rest.

    `update` is told where people are: there the model goes on seeing the background, until they have rested
    for so long that they count as part of the scene; everywhere else it follows the light.
    """

    def __init__(
        self, settings: MotionSettings, images: Sequence[NDArray[np.uint8]], *, seconds: float, spread: bool
    ) -> None:
        """Learn from what a pixel shows more than half of the time.

        Args:
            settings: of the detector.
            images: at least one frame, (height, width, 3) uint8, all of one size.
            seconds: time of the frame that `subtract` gets first.
            spread: whether the images are spread over the clip; if not, its first seconds settle it.
        """
        # 4 standard deviations by default, from 8 to 2.
        deviations = 4 * 2 ** (1 - settings.sensitivity / 50)
        self._tolerance = round(deviations * _NOISE)
        self._change_share = 0.95 - 0.9 * settings.scene_change_level / 100
        # Ten minutes by default, from 25 hours to 4 seconds.
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

    def subtract(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Compare a frame with the background, which stays as it is.

        Returns:
            (height, width) uint8 of `BACKGROUND`, `FOREGROUND` and `SHADOW`, pixel by pixel.
        """
        classes = _CLASS_OF_RAW[np.asarray(self._model.apply(image, learningRate=0))]
        # A camera on a pole moves by a pixel in the wind: what a neighbour shows is no foreground.
        classes[cv2.inRange(image, self._low, self._high) > 0] = BACKGROUND
        classes[:_BORDER] = classes[-_BORDER:] = BACKGROUND
        classes[:, :_BORDER] = classes[:, -_BORDER:] = BACKGROUND
        return classes

    def advance(self, image: NDArray[np.uint8], seconds: float) -> NDArray[np.uint8] | None:
        """Compare the next frame of the clip with the background, and learn anew if the light has changed.

        Args:
            image: (height, width, 3) uint8.
            seconds: time of the frame, not before the last one's.

        Returns:
            As `subtract`; None while the light changes and nobody can be told from it.
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
            image: the frame that `advance` got last.
            people: (height, width) foreground that belongs to somebody.
        """
        elapsed = self._now - self._updated
        if elapsed < _UPDATE_EVERY_S:
            return
        self._updated = self._now
        self._resting += np.float32(elapsed)
        self._resting[~people] = 0
        # A background learned in passing, after the light changed, is trusted no further than it was seen:
        # what rests for longer than its background showed becomes background.
        patience = self._absorb_s if self._settled else min(self._absorb_s, (self._now - self._changed) / 2)
        learnable = (~people | (self._resting > patience)).astype(np.uint8)
        rate = _rate(elapsed, min(_FOLLOW_S, self._absorb_s))
        without_people = cv2.copyTo(image, learnable, self._plate.astype(np.uint8))
        self._model.apply(without_people, learningRate=rate)
        cv2.accumulateWeighted(image, self._plate, rate, learnable)
        self._bound()

    def _restart(self, plate: NDArray[np.uint8]) -> None:
        """Take a picture for the background, and everybody for having just come."""
        self._plate = plate.astype(np.float32)
        self._resting = np.zeros(plate.shape[:2], np.float32)
        self._updated = self._now
        self._bound()

    def _bound(self) -> None:
        """Range of values that the background shows around each pixel."""
        kernel = np.ones((3, 3), np.uint8)
        self._low = np.maximum(cv2.erode(self._plate, kernel) - self._tolerance, 0).astype(np.uint8)
        self._high = np.minimum(cv2.dilate(self._plate, kernel) + self._tolerance, 255).astype(np.uint8)


def _rate(elapsed_s: float, time_constant_s: float) -> float:
    """Share of a new value in an exponential average after some seconds."""
    return 1 - math.exp(-elapsed_s / time_constant_s)
