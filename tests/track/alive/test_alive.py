"""Who is alive: drawn people and drawn things that look like them."""

import pytest

from tests.support.lifeless_worlds import is_living, judged


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 40))]
)
def test_no_person_is_lost_and_no_thing_counts(seed: int) -> None:
    told = judged(seed, (2, 5, 10, 25)[seed % 4], 20 + seed % 20)
    # Of a person in several pieces one may be too quiet to tell.
    assert all(max(likely) >= 0.5 for actor, likely in told.items() if is_living(actor))
    assert all(max(likely) < 0.5 for actor, likely in told.items() if not is_living(actor))
