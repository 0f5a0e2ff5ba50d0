"""A drawn day of a shop: staff who change between counter and floor, and visitors."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.support.looks import COLOURS, descriptor, looks_of

OPEN_S = 8 * 3600
# How much a person's descriptor changes from one time to another.
_CHANGE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class StaffDay:
    """Trajectories of a day, and who they are.

    Attributes:
        known: trajectories, as `staff_look` takes them.
        in_zone: (n,) whether each is at the counter.
        staff: (n,) whether each is of staff.
    """

    known: pl.DataFrame
    in_zone: NDArray[np.bool_]
    staff: NDArray[np.bool_]


def staff_day(
    seed: int,
    *,
    staff: int = 2,
    uniform: float = 1.0,
    own: float = 0.3,
    dressed_alike: float = 0.0,
    visitors: int = 500,
) -> StaffDay:
    """Draw a day.

    Args:
        seed: seed of the random numbers.
        staff: number of staff, of whom each is at the counter for 10 minutes, then for 5 on the floor.
        uniform: share of the look of staff that is the uniform's; 0 for clothes of their own.
        own: how much of the look the uniform leaves free.
        dressed_alike: share of visitors who wear the colours of the uniform.
        visitors: number of visitors, who stay for up to 6 minutes, in up to 3 trajectories each.
    """
    rng = np.random.default_rng(seed)
    (cloth,) = looks_of(1, rng)
    rows: list[tuple[float, float, NDArray[np.float64], bool, bool]] = []
    for clothes in looks_of(staff, rng):
        look = uniform * cloth + (own if uniform else 1.0) * clothes
        now = float(rng.uniform(0, 600))
        while now < OPEN_S:
            for lasts, counter in ((rng.uniform(500, 700), True), (rng.uniform(200, 400), False)):
                # Whoever walks about is lost and found again.
                ends = np.sort(rng.uniform(now, now + lasts, 1 if counter else 4))
                for begin, end in zip([now, *ends], [*ends, now + lasts], strict=True):
                    if end - begin > 5:
                        rows.append((begin, end - 1, look, counter, True))
                now += lasts
    for clothes in looks_of(visitors, rng):
        look = cloth + own * clothes if rng.uniform() < dressed_alike else clothes
        begin = float(rng.uniform(0, OPEN_S - 400))
        for _ in range(rng.integers(1, 4)):
            end = begin + rng.uniform(10, 120)
            rows.append((begin, end, look, False, False))
            begin = end + 1
    firsts, lasts_s, looks, counters, is_staff = zip(*rows, strict=True)
    known = pl.DataFrame(
        {
            "first_us": np.round(np.array(firsts) * 1e6).astype(np.int64),
            "last_us": np.round(np.array(lasts_s) * 1e6).astype(np.int64),
            "present_us": np.round((np.array(lasts_s) - np.array(firsts)) * 1e6).astype(np.int64),
            "object_class": ["person"] * len(rows),
            "alive": np.ones(len(rows), np.float32),
            "descriptor": [
                descriptor(look / np.linalg.norm(look), rng, change=_CHANGE, kind=COLOURS) for look in looks
            ],
        }
    ).with_columns(known_staff=pl.lit(None, pl.Float32))
    return StaffDay(known, np.array(counters), np.array(is_staff))
