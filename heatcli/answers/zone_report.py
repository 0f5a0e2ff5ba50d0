"""The figures of zones and lines of one camera, behind `heatcli zone`."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.names import By
from heatcli.optics.projection import FloorProjection
from heatcli.select.one_pass import OnePass
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.whereabouts import in_staff_zone
from heatcli.shapes import CountingLine, Funnel, Queue, Shape, Zone
from heatcli.zones.buckets import Bucket, Buckets, buckets_of
from heatcli.zones.entries import Entries, ZoneEntries
from heatcli.zones.lines import LineCrossings, LineFigures, LineStatistics
from heatcli.zones.queue_figures import QueueStatistics, QueueWaits
from heatcli.zones.statistics import Figures, ZoneFigures, ZoneStatistics
from heatcli.zones.stays import Stays
from heatcli.zones.tally import sum_by

if TYPE_CHECKING:
    from heatcli.answers.flow_report import FlowReport
    from heatcli.zones.groups import Groups

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ZoneReport:
    """The figures of one camera's zones and lines.

    Attributes:
        camera: selection of the camera: who counts, who was left out and why.
        selected: time that was selected, watched or not, UTC µs; where the selection has no beginning or end
            of its own, the beginning or end of what was watched.
        divided: division of the selected period into buckets; None where none were asked for.
        bucket_selected_us: (len(buckets),) int64 selected time in each bucket, in µs.
        zones: statistics of each zone; their buckets are in the order of `buckets`.
        everybody: figures of each zone over the whole period, with the people who were left out.
        lines: statistics of each line; their buckets are in the order of `buckets`.
        everybody_lines: figures of each line over the whole period, with the people who were left out.
        kinds: figures over the whole period of each class of objects alone, by its name, where several count;
            those of the zones, then those of the lines.
        queues: statistics of each queue; their buckets are in the order of `buckets`.
        entries: entries of each zone for which they are asked for.
        funnels: funnels that are asked for; all their steps are among the zones.
        groups: who belongs together; None where it was not asked for.
        flow: density, speed and flow on the floor; None where they were not asked for, or no floor is known.
        stays: stays in each zone by trajectory, whose number is its row in `SelectedCamera.known`; empty
            where no evidence was asked for.
    """

    camera: SelectedCamera
    selected: Intervals
    divided: Buckets | None
    bucket_selected_us: NDArray[np.int64]
    zones: tuple[ZoneStatistics, ...]
    everybody: tuple[Figures, ...]
    lines: tuple[LineStatistics, ...]
    everybody_lines: tuple[LineFigures, ...]
    kinds: dict[str, tuple[Figures | LineFigures, ...]] = field(default_factory=dict)
    queues: tuple[QueueStatistics, ...] = ()
    entries: tuple[ZoneEntries, ...] = ()
    funnels: tuple[Funnel, ...] = ()
    groups: "Groups | None" = None
    flow: "FlowReport | None" = None
    stays: tuple[Stays, ...] = ()

    @property
    def selected_us(self) -> int:
        """Selected time in µs."""
        return self.selected.total_us

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Buckets of the selected period; empty where none were asked for."""
        return () if self.divided is None else self.divided.buckets


