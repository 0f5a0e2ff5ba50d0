"""Funnels: how many people go from one zone to the next, in a given order, and where they drop out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.zones.stays import Stays
from heatcli.zones.tally import group_at, percentile_by

_ALWAYS = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFigures:
    """The figures of one step of a funnel over a period or bucket. Without covered time, all but it are None.

    A person belongs to the bucket in which the first stay of the first step begins, with all later steps.

    Attributes:
        covered_s: covered time T of the period or bucket, in seconds.
        persons: people who took this step, after all steps before it, each counted once.
        of_first_pct: 100 * persons / people who took the first step; None if nobody did.
        of_previous_pct: 100 * persons / people who took the step before; None for the first step, or if
            nobody did.
        drop_out_pct: 100 - of_previous_pct.
        median_between_s: median time from the end of the stay in the step before to the beginning of the stay
            in this one, in seconds, 0 where they overlap; None for the first step, or if nobody took it.
        p90_between_s: 90th percentile of the same, interpolated linearly.
        median_stay_s: median length of the stay in this step, in seconds; None if nobody took it.
    """

    covered_s: float
    persons: int | None = None
    of_first_pct: float | None = None
    of_previous_pct: float | None = None
    drop_out_pct: float | None = None
    median_between_s: float | None = None
    p90_between_s: float | None = None
    median_stay_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Who took one step of a funnel. Sorted by person.

    Attributes:
        person: (n,) int64 number of the person, as in `Rows`.
        began_us: (n,) int64 beginning of the person's first stay in the first step, UTC µs.
        begin_us: (n,) int64 beginning of the stay in this step, UTC µs.
        end_us: (n,) int64 end of the stay in this step, UTC µs.
        between_us: (n,) int64 time since the end of the stay in the step before, in µs; 0 in the first step.
    """

    person: NDArray[np.int64]
    began_us: NDArray[np.int64]
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    between_us: NDArray[np.int64]


def steps_of(
    stays: Sequence[Stays], least_s: Sequence[float], within_s: float | None = None
) -> tuple[Step, ...]:
    """Find who took each step of a funnel.

    A stay counts for a step if it is at least so long. One in a later step counts if it begins no earlier
    than a stay that counts in the step before, and no later than so long after that one's end. Of several,
    the first one is a person's stay in the step.

    Args:
        stays: stays in the zone of each step. One zone may be two steps.
        least_s: least length of a stay in each step, in seconds.
        within_s: longest time between two steps in seconds; None for any.
    """
    within = _ALWAYS if within_s is None else round(within_s * 1e6)
    long = [_long(one, least) for one, least in zip(stays, least_s, strict=True)]
    rows: list[list[tuple[int, ...]]] = [[] for _ in stays]
    for person, first in sorted(long[0].items()):
        counts = first
        rows[0].append((person, first[0][0], *first[0], 0))
        for step in range(1, len(stays)):
            later = stays[step] is stays[step - 1]
            after = []
            for begin, end in long[step].get(person, []):
                ends = [
                    before_end
                    for before, before_end in counts
                    if before + later <= begin and begin - before_end <= within
                ]
                if ends:
                    after.append((begin, end, max(begin - max(ends), 0)))
            if not after:
                break
            begin, end, between = after[0]
            rows[step].append((person, first[0][0], begin, end, between))
            counts = [(begin, end) for begin, end, _ in after]
    return tuple(Step(*np.array(found, np.int64).reshape(-1, 5).T) for found in rows)


def step_figures(
    steps: Sequence[Step],
    bounds_us: NDArray[np.int64],
    group: NDArray[np.int64],
    covered_us: NDArray[np.int64],
) -> list[tuple[StepFigures, ...]]:
    """Compute the figures of each step in each group of pieces of time.

    Args:
        steps: who took each step.
        bounds_us: (k, 2) start and end of each piece of time, UTC µs.
        group: (k,) group that each piece belongs to.
        covered_us: (groups,) covered time of each group in µs.

    Returns:
        Figures of the steps, for each group.
    """
    groups = len(covered_us)
    if not groups:
        return []
    of_group = [group_at(one.began_us, bounds_us, group) for one in steps]
    counts = [np.bincount(at, minlength=groups) for at in of_group]
    spreads = [
        [
            percentile_by(lengths / 1e6, at, count, percent)
            for lengths, percent in (
                (one.between_us, 50),
                (one.between_us, 90),
                (one.end_us - one.begin_us, 50),
            )
        ]
        for one, at, count in zip(steps, of_group, counts, strict=True)
    ]

    def figures(step: int, i: int) -> StepFigures:
        if not covered_us[i]:
            return StepFigures(covered_s=0.0)
        persons, first = int(counts[step][i]), int(counts[0][i])
        before = int(counts[step - 1][i]) if step else 0
        between, between_p90, stay = (float(values[i]) for values in spreads[step])
        return StepFigures(
            covered_s=float(covered_us[i] / 1e6),
            persons=persons,
            of_first_pct=100 * persons / first if first else None,
            of_previous_pct=100 * persons / before if before else None,
            drop_out_pct=100 * (before - persons) / before if before else None,
            median_between_s=between if step and persons else None,
            p90_between_s=between_p90 if step and persons else None,
            median_stay_s=stay if persons else None,
        )

    return [tuple(figures(step, i) for step in range(len(steps))) for i in range(groups)]


def _long(stays: Stays, least_s: float) -> dict[int, list[tuple[int, int]]]:
    """Return the stays of each person that are long enough, in order of time."""
    found: dict[int, list[tuple[int, int]]] = {}
    long = stays.end_us - stays.begin_us >= round(least_s * 1e6)
    columns = (values[long].tolist() for values in (stays.person, stays.begin_us, stays.end_us))
    for person, begin, end in zip(*columns, strict=True):
        found.setdefault(person, []).append((begin, end))
    return found
