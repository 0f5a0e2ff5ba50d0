"""Drawn worlds in which a person who watches has no doubt who is who.

Distances are in metres on the floor: x across, from -3 to 3 in view of both cameras, y away from the camera,
from 5 to 10. Whoever comes or goes does so outside the picture, at x of -9 or 9, or behind a wall.
"""

import numpy as np

from tests.support.world_floor import Camera, Obstacle, Person, Route, World, route

RED, GREEN, BLUE = (40, 40, 190), (60, 150, 60), (190, 90, 40)
WHITE, BLACK, YELLOW = (225, 225, 225), (35, 30, 30), (50, 200, 220)
JEANS, KHAKI, BROWN = (140, 80, 50), (110, 150, 165), (40, 65, 100)
CLOTHES = [(RED, JEANS), (GREEN, BLACK), (BLUE, KHAKI), (WHITE, BLACK), (YELLOW, BROWN), (BLACK, JEANS)]
CLOTHES += [(WHITE, JEANS), (RED, BLACK), (BLUE, BROWN), (GREEN, KHAKI), (BLACK, KHAKI), (YELLOW, JEANS)]


def _person(way: Route, clothes: int, height_m: float = 1.74) -> Person:
    upper, lower = CLOTHES[clothes % len(CLOTHES)]
    return Person(way, upper, lower, height_m)


def _wall(*doors_m: float) -> tuple[Obstacle, ...]:
    """Build a wall at y of 10.5 with doors 1.2 m wide; what is behind it is seen through them only."""
    edges = [-12.0, *(edge for door in doors_m for edge in (door - 0.6, door + 0.6)), 12.0]
    return tuple(
        Obstacle(a, b, 10.5, 6.0, (150, 160, 165)) for a, b in zip(edges[::2], edges[1::2], strict=True)
    )


def _in_by(door_m: float) -> tuple[tuple[float, float], ...]:
    """Come through a door of the wall."""
    return ((door_m + 2.0, 11.5), (door_m, 11.2), (door_m, 9.5))


def _out_by(door_m: float) -> tuple[tuple[float, float], ...]:
    return _in_by(door_m)[::-1]


def crossing_pairs(camera: Camera, fps: float, *, alike: bool = False, speed: float = 1.3) -> World:
    """Three pairs, one after the other, walk towards each other and pass, half a metre apart in depth."""
    people = []
    for pair, y in enumerate((6.0, 7.5, 9.0)):
        begin = 18.0 * pair
        people += [
            _person(route(begin, (-9, y), (9, y), speed=speed), 2 * pair, 1.80),
            _person(
                route(begin, (9, y + 0.5), (-9, y + 0.5), speed=0.9 * speed), 2 * pair + (not alike), 1.68
            ),
        ]
    return World("crossing pairs", camera, tuple(people), (), 36 + 20 / speed, fps)


def hidden_behind_a_post(camera: Camera, fps: float, *, wait_s: float = 20.0) -> World:
    """Somebody walks behind a wide post, stays there and comes out on the other side; another one passes."""
    stands = _person(route(0, (-9, 7.5), (0, 7.5), wait_s, (9, 7.5)), 0)
    passes = _person(route(4, (9, 5.5), (-9, 5.5)), 2)
    post = Obstacle(-0.7, 0.7, 7.0)
    return World("hidden behind a post", camera, (stands, passes), (post,), 16 + wait_s, fps)


def turns_round_behind_a_post(camera: Camera, fps: float) -> World:
    """Somebody waits behind a post for 20 s and goes back the way they came."""
    person = _person(route(0, (-9, 7.5), (0, 7.5), 20.0, (-9, 7.5)), 3)
    return World("turns round behind a post", camera, (person,), (Obstacle(-0.7, 0.7, 7.0),), 36, fps)


def at_the_till(camera: Camera, fps: float) -> World:
    """Somebody stands at a till for 5 minutes, legs hidden, and by customers for a minute each all hidden."""
    clerk = _person(route(0, (-9, 8.0), (0, 8.0), 300.0, (9, 8.0)), 0, 1.68)
    customers = [
        _person(route(begin, (side * 9, 6.8), (0.05, 6.8), 60.0, (-side * 9, 6.8)), kind, 1.86)
        for begin, side, kind in ((30, 1, 2), (115, -1, 4), (200, 1, 5))
    ]
    counter = Obstacle(-1.5, 1.5, 7.5, 0.95, (70, 110, 150))
    return World("at the till", camera, (clerk, *customers), (counter,), 320, fps)


def on_the_bench(camera: Camera, fps: float) -> World:
    """Somebody sits for 5 minutes while people pass in front, and somebody stands in front for a minute."""
    way = route(0, (-9, 8.0), (0, 8.0), 300.0, (-9, 8.0))
    upper, lower = CLOTHES[1]
    sits = Person(way, upper, lower, 1.74, sits_s=(way.times_s[1] + 1, way.times_s[2] - 1))
    passers = [
        _person(route(20 + 22 * i, (9, 6.5 + 0.1 * i), (-9, 6.5 + 0.1 * i), speed=1.1 + 0.05 * i), 2 + i)
        for i in range(6)
    ]
    stands = _person(route(180, (9, 7.0), (0, 7.0), 60.0, (9, 7.0)), 10, 1.86)
    return World("on the bench", camera, (sits, *passers, stands), (), 320, fps)


