"""Groups, slowly: second by second and pair by pair, straight from the definition in docs/numbers.md."""

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from tests.support.zones_reference import Seen, Span

SECOND = 1_000_000
Point = tuple[float, float]
# Where somebody is, in any unit, and how long a metre is there in that unit.
Place = Callable[[Seen], tuple[Point, float]]


class Person:
    """Where somebody is in each second, and the velocity over the two seconds before."""

    def __init__(self, parts: Sequence[tuple[Seen, Span]], place: Place) -> None:
        by_second = defaultdict(list)
        for one, (begin, end) in parts:
            (x, y), metre = place(one)
            by_second[begin // SECOND].append((end - begin, x, y, metre, begin % SECOND / SECOND))
        self.at: dict[int, tuple[float, ...]] = {}
        for second, found in by_second.items():
            whole = sum(weight for weight, *_ in found)
            self.at[second] = tuple(
                sum(row[0] * row[column] for row in found) / whole for column in (1, 2, 3, 4)
            )
        self.velocity: dict[int, Point] = {}
        for second, (x, y, metre, when) in self.at.items():
            if second - 2 in self.at:
                x0, y0, metre0, when0 = self.at[second - 2]
                scale = (metre + metre0) / 2 * (2 + when - when0)
                self.velocity[second] = (x - x0) / scale, (y - y0) / scale

    def walks(self, second: int) -> bool:
        return second in self.velocity and math.hypot(*self.velocity[second]) >= 0.5

    def stands(self, second: int) -> bool:
        return second in self.velocity and math.hypot(*self.velocity[second]) < 0.5

    def walked(self) -> int:
        return sum(self.walks(second) for second in self.at)

    def stood(self) -> int:
        return sum(self.stands(second) for second in self.at)


def groups(parts: Sequence[tuple[Seen, Span]], place: Place) -> set[frozenset[int]]:
    """Return the groups, those of one person as well."""
    people = {
        who: Person([part for part in parts if part[0].person == who], place)
        for who in {one.person for one, _ in parts}
    }
    found = [{who} for who in people]
    for i, j in itertools.combinations(people, 2):
        if _together(people, i, j):
            mine, other = (next(group for group in found if who in group) for who in (i, j))
            if mine is not other:
                found.remove(other)
                mine |= other
    return {frozenset(group) for group in found}


def _together(people: dict[int, Person], i: int, j: int) -> bool:
    a, b = people[i], people[j]
    near = walked = stood = 0
    for second in a.at.keys() & b.at.keys():
        x, y = _apart(a, b, second)
        distance = math.hypot(x, y)
        near += distance <= 3.6
        if distance > 2.0:
            continue
        if a.walks(second) and b.walks(second):
            (ux, uy), (vx, vy) = a.velocity[second], b.velocity[second]
            length = math.hypot(ux + vx, uy + vy)
            ahead = abs(x * (ux + vx) + y * (uy + vy)) / length if length > 1e-9 else 0.0
            walked += math.hypot(ux - vx, uy - vy) <= 0.5 and ahead <= 1.2
        elif a.stands(second) and b.stands(second):
            (ax, ay, *_), (bx, by, *_) = a.at[second], b.at[second]
            middle, radius = ((ax + bx) / 2, (ay + by) / 2), math.dist((ax, ay), (bx, by)) / 2
            stood += not any(
                math.dist(c.at[second][:2], middle) <= radius * (1 - 1e-9)
                for who, c in people.items()
                if who not in (i, j) and second in c.at and c.stands(second)
            )
    both = min(max(a.at), max(b.at)) - max(min(a.at), min(b.at)) + 1
    if both <= 0 or near < both / 2:
        return False
    most_walked = max(a.walked(), b.walked())
    if walked >= 3 and walked >= most_walked / 2:
        return True
    return most_walked < 3 and stood >= 30 and stood >= max(a.stood(), b.stood()) / 2


def _apart(a: Person, b: Person, second: int) -> Point:
    (ax, ay, am, _), (bx, by, bm, _) = a.at[second], b.at[second]
    return (bx - ax) / ((am + bm) / 2), (by - ay) / ((am + bm) / 2)
