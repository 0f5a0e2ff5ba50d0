"""What a picture of an empty scene tells of its camera: its light, and how much and how sharply it shows."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.video.registration import WIDTH

# Scales in pixels at `WIDTH`: what a lens out of focus loses first, and what it still shows.
_FINE, _COARSE, _BROAD = 0.8, 1.6, 5.0
# Side of the blocks in pixels, and contrast (of the logarithm of light) from which one shows something.
_BLOCK, _CONTRAST = 16, 0.035


@dataclass(frozen=True, slots=True)
class PlateMeasures:
    """What a picture of an empty scene shows.

    Attributes:
        light: grey level, 0..255, that a twentieth of the picture exceeds.
        structure: share of its blocks in which anything is to be seen, 0..1.
        sharpness: contrast of the finest details divided by that of larger ones, the median of these blocks;
            0 where there are none.
    """

    light: float
    structure: float
    sharpness: float


def read_grey(file: Path, *, height: int) -> NDArray[np.float32] | None:
    """Read a picture as (height, `WIDTH`) float32 grey levels; None where it is missing or damaged."""
    try:
        picture = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_GRAYSCALE)
    except (OSError, cv2.error):
        return None
    if picture is None:
        return None
    return np.asarray(cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA), np.float32)


def measures_of(grey: NDArray[np.float32]) -> PlateMeasures:
    """Measure a picture, (height, width) float32 grey levels."""
    # Of the logarithm, so that neither exposure nor the hour counts; noise of the dark must not.
    light = np.log(grey + np.float32(16))
    fine, coarse, broad = (
        np.asarray(cv2.GaussianBlur(light, (0, 0), sigma), np.float32) for sigma in (_FINE, _COARSE, _BROAD)
    )
    details, things = _contrast(light - fine), _contrast(coarse - broad)
    shows = things > _CONTRAST
    return PlateMeasures(
        light=float(np.percentile(grey, 95)),
        structure=float(shows.mean()),
        sharpness=float(np.median(details[shows] / things[shows])) if shows.any() else 0.0,
    )


def _contrast(band: NDArray[np.float32]) -> NDArray[np.float64]:
    """Root mean square of a band of details, block by block."""
    rows, columns = (side // _BLOCK for side in band.shape)
    blocks = band[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    return np.asarray(np.sqrt((blocks.astype(np.float64) ** 2).mean(axis=(1, 3))))
