"""Where the view of a fixed camera lies on an earlier one: by the directions of its edges, block by block.

Light changes all of a picture but where its edges are and how they run, apart from their sign: what is dark
beside something bright by day may be the brighter one in infra-red. So pictures are compared by the doubled
angles of their gradients. A rough rotation and shift comes from a correlation of the whole; then blocks are
looked for near where they should be, and the similarity that most of them agree with is taken (RANSAC). What
has no edges has no say, and what agrees with nothing shows that the two are no views of one scene.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Edges = NDArray[np.complex64]
"""(height, width) complex64: direction of the edge at each pixel as its doubled angle, times its strength."""

WIDTH = 320
"""Width in pixels of the pictures that are compared: enough for a shift of half a thousandth of the width."""

# Scales in pixels: of gradients, and of the surroundings that tell how strong an edge is.
_SIGMA, _AROUND = 1.2, 8.0
# Gradient in grey levels for each pixel that noise and compression reach.
_NOISE = 1.0
# Part of the surroundings' mean gradient that an edge must exceed.
_LEAST = 0.35
# Rough search: rotations in degrees, at half the size; candidates that are looked at more closely.
_ROTATIONS = np.arange(-15.0, 15.5, 1.0)
_CANDIDATES = 5
# Blocks: side, distance and how far each is looked for, in pixels; least strength, and least correlation to
# have a say.
_BLOCK, _STEP, _REACH = 32, 16, 6
_LEAST_STRENGTH, _LEAST_CORRELATION = 0.003, 0.35
_LEAST_BLOCKS = 6
# Distance in pixels up to which a block agrees with the similarity.
_AGREES = 1.2
# Share of agreeing blocks at which an unmoved view needs no further search.
_PLAIN = 0.5
# Largest change of size that is no chance agreement of a few blocks.
_MOST_SCALED = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """Where a view lies on a scene.

    Attributes:
        matrix: (3, 3) float64 similarity that takes pixels of the view to those of the scene, at `WIDTH`.
        agreeing: share of the scene's blocks with edges that agree with it, 0..1.
    """

    matrix: NDArray[np.float64]
    agreeing: float


def edges_of(grey: NDArray[np.float32]) -> Edges:
    """Return the edges of a picture, (height, width) float32 grey levels."""
    smooth = cv2.GaussianBlur(grey, (0, 0), _SIGMA)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    strength = np.hypot(across, down)
    around = np.maximum(_NOISE, cv2.GaussianBlur(strength, (0, 0), _AROUND))
    weight = np.maximum(0, strength / (strength + around) - _LEAST)
    unit = (across + 1j * down) / np.maximum(strength, 1e-6)
    return np.asarray(unit**2 * weight, np.complex64)


def register(scene: Edges, view: Edges) -> Registration | None:
    """Find where a view lies on a scene.

    Args:
        scene: edges of the scene: those of a picture, or the mean of several.
        view: edges of the view, of the same size.

    Returns:
        The similarity on which most blocks agree; None where there are too few edges to tell.
    """
    best = _refined(scene, view, np.eye(3))
    if best is None or best.agreeing >= _PLAIN:
        return best
    for rough in _rough(scene, view):
        found = _refined(scene, view, rough)
        if found is not None and found.agreeing > best.agreeing:
            best = found
    return best


def moved_by(edges: Edges, matrix: NDArray[np.float64]) -> Edges:
    """Move edges by a similarity, (3, 3) float64; where nothing is known they are 0."""
    size = edges.shape[1], edges.shape[0]
    across, down = (
        cv2.warpAffine(np.ascontiguousarray(part), matrix[:2], size) for part in (edges.real, edges.imag)
    )
    turned = np.arctan2(matrix[1, 0], matrix[0, 0])
    return np.asarray((across + 1j * down) * np.exp(2j * turned), np.complex64)


def _rough(scene: Edges, view: Edges) -> Iterator[NDArray[np.float64]]:
    """Yield the rotations and shifts that correlate best, (3, 3) float64 each, the best first."""
    small, turned = _halved(scene), _halved(view)
    height, width = small.shape
    shape = height * 3 // 2, width * 3 // 2
    known = np.fft.fft2(small, shape)
    centre = (width - 1) / 2, (height - 1) / 2
    found: list[tuple[float, NDArray[np.float64]]] = []
    for degrees in _ROTATIONS:
        matrix = np.vstack([cv2.getRotationMatrix2D(centre, float(degrees), 1), [0, 0, 1]])
        correlation = np.fft.ifft2(known * np.conj(np.fft.fft2(moved_by(turned, matrix), shape))).real
        y, x = np.unravel_index(correlation.argmax(), shape)
        matrix[:2, 2] += (
            (int(x) + shape[1] // 2) % shape[1] - shape[1] // 2,
            (int(y) + shape[0] // 2) % shape[0] - shape[0] // 2,
        )
        found.append((float(correlation.max()), matrix))
    # Pixel 0 of the half size lies between pixels 0 and 1.
    to_half = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]])
    for _, matrix in sorted(found, key=lambda one: -one[0])[:_CANDIDATES]:
        yield np.linalg.inv(to_half) @ matrix @ to_half


def _halved(edges: Edges) -> Edges:
    size = edges.shape[1] // 2, edges.shape[0] // 2
    across, down = (
        cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_AREA)
        for part in (edges.real, edges.imag)
    )
    return np.asarray(across + 1j * down, np.complex64)


def _refined(scene: Edges, view: Edges, matrix: NDArray[np.float64]) -> Registration | None:
    """Improve a rough similarity by blocks; None where too few of them have edges."""
    agreeing = 0.0
    for _ in range(3):
        places, found, correlation = _blocks(scene, moved_by(view, matrix), _inside(view, matrix))
        if len(places) < _LEAST_BLOCKS:
            return None
        sure = correlation > _LEAST_CORRELATION
        if sure.sum() < _LEAST_BLOCKS:
            return Registration(matrix, 0.0)
        cv2.setRNGSeed(0)
        step, inliers = cv2.estimateAffinePartial2D(
            found[sure], places[sure], method=cv2.RANSAC, ransacReprojThreshold=_AGREES, maxIters=500
        )
        if step is None:
            return Registration(matrix, 0.0)
        matrix = np.vstack([step, [0, 0, 1]]) @ matrix
        if abs(np.hypot(matrix[0, 0], matrix[1, 0]) - 1) > _MOST_SCALED:
            return Registration(matrix, 0.0)
        agreeing = float(inliers.sum()) / len(places)
    return Registration(matrix, agreeing)


def _inside(view: Edges, matrix: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(height, width) bool, true where a moved view has pixels."""
    ones = np.ones(view.shape, np.float32)
    return np.asarray(cv2.warpAffine(ones, matrix[:2], (view.shape[1], view.shape[0])) > 0.99)


