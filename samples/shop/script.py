"""What happens in the shop while the camera looks: who comes, where they stop, how they queue and pay.

Everybody's day is written out by hand, so that the clip holds what a detector and a tracker have to cope
with: people who stand for long, who pass behind a shelf, who cross in front of each other, who wait in line,
who come and go.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, pi

from samples.shop.cast import LOOKS
from samples.shop.figure import Look
from samples.shop.gait import Itinerary, Motion, Point

DURATION = 72.0  # s

_NORTH, _EAST, _SOUTH, _WEST = (
    pi / 2,
    0.0,
    -pi / 2,
    pi,
)  # headings: away from the camera, right, towards it, left

# Outside, hidden by the wall, and the way through the door on either side.
_STREET_IN, _DOOR_IN, _HALL_IN = (-6.8, 9.2), (-4.2, 8.55), (-3.0, 8.1)
_STREET_OUT, _DOOR_OUT, _HALL_OUT = (-6.8, 7.3), (-4.2, 7.75), (-2.9, 7.4)

# Where people stop: place and heading.
_STOPS: dict[str, tuple[Point, float]] = {
    "gondola left": ((-1.75, 8.4), _NORTH),
    "gondola right": ((-0.45, 8.4), _NORTH),
    "island": ((1.0, 9.3), _EAST),
    "bakery": ((-3.05, 11.35), _NORTH),
    "coffee": ((0.85, 11.4), _NORTH),
    "drinks": ((1.45, 11.4), _NORTH),
    "frozen": ((3.55, 11.3), _NORTH),
    "left shelf": ((-3.2, 10.5), _WEST),
    "right shelf": ((3.55, 9.2), _EAST),
    "fruit side": ((-1.5, 5.3), _WEST),
    "fruit front": ((-2.5, 4.35), _NORTH),
}

# Places in the line, the till first.
_LINE: tuple[Point, ...] = ((0.42, 5.75), (-0.4, 6.25), (-1.15, 6.75), (-1.95, 7.1))
_STAND_BACK = 0.6  # s, after the one in front moved up


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the clip.

    Attributes:
        number: the id in the truth, from 1.
        look: what they look like.
        motion: what they do.
    """

    number: int
    look: Look
    motion: Motion


class _Line:
    """Who may stand where in the line, and when."""

    def __init__(self) -> None:
        self.free_from = [-inf] * len(_LINE)

    def queue_and_pay(self, walk: Itinerary, *approach: Point, paying: float) -> None:
        """Join the line, move up as it gets shorter, pay at the till."""
        spot = next(k for k, time in enumerate(self.free_from) if time <= walk.time + 1.0)
        walk.walk(*approach, _LINE[spot])
        while spot > 0:
            walk.turn(-0.35)
            walk.stay(self.free_from[spot - 1] + _STAND_BACK - walk.time)
            self.free_from[spot] = walk.time
            spot -= 1
            walk.walk(_LINE[spot])
        walk.turn(_EAST)
        walk.reach(0.6, 1.8, 1, (0.30, -0.06, 0.60))
        walk.reach(paying - 2.4, 1.6, 0, (0.30, 0.02, 0.58))
        walk.stay(paying)
        self.free_from[0] = walk.time


def _visitor(look: Look, time: float, speed: float) -> Itinerary:
    """Somebody who comes in from the street."""
    return Itinerary(time=time, place=_STREET_IN, heading=_EAST, height=look.height, speed=speed)


def _already(look: Look, stop: str, speed: float) -> Itinerary:
    """Somebody who stands at a shelf when the clip begins."""
    place, heading = _STOPS[stop]
    return Itinerary(time=-2.0, place=place, heading=heading, height=look.height, speed=speed)


def _browse(walk: Itinerary, stop: str, seconds: float, *way: Point) -> None:
    """Go to a shelf, look at it and take something in the hand."""
    place, heading = _STOPS[stop]
    if walk.place != place:
        walk.walk(*way, place)
    walk.turn(heading)
    walk.reach(0.25 * seconds, 0.45 * seconds, 1, (0.27, -0.05, 0.62 if seconds < 5 else 0.74))
    walk.stay(seconds)


def _leave(walk: Itinerary, *way: Point) -> None:
    walk.walk(*way, _HALL_OUT, _DOOR_OUT, _STREET_OUT)


_PAST_THE_TILL = ((0.5, 6.9), (-0.6, 7.55))


def _staff(look: Look) -> Itinerary:
    """Behind the till all the time, between the scales, the cash desk and the cupboards."""
    walk = Itinerary(time=-1.0, place=(2.15, 5.55), heading=_WEST, height=look.height, speed=0.9)
    at_till, at_scales, at_wall, at_corner = (2.15, 5.55), (2.2, 6.5), (3.25, 6.3), (3.0, 5.1)
    for place, heading, seconds in 5 * (
        (at_till, _WEST, 5.5),
        (at_wall, _EAST, 3.0),
        (at_scales, _WEST, 3.5),
        (at_till, _WEST, 4.0),
        (at_corner, _SOUTH, 2.0),
    ):
        if walk.time > DURATION:
            break
        if walk.place != place:
            walk.walk(place)
        walk.turn(heading)
        walk.reach(0.3, 0.5 * seconds, 0, (0.28, 0.06, 0.58))
        walk.reach(0.4 * seconds, 0.5 * seconds, 1, (0.30, -0.08, 0.60))
        walk.stay(seconds)
    return walk


