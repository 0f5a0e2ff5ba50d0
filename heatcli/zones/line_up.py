"""Who stands in line or is served, batch by batch, before it is known how each wait ended."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Circle, Polygon, Queue, Shape, contains
from heatcli.zones.presence import Presence, Presences
from heatcli.zones.stays import Runs

SECOND_US = 1_000_000

REACH = 1.0
"""Most distance, in body heights, at which somebody outside of the zone stands behind the next one in line:
people keep a metre or less, and are 1.7 m tall."""

AT_FRONT = 0.35
"""Most distance from a service point, in heights of the own body, of whoever is being served."""

# Somebody stands who has moved by less than this, in heights of the own body, within two seconds. Who walks
# covers five times as much.
_STANDS, _STANDS_S = 0.3, 2


class LineUp:
    """When everybody was in the zone of a queue, behind it in line, standing, and at its service place.

    Attributes:
        inside: time in the zone.
        behind: time in which people outside of the zone were in line, in whole seconds of looks.
        standing: time in which people in line stood still.
        served: time at the service place; nobody's where there is none.
    """

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.inside, self.behind, self.standing, self.served = Runs(), Runs(), Runs(), Runs()
        # Where whoever is in line was at each of the last looks: second, then person to x, y.
        self._looks: dict[int, dict[int, list[float]]] = {}
        # How far along the queue's arrow people in line were: person to second and place, 0 at its tail.
        self._along: dict[int, list[tuple[int, float]]] = {}

    def add(self, presence: Presence, sample_aspect: float) -> None:
        """Take parts of rows that follow those before."""
        _add(self.inside, presence, self._within(self.queue.zone.shape, presence, sample_aspect))
        service = self.queue.service
        if isinstance(service, Circle | Polygon):
            _add(self.served, presence, self._within(service, presence, sample_aspect))
        elif service is not None:
            _add(self.served, presence, _at_front(service, presence, sample_aspect))

    def look(self, looks: Presence, sample_aspect: float) -> None:
        """Look at some moments: who stands in line beyond the zone, and who stands still.

        Args:
            looks: everybody at each of these moments, which are in different seconds.
            sample_aspect: width of a pixel divided by its height.
        """
        inside = self._within(self.queue.zone.shape, looks, sample_aspect)
        away = inside.copy()
        for shape in (*self.queue.elsewhere, *_shapes(self.queue.service)):
            away |= self._within(shape, looks, sample_aspect)
        points = looks.points * [sample_aspect, 1.0]
        second = looks.begin_us // SECOND_US
        line = inside.copy()
        begins = np.flatnonzero(np.append(True, np.diff(second) != 0)[: len(second)])
        for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(second)], strict=True):
            here = slice(begin, end)
            if inside[here].any():
                line[here] = _connected(
                    points[here], looks.heights[here], seeds=inside[here], free=~away[here]
                )
                self._stand(int(second[begin]), looks[here], points[here], line[here])
        beyond = line & ~inside
        whole = second[beyond] * SECOND_US
        self.behind.add(looks.person[beyond], whole, whole + SECOND_US)
        if self.queue.direction is not None:
            self._note_places(looks[np.flatnonzero(line)], sample_aspect)

    def _stand(
        self, second: int, moment: Presence, points: NDArray[np.float64], line: NDArray[np.bool_]
    ) -> None:
        """Find who of those in line stands still since the look of two seconds before."""
        persons, heights = moment.person[line].tolist(), moment.heights[line].tolist()
        before = self._looks.get(second - _STANDS_S, {})
        now = dict(zip(persons, points[line].tolist(), strict=True))
        still = [
            who
            for who, height in zip(persons, heights, strict=True)
            if who in before and math.dist(now[who], before[who]) < _STANDS * height
        ]
        self._looks = {at: look for at, look in self._looks.items() if at > second - _STANDS_S}
        self._looks[second] = now
        if still:
            end = np.full(len(still), second * SECOND_US)
            self.standing.add(np.array(still, np.int64), end - _STANDS_S * SECOND_US, end)

    def moved(self, person: int, begin_us: int, end_us: int) -> float:
        """Return how far somebody in line moved up, in lengths of the queue's arrow; 0 without an arrow."""
        places = [place for at, place in self._along.get(person, []) if begin_us <= at * SECOND_US < end_us]
        return places[-1] - places[0] if places else 0.0

    def _note_places(self, line: Presence, sample_aspect: float) -> None:
        """Note how far along the queue's arrow people in line are."""
        assert self.queue.direction is not None
        (x1, y1), (x2, y2) = self.queue.direction.start, self.queue.direction.end
        width, height = line.size.T
        aspect = sample_aspect * width / height
        x, y = (line.points / line.size).T
        along = ((x - x1) * (x2 - x1) * aspect**2 + (y - y1) * (y2 - y1)) / (
            ((x2 - x1) * aspect) ** 2 + (y2 - y1) ** 2
        )
        second = line.begin_us // SECOND_US
        for person, at, place in zip(line.person.tolist(), second.tolist(), along.tolist(), strict=True):
            self._along.setdefault(person, []).append((at, place))

    @staticmethod
    def _within(shape: Shape, presence: Presence, sample_aspect: float) -> NDArray[np.bool_]:
        return contains(shape, presence.points, size=presence.size, sample_aspect=sample_aspect)


