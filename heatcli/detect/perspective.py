"""How tall people look where they stand: one perspective model, for detectors and for tracks.

On level ground, seen by a camera without much distortion, the height of people's boxes is a linear function
of their foot point: it shrinks to nothing at the horizon (Hoiem, Efros & Hebert, Putting Objects in
Perspective, CVPR 2006).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Perspective:
    """Expected height of a box in pixels: `base` + `down` * y + `across` * x at its foot point (x, y).

    Attributes:
        base: expected height at the foot point (0, 0), in pixels.
        down: increase of the expected height per pixel down.
        across: increase of the expected height per pixel to the right.
    """

    base: float
    down: float
    across: float

    def heights(self, feet: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the expected heights, (n,) in pixels, at foot points (n, 2)."""
        height: NDArray[np.float64] = self.base + feet @ np.array([self.across, self.down])
        return height