def people() -> tuple[Person, ...]:
    """Everybody, in the order of their ids; the first is the member of staff."""
    line = _Line()
    walks = [_staff(LOOKS[0])]
    for look, plan in zip(LOOKS[1:], _PLANS, strict=True):
        walks.append(plan(look, line))
    return tuple(
        Person(number, look, walk.motion())
        for number, (look, walk) in enumerate(zip(LOOKS, walks, strict=True), start=1)
    )


def _plan_pays_first(look: Look, line: _Line) -> Itinerary:
    walk = Itinerary(time=-3.0, place=(0.4, 6.6), heading=_SOUTH, height=look.height, speed=1.1)
    line.queue_and_pay(walk, paying=6.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_from_gondola(look: Look, line: _Line) -> Itinerary:
    walk = _already(look, "gondola right", 1.05)
    _browse(walk, "gondola right", 6.0)
    line.queue_and_pay(walk, (-0.6, 7.4), paying=6.5)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_from_island(look: Look, line: _Line) -> Itinerary:
    walk = _already(look, "island", 1.0)
    _browse(walk, "island", 7.5)
    _browse(walk, "coffee", 5.0, (0.9, 10.6))
    line.queue_and_pay(walk, (0.75, 9.5), (0.2, 7.9), paying=6.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_round_the_gondola(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 0.0, 1.2)
    _browse(walk, "left shelf", 7.0, _DOOR_IN, (-3.2, 8.7))
    _browse(walk, "drinks", 4.0, (-2.5, 11.0), (-0.4, 10.7), (0.8, 10.6))  # behind the gondola
    line.queue_and_pay(walk, (0.7, 9.5), (-0.1, 7.9), paying=5.5)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_fruit_only(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 7.5, 1.05)
    _browse(walk, "fruit front", 6.0, _DOOR_IN, (-2.2, 7.5), (-0.8, 6.0), (-1.2, 4.6))
    _browse(walk, "fruit side", 4.0)
    line.queue_and_pay(walk, (-1.4, 6.2), paying=5.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_right_side(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 11.0, 1.2)
    _browse(walk, "right shelf", 6.0, _DOOR_IN, _HALL_IN, (0.4, 7.6), (2.7, 7.4))
    _browse(walk, "frozen", 5.0, (3.3, 10.2))
    line.queue_and_pay(
        walk, (3.1, 11.1), (1.3, 11.1), (0.3, 9.6), (0.1, 7.9), paying=5.5
    )  # behind the island
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_bakery(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 17.5, 0.95)
    _browse(walk, "bakery", 6.0, _DOOR_IN, (-3.1, 8.9))
    _browse(walk, "gondola left", 5.0, (-2.95, 9.8), (-2.7, 8.6))
    line.queue_and_pay(walk, (-1.6, 7.5), paying=6.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_only_looking(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 24.0, 1.25)
    _browse(walk, "gondola right", 4.5, _DOOR_IN, _HALL_IN, (-1.2, 8.0))
    _browse(walk, "island", 5.0, (0.6, 8.6))
    _leave(walk, (0.4, 8.3), (-1.0, 7.7))
    return walk


def _plan_through_the_back(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 30.0, 1.1)
    _browse(walk, "fruit side", 5.0, _DOOR_IN, _HALL_IN, (-1.5, 6.6))
    _browse(walk, "coffee", 5.0, (-0.3, 7.0), (0.6, 8.4), (0.8, 10.2))
    _browse(walk, "bakery", 4.0, (0.2, 11.0), (-2.4, 11.0))  # behind the gondola, the other way
    _leave(walk, (-2.7, 10.4), (-2.8, 8.3))
    return walk


def _plan_front(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 37.0, 1.15)
    _browse(walk, "fruit front", 5.0, _DOOR_IN, (-2.2, 7.5), (-0.8, 6.0), (-1.2, 4.6))
    walk.walk((-0.6, 4.6))
    walk.reach(0.3, 3.2, 1, (0.22, 0.02, 0.80))  # a look at the phone
    walk.stay(3.5)
    _browse(walk, "gondola left", 20.0, (-0.7, 6.5), (-1.3, 7.6))
    return walk


def _plan_frozen(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 45.5, 1.2)
    _browse(walk, "frozen", 5.5, _DOOR_IN, _HALL_IN, (0.4, 7.7), (2.8, 7.5), (3.3, 9.5))
    _browse(walk, "right shelf", 16.0, (3.2, 10.2))
    return walk


def _plan_late(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 51.0, 1.1)
    _browse(walk, "island", 8.0, _DOOR_IN, _HALL_IN, (-0.4, 7.8), (0.7, 8.5))
    line.queue_and_pay(walk, (0.5, 8.0), paying=9.0)
    return walk


def _plan_last(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 57.5, 1.0)
    _browse(walk, "left shelf", 5.0, _DOOR_IN, (-3.2, 8.7))
    walk.walk((-3.0, 9.0), (-2.2, 7.4), (-1.0, 5.6))
    walk.stay(10.0)
    return walk


_PLANS: tuple[Callable[[Look, _Line], Itinerary], ...] = (
    _plan_pays_first,
    _plan_from_gondola,
    _plan_from_island,
    _plan_round_the_gondola,
    _plan_fruit_only,
    _plan_right_side,
    _plan_bakery,
    _plan_only_looking,
    _plan_through_the_back,
    _plan_front,
    _plan_frozen,
    _plan_late,
    _plan_last,
)
