"""The figures of queues: how long they are, how long people wait, who is served and who gives up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Queue
from heatcli.zones.buckets import Buckets
from heatcli.zones.line_up import LineUps
from heatcli.zones.tally import percentile_by, sum_by
from heatcli.zones.waits import Outcome, Waits, waits_of

_ALL_TIME = np.array([[-(2**61), 2**61]])


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """The figures of one queue over a period or bucket. Without covered time, all but `covered_s` are None.

    A wait belongs to the bucket in which it begins, and so do its outcome and its service. Where a queue has
    no service place, all that needs one is None.

    Attributes:
        covered_s: covered time T of the period or bucket, in seconds.
        mean_length: time of all people in line / T: people waiting at a time, on average.
        median_length: least number of people that at least half of T had no more than in line.
        p95_length: least number of people that at least 95 % of T had no more than in line.
        max_length: most people in line at once.
        arrivals: waits that begin.
        arrivals_per_hour: arrivals per hour of T.
        served: of these waits, those that ended at the service place.
        served_per_hour: services that begin in the bucket, per hour of T.
        abandoned: of these waits, those of people who left the line without service.
        abandoned_pct: 100 * abandoned / (served + abandoned); None where both are 0.
        unknown: of these waits, those whose end nobody saw.
        median_wait_s: median time from joining the line to the service, of those who were served and were
            seen to join, in seconds; None if there is none.
        p90_wait_s: 90th percentile of the same, interpolated linearly.
        over_target_pct: 100 * share of these waits that were longer than the target; None if there is none,
            or no target.
        median_service_s: median time at the service place, of services whose end was seen, in seconds; None
            if there is none.
        p90_service_s: 90th percentile of the same, interpolated linearly.
    """

    covered_s: float
    mean_length: float | None = None
    median_length: int | None = None
    p95_length: int | None = None
    max_length: int | None = None
    arrivals: int | None = None
    arrivals_per_hour: float | None = None
    served: int | None = None
    served_per_hour: float | None = None
    abandoned: int | None = None
    abandoned_pct: float | None = None
    unknown: int | None = None
    median_wait_s: float | None = None
    p90_wait_s: float | None = None
    over_target_pct: float | None = None
    median_service_s: float | None = None
    p90_service_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class QueueStatistics:
    """The figures and waits of a queue.

    Attributes:
        queue: queue that the figures are of.
        total: figures of the whole period.
        buckets: figures of each bucket, in the order of `Buckets.buckets`; empty if there are none.
        waits: waits in the whole period.
    """

    queue: Queue
    total: QueueFigures
    buckets: tuple[QueueFigures, ...]
    waits: Waits


class QueueWaits:
    """The statistics of queues, from the rows of one camera (an aggregator).

    Args:
        camera: camera and what is selected of it.
        queues: queues of the camera.
        buckets: division of the period; None for the total only.
    """

    def __init__(
        self,
        camera: SelectedCamera,
        queues: Sequence[Queue],
        buckets: Buckets | None = None,
    ) -> None:
        self._camera, self._buckets = camera, buckets
        self._lines = LineUps(camera, queues)

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._lines.add(rows)

    def result(self) -> tuple[QueueStatistics, ...]:
        """Return the statistics of each queue, in the order of the queues."""
        buckets, covered = self._buckets, self._camera.covered
        found = []
        for line in self._lines.result():
            waits = waits_of(line, self._camera)
            (total,) = _figures(waits, covered, _ALL_TIME, np.zeros(1, np.int64), 1, line.queue)
            parts: list[QueueFigures] = []
            if buckets is not None and buckets.buckets:
                many = len(buckets.buckets)
                bounds, group = buckets.bounds_us, buckets.bucket
                parts = _figures(waits, covered, bounds, group, many, line.queue)
            found.append(QueueStatistics(line.queue, total, tuple(parts), waits))
        return tuple(found)


def _figures(
    waits: Waits,
    covered: Intervals,
    bounds: NDArray[np.int64],
    group: NDArray[np.int64],
    groups: int,
    queue: Queue,
) -> list[QueueFigures]:
    """Compute the figures of each group of pieces of time.

    Args:
        waits: waits of the queue.
        covered: time that was watched, UTC µs.
        bounds: (k, 2) start and end of each piece of time, UTC µs.
        group: (k,) group that each piece belongs to.
        groups: number of groups.
        queue: queue that people wait in.
    """
    lasts_us, length, of_piece = _lengths(waits, covered, bounds)
    covered_us = sum_by(group[of_piece], lasts_us, groups)
    order = np.argsort(group[of_piece], kind="stable")
    ends = np.cumsum(np.bincount(group[of_piece], minlength=groups))
    hours = np.maximum(covered_us, 1) / 3.6e9

    def of_group(time_us: NDArray[np.int64]) -> NDArray[np.int64]:
        # A whole second of a look may begin before the first piece.
        return group[np.maximum(np.searchsorted(bounds[:, 0], time_us, side="right") - 1, 0)]

    joined = of_group(waits.begin_us)
    is_served = waits.outcome == Outcome.SERVED
    arrivals, served, abandoned, unknown = (
        np.bincount(joined[which], minlength=groups)
        for which in (
            waits.outcome >= 0,
            is_served,
            waits.outcome == Outcome.ABANDONED,
            waits.outcome == Outcome.UNKNOWN,
        )
    )
    throughput = np.bincount(of_group(waits.end_us[is_served]), minlength=groups)
    wait, service = (_Spread.of(values, joined, groups) for values in (waits.wait_s, waits.service_s))
    too_long = np.zeros(groups, np.int64)
    if queue.target_s is not None:
        too_long = np.bincount(joined[waits.wait_s > queue.target_s], minlength=groups)
    has_service = queue.service is not None
    found = []
    for i in range(groups):
        if not covered_us[i]:
            found.append(QueueFigures(covered_s=0.0))
            continue
        here = order[(ends[i - 1] if i else 0) : ends[i]]
        here = here[lasts_us[here] > 0]
        known = int(served[i] + abandoned[i])
        found.append(
            QueueFigures(
                covered_s=float(covered_us[i] / 1e6),
                mean_length=float((length[here] * lasts_us[here]).sum() / covered_us[i]),
                median_length=_quantile(length[here], lasts_us[here], 50),
                p95_length=_quantile(length[here], lasts_us[here], 95),
                max_length=int(length[here].max()),
                arrivals=int(arrivals[i]),
                arrivals_per_hour=float(arrivals[i] / hours[i]),
                served=int(served[i]) if has_service else None,
                served_per_hour=float(throughput[i] / hours[i]) if has_service else None,
                abandoned=int(abandoned[i]) if has_service else None,
                abandoned_pct=float(100 * abandoned[i] / known) if known else None,
                unknown=int(unknown[i]),
                median_wait_s=wait.median(i),
                p90_wait_s=wait.p90(i),
                over_target_pct=float(100 * too_long[i] / wait.counts[i])
                if queue.target_s is not None and wait.counts[i]
                else None,
                median_service_s=service.median(i),
                p90_service_s=service.p90(i),
            )
        )
    return found


def _lengths(
    waits: Waits, covered: Intervals, bounds: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Divide time wherever the length of the line, what is covered or the piece of time may change.

    Returns:
        Of each stretch, (n,) covered time in µs, (n,) number of people in line, and (n,) its piece of time.
    """
    inner = bounds[:, 0], bounds[-1:, 1], waits.begin_us, waits.end_us, covered.bounds.ravel()
    cuts = np.unique(np.concatenate(inner))
    begins, ends = cuts[:-1], cuts[1:]
    length = np.searchsorted(np.sort(waits.begin_us), begins, side="right") - np.searchsorted(
        np.sort(waits.end_us), begins, side="right"
    )
    piece = np.searchsorted(bounds[:, 0], begins, side="right") - 1
    within = (piece >= 0) & (begins < bounds[-1, 1])
    begins, ends, length, piece = (values[within] for values in (begins, ends, length, piece))
    return covered.overlap_us(begins, ends - begins), length, piece


def _quantile(length: NDArray[np.int64], lasts_us: NDArray[np.int64], percent: int) -> int:
    """Return the least length that at least so much of the time had no more than."""
    by_length = sum_by(length, lasts_us, int(length.max()) + 1)
    return int(np.flatnonzero(100 * np.cumsum(by_length) >= percent * by_length.sum())[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """Median and 90th percentile of the known values of each group."""

    counts: NDArray[np.int64]
    medians: NDArray[np.float64]
    ninths: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64], group: NDArray[np.int64], groups: int) -> "_Spread":
        known = np.isfinite(values)
        values, group = values[known], group[known]
        counts = np.bincount(group, minlength=groups)
        return cls(counts, *(percentile_by(values, group, counts, percent) for percent in (50, 90)))

    def median(self, group: int) -> float | None:
        return float(self.medians[group]) if self.counts[group] else None

    def p90(self, group: int) -> float | None:
        return float(self.ninths[group]) if self.counts[group] else None
