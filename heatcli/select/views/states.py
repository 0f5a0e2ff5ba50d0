"""What a camera saw in a picture of its empty scene, and what is needed to tell it."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from heatcli.select.views.placement import Placement
from heatcli.video.plate_measures import PlateMeasures


class Condition(StrEnum):
    """Why a camera sees nothing."""

    DARK = "dark"
    BLIND = "blind"


_CONDITIONS = tuple(Condition)


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture of an empty scene, and when it was so.

    Attributes:
        name: path within the store.
        start_us: start of the first clip that has it, UTC µs.
        day: local day of that clip.
        hour: local hour of the day in the middle of that clip, 0..24.
        covered_us: time that the clips which have it were watched, in µs.
    """

    name: str
    start_us: int
    day: date
    hour: float
    covered_us: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is other than on the days before.

    Attributes:
        placement: where the view lies on that of the days before; None where it is another scene.
        is_turn: whether it has moved so far that people of before and after are not to be mixed in one map.
    """

    placement: Placement | None
    is_turn: bool = True


@dataclass(frozen=True, slots=True)
class ViewState:
    """What a camera saw.

    Attributes:
        view: number of the view; people of different views are not to be mixed in one map.
        placement: where it lies on the first picture of this view.
        condition: why the camera saw nothing; None where it saw.
        change: what is other than on the days before; None where that is nothing.
    """

    view: int
    placement: Placement
    condition: Condition | None = None
    change: Change | None = None

    def numbers(self) -> tuple[float, ...]:
        """Return the state as numbers, to be kept; `of_numbers` reads them."""
        numbers: tuple[float, ...] = (self.view, *astuple(self.placement))
        numbers += (-1.0 if self.condition is None else float(_CONDITIONS.index(self.condition)),)
        if self.change is not None:
            moved = self.change.placement
            numbers += (float(self.change.is_turn), *(() if moved is None else astuple(moved)))
        return numbers

    @classmethod
    def of_numbers(cls, numbers: Sequence[float]) -> "ViewState":
        """Return the state that was kept as numbers."""
        view, placement, condition, change = int(numbers[0]), numbers[1:5], int(numbers[5]), numbers[6:]
        return cls(
            view,
            Placement(*placement),
            None if condition < 0 else _CONDITIONS[condition],
            Change(Placement(*change[1:]) if change[1:] else None, is_turn=bool(change[0]))
            if change
            else None,
        )


class Comparing(Protocol):
    """Way to look at pictures and to compare them, which may know the answer from before."""

    def measures(self, plate: str, /) -> PlateMeasures | None:
        """Return what a picture shows; None where it is gone."""
        ...

    def register(
        self, plate: str, scene: Sequence[tuple[str, Placement]], /
    ) -> tuple[Placement, float] | None:
        """Return where a picture lies on the mean of others, moved to their places, and how much agrees.

        None where they have too few edges to tell.
        """
        ...
