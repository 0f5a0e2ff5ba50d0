"""Rows of one camera as the page has them: cut at pieces of time, and sorted by person and time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.intervals import cut
from heatcli.report.page.pieces import Pieces
from heatcli.select.who_counts import OUTLIERS
from heatcli.zones.presence import Presence


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


class TracksBuilder:
    """Makes the tracks of a camera of parts of rows that come by and by.

    No run goes on from one piece of time to the next. So the runs of a piece are made once all of its rows
    are there, and no more is held of these than the tracks have.

    Args:
        pieces: pieces of the period.
    """

    def __init__(self, pieces: Pieces) -> None:
        self._bounds_us = pieces.bounds_us
        self._open = _Cut.none()
        self._done: list[_Block] = []

    def add(self, presence: Presence, until_us: int | None) -> None:
        """Take parts of rows.

        Args:
            presence: parts, of which none begins before an earlier `until_us`.
            until_us: time before which no part that comes later begins, UTC µs; None where none comes.
        """
        found = _joined([self._open, _cut(presence, self._bounds_us)])
        if (found.begin_us[1:] < found.begin_us[:-1]).any():
            found = found[np.lexsort((found.person, found.begin_us))]
        ready = len(found.begin_us)
        if until_us is not None:
            piece = np.searchsorted(self._bounds_us[:, 1], until_us, side="right")
            ready = int(np.searchsorted(found.piece, piece))
        if ready:
            self._done.append(_block(found[slice(ready)]))
        self._open = found[slice(ready, None)]

    def result(self, outliers: pl.DataFrame) -> Tracks:
        """Return the tracks, once all parts were added.

        Args:
            outliers: trajectories of outliers: rows of `SelectedCamera.excluded`.
        """
        blocks = self._done or [_block(_Cut.none())]
        counts = _all(one.counts for one in blocks)
        whose, size = _all(one.person for one in blocks), _all(one.size for one in blocks)
        moments = [len(one.begin_us) for one in blocks]
        first_moment = _all(
            one.first_moment + before
            for one, before in zip(blocks, np.cumsum([0, *moments[:-1]]), strict=True)
        )
        order = np.argsort(whose, kind="stable")
        first_row = np.append(0, np.cumsum(counts[order]))
        place = np.empty(len(order), np.int64)
        place[order] = first_row[:-1]
        points, run = np.empty((int(first_row[-1]), 2)), 0
        for one in blocks:
            own = place[run : run + len(one.counts)]
            here = np.cumsum(one.counts) - one.counts
            points[np.repeat(own - here, one.counts) + np.arange(len(one.points))] = one.points
            run += len(one.counts)
        begin_us = _all(one.begin_us for one in blocks)
        piece = np.searchsorted(self._bounds_us[:, 0], begin_us, side="right") - 1
        persons, person = np.unique(whose[order], return_inverse=True)
        sizes, of_size = np.unique(size[order], return_inverse=True)
        return Tracks(
            begin_us=begin_us,
            end_us=_all(one.end_us for one in blocks),
            lead_us=_all(one.lead_us for one in blocks),
            moments=np.bincount(piece, minlength=len(self._bounds_us)),
            points=points,
            first_row=first_row,
            first_moment=first_moment[order],
            size=of_size,
            person=person,
            number=persons,
            reason=_reasons(outliers, persons),
            sizes=np.column_stack(np.divmod(sizes, 1 << 32)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """Parts of rows, cut at pieces of time, in order of time and person.

    Attributes:
        begin_us: (n,) int64 beginning of the part, UTC µs.
        end_us: (n,) int64 end of the part, UTC µs.
        lead_us: (n,) int64 how much earlier than the part its row begins, in µs.
        piece: (n,) int64 index of the piece of time that it is in.
        person: (n,) int64 number of the person, as in `Rows`.
        size: (n,) int64 width and height in stored pixels of the frame, packed into one number.
        points: (n, 2) float64 x, y of the tracking point in stored pixels.
    """

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    lead_us: NDArray[np.int64]
    piece: NDArray[np.int64]
    person: NDArray[np.int64]
    size: NDArray[np.int64]
    points: NDArray[np.float64]

    @classmethod
    def none(cls) -> "_Cut":
        nothing = np.zeros(0, np.int64)
        return cls(nothing, nothing, nothing, nothing, nothing, nothing, np.zeros((0, 2)))

    def __getitem__(self, part: slice | NDArray[np.intp]) -> "_Cut":
        return _Cut(*(getattr(self, one.name)[part] for one in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """The moments and runs of some pieces of time.

    Attributes:
        begin_us: (m,) int64 beginning of each moment, UTC µs, ascending.
        end_us: (m,) int64 end of each moment, UTC µs.
        lead_us: (m,) int64 how much earlier than the moment its rows begin, in µs.
        person: (r,) int64 number of each run's person, as in `Rows`, ascending.
        counts: (r,) int64 number of rows of each run.
        first_moment: (r,) int64 moment of each run's first row, counted in the block.
        size: (r,) int64 size of each run's frame, as in `_Cut`.
        points: (n, 2) float64 x, y of the tracking point of each row in stored pixels, by run.
    """

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    lead_us: NDArray[np.int64]
    person: NDArray[np.int64]
    counts: NDArray[np.int64]
    first_moment: NDArray[np.int64]
    size: NDArray[np.int64]
    points: NDArray[np.float64]


def _cut(presence: Presence, bounds_us: NDArray[np.int64]) -> _Cut:
    """Cut parts of rows at the pieces of time."""
    row, piece, begin, end = cut(presence.begin_us, presence.end_us, bounds_us)
    lead = begin - presence.time_us[row]
    # Width and height packed into one number, for `np.unique`.
    size = presence.size.astype(np.int64) @ np.array([1 << 32, 1])
    return _Cut(
        begin,
        end,
        lead,
        piece,
        presence.person[row],
        size[row],
        presence.points[row],
    )


def _block(parts: _Cut) -> _Block:
    """Find the moments and runs of parts of rows."""
    opens = np.append(True, parts.begin_us[1:] != parts.begin_us[:-1])[: len(parts.begin_us)]
    order = np.argsort(parts.person, kind="stable")
    moment = (np.cumsum(opens) - 1)[order]
    ordered = parts[order]
    goes_on = (
        (np.diff(ordered.person) == 0)
        & (np.diff(moment) == 1)
        & (np.diff(ordered.piece) == 0)
        & (np.diff(ordered.size) == 0)
        & (ordered.begin_us[1:] == ordered.end_us[:-1])
    )
    first = np.flatnonzero(np.append(True, ~goes_on)[: len(order)])
    return _Block(
        begin_us=parts.begin_us[opens],
        end_us=parts.end_us[opens],
        lead_us=parts.lead_us[opens],
        person=ordered.person[first],
        counts=np.diff(np.append(first, len(order))),
        first_moment=moment[first],
        size=ordered.size[first],
        points=ordered.points,
    )


def _joined(batches: Sequence[_Cut]) -> _Cut:
    """Join batches of parts that follow each other."""
    return _Cut(*(np.concatenate([getattr(one, name.name) for one in batches]) for name in fields(_Cut)))


def _all(arrays: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(list(arrays))


def _reasons(outliers: pl.DataFrame, persons: NDArray[np.int64]) -> NDArray[np.int64]:
    """(persons,) why each is an outlier, as in `Tracks.reason`; all trajectories of a person agree on it."""
    found = np.zeros(len(persons), np.int64)
    place = np.searchsorted(persons, outliers["person"].to_numpy())
    number = outliers["reason"].replace_strict({name: at for at, name in enumerate(OUTLIERS, 1)}).to_numpy()
    # Some outliers may have no row in the selected time or regions.
    there = (place < len(persons)) & np.isin(outliers["person"].to_numpy(), persons)
    found[place[there]] = number[there]
    return found
