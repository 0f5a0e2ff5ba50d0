"""What the answers of an audit say of the numbers: each error with its interval, and the two together.

Three kinds of questions are asked of what was counted. *Boxes*, drawn in proportion to the time that each
stands for: is it a person? *Moments*, drawn from the time that was watched: is somebody missed? *Persons*,
drawn with equal chance: is this somebody, and one, and not counted before?

    time that people really spent  /  time that was counted    =  1 - nobody + two + missed * T / D
    people who really came         /  people who were counted  =  1 - (nobody + again) + two

D is the dwell time that was counted and T the time that was watched. The parts of a sum have intervals that
miss with a part of 5 % each, so that the sum of their ends misses with 5 % at most (Bonferroni).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from heatcli.score.binomial import Interval, counted_share, share

ERROR = 0.05
"""Largest probability with which an interval misses what it is of."""
MOST_MISSED = 3
"""Number of missed people in one moment up to which they are counted; more count as so many."""


class Kind(StrEnum):
    """What is asked about."""

    BOX = "box"
    """One box in one frame."""
    MOMENT = "moment"
    """A whole frame."""
    PERSON = "person"
    """A person as counted, from coming to leaving."""


class Answer(StrEnum):
    """What is answered."""

    RIGHT = "right"
    """A box or person is somebody, and one; in a moment nobody is missed."""
    NOBODY = "nobody"
    """A box or person is nobody, or a second box on one person."""
    TWO = "two"
    """A box holds two people; a person is two, one after the other."""
    AGAIN = "again"
    """A person was counted before."""
    MISSED_1 = "missed_1"
    """One person is in no box."""
    MISSED_2 = "missed_2"
    """Two people are in no box."""
    MISSED_3 = "missed_3"
    """Three people or more are in no box."""
    UNCLEAR = "unclear"
    """It cannot be told."""


ANSWERS = {
    Kind.BOX: (Answer.RIGHT, Answer.NOBODY, Answer.TWO, Answer.UNCLEAR),
    Kind.MOMENT: (Answer.RIGHT, Answer.MISSED_1, Answer.MISSED_2, Answer.MISSED_3, Answer.UNCLEAR),
    Kind.PERSON: (Answer.RIGHT, Answer.NOBODY, Answer.TWO, Answer.AGAIN, Answer.UNCLEAR),
}
"""Answers that a question of each kind can have."""

_MISSED = (Answer.MISSED_1, Answer.MISSED_2, Answer.MISSED_3)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was drawn, and its answer.

    Attributes:
        kind: what was asked about.
        hour: hour of the camera's day in which it was, 0 to 23.
        place: number of the part of the picture; None for a whole frame.
        answer: answer; `unclear` where there is none.
    """

    kind: Kind
    hour: int
    place: int | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted, of which the questions were drawn.

    Attributes:
        persons: number of people who were counted.
        dwell_us: time that they spent in the picture, summed, in µs.
        covered_us: time that was watched, in µs.
    """

    persons: int
    dwell_us: int
    covered_us: int


@dataclass(frozen=True, slots=True)
class Found:
    """How often one error was found.

    Attributes:
        kind: what was asked about.
        error: name of the error.
        hour: hour of the day that this is of; None for the whole day.
        place: part of the picture that this is of; None for all of it.
        asked: number of questions.
        found: number of them that showed the error.
        unclear: number of them of which it could not be told.
        share: share of all that has the error.
    """

    kind: Kind
    error: str
    hour: int | None
    place: int | None
    asked: int
    found: int
    unclear: int
    share: Interval


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit says of the numbers.

    Attributes:
        errors: errors of the day, then those of its hours and places.
        missed: people who are in no box, on average.
        dwell: what the time that was counted is to be multiplied by.
        visits: what the number of people who were counted is to be multiplied by.
        dwell_apart: the least and the most of `dwell` where errors do not make up for each other, as in a
            part of the picture, where all of them may be of one kind.
        visits_apart: the same of `visits`.
    """

    errors: tuple[Found, ...]
    missed: Interval
    dwell: Interval
    visits: Interval
    dwell_apart: tuple[float, float]
    visits_apart: tuple[float, float]


