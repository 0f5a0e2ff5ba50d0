"""A floor with walkers on it, seen by pinhole cameras, for tests of floor maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.floor import View, picture_grid
from heatcli.heat.floor_map import FloorMap, FloorTally, floor_decay, floor_map, floor_of, floor_reach
from heatcli.intervals import Intervals
from heatcli.names import Metric
from heatcli.optics.projection import FloorProjection
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from samples.shop.camera import Camera
from tests.support.aggregation import camera_of, fed

Floats = NDArray[np.float64]

# The floor in metres, x to the right and y away from the first camera; its plan has y down.
WIDTH, DEPTH = 16.0, 24.0
METRES_PER_PIXEL = 0.02
STEP_US = 100_000

# The first sees the far end in a tenth of the height that the near end has; the second hangs to the right.
FRONT = Camera(320, 180, focal=200, position=(8.0, -3.0, 4.0), pitch=radians(20), yaw=0.0)
SIDE = Camera(320, 180, focal=165, position=(17.0, -1.0, 5.0), pitch=radians(24), yaw=radians(-32))


def image_of(camera: Camera, places: Floats) -> Floats:
    """(n, 2) fractions of the picture of (n, 2) places on the floor in front of the camera."""
    points = camera.project(np.column_stack([places, np.zeros(len(places))]))[:, :2]
    return points / (camera.width, camera.height)


def on_plan(places: Floats) -> Floats:
    """(n, 2) metres on the plan of (n, 2) places on the floor."""
    return np.column_stack([places[:, 0], DEPTH - places[:, 1]])


def homography(camera: Camera) -> FloorProjection:
    places = np.array([(3, 4), (13, 5), (2, 21), (14, 20), (8, 12), (9, 9.0)])
    return FloorProjection.fit(image_of(camera, places), on_plan(places))


def lanes(gap_m: float = 0.4, speed_m: float = 0.13) -> Floats:
    """(frames, walkers, 2): walkers side by side who walk away, evenly over the floor and around it."""
    beyond = 3.0
    down = np.arange(-beyond, DEPTH + beyond, speed_m)
    across = np.arange(-beyond + gap_m / 2, WIDTH + beyond, gap_m)
    return np.stack([np.broadcast_to(across, (len(down), len(across))), *[down[:, None] + 0 * across]], -1)


def rows_of(places: Floats, camera: Camera, *, whole_pixels: bool = True, first: int = 0) -> Rows:
    """Boxes of people 1.7 m tall at (frames, walkers, 2) places, as far as they are in the picture."""
    frames, walkers, _ = places.shape
    flat = places.reshape(-1, 2)
    person, frame = np.tile(np.arange(walkers), frames), np.repeat(np.arange(frames), walkers) + first
    in_front = (np.column_stack([flat, np.zeros(len(flat))]) - camera.position) @ camera.axes()[2] > 0.5
    flat, person, frame = flat[in_front], person[in_front], frame[in_front]
    foot, head = (camera.project(np.column_stack([flat, np.full(len(flat), z)])) for z in (0.0, 1.7))
    half = 0.2 * (foot[:, 1] - head[:, 1])
    boxes = np.column_stack([foot[:, 0] - half, head[:, 1], foot[:, 0] + half, foot[:, 1]])
    size = camera.width, camera.height
    shown = (boxes[:, 2:] > 0).all(axis=1) & (boxes[:, :2] < size).all(axis=1)
    boxes = np.clip(boxes[shown], 0, [*size, *size])
    return Rows(
        person=person[shown],
        tracklet=person[shown] << 32,
        clip=np.zeros(len(boxes), np.int32),
        frame=frame[shown].astype(np.int32),
        time_us=frame[shown] * STEP_US,
        weight_us=np.full(len(boxes), STEP_US),
        boxes=(np.rint(boxes) if whole_pixels else boxes).astype(np.float32),
        size=np.tile(np.array([size], np.int32), (len(boxes), 1)),
        filled=np.zeros(len(boxes), np.bool_),
    )


@dataclass(frozen=True, kw_only=True)
class Watching:
    """A camera that watches a floor, and its rows."""

    camera: SelectedCamera
    view: View
    rows: Rows


def watching(
    camera: Camera,
    rows: Rows,
    frames: tuple[int, int],
    *,
    watched: NDArray[np.bool_] | None = None,
) -> Watching:
    """A camera that watched from one frame to before another."""
    grid = picture_grid(width=camera.width, height=camera.height)
    everything = np.ones(grid.shape, np.bool_)
    begin, end = (frame * STEP_US for frame in frames)
    inside = (rows.time_us >= begin) & (rows.time_us < end)
    return Watching(
        camera=camera_of([Intervals.of([[begin, end]])], width=camera.width, height=camera.height),
        view=View.of(homography(camera), everything if watched is None else watched),
        rows=rows.where(inside),
    )


def mapped(cameras: Sequence[Watching], metric: Metric = Metric.AVG_OCCUPANCY, **values: object) -> FloorMap:
    return mapped_and_tallied(cameras, metric, **values)[0]


def mapped_and_tallied(
    cameras: Sequence[Watching], metric: Metric, **values: object
) -> tuple[FloorMap, list[FloorTally]]:
    settings = RenderSettings.model_validate({"metric": metric, "grid_resolution": 64, **values})
    size = round(WIDTH / METRES_PER_PIXEL), round(DEPTH / METRES_PER_PIXEL)
    floor = floor_of(*size, METRES_PER_PIXEL, settings)
    reach = floor_reach(floor, settings)
    decay = floor_decay((one.camera for one in cameras), settings)
    tallies = [
        fed(FloorTally(one.camera, one.view, floor, reach, metric, decay), [one.rows]) for one in cameras
    ]
    return floor_map(tallies, floor, settings, decay), tallies
