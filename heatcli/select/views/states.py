"""What a camera saw in a picture of its empty scene, and what is needed to tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from heatcli.select.views.placement import Placement
from heatcli.video.plate_measures import PlateMeasures


class Condition(StrEnum):
    """Why a camera sees nothing."""

    DARK = "dark"
    BLIND = "blind"


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
