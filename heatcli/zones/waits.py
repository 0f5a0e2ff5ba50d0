"""Waits: who stood in line from when to when, and whether they were served."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.sights import sights_of
from heatcli.zones.line_up import SECOND_US, LineUp
from heatcli.zones.stays import GAP_US, Runs

AWAY_US = 10 * SECOND_US
"""Longest absence from the line that a wait bridges, and longest way from the line to the service place."""

LEAST_WAIT_US = 5 * SECOND_US
"""Least time in line of somebody who is not served; whoever is in it for less has only crossed it."""

LEAST_SERVICE_US = 3 * SECOND_US
"""Least time at the service place; whoever is there for less has only passed it."""

# Least movement against the direction of a queue, in parts of its arrow, of who only comes back through it.
_BACK = 0.25

Span = tuple[int, int]


class Outcome(IntEnum):
    """How a wait ended."""

    SERVED = 0
    ABANDONED = 1
    """The person left the line and was seen elsewhere, or left the picture."""
    UNKNOWN = 2
    """The recording ends, the person was lost in the line, or the queue has no service place."""


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """Who waited in a queue. Sorted by (begin_us, person).

    Attributes:
        person: (n,) int64 number of the person, as in `Rows`.
        begin_us: (n,) int64 time at which the person joined the line, UTC µs.
        end_us: (n,) int64 time at which the person was served, or was last in line, UTC µs.
        begin_known: (n,) bool, false where the person was in line when first seen.
        outcome: (n,) int64 how the wait ended, an `Outcome`.
        service_end_us: (n,) int64 end of the service, UTC µs; `end_us` where there was none.
        service_known: (n,) bool, true where somebody was served and the end of it was seen.
    """

    person: NDArray[np.int64]
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    begin_known: NDArray[np.bool_]
    outcome: NDArray[np.int64]
    service_end_us: NDArray[np.int64]
    service_known: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.person)

    @property
    def wait_s(self) -> NDArray[np.float64]:
        """(n,) float64 time from joining the line to the service in seconds; NaN where it is not known."""
        known = self.begin_known & (self.outcome == Outcome.SERVED)
        return np.where(known, (self.end_us - self.begin_us) / 1e6, np.nan)

    @property
    def service_s(self) -> NDArray[np.float64]:
        """(n,) float64 length of the service in seconds; NaN where it is not known."""
        return np.where(self.service_known, (self.service_end_us - self.end_us) / 1e6, np.nan)


def waits_of(line: LineUp, camera: SelectedCamera) -> Waits:
    """Find the waits of a queue.

    A wait is a stretch of time in line, in the zone or behind it, of somebody who has been in the zone.
    Absences of up to `AWAY_US` are bridged. It ends when the person is at the service place, for
    `LEAST_SERVICE_US` or longer. Who is not served has waited only if in line for `LEAST_WAIT_US` or longer,
    standing still at some time, and not moving against the queue's direction.

    Args:
        line: who stood in the queue.
        camera: camera of the queue: who was first and last seen when and where, and which time is covered.
    """
    inside, behind, standing, served = (
        _by_person(runs) for runs in (line.inside, line.behind, line.standing, line.served)
    )
    sights, covered = sights_of(camera, near_us=AWAY_US), camera.covered
    found: list[_Wait] = []
    for person, zone in inside.items():
        services = _services(served.get(person, []))
        time = Intervals.of([*zone, *behind.get(person, [])]).difference(Intervals.of(services))
        sight = sights[person]
        for begin, end, service in _spells(time.bounds.tolist(), services):
            if not _overlap(zone, begin, end):
                continue
            if service is not None:
                outcome, over = (
                    Outcome.SERVED,
                    sight.goes_on(service[1]) and _watched(service[1], AWAY_US, covered),
                )
            else:
                stands = _overlap(standing.get(person, []), begin, end)
                if end - begin < LEAST_WAIT_US or not stands or line.moved(person, begin, end) < -_BACK:
                    continue
                seen = sight.goes_on(end) and _watched(end, AWAY_US, covered)
                left = line.queue.service is not None and seen
                outcome, over = Outcome.ABANDONED if left else Outcome.UNKNOWN, False
            until, served_until = (end, end) if service is None else service
            known = sight.came_before(begin) and _watched(begin - GAP_US, GAP_US, covered)
            found.append(_Wait(begin, person, until, known, outcome, served_until, over))
    found.sort()
    columns: list[tuple[int, ...]] = list(zip(*found, strict=True)) or [()] * len(_Wait._fields)
    begin_us, who, end_us, begin_known, outcomes, service_end_us, service_known = columns
    return Waits(
        person=np.array(who, np.int64),
        begin_us=np.array(begin_us, np.int64),
        end_us=np.array(end_us, np.int64),
        begin_known=np.array(begin_known, np.bool_),
        outcome=np.array(outcomes, np.int64),
        service_end_us=np.array(service_end_us, np.int64),
        service_known=np.array(service_known, np.bool_),
    )


class _Wait(NamedTuple):
    """One wait, as the fields of `Waits`."""

    begin_us: int
    person: int
    end_us: int
    begin_known: bool
    outcome: Outcome
    service_end_us: int
    service_known: bool


def _services(served: list[Span]) -> list[Span]:
    """Join what somebody's time at the service place consists of, and leave out who only passed it."""
    joined = _bridged(served)
    return [(begin, end) for begin, end in joined if end - begin >= LEAST_SERVICE_US]


def _bridged(spans: Iterable[Span]) -> list[Span]:
    """Join spans in order of time that are at most `AWAY_US` apart."""
    joined: list[Span] = []
    for begin, end in spans:
        if joined and begin - joined[-1][1] <= AWAY_US:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return joined


def _spells(line: Sequence[Span], services: Sequence[Span]) -> Iterator[tuple[int, int, Span | None]]:
    """Yield each stretch in line, absences bridged, with the service that it ended in; None for none."""
    marked = sorted([*((*span, False) for span in line), *((*span, True) for span in services)])
    spell: Span | None = None
    for begin, end, is_service in marked:
        goes_on = spell is not None and begin - spell[1] <= AWAY_US
        if spell is not None and (is_service or not goes_on):
            yield (*spell, (begin, end) if is_service and goes_on else None)
            spell = None
        if not is_service:
            spell = (begin if spell is None else spell[0], end)
    if spell is not None:
        yield (*spell, None)


def _by_person(runs: Runs) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for person, begin, end in zip(*(column.tolist() for column in runs.merged()), strict=True):
        found.setdefault(person, []).append((begin, end))
    return found


def _overlap(spans: Sequence[Span], begin_us: int, end_us: int) -> bool:
    return any(first < end_us and begin_us < last for first, last in spans)


def _watched(begin_us: int, length_us: int, covered: Intervals) -> bool:
    """Whether all of some time was watched."""
    (watched_us,) = covered.overlap_us(np.array([begin_us]), np.array([length_us])).tolist()
    return bool(watched_us == length_us)
