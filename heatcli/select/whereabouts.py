"""When and where each trajectory was: in the selected time, in opening hours, in a staff zone."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.config.camera import CameraConfig
from heatcli.config.schedule import Schedule
from heatcli.select.ownership import weigh
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.views.placed import placed_points
from heatcli.shapes import Shape, contains

# Longest time that the last row of a trajectory stands for, unless all of its frames are further apart.
_LAST_DT_US = 1_000_000


def is_there(camera: SelectedCamera) -> NDArray[np.bool_]:
    """(n,) bool, true for trajectories with a part in the selected time of their clip."""
    known = camera.trajectories
    of_clip = known["clip"].to_numpy()
    cut = [time.total_us < row.covered_us for time, row in zip(camera.owned_time, camera.clips, strict=True)]
    # Nothing is selected of other clips, whose index is -1.
    there: NDArray[np.bool_] = ~np.array([*cut, True])[of_clip]
    unsure = ~there & (of_clip >= 0)
    if unsure.any():
        # A trajectory that is not seen for a while lasts longer than it is present.
        lasts_us = pl.max_horizontal("present_us", pl.col("last_us") - pl.col("first_us") + _LAST_DT_US)
        columns = known.select("clip", "first_us", lasts_us=lasts_us).filter(pl.Series(unsure))
        clip, first_us, length_us = (column.to_numpy() for column in columns.get_columns())
        there[unsure] = weigh(camera.owned_time, clip, first_us, length_us) > 0
    return there


def not_seen_before(known: pl.DataFrame) -> pl.Series:
    """(n,) time from which each trajectory shows its person while no earlier one still does, UTC µs.

    It is later than the first row only where clips overlap.
    """
    until = pl.col("last_us").cum_max().shift(1).over("person").fill_null(0)
    return (
        known.select("person", "first_us", "last_us", row=pl.int_range(pl.len()))
        .sort("person", "first_us")
        .select("row", new_us=pl.max_horizontal("first_us", pl.min_horizontal("last_us", until)))
        .sort("row")["new_us"]
    )


def outside_us(camera: SelectedCamera, known: pl.DataFrame, configured: CameraConfig) -> NDArray[np.int64]:
    """(n,) int64 time of each of `known` outside the camera's schedule, from its `new_us` on, in µs."""
    first, last = (known[name].to_numpy() for name in ("new_us", "last_us"))
    if not configured.schedule or not len(first):
        return np.zeros(len(first), np.int64)
    schedule = Schedule.parse(configured.schedule)
    hours = schedule.intervals(int(first.min()), int(last.max()) + 1, ZoneInfo(camera.timezone))
    outside: NDArray[np.int64] = last - first - hours.overlap_us(first, last - first)
    return outside


def in_staff_zone(camera: SelectedCamera, shapes: Sequence[Shape]) -> NDArray[np.bool_]:
    """(n,) bool, true for trajectories that began in a staff zone, or were there for most of the time."""
    known = camera.trajectories
    clip = known["clip"].to_numpy()
    return begins_or_stays(
        known,
        shapes,
        sample_aspect=camera.sample_aspect,
        placed=lambda points: placed_points(points, clip, camera),
    )


def begins_or_stays(
    known: pl.DataFrame,
    shapes: Sequence[Shape],
    *,
    sample_aspect: float,
    placed: Callable[[NDArray[np.float64]], NDArray[np.float64]] = lambda points: points,
) -> NDArray[np.bool_]:
    """Find trajectories that began in one of some shapes, or were there for most of the time.

    Args:
        known: trajectories, with `first_x` to `median_y`, and `width` and `height` of their clips.
        shapes: shapes, in fractions of the frame.
        sample_aspect: width of a pixel divided by its height.
        placed: function that moves (n, 2) points to where the shapes are drawn.

    Returns:
        (n,) bool.
    """
    size: NDArray[np.int32] = known.select("width", "height").to_numpy()
    found = np.zeros(len(known), np.bool_)
    for moment in ("first", "median"):
        points = np.clip(placed(known.select(f"{moment}_x", f"{moment}_y").to_numpy()), 0.0, size)
        for shape in shapes:
            found |= contains(shape, points, size=size, sample_aspect=sample_aspect)
    return found
