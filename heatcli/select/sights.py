"""When somebody comes into view and goes, and whether that is where people come and go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from heatcli.select.selected_camera import SelectedCamera

# Most distance of the feet from the edge of the picture, in body heights, of who comes or goes there.
_EDGE = 0.5

# Time for which somebody must be seen before or after a moment to have been seen to come or go.
_SURE_US = 1_000_000


class _Seen(NamedTuple):
    """One trajectory.

    Attributes:
        first_us: time of the first row, UTC µs.
        last_us: time of the last row, UTC µs.
        came_in: whether it begins at the edge of the picture.
        went_out: whether it ends at the edge of the picture.
    """

    first_us: int
    last_us: int
    came_in: bool
    went_out: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """When a person was seen.

    Attributes:
        seen: trajectories of the person.
        near_us: longest time in µs between a moment and a trajectory that tells of it.
    """

    seen: Sequence[_Seen]
    near_us: int

    def came_before(self, begin_us: int) -> bool:
        """Whether the person was seen to come at that time, and was not there already."""
        return any(
            one.came_in or one.first_us <= begin_us - _SURE_US
            for one in self.seen
            if one.first_us <= begin_us + _SURE_US and one.last_us >= begin_us - self.near_us
        )

    def goes_on(self, end_us: int) -> bool:
        """Whether the person was seen to leave at that time: elsewhere afterwards, or out of the picture."""
        return any(
            one.went_out or one.last_us >= end_us + _SURE_US
            for one in self.seen
            if one.first_us <= end_us + self.near_us and one.last_us >= end_us - self.near_us
        )


def sights_of(camera: SelectedCamera, *, near_us: int) -> dict[int, Sight]:
    """Return when each person who counts was seen, by number; the other argument is that of `Sight`."""
    sides = {
        when: (pl.col(f"{when}_x") < reach)
        | (pl.col(f"{when}_x") > pl.col("width") - reach)
        | (pl.col(f"{when}_y") < reach)
        | (pl.col(f"{when}_y") > pl.col("height") - reach)
        for when in ("first", "last")
        for reach in [_EDGE * pl.col("median_height_px")]
    }
    known = camera.trajectories.select(
        "person", "first_us", "last_us", came_in=sides["first"], went_out=sides["last"]
    )
    found: dict[int, list[_Seen]] = {}
    for person, *values in known.iter_rows():
        found.setdefault(person, []).append(_Seen(*values))
    return {person: Sight(seen, near_us) for person, seen in found.items()}
