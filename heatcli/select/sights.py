"""When somebody was first and last seen, and whether that was where people come and go."""

from dataclasses import dataclass

import polars as pl

from heatcli.select.selected_camera import SelectedCamera

# Most distance of the feet from the edge of the picture, in body heights, of who comes or goes there.
_EDGE = 0.5

# Time for which somebody must be seen before or after a moment to have been seen to come or go.
_SURE_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Sight:
    """When somebody was first and last seen, and whether the picture's edge explains it.

    Attributes:
        first_us: time of the first row, UTC µs.
        last_us: time of the last row, UTC µs.
        came_in: whether the person was first seen at the edge of the picture.
        went_out: whether the person was last seen at the edge of the picture.
    """

    first_us: int
    last_us: int
    came_in: bool
    went_out: bool

    def came_before(self, begin_us: int) -> bool:
        """Whether the person was seen to come at that time, and was not there already."""
        return self.came_in or self.first_us <= begin_us - _SURE_US

    def goes_on(self, end_us: int) -> bool:
        """Whether the person was seen to leave at that time: elsewhere afterwards, or out of the picture."""
        return self.went_out or self.last_us >= end_us + _SURE_US


def sights_of(camera: SelectedCamera) -> dict[int, Sight]:
    """Return what is known of each person who counts, by number."""
    sides = {
        when: (pl.col(f"{when}_x") < reach)
        | (pl.col(f"{when}_x") > pl.col("width") - reach)
        | (pl.col(f"{when}_y") < reach)
        | (pl.col(f"{when}_y") > pl.col("height") - reach)
        for when in ("first", "last")
        for reach in [_EDGE * pl.col("median_height_px")]
    }
    known = (
        camera.trajectories.sort("first_us")
        .group_by("person")
        .agg(
            pl.col("first_us").min(),
            last_us=pl.col("last_us").max(),
            came_in=sides["first"].first(),
            went_out=sides["last"].get(pl.col("last_us").arg_max()),
        )
    )
    return {person: Sight(*values) for person, *values in known.iter_rows()}
