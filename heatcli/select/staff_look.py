"""Staff who are not in their zone, known by what they wear.

What staff wear is learned from those who stay in a staff zone, for each day of a camera. How many visitors
happen to wear the same is learned from people who are certainly no staff: `k` is how many were in the zone
together that day, and whoever is elsewhere while `k` are there is a visitor. All others are visitors or
staff. Where more of them than of the visitors look like those in the zone, the excess are staff:

    probability = 1 - share of the visitors who look so / share of the others who look so

Shares are compared from the most alike on, by pooling neighbours until the share of the others falls
(isotonic regression, which is the convex hull of the ROC curve: Fawcett and Niculescu-Mizil, PAV and the ROC
convex hull, 2007). One visitor more alike than all is added (Laplace), so that few of the others prove
nothing.

It takes no uniform: people are known by clothes of their own. Where visitors wear what staff do, as many
visitors as others look so, and nobody is staff. Where staff are on the floor who were never in the zone
together with the rest, they count as visitors here, and again nobody is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.appearance.descriptor_bytes import from_bytes
from heatcli.track.appearance.gallery import whole
from heatcli.track.link.people import is_person, local_day
from heatcli.track.link.together import in_view_together

SURE = 0.9
"""Probability above which somebody does not count: one in ten of those left out, or so, is a visitor."""
STAYS_S = 30.0
"""Time in seconds from which on somebody in the zone is staff, and does not reach over the counter."""
LEAST_STAFF = 10
"""Number of stays in the zone that show what staff wear."""
LEAST_VISITORS = 30
"""Number of certain visitors: with fewer, even if none looks like staff, one in ten may (rule of three)."""
# As many are in the zone together as were so for this share of the time in which anybody is there: a visitor
# who reaches over the counter does not make one more, nor do two trajectories of one person.
_TOGETHER_SHARE = 0.05
# Least time in seconds that a visitor is in view while all staff are in the zone: more than clocks of
# trajectories differ by.
_APART_S = 1.0
# Somebody looks like staff by the third most alike of the stays: one visitor who stayed there is not enough.
_ALIKE = 3
# Most stays that others are compared with, and most pairs in view together of which the model learns.
_MOST_STAYS = 200
_MOST_PAIRS = 4000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StaffLook:
    """How sure it is that people are staff, by what they wear.

    Attributes:
        probability: (n,) float64 probability that each is staff; 0 for certain visitors, NaN where nothing
            can be said: in the zone, without a descriptor, and on days on which too little is known.
        unsure: days, on the camera's clock, on which staff stayed in the zone often, and too few others are
            certain visitors, or are described.
    """

    probability: Floats
    unsure: tuple[date, ...]


def staff_look(
    known: pl.DataFrame, in_zone: NDArray[np.bool_], timezone: str, days: Collection[date] | None = None
) -> StaffLook:
    """Find staff by what they wear.

    Args:
        known: trajectories of a camera, n of them, with `first_us` and `last_us` (UTC µs), and, as in the
            table, `object_class`, `alive`, `present_us`, `descriptor` and `known_staff`. What was decided
            before descriptors were removed stays.
        in_zone: (n,) whether each trajectory began, or mostly was, in a staff zone.
        timezone: time zone of the camera, IANA name, in which days are.
        days: days that are asked for; None for all.
    """
    people = known.select(
        *("first_us", "last_us", "present_us", "descriptor"),
        day=local_day("first_us", timezone),
        zone=pl.Series(in_zone),
        row=pl.int_range(pl.len()),
        counts=is_person(),
    ).filter("counts")
    if days is not None:
        people = people.filter(pl.col("day").is_in(list(days)))
    probability = np.full(len(known), np.nan)
    unsure: list[date] = []
    for (on,), rows in people.sort("day", "row").group_by("day", maintain_order=True):
        if not rows["zone"].any():
            continue
        found = _of_day(rows)
        if found is not None:
            probability[rows["row"].to_numpy()] = found
        elif not known["known_staff"][rows["row"]].is_not_null().any():
            assert isinstance(on, date)
            unsure.append(on)
    decided = known["known_staff"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return StaffLook(np.where(np.isnan(decided), probability, decided), tuple(unsure))


def _of_day(rows: pl.DataFrame) -> Floats | None:
    """Return the probability of each of a day's people, (n,); None if too few are certain visitors."""
    first_us, last_us = rows["first_us"].to_numpy(), rows["last_us"].to_numpy()
    zone = rows["zone"].to_numpy()
    stays = zone & (rows["present_us"].to_numpy() >= STAYS_S * 1e6)
    if np.count_nonzero(stays) < LEAST_STAFF:
        return np.full(len(rows), np.nan)
    half_embeddings = from_bytes(rows["descriptor"].to_list())
    look = whole(half_embeddings)
    described = ~np.isnan(look[:, 0])
    all_there = _all_there(first_us[stays], last_us[stays])
    visitor = ~zone & (all_there.overlap_us(first_us, last_us - first_us) >= _APART_S * 1e6)
    other = ~zone & ~visitor & described
    known_visitor = visitor & described
    staff = np.flatnonzero(stays & described)
    if len(staff) < LEAST_STAFF or np.count_nonzero(known_visitor) < LEAST_VISITORS:
        return None
    together = in_view_together(first_us, last_us)
    some = together[:: 1 + len(together) // _MOST_PAIRS]
    model = AppearanceModel.fit(half_embeddings, some, lasted_s=(last_us - first_us) / 1e6)
    compared = np.flatnonzero(other | known_visitor)
    staff = staff[np.linspace(0, len(staff), min(len(staff), _MOST_STAYS), False, dtype=np.intp)]
    apart = model.distance(look[compared][:, None], look[staff][None])
    unlike = np.partition(apart, _ALIKE - 1, axis=1)[:, _ALIKE - 1]
    probability = np.where(visitor, 0.0, np.nan)
    is_other = other[compared]
    probability[compared[is_other]] = _excess(unlike[is_other], unlike[~is_other])
    return probability


def _all_there(first_us: NDArray[np.int64], last_us: NDArray[np.int64]) -> Intervals:
    """Return the time in which as many are in the zone as were there together that day."""
    moments = np.concatenate([first_us, last_us])
    order = np.argsort(moments, kind="stable")
    count = np.cumsum(np.repeat([1, -1], len(first_us))[order])[:-1]
    bounds = np.column_stack([moments[order][:-1], moments[order][1:]])
    lasts_us = np.diff(bounds, axis=1)[:, 0]
    # Time in which at least so many are there, by the number.
    at_least = np.cumsum(np.bincount(count, lasts_us)[::-1])[::-1]
    most = np.flatnonzero(at_least[1:] >= _TOGETHER_SHARE * at_least[1]).max() + 1
    return Intervals.of(bounds[(count >= most) & (lasts_us > 0)])


def _excess(others: Floats, visitors: Floats) -> Floats:
    """Return the share of others who are more than there would be if all were visitors.

    Args:
        others: (n,) how unlike staff each of the others looks.
        visitors: (m,) how unlike staff each of the visitors looks.

    Returns:
        (n,) share among those who look as much like staff as each.
    """
    # Takes longer to import than most questions to a store need, and most ask nothing of staff.
    from scipy.optimize import isotonic_regression

    unlike = np.concatenate([[-np.inf], visitors, others])
    is_other = np.repeat([0.0, 1.0], [1 + len(visitors), len(others)])
    order = np.lexsort((is_other, unlike))
    share = np.empty(len(unlike))
    share[order] = isotonic_regression(is_other[order], increasing=False).x
    share = share[1 + len(visitors) :]
    # Number of others for each visitor, overall and among those who look so.
    usual = len(others) / (1 + len(visitors))
    excess: Floats = np.maximum(1 - usual * (1 - share) / share, 0.0)
    return excess
