"""Places of a clip's picture, moved to where they lie in the first picture of the same view."""

import numpy as np
from numpy.typing import NDArray

from heatcli.select.selected_camera import SelectedCamera


def placed_points(
    points: NDArray[np.float64], clip: NDArray[np.int32], camera: SelectedCamera
) -> NDArray[np.float64]:
    """Move points of clips whose view has shifted a little.

    Args:
        points: (n, 2) float64 x, y in pixels of the clip's frame.
        clip: (n,) int32 index of each point's clip in `camera.clips`; -1 for another clip, which moves
            nothing.
        camera: camera with the clips.

    Returns:
        (n, 2) float64 points; `points` themselves where nothing has shifted.
    """
    moved = points
    for number, placement in enumerate(camera.placements):
        here = clip == number
        if placement.is_none or not here.any():
            continue
        moved = moved.copy() if moved is points else moved
        row = camera.clips[number]
        # Similarities are of square pixels.
        pixel = np.array([row.sample_aspect, 1.0])
        matrix = placement.matrix(row.width * row.sample_aspect, row.height)
        moved[here] = ((points[here] * pixel) @ matrix[:2, :2].T + matrix[:2, 2]) / pixel
    return moved


def placed_boxes(
    boxes: NDArray[np.float32], clip: NDArray[np.int32], camera: SelectedCamera
) -> NDArray[np.float32]:
    """Move bounding boxes of clips whose view has shifted a little: their corners, upright as before.

    Sides on the edge of the picture stay there, so that who is cut by it is still seen to be.

    Args:
        boxes: (n, 4) float32 x1, y1, x2, y2 in pixels of the clip's frame.
        clip: (n,) int32 index of each box's clip in `camera.clips`.
        camera: camera with the clips.
    """
    if not camera.placements:
        return boxes
    # The middle of the box moves as a point; the box grows or shrinks about it.
    middle = (boxes[:, :2] + boxes[:, 2:]).astype(np.float64) / 2
    by = placed_points(middle, clip, camera) - middle
    scale = np.array([abs(complex(one.a, one.b)) for one in camera.placements])[clip][:, None]
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 * (scale - 1)
    moved = boxes + np.column_stack([by - half, by + half]).astype(np.float32)
    size = np.array([(row.width, row.height) for row in camera.clips], np.float32).reshape(-1, 2)[clip]
    edges = np.column_stack([np.zeros_like(size), size])
    at_edge = np.column_stack([boxes[:, :2] <= 0, boxes[:, 2:] >= size])
    return np.where(at_edge, edges, moved).astype(np.float32)
