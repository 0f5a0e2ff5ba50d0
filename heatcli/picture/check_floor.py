"""A picture to check a calibration by: the plan and its metres drawn back onto the camera's picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.config.calibration import Calibration
from heatcli.optics.projection import FloorProjection
from heatcli.picture.text import draw_text, text_width

# Distances in metres between lines: the smallest that makes no more lines than this on the plan's longer
# side.
_STEPS_M, _MOST_LINES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000), 40
# Points of a line, each projected on its own, for a line is drawn only up to the horizon.
_POINTS = 400
_PLAN_OPACITY = 0.3
# BGR colours.
_LINE, _POINT, _OFF = (255, 255, 255), (60, 220, 255), (60, 60, 255)
_SHIFT = 4


def draw_check(
    scene: NDArray[np.uint8], plan: NDArray[np.uint8], calibration: Calibration
) -> NDArray[np.uint8]:
    """Draw a plan, its metres and the pairs of points onto a camera's picture.

    Args:
        scene: (height, width, 3) uint8 BGR picture of the camera.
        plan: (h, w, 3) uint8 BGR picture of the plan.
        calibration: calibration of the camera.

    Returns:
        (height, width, 3) uint8 BGR picture. Lines show x and y in metres from the plan's upper left corner.
        A ring is a point as given in the picture, the dot in it the same point projected from the plan.
    """
    picture = _with_plan(scene, plan, calibration)
    back = calibration.projection
    scale = calibration.floor.metres_per_pixel
    width_m, height_m = plan.shape[1] * scale, plan.shape[0] * scale
    step = next((s for s in _STEPS_M if max(width_m, height_m) / s <= _MOST_LINES), _STEPS_M[-1])
    for across in np.arange(0, width_m + 1e-9, step):
        ends = np.column_stack([np.full(_POINTS, across), np.linspace(0, height_m, _POINTS)])
        _line(picture, _pixels(back, ends, picture), f"x {across:g}")
    for down in np.arange(0, height_m + 1e-9, step):
        ends = np.column_stack([np.linspace(0, width_m, _POINTS), np.full(_POINTS, down)])
        _line(picture, _pixels(back, ends, picture), f"y {down:g}")
    _points(picture, calibration, back)
    return picture


def _with_plan(
    scene: NDArray[np.uint8], plan: NDArray[np.uint8], calibration: Calibration
) -> NDArray[np.uint8]:
    """Draw the plan over the scene, translucent."""
    height, width = scene.shape[:2]
    scale = calibration.floor.metres_per_pixel
    y, x = np.mgrid[:height, :width] + 0.5
    places = calibration.projection.apply(np.column_stack([x.ravel() / width, y.ravel() / height]))
    # Whole numbers are centres of pixels for OpenCV. What is not on the floor is nowhere on the plan.
    places = np.nan_to_num(places / scale - 0.5, nan=-2.0).clip(-2, 2**15 - 1)
    across, down = places.astype(np.float32).T.reshape(2, height, width)
    drawn = cv2.remap(plan, across, down, cv2.INTER_LINEAR).astype(np.float64)
    shows = cv2.remap(np.ones(plan.shape[:2], np.float32), across, down, cv2.INTER_LINEAR)
    mixed: NDArray[np.float64] = scene + (_PLAN_OPACITY * shows)[..., None] * (drawn - scene)
    return np.rint(mixed).astype(np.uint8)


def _pixels(
    back: FloorProjection, places_m: NDArray[np.float64], picture: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """(n, 2) pixels of a picture at which points on the floor, in metres, are seen; NaN behind the camera."""
    return back.seen_at(places_m) * (picture.shape[1], picture.shape[0])


def _line(picture: NDArray[np.uint8], pixels: NDArray[np.float64], text: str) -> None:
    """Draw the visible part of a line in place, with its text where it comes nearest to the camera."""
    height, width = picture.shape[:2]
    inside = ((pixels >= 0) & (pixels < (width, height))).all(axis=1)
    if not inside.any():
        return
    corners = np.rint(pixels[inside] * 2**_SHIFT).astype(np.int32)
    cv2.polylines(picture, [corners], False, _LINE, 1, cv2.LINE_AA, _SHIFT)
    size = max(9, height // 40)
    x, y = pixels[inside][pixels[inside][:, 1].argmax()].tolist()
    left = min(max(round(x) + 3, 0), width - text_width(text, size) - 2)
    draw_text(picture, text, x=left, baseline=min(max(round(y) - 3, size), height - 3), size=size)


def _points(picture: NDArray[np.uint8], calibration: Calibration, back: FloorProjection) -> None:
    """Draw each point as given in the picture and as projected from the plan, in place, with its number."""
    height, width = picture.shape[:2]
    radius = max(4, height // 90)
    for number, point in enumerate(calibration.floor.points, 1):
        place_m = np.array([point.plan]) * calibration.floor.metres_per_pixel
        (there,) = (_pixels(back, place_m, picture) * 2**_SHIFT).round().astype(int).tolist()
        said = [round(x * side * 2**_SHIFT) for x, side in zip(point.image, (width, height), strict=True)]
        cv2.line(picture, said, there, _OFF, 2, cv2.LINE_AA, _SHIFT)
        cv2.circle(picture, said, radius << _SHIFT, _POINT, 2, cv2.LINE_AA, _SHIFT)
        cv2.circle(picture, there, 2 << _SHIFT, _OFF, -1, cv2.LINE_AA, _SHIFT)
        x, y = (value >> _SHIFT for value in said)
        draw_text(
            picture, str(number), x=x + radius + 3, baseline=y - 3, size=max(11, height // 30), bold=True
        )
