"""What happens in the shop while the camera looks: who comes, where they stop, how they queue and pay.

Everybody's day is written out by hand, so that the clip holds what a detector and a tracker have to cope
with: people who stand for long, who pass behind a shelf, who cross in front of each other, who wait in line,
who come and go.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, inf, pi, sin

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
_LINE: tuple[Point, ...] = ((0.42, 5.95), (-0.4, 6.35), (-1.15, 6.75), (-1.95, 7.1))
_STAND_BACK = 1.2  # s, after the one in front moved up


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
        walk.reach(0.3, 0.5 * paying, 1, (0.30, -0.06, 0.60))
        walk.stay(0.5 * paying)
        x, y = walk.place
        walk.shift((x + 0.03, y - 0.5), _EAST)
        walk.reach(0.1, 0.5 * paying, 0, (0.30, 0.02, 0.58))
        walk.stay(0.5 * paying)
        self.free_from[0] = walk.time


def _visitor(look: Look, time: float, speed: float) -> Itinerary:
    """Somebody who comes in from the street."""
    return Itinerary(time=time, place=_STREET_IN, heading=_EAST, height=look.height, speed=speed)


def _already(look: Look, stop: str, speed: float) -> Itinerary:
    """Somebody who stands at a shelf when the clip begins."""
    place, heading = _STOPS[stop]
    return Itinerary(time=-2.0, place=place, heading=heading, height=look.height, speed=speed)


def _browse(walk: Itinerary, stop: str, looks: int, *way: Point, aside: float = 0.4) -> None:
    """Go to a shelf and look at it, two seconds here and two seconds `aside` metres further to the right."""
    place, heading = _STOPS[stop]
    if walk.place != place:
        walk.walk(*way, place)
    walk.turn(heading)
    for number in range(looks):
        if number > 0:
            x, y = walk.place
            walk.shift((x + aside * sin(heading), y - aside * cos(heading)), heading)
        hand = (number + 1) % 2
        walk.reach(0.2, 1.6, hand, (0.27, 0.05 - 0.1 * hand, 0.60 + 0.14 * (1 - hand)))
        walk.stay(2.0)


def _leave(walk: Itinerary, *way: Point) -> None:
    walk.walk(*way, _HALL_OUT, _DOOR_OUT, _STREET_OUT)


_PAST_THE_TILL = ((0.5, 6.9), (-0.6, 7.55))


def _staff(look: Look) -> Itinerary:
    """Behind the till all the time, between cash desk, scales and cupboard, and never still for long."""
    walk = Itinerary(time=-1.0, place=(2.15, 5.5), heading=_WEST, height=look.height, speed=0.9)
    places = (
        ((2.15, 5.5), _WEST),
        ((2.2, 6.4), _WEST),
        ((3.2, 6.5), _EAST),
        ((3.2, 5.9), _EAST),
        ((2.1, 5.9), _WEST),
        ((2.1, 5.1), _WEST),
        ((3.0, 4.9), _SOUTH),
        ((2.7, 6.0), _WEST),
    )
    while walk.time < DURATION:
        for place, heading in places:
            if walk.place != place:
                walk.walk(place)
            walk.turn(heading)
            walk.reach(0.1, 1.8, 0, (0.28, 0.06, 0.58))
            walk.reach(0.6, 1.6, 1, (0.30, -0.08, 0.60))
            walk.stay(2.2)
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
    walk = Itinerary(time=-2.5, place=(0.4, 6.6), heading=_SOUTH, height=look.height, speed=1.1)
    line.queue_and_pay(walk, paying=3.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_from_gondola(look: Look, line: _Line) -> Itinerary:
    walk = _already(look, "gondola left", 1.05)
    _browse(walk, "gondola left", 1)
    line.queue_and_pay(walk, (-0.9, 7.4), paying=3.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_from_island(look: Look, line: _Line) -> Itinerary:
    walk = _already(look, "island", 1.0)
    _browse(walk, "island", 3, aside=-0.35)
    _browse(walk, "coffee", 2, (0.8, 10.6))
    line.queue_and_pay(walk, (0.65, 9.5), (0.2, 7.9), paying=3.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_round_the_gondola(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 0.0, 1.2)
    _browse(walk, "left shelf", 2, _DOOR_IN, (-3.1, 8.7), aside=0.35)
    _browse(walk, "drinks", 2, (-2.6, 11.0), (-0.4, 10.8), (0.6, 10.7), aside=-0.3)  # behind the gondola
    _leave(walk, (0.75, 9.5), (0.4, 8.0), (-1.4, 7.7))
    return walk


def _plan_fruit_only(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 4.5, 1.05)
    _browse(walk, "fruit front", 2, _DOOR_IN, (-2.2, 7.5), (-0.8, 6.0), (-1.2, 4.6), aside=0.35)
    _browse(walk, "fruit side", 1)
    line.queue_and_pay(walk, (-1.3, 6.2), paying=3.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_right_side(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 16.0, 1.2)
    _browse(walk, "right shelf", 2, _DOOR_IN, _HALL_IN, (0.4, 7.6), (2.7, 7.4), aside=-0.5)
    _browse(walk, "frozen", 2, (3.3, 10.5), aside=-0.3)
    _leave(walk, (3.0, 11.0), (0.6, 10.8), (-2.5, 10.9), (-2.9, 9.5))  # behind the island and the gondola
    return walk


def _plan_bakery(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 22.0, 1.0)
    _browse(walk, "bakery", 2, _DOOR_IN, (-3.1, 8.9), aside=-0.3)
    _browse(walk, "gondola right", 2, (-2.95, 9.8), (-2.8, 8.1), (-1.6, 7.6), aside=-0.4)
    _leave(walk, (-1.4, 7.7))
    return walk


def _plan_gondola_and_island(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 34.0, 1.25)
    _browse(walk, "gondola left", 1, _DOOR_IN, _HALL_IN)
    _browse(walk, "island", 2, (-1.0, 7.8), (0.4, 8.1), aside=0.4)
    line.queue_and_pay(walk, (0.4, 8.0), paying=3.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_through_the_back(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 41.0, 1.1)
    _browse(walk, "fruit side", 2, _DOOR_IN, _HALL_IN, (-1.4, 6.6), aside=0.4)
    # Behind the gondola, the other way.
    _browse(walk, "bakery", 2, (-0.3, 7.0), (0.6, 8.4), (0.7, 10.6), (0.2, 11.0), (-2.4, 11.0), aside=-0.3)
    _leave(walk, (-2.8, 10.2), (-2.9, 8.3))
    return walk


def _plan_front(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 36.5, 1.15)
    _browse(walk, "fruit front", 2, _DOOR_IN, (-2.2, 7.5), (-0.8, 6.0), (-1.2, 4.6), aside=-0.3)
    walk.walk((-0.5, 4.8))
    walk.reach(0.1, 2.4, 1, (0.22, 0.02, 0.80))  # a look at the phone
    walk.stay(2.5)
    line.queue_and_pay(walk, paying=3.0)
    _leave(walk, *_PAST_THE_TILL)
    return walk


def _plan_frozen(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 48.0, 1.2)
    _browse(walk, "frozen", 1, _DOOR_IN, _HALL_IN, (0.4, 7.7), (2.8, 7.5), (3.3, 9.5))
    _browse(walk, "right shelf", 3, (3.1, 10.2), aside=0.45)
    _browse(walk, "island", 3, (3.1, 7.6), (1.1, 7.6))
    return walk


def _plan_last(look: Look, line: _Line) -> Itinerary:
    walk = _visitor(look, 55.0, 1.05)
    _browse(walk, "gondola left", 3, _DOOR_IN, _HALL_IN, aside=0.5)
    line.queue_and_pay(walk, (-0.6, 7.5), paying=4.0)
    return walk


_PLANS: tuple[Callable[[Look, _Line], Itinerary], ...] = (
    _plan_pays_first,
    _plan_from_gondola,
    _plan_from_island,
    _plan_round_the_gondola,
    _plan_fruit_only,
    _plan_right_side,
    _plan_bakery,
    _plan_gondola_and_island,
    _plan_through_the_back,
    _plan_front,
    _plan_frozen,
    _plan_last,
)
