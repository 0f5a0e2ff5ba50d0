"""Size of people at each place of the scene, and occluders that hide them, learned from blobs."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.detect.perspective import Perspective

# Person's height as a share of the picture's, and width divided by height, where there is too little to learn
# from: a fifth of the picture, three times as tall as wide.
_DEFAULT_HEIGHT = 0.2
_DEFAULT_ASPECT = 0.35
# Range of height divided by width, and least filled share of the box, of a person who is seen as a whole.
# Blobs beyond them are vehicles, several people, limbs or lines of noise.
_UPRIGHT = (1.5, 5.0)
_LEAST_FILL = 1 / 3
# Largest relative difference from the fit: adults differ by about 10 % in height, their blobs by some more.
_TOLERANCE = 0.15
_TRIALS = 500
_LEAST_BLOBS = 10
# An occluder is where people show less than a fifth as often as around it, where they show in at least three
# frames.
_HIDDEN = 0.2
_LEAST_SEEN = 3


@dataclass(frozen=True, slots=True)
class PersonSize:
    """Expected height and width of a standing person as a function of the foot point.

    Attributes:
        perspective: perspective of the scene: height of a person by foot point.
        limits: least and greatest height seen while learning, in pixels; expected heights are clipped to the
            least divided by 1.5 and the greatest times 1.5.
        aspect: width of a person divided by the height.
    """

    perspective: Perspective
    limits: tuple[float, float]
    aspect: float

    @property
    def usual(self) -> float:
        """Middle of the range of heights `limits`, in pixels."""
        return sum(self.limits) / 2

    def heights(self, feet: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the expected heights, (n,) in pixels, of people who stand at foot points (n, 2)."""
        low, high = self.limits
        heights: NDArray[np.float64] = np.clip(self.perspective.heights(feet), low / 1.5, high * 1.5)
        return heights


def fit_person_size(
    boxes: NDArray[np.floating], fill: NDArray[np.floating], *, frame_height: int
) -> PersonSize:
    """Learn the expected size of a person from blobs, most of which may be something else.

    Random sample consensus (Fischler and Bolles 1981), seeded: of the lines through pairs of upright blobs,
    the one that agrees with the largest sum of blob heights, then least squares over the blobs that agree.
    Weighting by height keeps the many small specks of noise from outvoting people.

    Args:
        boxes: (n, 4) bounding boxes x1 y1 x2 y2 of the blobs, in pixels.
        fill: (n,) share of each box that is foreground.
        frame_height: height of the frame in pixels.

    Returns:
        The fit; with too few upright blobs, a constant height: the blobs' median, or a fifth of the frame if
        there are none.
    """
    wide, tall = (boxes[:, 2:] - boxes[:, :2]).T
    upright = (tall >= _UPRIGHT[0] * wide) & (tall <= _UPRIGHT[1] * wide) & (fill >= _LEAST_FILL)
    wide, tall = wide[upright], tall[upright]
    if len(tall) < _LEAST_BLOBS:
        usual = float(np.median(tall)) if len(tall) else _DEFAULT_HEIGHT * frame_height
        return PersonSize(Perspective(usual, 0.0, 0.0), (usual, usual), _DEFAULT_ASPECT)
    rows = boxes[upright, 3]
    agreeing = _consensus(rows, tall)
    wide, tall = wide[agreeing], tall[agreeing]
    design = np.column_stack([np.ones(len(tall)), rows[agreeing]])
    base, down = np.linalg.lstsq(design, tall, rcond=None)[0]
    limits = (float(tall.min()), float(tall.max()))
    return PersonSize(Perspective(float(base), float(down), 0.0), limits, float(np.median(wide / tall)))


def _consensus(foot: NDArray[np.floating], height: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return the mask of the blobs that agree with the best line through two of them or constant height."""
    rng = np.random.default_rng(0)
    i, j = rng.integers(len(foot), size=(2, _TRIALS))
    run = foot[j] - foot[i]
    slope = np.divide(height[j] - height[i], run, out=np.zeros_like(run), where=run != 0)
    expected = height[i, None] + slope[:, None] * (foot[None, :] - foot[i, None])
    agrees = np.abs(height - expected) <= _TOLERANCE * expected
    best: NDArray[np.bool_] = agrees[np.argmax(agrees @ height)]
    return best


def find_occluders(people: NDArray[np.floating], size: PersonSize, *, frames: int) -> NDArray[np.uint8]:
    """Find occluders: shelves, counters and posts that people pass behind.

    Args:
        people: (height, width) share of the frames in which each pixel was foreground.
        size: expected size of a person; the neighbourhood of a pixel is as large as a usual one.
        frames: number of frames that the shares are of.

    Returns:
        (height, width) uint8 mask, 0 at occluders, else 1.
    """
    share = people.astype(np.float32)
    side = round(size.usual) | 1
    around = cv2.blur(share, (side, side))
    hidden = (cv2.blur(share, (3, 3)) < _HIDDEN * around) & (around * frames >= _LEAST_SEEN)
    return np.where(hidden, 0, 1).astype(np.uint8)
