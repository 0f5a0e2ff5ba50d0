"""Statistics of zones: every field of the zone table, for a period and each bucket of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.names import By
from heatcli.select.mergeable import State
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Zone
from heatcli.zones.buckets import Buckets, buckets_of
from heatcli.zones.stays import Stays
from heatcli.zones.tally import percentile_by, sum_by
from heatcli.zones.zone_sums import ZoneSums
from heatcli.zones.zone_tally import ZoneTally

# The period as one piece of time, from before to after every calendar.
_ALL_TIME = np.array([[-(2**61), 2**61]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one zone over a period or bucket. Without covered time, all but `covered_s` are None.

    Attributes:
        covered_s: covered time T of the period or bucket, in seconds.
        detections_pct: 100 * time of all persons in the zone / time of all persons in the frame; 0 if nobody
            was in the frame.
        avg_occupancy: time of all persons in the zone / T.
        occupancy_pct: 100 * time with at least one person in the zone / T.
        longest_occupancy_s: longest stretch with at least one person in the zone, in seconds. Absences and
            uncovered gaps of up to 2 s are bridged. A stretch ends at the edges of the bucket.
        max_occupancy: most persons in the zone at once.
        tracklets: distinct tracklets seen in the zone: pieces of trajectories as the online tracker made
            them.
        trajectories: distinct trajectories seen in the zone: tracklets linked within their clip.
        unique_visits: distinct persons seen in the zone: trajectories joined across files.
        stays: number of stays that begin in the bucket. A stay is a run of one person in the zone; absences
            and uncovered gaps of up to 2 s are bridged.
        median_stay_s: median length of those stays in seconds, each from its first moment to the end of its
            last one, also where it goes on beyond the bucket; None if there is no stay.
        p90_stay_s: 90th percentile of the length of those stays in seconds, interpolated linearly; None if
            there is no stay.
        activity_pct: 100 * avg_occupancy / largest avg_occupancy of the buckets; 0 if nobody was in the zone
            in any bucket; None for a whole period.
    """

    covered_s: float
    detections_pct: float | None = None
    avg_occupancy: float | None = None
    occupancy_pct: float | None = None
    longest_occupancy_s: float | None = None
    max_occupancy: int | None = None
    tracklets: int | None = None
    trajectories: int | None = None
    unique_visits: int | None = None
    stays: int | None = None
    median_stay_s: float | None = None
    p90_stay_s: float | None = None
    activity_pct: float | None = None

    @property
    def visits_per_covered_hour(self) -> float | None:
        """`unique_visits` per hour of T, to compare periods that were not watched for the same time."""
        return None if self.unique_visits is None else self.unique_visits / (self.covered_s / 3600)


@dataclass(frozen=True, slots=True, eq=False)
class ZoneStatistics:
    """The figures and stays of a zone.

    Attributes:
        zone: zone that the figures are of.
        total: figures of the whole period.
        buckets: figures of each bucket, in the order of `Buckets.buckets`; empty if there are none.
        stays: stays of each person in the zone, in the whole period.
        seen: (n,) numbers of persons, and (n,) index of the piece of `Buckets.bounds_us` in which each was
            seen in the zone, 0 without buckets; each pair once, sorted by piece and person.
    """

    zone: Zone
    total: Figures
    buckets: tuple[Figures, ...]
    stays: Stays
    seen: tuple[NDArray[np.int64], NDArray[np.int64]]


