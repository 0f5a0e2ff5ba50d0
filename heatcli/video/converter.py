"""From a decoder's picture to the image that is looked at."""

from collections.abc import Sequence

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from heatcli.video.frame import VideoInfo
from heatcli.video.layout import Size
from heatcli.video.masks import black_out

_ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class Converter:
    """Converts the decoder's picture to an upright BGR image with masks, scaled before it is turned."""

    def __init__(self, info: VideoInfo, size: Size, masks: Sequence[Sequence[tuple[float, float]]]) -> None:
        self._width, self._height = size
        self._masks = masks
        self._mirrored, self._rotation = info.mirrored, info.rotation
        self._reformatter = VideoReformatter()

    def __call__(self, picture: VideoFrame) -> NDArray[np.uint8]:
        """Return the image of a picture, (height, width, 3)."""
        bgr = self._reformatter.reformat(picture, self._width, self._height, "bgr24")
        # A view of the converted picture; it is copied only where its lines are padded.
        image = np.ascontiguousarray(bgr.to_ndarray(), dtype=np.uint8)
        if self._mirrored:
            image = np.asarray(cv2.flip(image, 1), dtype=np.uint8)
        if self._rotation:
            image = np.asarray(cv2.rotate(image, _ROTATIONS[self._rotation]), dtype=np.uint8)
        black_out(image, self._masks)
        return image
