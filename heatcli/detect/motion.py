"""Motion detection for a fixed camera: finds people by background subtraction, without weights."""

import math
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import MotionSettings
from heatcli.detect.background import Background
from heatcli.detect.base import Detections, DetectorIdentity
from heatcli.detect.blobs import blobs, find_people
from heatcli.detect.empty_scene import clear, find_places
from heatcli.detect.perspective import Perspective
from heatcli.detect.scene import PersonSize, find_occluders, fit_person_size
from heatcli.detect.silhouettes import BACKGROUND, FOREGROUND, SHADOW
from heatcli.video.frame import Frame
from heatcli.video.steps import StepsSoFar

# Largest width at which frames are analysed; wider ones are reduced by a whole factor. People are still tens
# of pixels tall.
_WIDEST = 640
# Most frames kept while learning, which bounds memory (at most 92 MB at 640x480).
_MOST_LEARNED = 100
# Size of the median filter that removes pixel noise; and largest width of the cracks that are closed after
# it, as a share of a usual person's height.
_NOISE_KERNEL = 3
_CRACK = 1 / 20
# Share of the height by which a person's foreground may reach out of the box: arms, bags, the edge of a
# shadow.
_REACH = 0.1
_UNKNOWN_SIZE = PersonSize(Perspective(0.0, 0.0, 0.0), (0.0, 0.0), 0.35)


class MotionDetector:
    """Detects people as foreground of an upright person's size, as `settings.MotionSettings` sets.

    The filled share is how much of the visible part of an average person's silhouette the foreground fills,
    less holes. Confidence is its square: a person who fills half has 0.25, at which a detection may usually
    begin a tracklet. People are reported from a filled share of `min_target_size` squared, a quarter by
    default.
    """

    classes = ("person",)
    identity = DetectorIdentity("motion", None, None)
    batch_size = 1
    # People who stand or walk together are one blob in some frames and not in others: that needs all of them.
    base_fps = 10.0
    reads_ahead = True

    def __init__(self, settings: MotionSettings) -> None:
        self._settings = settings
        self._scene: _Scene | None = None
        self._clock = _Clock()

    def learn(self, frames: Iterable[Frame], *, width: int, height: int) -> None:
        """Start a new clip: background, size of people and occluders from 50 to 200 frames spread over it.

        Without frames the background is learned during the first seconds of the clip, which report nothing,
        and people are taken to be a fifth of the picture tall.
        """
        images: list[NDArray[np.uint8]] = []
        stride = 1
        for n, frame in enumerate(frames):
            if n % stride == 0:
                images.append(_reduce(frame.image))
            if len(images) > _MOST_LEARNED:
                images, stride = images[::2], stride * 2
        self._scene = _Scene(self._settings, images, seconds=0.0) if images else None
        self._clock = _Clock()

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find people in the next frames of the clip, in order; nobody while the light changes suddenly."""
        return [self._detect(frame) for frame in frames]

    def _detect(self, frame: Frame) -> Detections:
        image = _reduce(frame.image)
        seconds = self._clock.seconds(frame.pts_us)
        if self._scene is None:
            self._scene = _Scene(self._settings, [image], seconds=seconds)
        boxes, share = self._scene.people(image, seconds)
        height, width = frame.image.shape[:2]
        scale = np.array([width, height] * 2) / np.array(image.shape[1::-1] * 2)
        return Detections(
            (boxes * scale).astype(np.float32), (share**2).astype(np.float32), np.zeros(len(boxes), np.int32)
        )

    def pass_over(self, pts_us: int) -> None:
        """Let time go on for the background."""
        self._clock.seconds(pts_us)

    def close(self) -> None:
        """Forget the clip."""
        self._scene = None


class _Clock:
    """Time as it was watched: what happened in a gap of the recording, nobody saw."""

    def __init__(self) -> None:
        self._now_us = 0
        self._latest_us: int | None = None
        self._steps = StepsSoFar()

    def seconds(self, pts_us: int) -> float:
        """Return the watched time in seconds at the next frame, or at one before the latest."""
        if self._latest_us is not None and pts_us < self._latest_us:
            return (self._now_us - (self._latest_us - pts_us)) / 1e6
        if self._latest_us is None:
            self._now_us = pts_us
        else:
            step_us = pts_us - self._latest_us
            self._now_us += min(step_us, self._steps.add(step_us))
        self._latest_us = pts_us
        return self._now_us / 1e6


class _Scene:
    """Background, size of people and occluders of one clip, in pixels of the reduced frames."""

    def __init__(
        self, settings: MotionSettings, images: Sequence[NDArray[np.uint8]], *, seconds: float
    ) -> None:
        self._least = (settings.min_target_size / 100) ** 2
        spread = len(images) > 1
        self._background = Background(settings, images, seconds=seconds, spread=spread)
        raw = [self._background.subtract(image) for image in images]
        self._size = _person_size(raw)
        changed = [_clean(mask, _UNKNOWN_SIZE) != BACKGROUND for mask in raw]
        places = find_places(images, changed, self._background.plate, person=self._size.usual)
        if places:
            people = [place for place in places if not place.is_thing]
            if people:
                self._background = Background(settings, clear(images, people), seconds=seconds, spread=spread)
            for thing in (place for place in places if place.is_thing):
                self._background.add(thing.window, thing.inside, thing.other)
            raw = [self._background.subtract(image) for image in images]
            self._size = _person_size(raw)
        shown = np.mean([_clean(mask, self._size) == FOREGROUND for mask in raw], axis=0)
        self._visible = find_occluders(shown, self._size, frames=len(raw))

    def people(
        self, image: NDArray[np.uint8], seconds: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return boxes and filled shares, as `find_people` does, and update the background."""
        raw = self._background.advance(image, seconds)
        if raw is None:
            return np.zeros((0, 4)), np.zeros(0)
        foreground = _clean(raw, self._size)
        boxes, share = find_people(foreground, self._visible, self._size, least=self._least)
        self._background.update(image, _within(foreground, boxes))
        return boxes, share