class ZoneReading:
    """Computes the figures of zones and lines while the rows of a camera are read.

    Args:
        reading: reading of the camera's rows, in which this takes part.
        camera: selected time and people of the camera.
        shapes: zones and lines to compute figures of.
        by: buckets that the period is divided into; None for none.
        queues: queues to compute figures of.
        entered: zones to find the entries of.
        floor: map from points of the picture, in fractions of it, to metres on the floor; None without one.
        funnels: funnels to answer; all their steps are among the shapes.
        grouped: whether to find who belongs together.
        evidence: whether stays are also kept by trajectory, for the evidence.

    Attributes:
        selected: selected time, watched or not, UTC µs.
        buckets: division of the period; None where none was asked for.
    """

    def __init__(
        self,
        reading: OnePass,
        camera: SelectedCamera,
        shapes: Sequence[Zone | CountingLine],
        by: By | None,
        *,
        queues: Sequence[Queue] = (),
        entered: Sequence[Zone] = (),
        floor: FloorProjection | None = None,
        funnels: Sequence[Funnel] = (),
        grouped: bool = False,
        evidence: bool = False,
    ) -> None:
        zones = [shape for shape in shapes if isinstance(shape, Zone)]
        lines = [shape for shape in shapes if isinstance(shape, CountingLine)]
        self._camera, self._funnels = camera, tuple(funnels)
        self.selected, self.buckets = period_of(camera, by)
        self._zones = reading.counted(ZoneFigures(camera, zones, self.buckets))
        self._lines = reading.counted(LineCrossings(camera, lines, self.buckets))
        self._queues = None
        if queues:
            waits = QueueWaits(camera, queues, self.buckets)
            self._queues = reading.among(_visitors(camera, queues[0].staff), waits)
        self._entries = None
        if entered:
            bounds = None if self.buckets is None else self.buckets.bounds_us
            self._entries = reading.counted(Entries(camera, entered, bounds, floor))
        self._company = None
        if grouped:
            # With scipy's trees, takes a fifth of a second, which all other questions do without.
            from heatcli.zones.groups import Company

            self._company = reading.counted(Company(camera, floor))
        self._everybody = self._everybody_lines = None
        if len(camera.excluded):
            self._everybody = reading.among(camera.known, ZoneFigures(camera, zones))
            self._everybody_lines = reading.among(camera.known, LineCrossings(camera, lines))
        self._kinds = {}
        for (name,), trajectories in camera.trajectories.sort("object_class").group_by(
            "object_class", maintain_order=True
        ):
            if len(trajectories) < len(camera.trajectories):
                self._kinds[str(name)] = (
                    reading.among(trajectories, ZoneFigures(camera, zones)),
                    reading.among(trajectories, LineCrossings(camera, lines)),
                )
        self._by_trajectory = None
        if evidence:
            self._by_trajectory = ZoneFigures(camera, zones)
            reading.counted(ByTrajectory(self._by_trajectory))

    def report(self) -> ZoneReport:
        """Return the figures, once all rows have been read."""
        zones, lines = self._zones.result(), self._lines.result()
        everybody = zones if self._everybody is None else self._everybody.result()
        everybody_lines = lines if self._everybody_lines is None else self._everybody_lines.result()
        by_trajectory = () if self._by_trajectory is None else self._by_trajectory.result()
        return ZoneReport(
            camera=self._camera,
            selected=self.selected,
            divided=self.buckets,
            bucket_selected_us=_in_buckets(self.selected, self.buckets),
            zones=zones,
            everybody=tuple(one.total for one in everybody),
            lines=lines,
            everybody_lines=tuple(one.total for one in everybody_lines),
            kinds={
                name: tuple(one.total for part in parts for one in part.result())
                for name, parts in self._kinds.items()
            },
            queues=() if self._queues is None else self._queues.result(),
            entries=() if self._entries is None else self._entries.result(),
            funnels=self._funnels,
            groups=None if self._company is None else self._company.result(),
            stays=tuple(one.stays for one in by_trajectory),
        )


class ByTrajectory:
    """Passes rows on to an aggregator with the trajectory in the place of the person (an aggregator).

    Args:
        aggregator: aggregator of the figures of zones.
    """

    def __init__(self, aggregator: ZoneFigures) -> None:
        self._aggregator = aggregator

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._aggregator.add(rows.by_trajectory())


def _visitors(camera: SelectedCamera, staff: Sequence[Shape]) -> pl.DataFrame:
    """Return the trajectories that count, but for those of people who begin or stay where only staff do."""
    trajectories = camera.trajectories
    there = pl.Series(in_staff_zone(camera, staff), dtype=pl.Boolean)
    return trajectories.filter(~pl.col("person").is_in(trajectories.filter(there)["person"].implode()))


def period_of(camera: SelectedCamera, by: By | None) -> tuple[Intervals, Buckets | None]:
    """Return the selected time of a camera, and its division into buckets; None for no buckets."""
    limits, covered = camera.limits, camera.covered
    begin_us, end_us = limits.begin_us, limits.end_us
    watched = covered.bounds.ravel().tolist()
    first = min(watched, default=None) if begin_us is None else begin_us
    last = max(watched, default=None) if end_us is None else end_us
    selected = limits.within(first, last) if first is not None and last is not None else Intervals.of([])
    if by is None:
        return selected, None
    zone = ZoneInfo(camera.timezone)
    return selected, buckets_of(by, covered=covered, zone=zone, begin_us=begin_us, end_us=end_us)


def _in_buckets(time: Intervals, buckets: Buckets | None) -> NDArray[np.int64]:
    """Return how much of the time is in each bucket, in µs."""
    if buckets is None:
        return np.zeros(0, np.int64)
    begin, end = buckets.bounds_us.T
    return sum_by(buckets.bucket, time.overlap_us(begin, end - begin), len(buckets.buckets))


def tell_unreachable(camera: SelectedCamera, shapes: Sequence[Zone | CountingLine]) -> None:
    """Warn of each zone and line that reads 0 since it is wholly outside of where people count."""
    for shape in shapes:
        outline = shape.shape if isinstance(shape, Zone) else shape.line
        if camera.regions is not None and not camera.regions.reach(outline, (camera.width, camera.height)):
            _log.warning(
                "warning: %s: %s reads 0, as all of it is outside of where people count; see `area` in "
                "heatcli.toml, and --roi",
                camera.name,
                shape.name,
            )