class LineUps:
    """Who stands in each queue of a camera, from its rows (an aggregator).

    Args:
        camera: camera and what is selected of it.
        queues: queues of the camera.
    """

    def __init__(self, camera: SelectedCamera, queues: Sequence[Queue]) -> None:
        self._camera = camera
        self._presences = Presences(camera)
        self._lines = [LineUp(queue) for queue in queues]
        self._looked = -(2**61)

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._take(self._presences.add(rows))

    def result(self) -> tuple[LineUp, ...]:
        """Return who stood in each queue, in the order of the queues."""
        rest = self._presences.rest()
        if rest is not None:
            self._take(rest)
        return tuple(self._lines)

    def _take(self, presence: Presence) -> None:
        aspect = self._camera.sample_aspect
        for line in self._lines:
            line.add(presence, aspect)
        # One look at the first moment of each second is enough to see who stands behind whom.
        opens = np.append(True, np.diff(presence.begin_us) != 0)[: len(presence)]
        moment = np.flatnonzero(opens)
        second = presence.begin_us[moment] // SECOND_US
        first = np.append(True, np.diff(second) != 0)[: len(second)] & (second > self._looked)
        looks = presence[np.flatnonzero(first[np.cumsum(opens) - 1])]
        if len(looks):
            for line in self._lines:
                line.look(looks, aspect)
            self._looked = int(second[-1])


def _shapes(service: Shape | tuple[float, float] | None) -> tuple[Shape, ...]:
    return (service,) if isinstance(service, Circle | Polygon) else ()


def _add(runs: Runs, presence: Presence, which: NDArray[np.bool_]) -> None:
    runs.add(presence.person[which], presence.begin_us[which], presence.end_us[which])


def _at_front(service: tuple[float, float], presence: Presence, sample_aspect: float) -> NDArray[np.bool_]:
    """(n,) bool, true for whoever is nearest to the service point at each moment, and near enough."""
    offset = (presence.points - presence.size * np.array(service)) * [sample_aspect, 1.0]
    distance = np.hypot(*offset.T)
    near = np.flatnonzero(distance <= AT_FRONT * presence.heights)
    near = near[np.lexsort((distance[near], presence.begin_us[near]))]
    nearest = near[np.append(True, np.diff(presence.begin_us[near]) != 0)[: len(near)]]
    front = np.zeros(len(presence), np.bool_)
    front[nearest] = True
    return front


def _connected(
    points: NDArray[np.float64],
    heights: NDArray[np.float64],
    *,
    seeds: NDArray[np.bool_],
    free: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Find who is in line: the seeds, and of the free whoever is within `REACH` of somebody in line.

    Args:
        points: (n, 2) points x, y in square pixels.
        heights: (n,) body heights in the same pixels.
        seeds: (n,) bool, true for people in the zone.
        free: (n,) bool, true for people outside who may stand behind them.

    Returns:
        (n,) bool, true for people in line.
    """
    line = seeds.copy()
    if not free.any():
        return line
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    near = apart <= REACH * (heights[:, None] + heights[None]) / 2
    while True:
        grown = line | (free & near[line].any(axis=0))
        if (grown == line).all():
            return line
        line = grown
