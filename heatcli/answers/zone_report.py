"""The work behind `heatcli zone`: a selection and zones in, their statistics out."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.config.models import CameraConfig
from heatcli.config.schedule import Schedule
from heatcli.intervals import Intervals
from heatcli.names import By
from heatcli.select.reader import read_rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.shapes import CountingLine, Zone
from heatcli.zones.buckets import Bucket, Buckets, buckets_of
from heatcli.zones.lines import LineFigures, LineStatistics, line_statistics
from heatcli.zones.statistics import Figures, ZoneStatistics, zone_statistics
from heatcli.zones.tally import sum_by


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ZoneReport:
    """What there is to say of the zones of one camera.

    Attributes:
        camera: the selection of the camera: who counts, who was left out and why.
        selected: the time that was selected, watched or not, UTC µs; where the selection has no end of its
            own, up to what was watched last, and likewise at its beginning.
        divided: the selected period in buckets; None where none were asked for.
        bucket_selected_us: (len(buckets),) int64 how much of each was selected, in µs.
        zones: the statistics of each zone; its buckets are in the order of `buckets`.
        everybody: the same totals as in `zones`, with the people who were left out.
        lines: the statistics of each line, likewise.
        everybody_lines: the same totals as in `lines`, with the people who were left out.
    """

    camera: SelectedCamera
    selected: Intervals
    divided: Buckets | None
    bucket_selected_us: NDArray[np.int64]
    zones: tuple[ZoneStatistics, ...]
    everybody: tuple[Figures, ...]
    lines: tuple[LineStatistics, ...]
    everybody_lines: tuple[LineFigures, ...]

    @property
    def selected_us(self) -> int:
        """How much time was selected, in µs."""
        return self.selected.total_us

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Buckets of the selected period; empty where none were asked for."""
        return () if self.divided is None else self.divided.buckets


def report_camera(
    camera: SelectedCamera,
    selection: Selection,
    configured: CameraConfig,
    places: Sequence[Zone | CountingLine],
    by: By | None,
) -> ZoneReport:
    """Compute the statistics of zones and lines of one camera."""
    zones = [place for place in places if isinstance(place, Zone)]
    lines = [place for place in places if isinstance(place, CountingLine)]
    opening = Schedule.parse(configured.schedule) if configured.schedule else None
    limits = selection.limits(camera.timezone, opening)
    period, covered = limits.period.bounds.ravel().tolist(), camera.covered
    watched = covered.bounds.ravel().tolist()
    begin_us = period[0] if selection.start or selection.dates else None
    end_us = period[-1] if selection.end or selection.dates else None
    first = min(watched, default=None) if begin_us is None else begin_us
    last = max(watched, default=None) if end_us is None else end_us
    selected = limits.within(first, last) if first is not None and last is not None else Intervals.of([])

    buckets = None
    if by is not None:
        zone = ZoneInfo(camera.timezone)
        buckets = buckets_of(by, covered=covered, zone=zone, begin_us=begin_us, end_us=end_us)

    def statistics(people: SelectedCamera, buckets: Buckets | None) -> tuple[ZoneStatistics, ...]:
        found = zone_statistics(
            read_rows(people),
            zones=zones,
            own=people.owned_time,
            tracking_mode=people.tracking_mode,
            sample_aspect=people.sample_aspect,
            buckets=buckets,
        )
        return tuple(found)

    def crossings(people: SelectedCamera, buckets: Buckets | None) -> tuple[LineStatistics, ...]:
        found = line_statistics(
            read_rows(people) if lines else (),
            lines=lines,
            covered=covered,
            tracking_mode=people.tracking_mode,
            sample_aspect=people.sample_aspect,
            buckets=buckets,
        )
        return tuple(found)

    counted, crossed = statistics(camera, buckets), crossings(camera, buckets)
    everybody, all_crossed = counted, crossed
    if len(camera.excluded):
        people = camera.everybody()
        everybody, all_crossed = statistics(people, None), crossings(people, None)
    return ZoneReport(
        camera=camera,
        selected=selected,
        divided=buckets,
        bucket_selected_us=_in_buckets(selected, buckets),
        zones=counted,
        everybody=tuple(one.total for one in everybody),
        lines=crossed,
        everybody_lines=tuple(one.total for one in all_crossed),
    )


def _in_buckets(time: Intervals, buckets: Buckets | None) -> NDArray[np.int64]:
    """Measure how much time is in each bucket, in µs."""
    if buckets is None:
        return np.zeros(0, np.int64)
    begin, end = buckets.bounds_us.T
    return sum_by(buckets.bucket, time.overlap_us(begin, end - begin), len(buckets.buckets))
