"""Figures of one kind, of one zone: what tables, files and charts of that kind are made of."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from heatcli.shapes import Zone

FigureT = TypeVar("FigureT")


@dataclass(frozen=True, slots=True, eq=False)
class FoundInZone(Generic[FigureT]):
    """The figures of one kind of one zone.

    Attributes:
        zone: zone that they are of.
        total: figures of the whole period.
        buckets: figures of each bucket.
    """

    zone: Zone
    total: FigureT
    buckets: list[FigureT]