def _blocks(
    scene: Edges, view: Edges, inside: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Look for the blocks of a scene in a view.

    Returns:
        (n, 2) centres of blocks with edges, in pixels; (n, 2) where each was found; and (n,) how well, 0..1.
    """
    least = _BLOCK**2 * _LEAST_STRENGTH
    places, found, correlations = [], [], []
    height, width = scene.shape
    reach, whole = _REACH, _BLOCK + _REACH
    for y in range(reach, height - whole + 1, _STEP):
        for x in range(reach, width - whole + 1, _STEP):
            block = scene[y : y + _BLOCK, x : x + _BLOCK]
            around = slice(y - reach, y + whole), slice(x - reach, x + whole)
            strength = float((np.abs(block) ** 2).sum())
            if strength < least or not inside[around].all():
                continue
            correlation = _correlation(block, view[around], strength, least)
            top, left = (int(at) for at in np.unravel_index(correlation.argmax(), correlation.shape))
            places.append((x + _BLOCK / 2 - 0.5, y + _BLOCK / 2 - 0.5))
            found.append(
                (
                    places[-1][0] + left - reach + _between(correlation[top], left),
                    places[-1][1] + top - reach + _between(correlation[:, left], top),
                )
            )
            correlations.append(float(correlation[top, left]))
    pairs = (np.array(points, np.float32).reshape(-1, 2) for points in (places, found))
    return *pairs, np.array(correlations)  # type: ignore[return-value]


def _correlation(block: Edges, around: Edges, strength: float, least: float) -> NDArray[np.float32]:
    """Correlate a block with each place of its surroundings."""
    parts = (
        (np.ascontiguousarray(getattr(around, part)), np.ascontiguousarray(getattr(block, part)))
        for part in ("real", "imag")
    )
    product = sum(cv2.matchTemplate(image, template, cv2.TM_CCORR) for image, template in parts)
    power = cv2.boxFilter(
        (np.abs(around) ** 2).astype(np.float32), -1, (_BLOCK, _BLOCK), normalize=False, anchor=(0, 0)
    )
    power = power[: 2 * _REACH + 1, : 2 * _REACH + 1]
    return np.asarray(product / np.sqrt(strength * np.maximum(power, least)), np.float32)


def _between(values: NDArray[np.float32], top: int) -> float:
    """Return how far from its highest value a row has its peak, in steps, by a parabola."""
    if not 0 < top < len(values) - 1:
        return 0.0
    before, at, after = values[top - 1 : top + 2].tolist()
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else 0.5 * (before - after) / bend
