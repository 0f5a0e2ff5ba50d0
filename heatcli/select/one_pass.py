"""One reading of a camera's rows for everything that is computed from them."""

from collections.abc import Iterator
from typing import TypeVar, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.select.closed_days import ClosedDay, ClosedDays, Stretch, stretches_of
from heatcli.select.mergeable import Aggregator, Mergeable, Part, State, is_mergeable
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

AggregatorT = TypeVar("AggregatorT", bound=Aggregator)

Members = NDArray[np.bool_]
"""(persons,) bool, true for the persons of a camera whose rows an aggregator takes."""

Registered = tuple[Members, Aggregator]


class OnePass:
    """Reads the rows of a camera once and hands them to all aggregators that were registered.

    Of days that are over, what a `Mergeable` has computed is kept in the store, and no rows are read that
    nobody needs.

        reading = OnePass(camera)
        heat = reading.counted(HeatMaps(camera, settings))
        everybody = reading.among(camera.known, ZoneFigures(camera, zones))
        reading.run()
        heat.result()

    Args:
        camera: camera and what is selected of it.
    """

    def __init__(self, camera: SelectedCamera) -> None:
        self._camera = camera
        self._persons = 1 + int(camera.known["person"].to_numpy().max(initial=-1))
        self._counted = self._members(camera.trajectories)
        self._registered: list[tuple[Members, Aggregator]] = []
        self._begun = False

    def counted(self, aggregator: AggregatorT) -> AggregatorT:
        """Register an aggregator of the people who count, and return it."""
        return self._register(self._counted, aggregator)

    def among(self, trajectories: pl.DataFrame, aggregator: AggregatorT) -> AggregatorT:
        """Register an aggregator of some people, and return it.

        Args:
            trajectories: rows of `SelectedCamera.known`: all trajectories of each of these people.
            aggregator: aggregator to register.
        """
        return self._register(self._members(trajectories), aggregator)

    def run(self) -> None:
        """Read the rows and hand them out.

        Raises:
            StoreError: the store cannot be read.
        """
        stretches = stretches_of(self._camera) if self._camera.keeps else []
        if not any(one.day for one in stretches) or not any(is_mergeable(one) for _, one in self._registered):
            for _ in self.rows():
                pass
            return
        self._begin()
        days = ClosedDays(self._camera)
        for stretch in stretches:
            self._run_alone(stretch, None if stretch.day is None else days.of(stretch))

    def rows(self) -> Iterator[Rows]:
        """Read the rows and hand them out, and yield those of people who count, in order of time.

        The aggregators have taken all rows once nothing is left to yield.

        Raises:
            StoreError: the store cannot be read.
        """
        self._begin()
        yield from self._read(self._registered)

    def _begin(self) -> None:
        if self._begun:
            raise RuntimeError("a reading runs once")
        self._begun = True

    def _read(self, registered: list[Registered], stretch: Stretch | None = None) -> Iterator[Rows]:
        """Read the rows of a stretch of time, or all, and hand them out; yield those of people who count."""
        everybody = any((members & ~self._counted).any() for members, _ in registered)
        groups = {id(members): members for members, _ in [(self._counted, None), *registered]}
        between = None if stretch is None else (stretch.begin_us, stretch.end_us)
        for rows in read_rows(self._camera, everybody=everybody, between=between):
            parts = {group: _rows_of(rows, members) for group, members in groups.items()}
            for members, aggregator in registered:
                if len(parts[id(members)]):
                    aggregator.add(parts[id(members)])
            counted = parts[id(self._counted)]
            if len(counted):
                yield counted

    def _run_alone(self, stretch: Stretch, day: ClosedDay | None) -> None:
        """Aggregate a stretch of time by itself; what is kept of a closed day is taken from there."""
        reading = [(members, one) for members, one in self._registered if not is_mergeable(one)]
        states: dict[str, State] = {}
        parts: dict[str, Part] = {}
        asked: list[tuple[str, Mergeable]] = []
        for number, (members, one) in enumerate(self._registered):
            if not is_mergeable(one):
                continue
            aggregator = cast("Mergeable", one)
            # Several may keep the same, which is computed once.
            key = str(number) if day is None else day.key(str(aggregator.key), members)
            asked.append((key, aggregator))
            if key in states or key in parts:
                continue
            state = None if day is None else day.read(key)
            if state is None:
                parts[key] = aggregator.part()
                reading.append((members, parts[key]))
            else:
                states[key] = state
        if reading:
            for _ in self._read(reading, stretch):
                pass
        for key, part in parts.items():
            states[key] = part.state()
            if day is not None:
                day.write(key, states[key])
        for key, aggregator in asked:
            aggregator.merge(states[key])

    def _register(self, members: Members, aggregator: AggregatorT) -> AggregatorT:
        if self._begun:
            raise RuntimeError("an aggregator must be registered before the reading runs")
        self._registered.append((members, aggregator))
        return aggregator

    def _members(self, trajectories: pl.DataFrame) -> Members:
        members = np.zeros(self._persons, np.bool_)
        members[trajectories["person"].to_numpy()] = True
        return members


def _rows_of(rows: Rows, members: Members) -> Rows:
    """Return the rows of some persons."""
    inside = members[rows.person]
    return rows if inside.all() else rows.where(inside)
