"""One reading of a camera's rows for everything that is computed from them."""

from collections.abc import Iterator
from typing import Protocol, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera


class Aggregator(Protocol):
    """Something that is computed from rows, batch by batch.

    Its state adds up: sums in whole µs, sets of persons, stretches of time with open ends. It does not depend
    on how the rows were cut into batches. Most have a `result`, of a type of their own, which may be taken
    once all rows were added.
    """

    def add(self, rows: Rows) -> None:
        """Take the next batch, in order of time; it is not empty."""
        ...


AggregatorT = TypeVar("AggregatorT", bound=Aggregator)

Members = NDArray[np.bool_]
"""(persons,) bool, true for the persons of a camera whose rows an aggregator takes."""


class OnePass:
    """Reads the rows of a camera once and hands them to all aggregators that were registered.

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
        for _ in self.rows():
            pass

    def rows(self) -> Iterator[Rows]:
        """Read the rows and hand them out, and yield those of people who count, in order of time.

        The aggregators have taken all rows once nothing is left to yield.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._begun:
            raise RuntimeError("a reading runs once")
        self._begun = True
        everybody = any((members & ~self._counted).any() for members, _ in self._registered)
        groups = {id(members): members for members, _ in [(self._counted, None), *self._registered]}
        for rows in read_rows(self._camera, everybody=everybody):
            parts = {group: _rows_of(rows, members) for group, members in groups.items()}
            for members, aggregator in self._registered:
                if len(parts[id(members)]):
                    aggregator.add(parts[id(members)])
            counted = parts[id(self._counted)]
            if len(counted):
                yield counted

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
