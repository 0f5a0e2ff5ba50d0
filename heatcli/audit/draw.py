"""The questions of an audit, drawn at random from what was counted.

What a kind of questions is about is put in order of hour and place and cut into as many slices of equal
weight as there are questions; one is drawn from each. So each hour and place is asked about as often as it
counts.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.score.audit import Kind, Measured
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

PLACES = 4
"""Parts into which the picture is divided in either direction."""

# Number of stills of a person from coming to leaving.
_STRIP = 6
# Number of people who came just before, beside whom a person is shown.
_BEFORE = 4
# Time before and after a box at which it is shown as well: a thing stays, a person has moved.
_AROUND_US = 1_000_000

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Look:
    """A place in a recorded frame.

    Attributes:
        clip: index into `SelectedCamera.clips`.
        time_us: time of the frame, UTC µs.
        box: box of the person, x1 y1 x2 y2 in pixels; None for the whole frame.
        person: number of the person; None for the whole frame.
        hidden: whether nobody was detected there, and the place of the box was inferred.
    """

    clip: int
    time_us: int
    box: tuple[float, float, float, float] | None = None
    person: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody is asked to look at.

    Attributes:
        kind: what is asked about.
        hour: hour of the camera's day, 0 to 23.
        place: part of the picture, numbered from the left and top; None for a whole frame.
        looks: frames to look at: of a box that itself, then before and after; of a person in order of time.
        before: people who came just before the person, one look at each, the last one first.
    """

    kind: Kind
    hour: int
    place: int | None
    looks: tuple[Look, ...]
    before: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The questions of an audit.

    Attributes:
        questions: questions, by kind, hour and place.
        measured: what was counted.
    """

    questions: tuple[Question, ...]
    measured: Measured


def draw(camera: SelectedCamera, rows: Rows, *, sample: int, seed: int) -> Drawn:
    """Draw the questions of an audit; the same seed draws the same ones.

    Args:
        camera: camera and day.
        rows: all rows of the people who count.
        sample: number of questions of each kind; everybody is asked about if there are no more people.
        seed: seed of the random numbers.
    """
    random = np.random.default_rng(seed)
    of_rows = _Places.of(camera, rows)
    _, first, person = np.unique(rows.person, return_index=True, return_inverse=True)
    measured = Measured(len(first), int(rows.weight_us.sum()), camera.covered_us)
    questions = [
        *_boxes(rows, of_rows, sample, random),
        *_moments(camera, rows, sample, random),
        *_persons(rows, of_rows, first, person, sample, random),
    ]
    return Drawn(tuple(questions), measured)


@dataclass(frozen=True, slots=True)
class _Places:
    """Hour and place of each row, (n,) each, and the `order` of rows by these, in which neighbours touch."""

    hour: NDArray[np.int64]
    place: NDArray[np.int64]
    order: Indices

    @classmethod
    def of(cls, camera: SelectedCamera, rows: Rows) -> "_Places":
        hour = _hours(rows.time_us, camera.timezone)
        x, y = np.minimum(rows.points(camera.tracking_mode) / rows.size * PLACES, PLACES - 1).astype(int).T
        # Every other line of places backwards: what follows in the order is near in the picture.
        snake = y * PLACES + np.where(y % 2, PLACES - 1 - x, x)
        return cls(hour, y * PLACES + x, np.lexsort((rows.time_us, snake, hour)))


def _hours(time_us: NDArray[np.int64], timezone: str) -> NDArray[np.int64]:
    """(n,) hour of the day on the camera's clock."""
    times = pl.Series(time_us).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(timezone)
    hours: NDArray[np.int64] = times.dt.hour().to_numpy().astype(np.int64)
    return hours


def _one_of_each_slice(weight: NDArray[np.int64], slices: int, random: np.random.Generator) -> Indices:
    """Draw an index from each slice of equal weight: (slices,)."""
    ends = np.cumsum(weight)
    points = (np.arange(slices) + random.random(slices)) / slices * ends[-1]
    drawn: Indices = np.searchsorted(ends, points, side="right")
    return np.minimum(drawn, len(ends) - 1)


