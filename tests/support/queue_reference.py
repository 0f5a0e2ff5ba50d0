"""Waits in a queue found slowly, person by person and row by row, straight from their definition.

Nothing here is shared with `heatcli.zones`.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from heatcli.shapes import Circle, Polygon, Queue
from tests.support.zones_reference import Seen, Span, bridged, common, is_inside, length

SECOND = 1_000_000
AWAY, GAP = 10 * SECOND, 2 * SECOND


@dataclass(frozen=True)
class Wait:
    begin: int
    person: int
    end: int
    begin_known: bool
    outcome: str
    service_end: int
    service_known: bool


def foot(one: Seen) -> tuple[float, float]:
    return min(max((one.box[0] + one.box[2]) / 2, 0), one.size[0]), min(max(one.box[3], 0), one.size[1])


def tall(one: Seen) -> float:
    return one.box[3] - one.box[1]


def apart(a: Seen, b: Seen) -> float:
    return math.dist(foot(a), foot(b))


def at_service(queue: Queue, one: Seen, together: Sequence[Seen]) -> bool:
    """Whether somebody is at the service place: nearest of all who are near enough, if that is a point."""
    if queue.service is None:
        return False
    if isinstance(queue.service, Circle | Polygon):
        return is_inside(queue.service, one.box, one.size, 1.0)
    front = queue.service[0] * one.size[0], queue.service[1] * one.size[1]
    near = [other for other in together if math.dist(foot(other), front) <= 0.35 * tall(other)]
    return bool(near) and min(near, key=lambda other: (math.dist(foot(other), front), other.person)) is one


def waits(counted: Sequence[tuple[Seen, Span]], queue: Queue, covered: Sequence[Span]) -> list[Wait]:
    """Find all waits.

    Args:
        counted: rows of everybody with the part that counts.
        queue: the queue.
        covered: time that was watched.
    """
    together = defaultdict(list)
    for one, (begin, _) in counted:
        together[begin].append(one)
    inside, served = defaultdict(list), defaultdict(list)
    for one, part in counted:
        if is_inside(queue.zone.shape, one.box, one.size, 1.0):
            inside[one.person].append(part)
        if at_service(queue, one, together[part[0]]):
            served[one.person].append(part)

    looks: dict[int, list[Seen]] = {}
    for begin in sorted(together):
        looks.setdefault(begin // SECOND, together[begin])
    in_line = {}
    for second, people in looks.items():
        line = [one for one in people if is_inside(queue.zone.shape, one.box, one.size, 1.0)]
        shapes = [*queue.elsewhere, *([queue.service] if isinstance(queue.service, Circle | Polygon) else [])]
        free = [
            one
            for one in people
            if one not in line and not any(is_inside(shape, one.box, one.size, 1.0) for shape in shapes)
        ]
        while more := [
            one for one in free if any(apart(one, a) <= (tall(one) + tall(a)) / 2 + 1e-9 for a in line)
        ]:
            line += more
            free = [one for one in free if one not in more]
        in_line[second] = {one.person: one for one in line}
    behind, still = defaultdict(list), defaultdict(list)
    for second, here in in_line.items():
        for person, one in here.items():
            span = second * SECOND, (second + 1) * SECOND
            if not is_inside(queue.zone.shape, one.box, one.size, 1.0):
                behind[person].append(span)
            then = in_line.get(second - 2, {}).get(person)
            if then is not None and apart(one, then) < 0.3 * tall(one):
                still[person].append(((second - 2) * SECOND, second * SECOND))

    found = []
    for person, zone in inside.items():
        rows = sorted((part[0], one) for one, part in counted if one.person == person)
        services = [s for s in bridged(bridged(served[person], GAP), AWAY) if s[1] - s[0] >= 3 * SECOND]
        time = bridged([*bridged(zone, GAP), *bridged(behind[person], GAP)], 0)
        cuts = sorted({t for span in [*time, *services] for t in span})
        alone = bridged(
            [m for m in itertools.pairwise(cuts) if common([m], time) and not common([m], services)], 0
        )
        # Stretches in line belong together unless the person was away for too long, or served in between.
        spells: list[Span] = []
        for begin, end in alone:
            last = spells[-1] if spells else None
            if last and begin - last[1] <= AWAY and not any(last[1] <= s[0] < begin for s in services):
                spells[-1] = last[0], end
            else:
                spells.append((begin, end))
        for number, (begin, end) in enumerate(spells):
            if not common([(begin, end)], bridged(zone, GAP)):
                continue
            before_next = spells[number + 1][0] if number + 1 < len(spells) else 2**62
            service = next((s for s in services if end <= s[0] <= end + AWAY and s[0] < before_next), None)
            watched_before = length(common(covered, [(begin - GAP, begin)])) == GAP
            known = watched_before and (at_edge(rows[0][1]) or rows[0][1].time_us <= begin - SECOND)
            if service is not None:
                over = goes_on(rows, service[1], covered)
                found.append(Wait(begin, person, service[0], known, "SERVED", service[1], over))
            elif end - begin >= 5 * SECOND and common([(begin, end)], bridged(still[person], GAP)):
                left = queue.service is not None and goes_on(rows, end, covered)
                outcome = "ABANDONED" if left else "UNKNOWN"
                found.append(Wait(begin, person, end, known, outcome, end, False))
    return sorted(found, key=lambda one: (one.begin, one.person))


def at_edge(one: Seen) -> bool:
    x, y = (one.box[0] + one.box[2]) / 2, one.box[3]
    return min(x, one.size[0] - x, y, one.size[1] - y) < 0.5 * tall(one)


def goes_on(rows: Sequence[tuple[int, Seen]], end: int, covered: Sequence[Span]) -> bool:
    last = rows[-1][1]
    seen = at_edge(last) or last.time_us >= end + SECOND
    return seen and length(common(covered, [(end, end + AWAY)])) == AWAY


def figures(
    found: Sequence[Wait], covered: Sequence[Span], bucket: Span, target_s: float
) -> dict[str, float | int | None]:
    """Compute how long the queue was in a bucket, and what became of those who joined it then."""
    watched = common(covered, [bucket])
    total = length(watched)
    cuts = sorted({t for span in watched for t in span} | {t for w in found for t in (w.begin, w.end)})
    parts = []
    for moment in itertools.pairwise(cuts):
        lasts = length(common(watched, [moment]))
        parts.append((sum(w.begin <= moment[0] < w.end for w in found), lasts))

    def least(share: float) -> int:
        return min(n for n, _ in parts if sum(t for m, t in parts if m <= n) >= share * total)

    mine = [w for w in found if bucket[0] <= w.begin < bucket[1]]
    served = [w for w in mine if w.outcome == "SERVED"]
    gone = [w for w in mine if w.outcome == "ABANDONED"]
    known = sorted(w.end - w.begin for w in served if w.begin_known)
    begun = [w for w in found if w.outcome == "SERVED" and bucket[0] <= w.end < bucket[1]]
    return {
        "covered_s": total / 1e6,
        "mean_length": sum(n * t for n, t in parts) / total,
        "median_length": least(0.5),
        "p95_length": least(0.95),
        "max_length": max(n for n, t in parts if t),
        "arrivals": len(mine),
        "served": len(served),
        "abandoned": len(gone),
        "unknown": len(mine) - len(served) - len(gone),
        "served_per_hour": len(begun) / (total / 3.6e9),
        "abandoned_pct": 100 * len(gone) / (len(served) + len(gone)) if served or gone else None,
        "over_target_pct": 100 * sum(t / 1e6 > target_s for t in known) / len(known) if known else None,
        "median_wait_s": (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2e6 if known else None,
    }
