"""Where people are second by second, and how fast they go: what tells who belongs together."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.optics.projection import FloorProjection
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.zones.presence import Presence, Presences

SECOND_US = 1_000_000
"""Length of the steps in which people are followed, in µs."""

BASE_S = 2
"""Number of seconds over which a velocity is measured: whoever makes one step in a queue does not walk."""

BODY_M = 1.7
"""Height in metres that a bounding box stands for where there is no floor plan."""


@dataclass(frozen=True, slots=True, eq=False)
class Seconds:
    """Who was where in each second. Sorted by (second, person), which occur once.

    Attributes:
        second: (n,) int64 whole seconds since 1970, UTC.
        person: (n,) int64 number of the person, as in `Rows`.
        time_s: (n,) float64 mean time within the second at which the person was seen, 0..1.
        places: (n, 2) float64 mean place x, y in units of `metre`; NaN where it is not known.
        metre: (n,) float64 length of a metre there: 1 on a floor plan, otherwise in pixels by the height of
            the body.
        velocity: (n, 2) float64 velocity over the last `BASE_S` seconds in m/s; NaN where it is not known.
    """

    second: NDArray[np.int64]
    person: NDArray[np.int64]
    time_s: NDArray[np.float64]
    places: NDArray[np.float64]
    metre: NDArray[np.float64]
    velocity: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.second)

    def __getitem__(self, part: slice | NDArray[np.bool_]) -> Self:
        return type(self)(*(getattr(self, field.name)[part] for field in fields(self)))


class SecondBySecond:
    """Makes seconds of the rows of one camera, batch by batch, however the rows are cut.

    Args:
        camera: camera and what is selected of it.
        floor: map from tracking points, in fractions of the picture, to metres on the plan; None without.
    """

    def __init__(self, camera: SelectedCamera, floor: FloorProjection | None) -> None:
        self._camera, self._floor = camera, floor
        self._presences = Presences(camera)
        # Parts of a second that is not complete, and the seconds that velocities are measured from.
        self._held = Presence.none()
        self._before: Seconds | None = None

    def add(self, rows: Rows) -> Seconds:
        """Take the next batch of rows, and return the seconds that are complete and were not returned yet."""
        parts = Presence.joined([self._held, self._presences.add(rows)])
        second = parts.begin_us // SECOND_US
        ready = int(np.searchsorted(second, second[-1])) if len(parts) else 0
        self._held = parts[ready:]
        return self._follow(parts[:ready])

    def rest(self) -> Seconds:
        """Return the seconds that were not returned yet."""
        rest = self._presences.rest()
        return self._follow(self._held if rest is None else Presence.joined([self._held, rest]))

    def _follow(self, parts: Presence) -> Seconds:
        """Make seconds of parts, whole seconds of them, and measure their velocities."""
        found = self._means(parts)
        both = found
        if self._before is not None:
            both = Seconds(
                *(
                    np.append(getattr(self._before, field.name), getattr(found, field.name), axis=0)
                    for field in fields(found)
                )
            )
        if not len(both):
            return found
        first = int(both.second[0])
        key = (both.second - first) * 2**32 + both.person
        earlier = np.minimum(np.searchsorted(key, key - BASE_S * 2**32), len(key) - 1)
        known = key[earlier] == key - BASE_S * 2**32
        lasts_s = BASE_S + both.time_s - both.time_s[earlier]
        metre = (both.metre + both.metre[earlier]) / 2
        way = (both.places - both.places[earlier]) / metre[:, None]
        both.velocity[:] = np.where(known[:, None], way / lasts_s[:, None], both.velocity)
        self._before = both[both.second > both.second[-1] - BASE_S]
        return both[len(both) - len(found) :]

    def _means(self, parts: Presence) -> Seconds:
        """Return the mean place of each person in each second, without velocities."""
        second = parts.begin_us // SECOND_US
        order = np.lexsort((parts.person, second))
        second, person = second[order], parts.person[order]
        first = np.append(True, (second[1:] != second[:-1]) | (person[1:] != person[:-1]))[: len(order)]
        group = np.cumsum(first) - 1
        lasts = (parts.end_us - parts.begin_us)[order].astype(np.float64)
        whole = np.bincount(group, lasts)

        def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.bincount(group, lasts * values[order]) / whole

        # Frames of another size show the same view.
        scale = self._camera.height / parts.size[:, 1]
        if self._floor is None:
            places = parts.points * scale[:, None] * [self._camera.sample_aspect, 1.0]
            metre = mean(parts.heights * scale / BODY_M)
        else:
            places = self._floor.apply(parts.points / parts.size)
            metre = np.ones(len(whole))
        return Seconds(
            second[first],
            person[first],
            mean((parts.begin_us % SECOND_US) / SECOND_US),
            np.column_stack([mean(places[:, 0]), mean(places[:, 1])]),
            metre,
            np.full((len(whole), 2), np.nan),
        )
