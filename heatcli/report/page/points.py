"""Where each person was, and when: what the page computes its figures from."""

from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.intervals import cut
from heatcli.report.page.pieces import Pieces
from heatcli.select.mergeable import State
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.who_counts import OUTLIERS
from heatcli.zones.crossings import Crossings
from heatcli.zones.presence import Presence, Presences


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Rows of one camera, cut at pieces of time and sorted by person and time.

    A moment is a stretch of time whose rows begin and end together; moments do not overlap. A run is what one
    person does from moment to moment, without an absence, within one piece of time and one size of frame.

    Attributes:
        begin_us: (m,) int64 beginning of each moment, UTC µs, ascending.
        end_us: (m,) int64 end of each moment, UTC µs.
        lead_us: (m,) int64 how much earlier than the moment its rows begin, in µs: 0 unless they are cut.
        moments: (pieces,) int64 number of moments in each piece of time.
        points: (n, 2) float64 x, y of the tracking point of each row in stored pixels.
        first_row: (r + 1,) int64 index in `points` of each run's first row; the last element is n.
        first_moment: (r,) int64 moment of each run's first row; its next row is in the next moment.
        size: (r,) int64 index of each run's frame size in `sizes`.
        person: (r,) int64 index of each run's person, from 0, ascending.
        number: (persons,) int64 number of each person, as in `heatcli.select.rows.Rows`, ascending.
        reason: (persons,) int64 0 for who counts, else 1 + index into `heatcli.select.who_counts.OUTLIERS`.
        sizes: (s, 2) int64 width and height of frames in stored pixels.
    """

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    lead_us: NDArray[np.int64]
    moments: NDArray[np.int64]
    points: NDArray[np.float64]
    first_row: NDArray[np.int64]
    first_moment: NDArray[np.int64]
    size: NDArray[np.int64]
    person: NDArray[np.int64]
    number: NDArray[np.int64]
    reason: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """(r,) int64 number of rows of each run."""
        return np.diff(self.first_row)

    @property
    def lengths_s(self) -> NDArray[np.float64]:
        """(r,) float64 duration of each run in seconds."""
        last = self.first_moment + self.counts - 1
        lengths: NDArray[np.float64] = (self.end_us[last] - self.begin_us[self.first_moment]) / 1e6
        return lengths


@dataclass(frozen=True, slots=True, eq=False)
class PagePeople:
    """The people of one camera that a page shows.

    Attributes:
        camera: selection with `filter_outliers`, so that it tells who is an outlier: the page can hide them.
            People who are left out for other reasons are not in the page.
        pieces: pieces of the period.
        tracks: what the people did, cut at these pieces.
        crossings: crossings of each configured line by these people.
    """

    camera: SelectedCamera
    pieces: Pieces
    tracks: Tracks
    crossings: tuple[Crossings, ...] = ()


class PagePoints:
    """Collects where and when people were (an aggregator). It holds all rows of its camera.

    Args:
        camera: selection with `filter_outliers`.
        pieces: pieces of the period.

    Raises:
        ValueError: the pieces do not contain all covered time.
    """

    def __init__(self, camera: SelectedCamera, pieces: Pieces) -> None:
        if pieces.covered_us.sum() != camera.covered_us:
            raise ValueError("the pieces of time leave out covered time")
        self._camera, self._pieces = camera, pieces
        self._points = _Points(camera)
        self._parts: list[Presence] = []

    @property
    def trajectories(self) -> pl.DataFrame:
        """Trajectories of people who count and of outliers: rows of `SelectedCamera.known`."""
        outliers = _outliers_of(self._camera).select(self._camera.trajectories.columns)
        return pl.concat([self._camera.trajectories, outliers])

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._points.add(rows)

    @property
    def key(self) -> str:
        """Text that decides what is kept of a stretch of time."""
        return f"points {self._camera.tracking_mode}"

    def part(self) -> "_Points":
        """Return what collects the rows of a stretch of time alone."""
        return _Points(self._camera)

    def merge(self, state: State) -> None:
        """Take what was kept of a stretch of time."""
        self._parts.append(_presence_of(state))

    def result(self) -> PagePeople:
        """Return the people of the page."""
        presence = Presence.joined([self._points.presence(), *self._parts])
        self._parts = []
        if (presence.begin_us[1:] < presence.begin_us[:-1]).any():
            presence = presence[np.lexsort((presence.person, presence.begin_us))]
        tracks = _tracks_of(presence, self._pieces, _outliers_of(self._camera))
        return PagePeople(self._camera, self._pieces, tracks)


class _Points:
    """Where and when people were in a stretch of time (an aggregator).

    Args:
        camera: selection with `filter_outliers`.
    """

    def __init__(self, camera: SelectedCamera) -> None:
        self._presences = Presences(camera)
        self._found = [Presence.none()]

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._found.append(self._presences.add(rows))

    def presence(self) -> Presence:
        """Return the parts of all rows."""
        rest = self._presences.rest()
        return Presence.joined(self._found if rest is None else [*self._found, rest])

    def state(self) -> State:
        """Return the parts of all rows."""
        presence = self.presence()
        found = {}
        for one in fields(presence):
            values = getattr(presence, one.name)
            if values.ndim == 1:
                found[one.name] = values
            else:
                found |= {f"{one.name} {number}": column for number, column in enumerate(values.T)}
        return found


def _presence_of(state: State) -> Presence:
    """Return the parts of rows that `_Points` has kept."""
    return Presence(
        *(
            state[one.name]
            if one.name in state
            else np.column_stack([state[f"{one.name} {number}"] for number in (0, 1)])
            for one in fields(Presence)
        )
    )


def _outliers_of(camera: SelectedCamera) -> pl.DataFrame:
    """Return the trajectories of outliers: rows of `SelectedCamera.excluded`."""
    return camera.excluded.filter(pl.col("reason").is_in(list(OUTLIERS)))


def _tracks_of(presence: Presence, pieces: Pieces, outliers: pl.DataFrame) -> Tracks:
    """Cut the rows of people at the pieces of time, and sort them by person."""
    row, piece, begin, end = cut(presence.begin_us, presence.end_us, pieces.bounds_us)
    lead = begin - presence.time_us[row]
    person, points, size = presence.person[row], presence.points[row], presence.size[row]

    opens = np.append(True, begin[1:] != begin[:-1])[: len(begin)]
    moment = np.cumsum(opens) - 1
    # Width and height packed into one number, for `np.unique`.
    sizes, of_size = np.unique(size.astype(np.int64) @ [1 << 32, 1], return_inverse=True)
    order = np.argsort(person, kind="stable")
    row_moment, row_piece, row_size, row_person = (
        values[order] for values in (moment, piece, of_size, person)
    )
    goes_on = (
        (np.diff(row_person) == 0)
        & (np.diff(row_moment) == 1)
        & (np.diff(row_piece) == 0)
        & (np.diff(row_size) == 0)
        & (begin[order][1:] == end[order][:-1])
    )
    first = np.flatnonzero(np.append(True, ~goes_on)[: len(order)])
    persons, index = np.unique(row_person[first], return_inverse=True)
    return Tracks(
        begin_us=begin[opens],
        end_us=end[opens],
        lead_us=lead[opens],
        moments=np.bincount(piece[opens], minlength=len(pieces.bounds_us)),
        points=points[order],
        first_row=np.append(first, len(order)),
        first_moment=row_moment[first],
        size=row_size[first],
        person=index,
        number=persons,
        reason=_reasons(outliers, persons),
        sizes=np.column_stack(np.divmod(sizes, 1 << 32)),
    )


def _reasons(outliers: pl.DataFrame, persons: NDArray[np.int64]) -> NDArray[np.int64]:
    """(persons,) why each is an outlier, as in `Tracks.reason`; all trajectories of a person agree on it."""
    found = np.zeros(len(persons), np.int64)
    place = np.searchsorted(persons, outliers["person"].to_numpy())
    number = outliers["reason"].replace_strict({name: at for at, name in enumerate(OUTLIERS, 1)}).to_numpy()
    # Some outliers may have no row in the selected time or regions.
    there = (place < len(persons)) & np.isin(outliers["person"].to_numpy(), persons)
    found[place[there]] = number[there]
    return found