def _person_size(raw: Sequence[NDArray[np.uint8]]) -> PersonSize:
    """Learn the size of people from the classes of pixels of some frames."""
    found = [blobs(_clean(mask, _UNKNOWN_SIZE), _UNKNOWN_SIZE) for mask in raw]
    boxes = np.concatenate([box for box, _ in found])
    area = np.concatenate([pixels for _, pixels in found])
    fill = area / np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return fit_person_size(boxes, fill, frame_height=raw[0].shape[0])


def _reduce(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    factor = math.ceil(width / _WIDEST)
    if factor == 1:
        return image
    reduced = cv2.resize(image, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, np.uint8)


def _clean(raw: NDArray[np.uint8], size: PersonSize) -> NDArray[np.uint8]:
    """Remove pixel noise from the classes of pixels, and close cracks in the foreground."""
    foreground, shadow = (
        cv2.medianBlur(cv2.inRange(raw, of, of), _NOISE_KERNEL) for of in (FOREGROUND, SHADOW)
    )
    side = round(size.usual * _CRACK) | 1
    foreground = cv2.morphologyEx(foreground, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    one, other = np.asarray(foreground, np.uint8), np.asarray(shadow, np.uint8)
    return np.asarray(one & FOREGROUND | ~one & other & SHADOW, np.uint8)


def _within(foreground: NDArray[np.uint8], boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the mask of the foreground that belongs to the people in boxes (n, 4)."""
    people = np.zeros(foreground.shape, np.bool_)
    for x1, y1, x2, y2 in boxes:
        reach = _REACH * (y2 - y1)
        rows = slice(max(int(y1 - reach), 0), int(y2 + reach) + 1)
        columns = slice(max(int(x1 - reach), 0), int(x2 + reach) + 1)
        people[rows, columns] = foreground[rows, columns] == FOREGROUND
    return people
