"""Groups: people who come in together and stay near each other."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from heatcli.optics.projection import FloorProjection
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.zones.seconds import SECOND_US, SecondBySecond, Seconds

NEAR_M = 3.6
"""Distance in metres up to which two people are near each other: Hall's (1966) social distance."""

BESIDE_M = 2.0
"""Distance in metres up to which two people walk or stand together."""

BEHIND_M = 1.2
"""How far one of two who walk together may be ahead of the other, in metres."""

WALK_M_PER_S = 0.5
"""Speed from which somebody walks, and largest difference of the velocities of two who walk together."""

WALKED_S = 3
"""Seconds that two must walk together."""

STOOD_S = 30
"""Seconds that two must stand together who are never seen to walk."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Who belongs together.

    Attributes:
        group: (persons,) int64 number of the group of each person; somebody alone has a number as well.
        followed: (persons,) bool, true for people who were followed for `WALKED_S` seconds or more, so that
            company would have been seen.
        begin_us: (persons,) int64 time from which each was with another one of the group, UTC µs; 0 for
            somebody alone.
        end_us: (persons,) int64 time until which that was so, UTC µs; 0 for somebody alone.
        on_floor: whether distances are those on a floor plan, not estimated from the heights of bodies.
    """

    group: NDArray[np.int64]
    followed: NDArray[np.bool_]
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    on_floor: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What two people did, or one person where both are the same: seconds of it.

    Attributes:
        one: (n,) int64 number of a person, not above `other`.
        other: (n,) int64 number of the other person.
        near: (n,) int64 seconds in which they are near each other.
        walked: (n,) int64 seconds in which they walk together.
        stood: (n,) int64 seconds in which they stand together.
        first: (n,) int64 first of these seconds since 1970.
        last: (n,) int64 last of these seconds since 1970.
    """

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    near: NDArray[np.int64]
    walked: NDArray[np.int64]
    stood: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


class Company:
    """Finds groups in the rows of one camera (an aggregator).

    Memory grows with the people and with the pairs of people who come near each other.

    Args:
        camera: camera and what is selected of it.
        floor: map from tracking points, in fractions of the picture, to metres on the plan; None without.
    """

    def __init__(self, camera: SelectedCamera, floor: FloorProjection | None = None) -> None:
        self._seconds, self._on_floor = SecondBySecond(camera, floor), floor is not None
        self._sums = [_Sums(*(np.zeros(0, np.int64) for _ in fields(_Sums)))]

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._take(self._seconds.add(rows))

    def result(self) -> Groups:
        """Return the groups."""
        # Whoever asks for no groups, as most reports, does not wait for it; likewise below.
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        self._take(self._seconds.rest())
        sums = _summed(self._sums)
        alone = sums.one == sums.other
        own, pairs = (
            _Sums(*(getattr(sums, f.name)[which] for f in fields(_Sums))) for which in (alone, ~alone)
        )
        persons = 1 + int(own.one.max(initial=-1))
        walked, stood, first, last = np.zeros((4, persons), np.int64)
        walked[own.one], stood[own.one], first[own.one], last[own.one] = (
            own.walked,
            own.stood,
            own.first,
            own.last,
        )

        a, b = pairs.one, pairs.other
        both_there = np.minimum(last[a], last[b]) - np.maximum(first[a], first[b]) + 1
        together = _belong(
            pairs, np.maximum(walked[a], walked[b]), np.maximum(stood[a], stood[b]), both_there
        )
        a, b = a[together], b[together]
        _, label = connected_components(
            coo_array((np.ones(len(a), np.bool_), (a, b)), shape=(persons, persons)), directed=False
        )
        begin, end = np.full(persons, np.iinfo(np.int64).max), np.zeros(persons, np.int64)
        for who in (a, b):
            np.minimum.at(begin, who, pairs.first[together] * SECOND_US)
            np.maximum.at(end, who, (pairs.last[together] + 1) * SECOND_US)
        followed = walked + stood >= WALKED_S
        return Groups(label.astype(np.int64), followed, np.where(end, begin, 0), end, self._on_floor)

    def _take(self, seconds: Seconds) -> None:
        if not len(seconds):
            return
        speed = np.hypot(*seconds.velocity.T)
        walks, stands = speed >= WALK_M_PER_S, speed < WALK_M_PER_S
        person, second = seconds.person, seconds.second
        nothing = np.zeros(len(seconds), np.int64)
        own = _Sums(person, person, nothing, walks.astype(np.int64), stands.astype(np.int64), second, second)

        i, j, apart = _near(seconds)
        distance = np.hypot(*apart.T)
        way = seconds.velocity[i] + seconds.velocity[j]
        ahead = np.abs(np.sum(apart * way, axis=1)) / np.maximum(np.hypot(*way.T), 1e-9)
        alike = np.hypot(*(seconds.velocity[i] - seconds.velocity[j]).T) <= WALK_M_PER_S
        beside = distance <= BESIDE_M
        walk = walks[i] & walks[j] & beside & alike & (ahead <= BEHIND_M)
        stand = stands[i] & stands[j] & beside
        stand[stand] = _nobody_between(seconds, stands, i[stand], j[stand])
        ones, others = np.minimum(person[i], person[j]), np.maximum(person[i], person[j])
        pairs = _Sums(
            ones,
            others,
            np.ones(len(i), np.int64),
            walk.astype(np.int64),
            stand.astype(np.int64),
            second[i],
            second[i],
        )
        self._sums.append(_summed([own, pairs]))


def _belong(
    pairs: _Sums, walked: NDArray[np.int64], stood: NDArray[np.int64], both_there: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Decide which pairs belong together.

    Args:
        pairs: what two people do together.
        walked: (n,) seconds that the one of them walks who walks longer.
        stood: (n,) the same of standing.
        both_there: (n,) seconds from the first to the last in which both are there.

    Returns:
        (n,) bool.
    """
    by_walking = (pairs.walked >= WALKED_S) & (2 * pairs.walked >= walked)
    by_standing = (walked < WALKED_S) & (pairs.stood >= STOOD_S) & (2 * pairs.stood >= stood)
    return (2 * pairs.near >= both_there) & (by_walking | by_standing)


