"""What the scene does to the look of people: how large they are at each place, and what hides them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.detect.perspective import Perspective

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
# An occluder is where people show less than a fifth as often as around it, and that at least three times.
_HIDDEN = 0.2
_LEAST_SEEN = 3


@dataclass(frozen=True, slots=True)
class PersonSize:
    """Expected height and width of a standing person as a function of the foot point.

    Attributes:
        perspective: of the scene.
        limits: least and greatest height seen while learning; no expectation leaves them by more than half.
        aspect: width divided by height.
    """

    perspective: Perspective
    limits: tuple[float, float]
    aspect: float

    @property
    def usual(self) -> float:
        """Height in pixels in the middle of the range."""
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

    Random sample consensus (Fischler and Bolles 1981) on pairs of upright blobs, seeded: the line that agrees
    with the most blob height, then least squares over the blobs that agree. Weighting by height keeps the
    many small specks of noise from outvoting people.

    Args:
        boxes: (n, 4) x1 y1 x2 y2, pixels.
        fill: (n,) share of each box that is foreground.
        frame_height: height of the frame in pixels.

    Returns:
        The fit, or with too few upright blobs a constant: their median, or a fifth of the frame without any.
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
    """Which blobs agree with the best line through two of them; constant heights are tried as well."""
    rng = np.random.default_rng(0)
    i, j = rng.integers(len(foot), size=(2, _TRIALS))
    run = foot[j] - foot[i]
    slope = np.divide(height[j] - height[i], run, out=np.zeros_like(run), where=run != 0)
    expected = height[i, None] + slope[:, None] * (foot[None, :] - foot[i, None])
    agrees = np.abs(height - expected) <= _TOLERANCE * expected
    best: NDArray[np.bool_] = agrees[np.argmax(agrees @ height)]
    return best


def find_occluders(people: NDArray[np.floating], size: PersonSize, *, frames: int) -> NDArray[np.float32]:
    """Find what stands before people: shelves, counters, posts, where they pass but never show.

    Args:
        people: (height, width) share of the frames in which each pixel was foreground.
        size: expected size of a person; a neighbourhood is as large as one.
        frames: how many frames those were.

    Returns:
        (height, width), 0 at occluders, else 1.
    """
    share = people.astype(np.float32)
    side = round(size.usual) | 1
    around = cv2.blur(share, (side, side))
    hidden = (cv2.blur(share, (3, 3)) < _HIDDEN * around) & (around * frames >= _LEAST_SEEN)
    return np.where(hidden, 0, 1).astype(np.float32)