def enter_together(camera: Camera, fps: float) -> World:
    """Three people come in by one door, a step apart, walk side by side and part."""
    people = tuple(
        _person(
            route(0.8 * i, *_in_by(-2.0), (0.2 + 0.8 * i, 7.0), (9, 5.0 + 1.5 * i), speed=1.1),
            2 * i,
            1.64 + 0.1 * i,
        )
        for i in range(3)
    )
    return World("enter together", camera, people, _wall(-2.0), 22, fps)


def walk_abreast(camera: Camera, fps: float) -> World:
    """Two people walk through the picture side by side; the one in front hides most of the other."""
    people = (
        _person(route(0, (-9, 7.0), (9, 7.0), speed=1.1), 0, 1.66),
        _person(route(0, (-8.75, 7.5), (9.25, 7.5), speed=1.1), 2, 1.82),
    )
    return World("walk abreast", camera, people, (), 17, fps)


def meet_and_turn_back(camera: Camera, fps: float) -> World:
    """Two people come from either side, talk for 10 s, and go back where they came from."""
    people = (
        _person(route(0, (-9, 7.0), (-0.35, 7.0), 10.0, (-9, 7.0)), 1),
        _person(route(0.5, (9, 7.2), (0.35, 7.2), 9.0, (9, 7.2)), 4, 1.68),
    )
    return World("meet and turn back", camera, people, (), 25, fps)


def exchange_places(camera: Camera, fps: float) -> World:
    """Two people stand, and each goes to where the other one stood."""
    people = (
        _person(route(0, (-9, 7.0), (-1.2, 7.0), 10.0, (1.2, 7.0), 8.0, (9, 7.0)), 1),
        _person(route(0, (9, 7.5), (1.2, 7.5), 10.2, (-1.2, 7.5), 8.0, (-9, 7.5)), 2, 1.68),
    )
    return World("exchange places", camera, people, (), 34, fps)


def same_door(camera: Camera, fps: float) -> World:
    """Somebody leaves, and 4 s later another one comes in where they went: by a door, and by the edge."""
    people = (
        _person(route(0, (-9, 6.0), (-1, 6.0), (2.0, 9.5), *_out_by(2.0)), 0),
        _person(route(13.5, *_in_by(2.0), (0, 7.0), (-9, 6.0)), 2),
        _person(route(32, *_in_by(2.0), (0, 7.0), (9, 6.0)), 3),
        _person(route(42, (9, 6.0), (-9, 6.0)), 4),
    )
    return World("same door", camera, people, _wall(2.0), 58, fps)


def other_door(camera: Camera, fps: float, *, alike: bool) -> World:
    """Somebody leaves by one door, and a second later another one comes in by another, 5 m away."""
    people = (
        _person(route(0, (-9, 6.0), (-2.5, 8.0), *_out_by(-2.5)), 0),
        _person(route(7.0, *_in_by(2.5), (2.0, 8.0), (9, 6.0)), 0 if alike else 2),
    )
    return World("other door", camera, people, _wall(-2.5, 2.5), 20, fps)


def queue_moves_up(camera: Camera, fps: float) -> World:
    """Six people stand in line, a metre apart; every 20 s the first one leaves, and all move up."""
    speed, serve_s, first_s = 1.3, 20.0, 30.0
    people = []
    for rank in range(6):
        begin = 2.0 * rank
        arrives = begin + (11.0 - rank) / speed
        steps: list[tuple[float, float] | float] = [(9, 7.0), (-2.0 + rank, 7.0)]
        # Each goes 0.6 s after the one before them, the second in line 1.6 s after the first has left.
        leaves = first_s + (1.0 + 0.6 * rank if rank else 0.0)
        steps.append(leaves - arrives)
        for place in range(rank - 1, -1, -1):
            arrives = leaves + 1.0 / speed
            leaves += serve_s - (0.6 if place else 1.6)
            steps += [(-2.0 + place, 7.0), leaves - arrives]
        steps += [(-2.5, 5.8), (-9, 5.8)]
        people.append(_person(route(begin, *steps, speed=speed), rank, 1.62 + 0.04 * rank))
    return World("queue moves up", camera, tuple(people), (), first_s + 5 * serve_s + 8, fps)


def crowd(camera: Camera, fps: float, *, people: int = 14, seed: int = 0) -> World:
    """People who come from both sides, wander about a post and a counter, stop now and then and go."""
    rng = np.random.default_rng(seed)
    everybody = []
    for number in range(people):
        steps: list[tuple[float, float] | float] = [
            (float(rng.choice([-9, 9])), float(rng.uniform(5.5, 9.5)))
        ]
        for _ in range(rng.integers(2, 5)):
            steps += [
                (float(rng.uniform(-2.5, 2.5)), float(rng.uniform(5.5, 9.5))),
                float(rng.exponential(4)),
            ]
        steps.append((float(rng.choice([-9, 9])), float(rng.uniform(5.5, 9.5))))
        way = route(float(rng.uniform(0, 25)), *steps, speed=float(rng.uniform(0.8, 1.5)))
        everybody.append(_person(way, number, float(rng.normal(1.72, 0.08))))
    obstacles = (Obstacle(-1.2, -0.8, 6.5), Obstacle(0.8, 2.2, 7.2, 1.0))
    return World("crowd", camera, tuple(everybody), obstacles, 60, fps)