class ZoneFigures:
    """The statistics of zones, from the rows of one camera (an aggregator).

    Args:
        camera: camera and what is selected of it.
        zones: zones to compute figures of.
        buckets: division of the period, which must hold every covered moment; None for the total only.

    Raises:
        ValueError: some covered time is in no bucket.
    """

    def __init__(self, camera: SelectedCamera, zones: Sequence[Zone], buckets: Buckets | None = None) -> None:
        divided = buckets is not None and len(buckets.buckets) > 0
        self._bounds = buckets.bounds_us if buckets is not None and divided else _ALL_TIME
        covered = camera.covered
        self._covered_us = covered.overlap_us(self._bounds[:, 0], self._bounds[:, 1] - self._bounds[:, 0])
        if self._covered_us.sum() != covered.total_us:
            raise ValueError("the buckets leave out covered time")
        self._camera, self._zones, self._buckets = camera, tuple(zones), buckets
        self._sums = ZoneSums(camera, self._zones, self._bounds)

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._sums.add(rows)

    @property
    def key(self) -> str | None:
        """Text that decides what is kept of a stretch of time; None where the buckets cut hours."""
        begin, end = self._hours.T
        piece = np.searchsorted(self._bounds[:, 0], begin, side="right") - 1
        if (piece < 0).any() or (end > self._bounds[piece, 1]).any():
            return None
        shapes = [zone.shape for zone in self._zones]
        return f"zones by hour {shapes} {self._camera.sample_aspect} {self._camera.timezone}"

    def part(self) -> ZoneSums:
        """Return what sums up zones by the hour, of which the buckets of any report are made."""
        return ZoneSums(self._camera, self._zones, self._hours)

    def merge(self, state: State) -> None:
        """Take what was kept of a stretch of time."""
        self._sums.merge(state)

    def result(self) -> tuple[ZoneStatistics, ...]:
        """Return the statistics of each zone, in the order of the zones."""
        self._sums.finish()
        bounds, buckets = self._bounds, self._buckets
        whole = np.zeros(len(bounds), dtype=np.int64)
        found = []
        for zone, tally in zip(self._zones, self._sums.tally.of_zones(), strict=True):
            stays = tally.stays
            at = np.searchsorted(bounds[:, 0], stays.begin_us, side="right") - 1
            measured = _Measured(tally, self._sums.frame_us, self._covered_us, stays.lengths_s, at)
            (total,) = _figures(measured, whole, 1, is_period=True)
            parts = _figures(measured, buckets.bucket, len(buckets.buckets)) if buckets is not None else []
            found.append(ZoneStatistics(zone, total, tuple(parts), stays, tally.persons()))
        return tuple(found)

    @cached_property
    def _hours(self) -> NDArray[np.int64]:
        """(h, 2) hours of the local clock that hold every covered moment, UTC µs."""
        zone = ZoneInfo(self._camera.timezone)
        return buckets_of(By.HOUR, covered=self._camera.covered, zone=zone).bounds_us


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """The sums of a zone, by piece of time.

    Attributes:
        tally: sums of the zone.
        frame_us: (k,) time of all persons in the frame, in µs.
        covered_us: (k,) covered time in µs.
        stay_s: (n,) length of each stay in seconds.
        stay_piece: (n,) index of the piece of time in which each stay begins.
    """

    tally: ZoneTally
    frame_us: NDArray[np.int64]
    covered_us: NDArray[np.int64]
    stay_s: NDArray[np.float64]
    stay_piece: NDArray[np.intp]


def _figures(
    measured: _Measured, group: NDArray[np.int64], groups: int, *, is_period: bool = False
) -> list[Figures]:
    """Sum up pieces of time.

    Args:
        measured: sums by piece of time.
        group: (k,) group that each piece belongs to.
        groups: number of groups.
        is_period: whether the pieces are one period, not buckets.
    """
    tally = measured.tally
    covered = sum_by(group, measured.covered_us, groups)
    present = sum_by(group, tally.present_us, groups)
    occupied = sum_by(group, tally.occupied_us, groups)
    in_frame = sum_by(group, measured.frame_us, groups)
    most = np.zeros(groups, dtype=np.int64)
    np.maximum.at(most, group, tally.most)
    longest = tally.longest_us(group, groups, across=is_period)
    tracklets, trajectories, visits = tally.visits(group, groups)
    stay_group = group[measured.stay_piece]
    stays = np.bincount(stay_group, minlength=groups)
    median, p90 = (percentile_by(measured.stay_s, stay_group, stays, percent) for percent in (50, 90))
    rate = present / np.maximum(covered, 1)
    busiest = rate.max(initial=0.0)
    return [
        Figures(
            covered_s=float(covered[i] / 1e6),
            detections_pct=float(100 * present[i] / in_frame[i]) if in_frame[i] else 0.0,
            avg_occupancy=float(rate[i]),
            occupancy_pct=float(100 * occupied[i] / covered[i]),
            longest_occupancy_s=float(longest[i] / 1e6),
            max_occupancy=int(most[i]),
            tracklets=int(tracklets[i]),
            trajectories=int(trajectories[i]),
            unique_visits=int(visits[i]),
            stays=int(stays[i]),
            median_stay_s=float(median[i]) if stays[i] else None,
            p90_stay_s=float(p90[i]) if stays[i] else None,
            activity_pct=None if is_period else float(100 * (rate[i] / busiest)) if busiest else 0.0,
        )
        if covered[i]
        else Figures(covered_s=0.0)
        for i in range(groups)
    ]