_ERRORS: dict[Kind, dict[str, tuple[Answer, ...]]] = {
    Kind.BOX: {"nobody": (Answer.NOBODY,), "two people": (Answer.TWO,)},
    Kind.MOMENT: {"somebody missed": _MISSED},
    Kind.PERSON: {"nobody": (Answer.NOBODY,), "two people": (Answer.TWO,), "came back": (Answer.AGAIN,)},
}


def audited(answers: Sequence[Answered], measured: Measured) -> Audited:
    """Compute what the answers say.

    Args:
        answers: all questions that were drawn, answered or not; if there are as many persons among them as
            were counted, everybody was asked about.
        measured: what was counted.
    """
    of_kind = {kind: [one for one in answers if one.kind is kind] for kind in Kind}
    errors = [found for kind, own in of_kind.items() for found in _errors(kind, own, measured)]
    boxes, moments, persons = (Counter(one.answer for one in own) for own in of_kind.values())

    # Five shares make up the dwell time, two the visits: each may miss with its part of the error.
    parts = 2 + MOST_MISSED
    nobody, two = (_share(boxes, [one], ERROR / parts) for one in (Answer.NOBODY, Answer.TWO))
    levels = [_share(moments, _MISSED[level:], ERROR / parts) for level in range(MOST_MISSED)]
    missed = _sum([(1.0, level) for level in levels])
    per_dwell = measured.covered_us / measured.dwell_us if measured.dwell_us else 0.0
    dwell = _sum([(-1.0, nobody), (1.0, two), *((per_dwell, level) for level in levels)], 1.0)

    everybody = len(of_kind[Kind.PERSON]) == measured.persons
    wrong = ((Answer.NOBODY, Answer.AGAIN), (Answer.TWO,))
    none, more = (
        _counted(persons, one) if everybody else _share(persons, one, ERROR / len(wrong)) for one in wrong
    )
    return Audited(
        errors=tuple(errors),
        missed=missed,
        dwell=dwell,
        visits=_sum([(-1.0, none), (1.0, more)], 1.0),
        dwell_apart=(1 - nobody.high, 1 + two.high + per_dwell * missed.high),
        visits_apart=(1 - none.high, 1 + more.high),
    )


def _errors(kind: Kind, own: Sequence[Answered], measured: Measured) -> Iterable[Found]:
    """Yield the errors of one kind of questions: of the day, of each hour and of each place."""
    everybody = kind is Kind.PERSON and len(own) == measured.persons
    hours = sorted({one.hour for one in own})
    places = sorted({one.place for one in own if one.place is not None})
    groups: list[tuple[int | None, int | None, list[Answered]]] = [(None, None, list(own))]
    groups += [(hour, None, [one for one in own if one.hour == hour]) for hour in hours]
    groups += [(None, place, [one for one in own if one.place == place]) for place in places]
    for hour, place, some in groups:
        counts = Counter(one.answer for one in some)
        for name, wrong in _ERRORS[kind].items():
            yield Found(
                kind,
                name,
                hour,
                place,
                len(some),
                sum(counts[one] for one in wrong),
                counts[Answer.UNCLEAR],
                _counted(counts, wrong) if everybody else _share(counts, wrong, ERROR),
            )


def _share(counts: Counter[Answer], wrong: Sequence[Answer], error: float) -> Interval:
    found = sum(counts[one] for one in wrong)
    return share(found, counts[Answer.UNCLEAR], counts.total(), error=error)


def _counted(counts: Counter[Answer], wrong: Sequence[Answer]) -> Interval:
    return counted_share(sum(counts[one] for one in wrong), counts[Answer.UNCLEAR], counts.total())


def _sum(parts: Sequence[tuple[float, Interval]], start: float = 0.0) -> Interval:
    """Add up shares, each times a factor; the ends are those that all of them can have at once."""
    low = start + sum(factor * (part.low if factor > 0 else part.high) for factor, part in parts)
    high = start + sum(factor * (part.high if factor > 0 else part.low) for factor, part in parts)
    told = [(factor, part.estimate) for factor, part in parts if part.estimate is not None]
    known = len(told) == len(parts)
    estimate = start + sum(factor * value for factor, value in told) if known else None
    return Interval(estimate, max(low, 0.0), high)
