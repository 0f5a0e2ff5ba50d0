"""The numbers of a camera that a report to give away is made of. They add up, over clips and over days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.transitions import by_visit
from heatcli.names import Metric
from heatcli.report.camera_report import CameraReport
from heatcli.zones.lines import LineStatistics
from heatcli.zones.statistics import Figures, ZoneStatistics
from heatcli.zones.stays import STAY_EDGES_S, Stays
from heatcli.zones.transitions import transitions_of

Counts = NDArray[np.int64]

_CLASSES = len(STAY_EDGES_S)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """The numbers of a camera, of rows or of the sums of a day; or of several of these.

    Places are the whole frame, then the configured zones; times are the whole period, then its parts.

    Attributes:
        covered_us: (places, times) covered time in µs.
        present_us: (places, times) time of all people in µs.
        occupied_us: (places, times) time with somebody there in µs.
        visitors: (places, times) distinct people.
        stays: (places, times, classes) stays that begin then, by class of length (`STAY_EDGES_S`).
        people: (places, times) people who are surely behind these numbers.
        elsewhere: (zones, times) people who were surely in the frame and not in the zone.
        crossings: (lines, 2) crossings to the right, and to the left.
        crossed: (lines, 2) people who surely made them.
        ways: times and people, and how many distinct people there surely were, by the indices of two zones.
        cells_us: (rows, columns) time of all people in µs.
        visits: (rows, columns) people who surely were there.
    """

    covered_us: Counts
    present_us: Counts
    occupied_us: Counts
    visitors: Counts
    stays: Counts
    people: Counts
    elsewhere: Counts
    crossings: Counts
    crossed: Counts
    ways: Mapping[tuple[int, int], tuple[int, int, int]]
    cells_us: Counts
    visits: Counts


def sums_of_rows(camera: CameraReport) -> Sums:
    """Return the numbers of a report whose maps are of `METRICS` with `CELLS`, from rows."""
    zones = camera.zones
    columns = [[_whole(figures) for figures in (zone.total, *zone.buckets)] for zone in zones]
    covered, present, occupied, visitors = np.moveaxis(np.array(columns, np.int64), -1, 0)
    stays = np.stack([_by_class(camera, zone) for zone in zones])
    people = people_of(visitors, stays)
    crossings = [way for line in camera.figures.lines for way in _crossings(line)]
    count, crossed = np.array(crossings, np.int64).reshape(-1, 2, 2).transpose(2, 0, 1)
    maps = {metric: np.nan_to_num(found.raw) for metric, found in camera.heat.items()}
    return Sums(
        covered_us=covered,
        present_us=present,
        occupied_us=occupied,
        visitors=visitors,
        stays=stays,
        people=people,
        elsewhere=elsewhere_of(people),
        crossings=count,
        crossed=crossed,
        ways=_ways(camera),
        cells_us=np.rint(maps[Metric.DWELL_TIME] * 1e6).astype(np.int64),
        visits=maps[Metric.UNIQUE_VISITS].astype(np.int64),
    )


def people_of(visitors: Counts, stays: Counts) -> Counts:
    """Return how many people are behind numbers: of several who were there, one stay is of one."""
    count = stays.sum(axis=-1)
    return np.where(count > 0, np.minimum(visitors, count), visitors)


def elsewhere_of(people: Counts) -> Counts:
    """Return how many people were in the frame, the first place, and not in the zone: (zones, times)."""
    found: Counts = np.maximum(people[:1] - people[1:], 0)
    return found


def added(parts: Sequence[tuple[Sums, int]]) -> Sums:
    """Add numbers of times or clips that have nothing in common.

    Args:
        parts: numbers, at least one, each with how many of the people may be among those of another part.
    """
    several = [one for one, _ in parts]
    again = np.array([count for _, count in parts], np.int64)

    def total(name: str) -> Counts:
        found: Counts = np.sum([getattr(one, name) for one in several], axis=0)
        return found

    def least(name: str) -> Counts:
        return _least(np.stack([getattr(one, name) for one in several]), again)

    return Sums(
        **{name: total(name) for name in ("covered_us", "present_us", "occupied_us", "visitors", "stays")},
        **{name: least(name) for name in ("people", "elsewhere", "crossed", "visits")},
        **{name: total(name) for name in ("crossings", "cells_us")},
        ways=dict(_added_ways([one.ways for one in several], again)),
    )


def class_of_median(stays: Counts) -> tuple[int, int | None]:
    """Return the bounds in seconds of the class of length that a median is in, None for no upper bound.

    Args:
        stays: (classes,) number of stays in each class, at least one stay.
    """
    until = np.cumsum(stays)
    first, last = (int(np.searchsorted(until, place, side="right")) for place in _middle(int(until[-1])))
    return STAY_EDGES_S[first], STAY_EDGES_S[last + 1] if last + 1 < _CLASSES else None


def _middle(count: int) -> tuple[int, int]:
    """Return the places of the two in the middle, from 0; they are one where the count is odd."""
    return (count - 1) // 2, count // 2


def _least(values: Counts, again: Counts) -> Counts:
    """Return how many distinct people there surely are in all parts.

    Args:
        values: (parts, ...) people of each part.
        again: (parts,) how many of them may be among those of another part.
    """
    once = np.maximum(values - again.reshape(-1, *[1] * (values.ndim - 1)), 0)
    found: Counts = np.maximum(once.sum(axis=0), values.max(axis=0))
    return found


def _added_ways(
    ways: Sequence[Mapping[tuple[int, int], tuple[int, int, int]]], again: Counts
) -> Iterator[tuple[tuple[int, int], tuple[int, int, int]]]:
    for way in sorted({way for one in ways for way in one}):
        numbers = np.array([one.get(way, (0, 0, 0)) for one in ways], np.int64)
        count, told, _ = numbers.sum(axis=0).tolist()
        yield way, (count, told, int(_least(numbers[:, 2], again)))


def _whole(figures: Figures) -> tuple[int, int, int, int]:
    """Return covered, present and occupied time in µs, as they were added up, and the visitors."""
    covered = round(figures.covered_s * 1e6)
    present = round((figures.avg_occupancy or 0.0) * covered)
    occupied = round((figures.occupancy_pct or 0.0) / 100 * covered)
    return covered, present, occupied, figures.unique_visits or 0


def _by_class(camera: CameraReport, zone: ZoneStatistics) -> Counts:
    """Return how many stays begin then, by class of length: (times, classes)."""
    divided, stays = camera.figures.divided, zone.stays
    counts = np.zeros((1 + len(zone.buckets), _CLASSES), np.int64)
    counts[0] = stays.distribution
    if divided is not None and len(stays):
        piece = np.searchsorted(divided.bounds_us[:, 0], stays.begin_us, side="right") - 1
        bucket = divided.bucket[piece]
        for one in range(len(zone.buckets)):
            at = bucket == one
            counts[1 + one] = Stays(stays.person[at], stays.begin_us[at], stays.end_us[at]).distribution
    return counts


def _crossings(line: LineStatistics) -> Iterator[tuple[int, int]]:
    """Yield crossings and people: to the right, then to the left."""
    for count, to_right in ((line.total.left_to_right, True), (line.total.right_to_left, False)):
        crossed = line.crossings.person[line.crossings.to_right == to_right]
        yield count or 0, len(np.unique(crossed))


def _ways(camera: CameraReport) -> dict[tuple[int, int], tuple[int, int, int]]:
    stays = [zone.stays for zone in camera.figures.zones]
    found = transitions_of([by_visit(camera.selection, one) for one in stays]).transitions
    # Somebody who came twice is one of the few people that may be behind a number.
    people = {(one.origin, one.target): one.persons for one in transitions_of(stays).transitions}
    return {
        (one.origin, one.target): (one.count, one.persons, people.get((one.origin, one.target), 0))
        for one in found
    }
