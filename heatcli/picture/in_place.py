"""The empty scene of a camera that has shifted a little, moved to where the maps of its view lie."""

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.select.views.placement import Placement


def in_place(plate: NDArray[np.uint8], placement: Placement, sample_aspect: float) -> NDArray[np.uint8]:
    """Move a plate to where the first picture of its view shows the same.

    Args:
        plate: (height, width, 3) uint8 BGR picture.
        placement: where the plate lies on that picture.
        sample_aspect: width of a pixel divided by its height.

    Returns:
        (height, width, 3) uint8 BGR picture, whose border is drawn out where nothing is known.
    """
    if placement.is_none:
        return plate
    height, width = plate.shape[:2]
    square = np.diag([sample_aspect, 1.0, 1.0])
    matrix = np.linalg.inv(square) @ placement.matrix(width * sample_aspect, height, pixel=0) @ square
    moved = cv2.warpAffine(plate, matrix[:2], (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)