def _near(seconds: Seconds) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Find who is near whom.

    Returns:
        (m,) and (m,) index of the two in `seconds`, and (m, 2) how far they are apart in metres.
    """
    from scipy.spatial import KDTree

    known = np.flatnonzero(~np.isnan(seconds.places[:, 0]))
    # Seconds lie so far apart that nobody is near somebody of another one.
    reach = NEAR_M * float(seconds.metre.max())
    at = (seconds.second - seconds.second[0])[known, None] * (2 * reach)
    tree = KDTree(np.column_stack([at, seconds.places[known]]))
    i, j = known[tree.query_pairs(reach, output_type="ndarray")].T
    apart = (seconds.places[j] - seconds.places[i]) / ((seconds.metre[i] + seconds.metre[j]) / 2)[:, None]
    kept = np.hypot(*apart.T) <= NEAR_M
    return i[kept], j[kept], apart[kept]


def _nobody_between(
    seconds: Seconds, stands: NDArray[np.bool_], i: NDArray[np.int64], j: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(m,) bool, true for pairs with nobody else who stands in the circle of which they are the ends."""
    from scipy.spatial import KDTree

    if not len(i):
        return np.zeros(0, np.bool_)
    standing = np.flatnonzero(stands)
    ends = seconds.places[i], seconds.places[j]
    radius = np.hypot(*(ends[0] - ends[1]).T) / 2
    step = 2 * BESIDE_M * float(seconds.metre.max())
    at = (seconds.second - seconds.second[0]) * step
    tree = KDTree(np.column_stack([at[standing], seconds.places[standing]]))
    middle = np.column_stack([at[i], (ends[0] + ends[1]) / 2])
    inside = tree.query_ball_point(middle, radius * (1 - 1e-9), return_length=True)
    free: NDArray[np.bool_] = inside == 0
    return free


def _summed(parts: list[_Sums]) -> _Sums:
    """Sum up what is of the same two people, sorted by them."""
    one, other, near, walked, stood, first, last = (
        np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(_Sums)
    )
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    opens = np.flatnonzero(np.append(True, (one[1:] != one[:-1]) | (other[1:] != other[:-1]))[: len(one)])
    if not len(opens):
        return parts[0]
    near, walked, stood = (np.add.reduceat(values[order], opens) for values in (near, walked, stood))
    first, last = np.minimum.reduceat(first[order], opens), np.maximum.reduceat(last[order], opens)
    return _Sums(one[opens], other[opens], near, walked, stood, first, last)
