"""Where each person was, and when: what the page computes its figures from."""

from dataclasses import dataclass, fields, replace
from operator import itemgetter

import numpy as np
import polars as pl

from heatcli.report.page.pieces import Pieces
from heatcli.report.page.scratch import Kept, Scratch
from heatcli.report.page.tracks import Tracks, TracksBuilder
from heatcli.select.mergeable import State
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.who_counts import OUTLIERS
from heatcli.zones.crossings import Crossings
from heatcli.zones.presence import Presence, Presences

# Bytes of a camera's rows that wait in memory: a busy month of 3.2 million rows is 120 MB.
_IN_MEMORY = 160_000_000


@dataclass(frozen=True, slots=True, eq=False)
class PagePeople:
    """The people of one camera that a page shows.

    Attributes:
        camera: selection with `filter_outliers`, so that it tells who is an outlier: the page can hide them.
            People who are left out for other reasons are not in the page.
        pieces: pieces of the period.
        stored: what the people did, cut at these pieces; in memory, or in a scratch file.
        crossings: crossings of each configured line by these people.
    """

    camera: SelectedCamera
    pieces: Pieces
    stored: Tracks | Kept[Tracks]
    crossings: tuple[Crossings, ...] = ()

    @property
    def tracks(self) -> Tracks:
        """What the people did; where it is in a scratch file, it is read anew each time."""
        return self.stored.read() if isinstance(self.stored, Kept) else self.stored

    def kept_in(self, scratch: Scratch) -> "PagePeople":
        """Return the same people with what they did in a scratch file."""
        return replace(self, stored=scratch.keep(self.tracks))


class PagePoints:
    """Collects where and when people were (an aggregator).

    All rows of a camera may not fit into memory with what is made of them: many are on the disk until then.

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
        self._presences, self._scratch = Presences(camera), Scratch(_IN_MEMORY)
        self._parts: list[tuple[int, Kept[Presence]]] = []

    @property
    def trajectories(self) -> pl.DataFrame:
        """Trajectories of people who count and of outliers: rows of `SelectedCamera.known`."""
        outliers = _outliers_of(self._camera).select(self._camera.trajectories.columns)
        return pl.concat([self._camera.trajectories, outliers])

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._keep(self._presences.add(rows))

    @property
    def key(self) -> str:
        """Text that decides what is kept of a stretch of time."""
        return f"points {self._camera.tracking_mode}"

    def part(self) -> "_Points":
        """Return what collects the rows of a stretch of time alone."""
        return _Points(self._camera)

    def merge(self, state: State) -> None:
        """Take what was kept of a stretch of time."""
        self._keep(_presence_of(state))

    def result(self) -> PagePeople:
        """Return the people of the page."""
        if (rest := self._presences.rest()) is not None:
            self._keep(rest)
        parts = sorted(self._parts, key=itemgetter(0))[::-1]
        self._parts = []
        builder = TracksBuilder(self._pieces)
        while parts:
            # Nobody holds it while the next one is read.
            _, part = parts.pop()
            builder.add(part.read(), parts[-1][0] if parts else None)
        return PagePeople(self._camera, self._pieces, builder.result(_outliers_of(self._camera)))

    def _keep(self, presence: Presence) -> None:
        if len(presence):
            self._parts.append((int(presence.begin_us[0]), self._scratch.keep(presence)))


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

    def state(self) -> State:
        """Return the parts of all rows."""
        rest = self._presences.rest()
        presence = Presence.joined(self._found if rest is None else [*self._found, rest])
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
