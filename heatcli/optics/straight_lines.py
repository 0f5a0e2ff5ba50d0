"""How a lens bends what is straight, from lines that somebody has marked in its picture. Pure arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.optics.lens import DivisionLens

Floats = NDArray[np.float64]

# All lengths here are in half diagonals of the picture.
# Error of a point that somebody marks with care, two pixels of a picture 2,000 wide: fewer lines that seem
# to fit better tell no more.
_MARKED = 0.001
# Largest standard error of where the lens shows the outermost marked points: a hundredth of the half
# diagonal, some 10 pixels of a picture 1,920 wide.
_LARGEST_ERROR = 0.01
# Largest root mean square by which a line may be bent with the best lens.
_CROOKED = 0.01
# How much better a second coefficient must make the fit, as a factor of the sum of squares for one degree of
# freedom (F-test), and the least degrees of freedom: chance does so about once in five hundred times.
_BETTER, _ENOUGH = 25.0, 8
# Coefficients that are tried to begin with.
_BEGIN = np.linspace(-0.95, 0.6, 32)


@dataclass(frozen=True, slots=True)
class StraightenedLines:
    """A lens that keeps marked lines straight as well as any.

    Attributes:
        lens: the lens.
        rms_px: root mean square of the distances of marked points from straight lines, as seen, in the unit
            of the size of the picture.
        worst: number of the line that is least straight, from 0.
        worst_px: root mean square of its distances.
    """

    lens: DivisionLens
    rms_px: float
    worst: int
    worst_px: float


def straighten(lines: Sequence[Floats], size: tuple[float, float]) -> StraightenedLines:
    """Find the lens by which marked lines are straightest.

    Distances are measured in the picture, to first order (Sampson's error), so that a lens that shrinks
    everything gains nothing. The division model has one coefficient; a second is used if it makes the fit
    better than chance does.

    Args:
        lines: for each line, (k, 2) float64 points x, y along it in fractions of the picture, k at least 3.
        size: width and height of the picture, in any unit.

    Raises:
        ValueError: the lines do not tell how the lens bends, or no lens makes all of them straight.
    """
    from scipy.optimize import least_squares

    scale = np.array(size) * 2 / np.hypot(*size)
    places = [(np.asarray(line, np.float64) - 0.5) * scale for line in lines]
    farthest = max(float(np.linalg.norm(line, axis=1).max()) for line in places)
    freedom = sum(len(line) - 2 for line in places)

    def off(coefficients: Floats) -> Floats:
        return np.concatenate([_off_line(line, coefficients) for line in places])

    if freedom < 2:
        raise ValueError("its lines have too few points; mark at least two lines, with five points or more")
    sums = [float((off(np.array([one / farthest**2])) ** 2).sum()) for one in _BEGIN]
    begin = np.array([_BEGIN[int(np.argmin(sums))] / farthest**2])
    best = least_squares(off, begin, x_scale=0.1)
    if freedom >= _ENOUGH:
        two = least_squares(off, np.append(best.x, 0.0), x_scale=0.1)
        if (best.cost - two.cost) * (freedom - 2) > _BETTER * two.cost:
            best = two
    found = np.asarray(best.x, np.float64)
    rms = float(np.sqrt(2 * best.cost / (freedom - len(found))))
    each = [float(np.sqrt(np.mean(_off_line(line, found) ** 2))) for line in places]
    worst = int(np.argmax(each))
    if rms > _CROOKED:
        raise ValueError(
            f"no lens makes all its lines straight; look at line {worst + 1} first, which stays bent"
        )
    # How far the error of the coefficients moves the outermost point.
    jacobian = np.asarray(best.jac, np.float64)
    information = jacobian.T @ jacobian
    grows = farthest ** np.arange(3, 3 + 2 * len(found), 2)
    error = np.inf
    if np.linalg.cond(information) < 1e12:
        error = max(rms, _MARKED) * np.sqrt(grows @ np.linalg.inv(information) @ grows)
    if not error < _LARGEST_ERROR:
        raise ValueError(
            "its lines do not tell how the lens bends; mark longer ones, near the edges of the picture and "
            "not through its middle, with five points or more each"
        )
    lens = DivisionLens(size=size, l1=float(found[0]), l2=float(found[1]) if len(found) > 1 else 0.0)
    half = float(np.hypot(*size)) / 2
    return StraightenedLines(lens, rms * half, worst, each[worst] * half)


def _off_line(places: Floats, coefficients: Floats) -> Floats:
    """(k,): distances in the picture of places from the straight line that fits best without distortion."""
    s = (places**2).sum(axis=1)
    l1, l2 = np.append(coefficients, 0.0)[:2]
    depth = 1 + s * (l1 + s * l2)
    if not (depth > 0.02).all():  # no lens shows that
        return np.full(len(places), 1.0)
    straight = places / depth[:, None]
    slope = -2 * (l1 + 2 * l2 * s) / depth**2
    # Derivative of where a place would be without distortion, by where it is seen.
    jacobian = np.eye(2) / depth[:, None, None] + slope[:, None, None] * places[:, :, None] * places[:, None]
    weight = np.ones(len(places))
    for _ in range(3):
        middle = weight @ straight / weight.sum()
        _, _, axes = np.linalg.svd((straight - middle) * np.sqrt(weight)[:, None], full_matrices=False)
        normal = axes[1]
        grown = np.linalg.norm(np.einsum("kij,i->kj", jacobian, normal), axis=1)
        weight = 1 / grown**2
    return np.asarray((straight - middle) @ normal / grown)