def _boxes(rows: Rows, where: _Places, sample: int, random: np.random.Generator) -> list[Question]:
    """Draw boxes in proportion to the time that they stand for."""
    if not len(rows):
        return []
    drawn = where.order[_one_of_each_slice(rows.weight_us[where.order], sample, random)]
    return [
        Question(
            Kind.BOX,
            int(where.hour[row]),
            int(where.place[row]),
            tuple(_look(rows, row, later) for later in (0, -_AROUND_US, _AROUND_US)),
        )
        for row in drawn.tolist()
    ]


def _moments(camera: SelectedCamera, rows: Rows, sample: int, random: np.random.Generator) -> list[Question]:
    """Draw moments from the time that was watched, and show the frame that stands for each."""
    pieces = sorted(
        (int(begin), int(end), clip)
        for clip, own in enumerate(camera.owned_time)
        for begin, end in own.bounds
    )
    if not pieces:
        return []
    begin, end, clip = np.array(pieces, np.int64).T
    ends = np.cumsum(end - begin)
    points = ((np.arange(sample) + random.random(sample)) / sample * ends[-1]).astype(np.int64)
    piece = np.searchsorted(ends, points, side="right")
    time_us = end[piece] - (ends[piece] - points)
    if len(rows):
        before = np.maximum(np.searchsorted(rows.time_us, time_us, side="right") - 1, 0)
        stands = (rows.clip[before] == clip[piece]) & (rows.time_us[before] <= time_us)
        stands &= time_us < rows.time_us[before] + rows.weight_us[before]
        time_us = np.where(stands, rows.time_us[before], time_us)
    hours = _hours(time_us, camera.timezone)
    return [
        Question(Kind.MOMENT, hour, None, (Look(int(clip[at]), time),))
        for at, time, hour in zip(piece.tolist(), time_us.tolist(), hours.tolist(), strict=True)
    ]


def _persons(
    rows: Rows, where: _Places, first: Indices, person: Indices, sample: int, random: np.random.Generator
) -> list[Question]:
    """Draw people with equal chance; all of them if there are no more than that.

    Args:
        rows: rows of all people who count.
        where: hour and place of each row.
        first: (persons,) first row of each person.
        person: (n,) index of the person of each row.
        sample: number of people to draw.
        random: source of random numbers.
    """
    if not len(rows):
        return []
    rank = np.empty(len(rows), np.intp)
    rank[where.order] = np.arange(len(rows))
    order = np.argsort(rank[first])
    if sample < len(first):
        order = order[_one_of_each_slice(np.ones(len(first), np.int64), sample, random)]
    came = np.argsort(rows.time_us[first], kind="stable")
    turn = np.empty(len(first), np.intp)
    turn[came] = np.arange(len(first))
    rows_of = np.split(np.argsort(person, kind="stable"), np.cumsum(np.bincount(person))[:-1])
    # People are shown where they were seen, if they ever were.
    by_person = [seen if len(seen := own[~rows.filled[own]]) else own for own in rows_of]
    questions = []
    for one in order.tolist():
        own = by_person[one]
        strip = own[np.unique(np.linspace(0, len(own) - 1, _STRIP).round().astype(int))]
        earlier = came[max(turn[one] - _BEFORE, 0) : turn[one]][::-1].tolist()
        questions.append(
            Question(
                Kind.PERSON,
                int(where.hour[first[one]]),
                int(where.place[first[one]]),
                tuple(_look(rows, row) for row in strip.tolist()),
                tuple(_look(rows, int(by_person[who][len(by_person[who]) // 2])) for who in earlier),
            )
        )
    return questions


def _look(rows: Rows, row: int, later_us: int = 0) -> Look:
    x1, y1, x2, y2 = rows.boxes[row].tolist()
    time_us = int(rows.time_us[row]) + later_us
    person, hidden = int(rows.person[row]), bool(rows.filled[row])
    return Look(int(rows.clip[row]), time_us, (x1, y1, x2, y2), person, hidden)
