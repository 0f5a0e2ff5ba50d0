"""What aggregators keep of a stretch of time, and how it is put together with what they keep of others."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.select.rows import Rows, paired, unpaired

State = Mapping[str, NDArray[Any]]
"""What is kept of the rows of a stretch of time: arrays of one dimension by name, of whole numbers or floats.

A name that ends in `person` or `tracklet` says that its numbers are those of `Rows`."""


class Aggregator(Protocol):
    """Something that is computed from rows, batch by batch.

    Its state adds up: sums in whole µs, sets of persons, stretches of time with open ends. It does not depend
    on how the rows were cut into batches. Most have a `result`, of a type of their own, which may be taken
    once all rows were added.
    """

    def add(self, rows: Rows) -> None:
        """Take the next batch, in order of time; it is not empty."""
        ...


class Part(Aggregator, Protocol):
    """An aggregator of the rows of a stretch of time, in which no moment is cut."""

    def state(self) -> State:
        """Return what there is to keep, once all rows of the stretch were added."""
        ...


class Mergeable(Aggregator, Protocol):
    """An aggregator that puts together what was kept of stretches of time, in any order.

    The result is that of adding all rows, to the last bit. Either rows are added to it, or states are merged
    into it. What goes on from one stretch to the next (stays, steps, crossings) is settled in `result`.
    """

    @property
    def key(self) -> str | None:
        """Text that decides, with the rows, what a state is; None where states do not add up exactly."""
        ...

    def part(self) -> Part:
        """Return what aggregates the rows of a stretch of time alone."""
        ...

    def merge(self, state: State) -> None:
        """Take what a part has kept of its stretch of time."""
        ...


def is_mergeable(aggregator: Aggregator) -> bool:
    """Whether an aggregator is a `Mergeable` whose states add up."""
    return getattr(aggregator, "key", None) is not None


def numbered(state: State, persons: NDArray[np.int64], trajectories: NDArray[np.int64]) -> State:
    """Return a state with other numbers of persons and trajectories.

    Args:
        state: state with numbers that are indices of the other two.
        persons: (p,) number that each person gets.
        trajectories: (t,) number that each trajectory gets: its row in `SelectedCamera.known`.
    """
    return {name: _numbered(name, values, persons, trajectories) for name, values in state.items()}


def _numbered(
    name: str, values: NDArray[Any], persons: NDArray[np.int64], trajectories: NDArray[np.int64]
) -> NDArray[Any]:
    if name.endswith("person"):
        found: NDArray[np.int64] = persons[values]
        return found
    if name.endswith("tracklet"):
        trajectory, own = unpaired(values)
        return paired(trajectories[trajectory], own)
    return values


def counted_from_0(state: State, persons: NDArray[np.int64], trajectories: NDArray[np.int64]) -> State:
    """Return a state whose persons and trajectories count from 0, which `numbered` undoes.

    Args:
        state: state with the numbers of `Rows`.
        persons: (p,) number of each person, ascending.
        trajectories: (t,) number of each trajectory, ascending.

    Raises:
        ValueError: the state has somebody else.
    """
    for name, values in state.items():
        whose = (
            values if name.endswith("person") else unpaired(values)[0] if name.endswith("tracklet") else None
        )
        if whose is not None and not np.isin(whose, persons if whose is values else trajectories).all():
            raise ValueError(f"{name} has numbers of nobody who is known to be there")
    last = max(persons.max(initial=-1), trajectories.max(initial=-1)) + 1
    place = np.zeros((2, last), np.int64)
    for of, numbers in zip(place, (persons, trajectories), strict=True):
        of[numbers] = np.arange(len(numbers))
    return numbered(state, *place)
