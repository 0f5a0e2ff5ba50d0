"""What the scene does to the look of people: how large they are at each place, and what hides them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# With nothing to learn from: people of a fifth of the picture's height, three times as tall as wide.
_DEFAULT_HEIGHT = 0.2
_DEFAULT_ASPECT = 0.35
# A person standing free is between 1.5 and 5 times as tall as wide, and its silhouette fills at least a
# third of its box: what is outside is a vehicle, several people, a limb or a line of noise.
_UPRIGHT = (1.5, 5.0)
_LEAST_FILL = 1 / 3
# People differ by about 10 % in height (adults), their blobs by some more.
_TOLERANCE = 0.15
_TRIALS = 500
_LEAST_BLOBS = 10
# A fixture is where people show less than a fifth as often as around it, and around it at least three times.
_HIDDEN = 0.2
_LEAST_SEEN = 3


@dataclass(frozen=True, slots=True)
class PersonSize:
    """Expected height and width of a standing person as a function of the foot point's row.

    A pinhole camera without roll sees people who stand on one floor with a height proportional to the
    distance of their foot point from the horizon: `height = intercept + slope * y`, zero at the horizon.

    Attributes:
        intercept: pixels.
        slope: pixels per pixel.
        limits: least and greatest height seen while learning; no expectation leaves them by more than half.
        aspect: width divided by height.
    """

    intercept: float
    slope: float
    limits: tuple[float, float]
    aspect: float

    @property
    def usual(self) -> float:
        """Height in pixels in the middle of the range."""
        return sum(self.limits) / 2

    def height(self, y: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the expected height in pixels of people whose foot points are in rows `y`."""
        low, high = self.limits
        height: NDArray[np.float64] = np.clip(self.intercept + self.slope * y, low / 1.5, high * 1.5)
        return height


def fit_person_size(
    boxes: NDArray[np.floating], fill: NDArray[np.floating], *, frame_height: int
) -> PersonSize:
    """Learn the expected size of a person from blobs, most of which may be something else.

    Random sample consensus (Fischler and Bolles 1981) on pairs of upright blobs, seeded: the line that agrees
    with the most blob height, then least squares over the blobs that agree. Weighting by height keeps the
    many small specks of noise from outvoting people.

    Args:
        boxes: (n, 4) x1 y1 x2 y2, pixels.
        fill: (n,) share of each box that is foreground.
        frame_height: pixels.

    Returns:
        The fit, or with too few upright blobs a constant: their median, or a fifth of the frame without any.
    """
    width, height, foot = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1], boxes[:, 3]
    upright = (height >= _UPRIGHT[0] * width) & (height <= _UPRIGHT[1] * width) & (fill >= _LEAST_FILL)
    width, height, foot = width[upright], height[upright], foot[upright]
    if len(height) < _LEAST_BLOBS:
        usual = float(np.median(height)) if len(height) else _DEFAULT_HEIGHT * frame_height
        return PersonSize(usual, 0.0, (usual, usual), _DEFAULT_ASPECT)
    agreeing = _consensus(foot, height)
    design = np.column_stack([np.ones(agreeing.sum()), foot[agreeing]])
    intercept, slope = np.linalg.lstsq(design, height[agreeing], rcond=None)[0]
    limits = (float(height[agreeing].min()), float(height[agreeing].max()))
    aspect = float(np.median(width[agreeing] / height[agreeing]))
    return PersonSize(float(intercept), float(slope), limits, aspect)


def _consensus(foot: NDArray[np.floating], height: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which blobs agree with the best line through two of them; constant heights are tried as well."""
    rng = np.random.default_rng(0)
    i, j = rng.integers(len(foot), size=(2, _TRIALS))
    run = foot[j] - foot[i]
    slope = np.divide(height[j] - height[i], run, out=np.zeros_like(run), where=run != 0)
    expected = height[i, None] + slope[:, None] * (foot[None, :] - foot[i, None])
    agrees = np.abs(height - expected) <= _TOLERANCE * expected
    best: NDArray[np.bool_] = agrees[np.argmax(agrees @ height)]
    return best


def find_fixtures(people: NDArray[np.floating], size: PersonSize, *, frames: int) -> NDArray[np.float32]:
    """Find what stands before people: shelves, counters, posts, where they pass but never show.

    Args:
        people: (height, width) share of the frames in which each pixel was foreground.
        size: expected size of a person; a neighbourhood is as large as one.
        frames: how many frames those were.

    Returns:
        (height, width), 0 at fixtures, else 1.
    """
    share = people.astype(np.float32)
    side = round(size.usual) | 1
    around = cv2.blur(share, (side, side))
    hidden = (cv2.blur(share, (3, 3)) < _HIDDEN * around) & (around * frames >= _LEAST_SEEN)
    return np.where(hidden, 0, 1).astype(np.float32)
