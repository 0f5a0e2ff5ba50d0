"""What the statistics of zones are computed from, while the rows go by."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import cut
from heatcli.select.mergeable import State
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Zone
from heatcli.zones.point_index import points_inside
from heatcli.zones.presence import Presence, Presences
from heatcli.zones.tally import Tally, sum_by

# Rows in zones that are summed up at once: some 30 MB.
_ROWS_AT_ONCE = 300_000

# Rows that wait for each zone, and at most, until it is asked which of them are in it: to ask many zones
# takes longer than to test the few rows near each.
_ROWS_A_ZONE, _MOST_WAITING = 400, 400_000


class ZoneSums:
    """What the statistics of zones are computed from, from the rows of one camera (an aggregator).

    Args:
        camera: camera and what is selected of it.
        zones: zones to sum up.
        bounds_us: (k, 2) pieces of time that follow each other, UTC µs, which hold every covered moment.
    """

    def __init__(self, camera: SelectedCamera, zones: Sequence[Zone], bounds_us: NDArray[np.int64]) -> None:
        self._camera, self._bounds_us = camera, bounds_us
        self._shapes = [zone.shape for zone in zones]
        self._presences = Presences(camera)
        self._waiting: list[Presence] = []
        self.frame_us = np.zeros(len(bounds_us), dtype=np.int64)
        self.tally = Tally(len(zones), bounds_us[:, 0])

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._waiting.append(self._presences.add(rows))
        if sum(map(len, self._waiting)) >= min(_ROWS_A_ZONE * len(self._shapes), _MOST_WAITING):
            self._sum_up()

    def finish(self) -> None:
        """Sum up what was held back, once all rows were added."""
        rest = self._presences.rest()
        if rest is not None:
            self._waiting.append(rest)
        if self._waiting:
            self._sum_up()

    def state(self) -> State:
        """Return the sums of all rows."""
        self.finish()
        there = np.flatnonzero(self.frame_us)
        frame = {"frame_begin": self._bounds_us[there, 0], "frame_us": self.frame_us[there]}
        return {**frame, **self.tally.state()}

    def merge(self, state: State) -> None:
        """Take the sums of another stretch of time."""
        piece = np.searchsorted(self._bounds_us[:, 0], state["frame_begin"], side="right") - 1
        np.add.at(self.frame_us, piece, state["frame_us"])
        self.tally.merge(state)

    def _sum_up(self) -> None:
        """Sum up the parts of rows that wait in each zone that they are in."""
        presence = Presence.joined(self._waiting)
        self._waiting = []
        row, piece, begin, end = cut(presence.begin_us, presence.end_us, self._bounds_us)
        self.frame_us += sum_by(piece, end - begin, len(self._bounds_us))
        person, tracklet = presence.person[row], presence.tracklet[row]
        found = points_inside(
            self._shapes,
            presence.points[row],
            size=presence.size[row],
            sample_aspect=self._camera.sample_aspect,
        )
        for zone, here in _together(found):
            self.tally.add(zone, person[here], tracklet[here], begin[here], end[here], piece[here])


def _together(found: Iterable[NDArray[np.intp]]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.intp]]]:
    """Put the rows in zones together, some zones at once: index of the zone, and of the row."""
    zones: list[int] = []
    rows: list[NDArray[np.intp]] = []
    for zone, here in enumerate(found):
        if rows and sum(map(len, rows)) + len(here) > _ROWS_AT_ONCE:
            yield np.repeat(zones, [len(one) for one in rows]), np.concatenate(rows)
            zones, rows = [], []
        zones.append(zone)
        rows.append(here)
    if rows:
        yield np.repeat(zones, [len(one) for one in rows]), np.concatenate(rows)
