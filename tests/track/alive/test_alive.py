"""Who is alive: drawn people and drawn things that look like them."""

import pytest

from tests.support.lifeless_worlds import is_living, judged


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 40))]
)
def test_all_people_are_alive_and_no_thing_is(seed: int) -> None:
    fps = (2, 5, 10, 25)[seed % 4]
    seconds = 20 + seed % 20
    wrong = {
        actor: told
        for actor, told in judged(seed, fps, seconds).items()
        if any((probability >= 0.5) != is_living(actor) for probability in told)
    }
    assert not wrong
