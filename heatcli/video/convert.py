"""From a decoder's picture to what is shown: upright, of one size, with masks."""

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from heatcli.video.frame import VideoInfo
from heatcli.video.layout import Size
from heatcli.video.masks import black_out
from heatcli.video.stillness import Blocks, blocks_of

_ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}

Value = TypeVar("Value", np.uint8, np.float32)


class Converter:
    """Converts the decoder's picture to an upright BGR image with masks, scaled before it is turned.

    Args:
        info: description of the clip.
        size: width and height that pictures are to have before they are turned, in pixels.
        masks: polygons that are black, as in `heatcli.video.masks`.
    """

    def __init__(self, info: VideoInfo, size: Size, masks: Sequence[Sequence[tuple[float, float]]]) -> None:
        self._width, self._height = size
        self._masks = masks
        self._mirrored, self._rotation = info.mirrored, info.rotation
        self._reformatter = VideoReformatter()

    def image(self, picture: VideoFrame) -> NDArray[np.uint8]:
        """Return the picture as an image, (height, width, 3) uint8."""
        bgr = self._reformatter.reformat(picture, self._width, self._height, "bgr24")
        # A view of the converted picture; it is copied only where its lines are padded.
        image = self._upright(np.ascontiguousarray(bgr.to_ndarray(), dtype=np.uint8))
        black_out(image, self._masks)
        return image

    def blocks(self, picture: VideoFrame) -> Blocks:
        """Return the blocks of the picture, upright, those under masks black."""
        blocks = self._upright(blocks_of(picture))
        # Whoever passes beside a mask is not much wider than a block.
        black_out(blocks, self._masks, line=1)
        return blocks

    def _upright(self, image: NDArray[Value]) -> NDArray[Value]:
        """Mirror and turn an image for display."""
        if self._mirrored:
            image = np.asarray(cv2.flip(image, 1), dtype=image.dtype)
        if self._rotation:
            image = np.asarray(cv2.rotate(image, _ROTATIONS[self._rotation]), dtype=image.dtype)
        return image
