"""People who walk through the picture, leave, and come back: who they are, and when."""

from dataclasses import dataclass

import numpy as np

from tests.support.world_floor import FLAT, Colour, Person, World, route
from tests.support.worlds import CLOTHES

FPS = 5.0


@dataclass(frozen=True, slots=True)
class Comers:
    """Visits, and whose they are.

    Attributes:
        world: the world, in which everybody who comes again is another of its people.
        person: number of the one whose visit each is.
        pause_s: a moment at which nobody is there: half of the visits are after it.
    """

    world: World
    person: tuple[int, ...]
    pause_s: float


def comers(
    *, people: int = 12, visits: int = 30, every_s: float = 5.0, alike: int = 2, seed: int = 0
) -> Comers:
    """Draw people who come and go, two or three at a time: everybody at least once, the rest come again.

    Args:
        people: how many there are, at least six.
        visits: how many times they come in all.
        every_s: time from one who comes to the next.
        alike: how many of them wear the same.
        seed: of the random numbers.
    """
    rng = np.random.default_rng(seed)
    left = np.bincount(np.append(np.arange(people), rng.integers(0, people, visits - people)))
    person: list[int] = []
    while left.any():
        # Nobody comes again before having left, and been away for a moment.
        may = np.where(np.isin(np.arange(people), person[-4:]), 0, left)
        if not may.any():
            left, person = left + np.bincount(person, minlength=people), []
            continue
        person.append(int(rng.choice(people, p=may / may.sum())))
        left[person[-1]] -= 1
    clothes: list[tuple[Colour, Colour]] = [
        CLOTHES[max(0, number - alike + 1) % len(CLOTHES)] for number in range(people)
    ]
    tall = rng.uniform(1.6, 1.9, people)
    walks: list[Person] = []
    begin_s = pause_s = 2.0
    for number, who in enumerate(person):
        if number == visits // 2:
            pause_s = max(one.route.end_s for one in walks) + 1
            begin_s = pause_s + 1
        side = rng.choice([-1, 1])
        near, far = rng.uniform(5.5, 9.5, 2)
        way = ((side * 9, near), (0.0, (near + far) / 2), (-side * 9, far))
        walks.append(Person(route(begin_s, *way, speed=rng.uniform(1.2, 1.6)), *clothes[who], tall[who]))
        begin_s += every_s
    end_s = max(one.route.end_s for one in walks) + 2
    return Comers(World("comers", FLAT, tuple(walks), (), end_s, FPS), tuple(person), pause_s)
