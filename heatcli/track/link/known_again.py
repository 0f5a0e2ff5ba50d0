"""Who comes back: visits of one person, known again by a re-identification model.

A visit is all that linking has joined without looking for anybody who had left: a trajectory, or a group of
them joined where a recording is cut into files. Visits of one camera and day are joined to persons by what
they look like.

- How much people differ, from themselves and from others, is learned from that day's certain pairs
  (`AppearanceModel`).
- How many come back is learned from that day too, by expectation maximisation (Dempster, Laird and Rubin,
  1977). A visit is somebody's who was there before with probability r, and then each of the k visits before
  it is as likely, so that two visits must look k (1 - r) / r times as much like one person as like two.
- n pairs in view together, and the `MEASURED` people behind the general figures, give odds of
  n + `MEASURED` + 1 to 1 at most: where many come, few are known again who were seen with few others.
- The surest visits are joined first. Persons are joined if all visits of the one, compared with all of the
  other, look alike on average (average linkage).
- Nobody is there twice at a time.
- Where people look alike to the model who are two, nobody is known again: those in view together or, where
  these are too few, those of the day's visits, most of which are different people's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import Descriptors, unit
from heatcli.track.appearance.appearance_model import MEASURED, AppearanceModel
from heatcli.track.appearance.descriptor_bytes import from_bytes, is_of_network
from heatcli.track.appearance.gallery import whole
from heatcli.track.appearance.likeness import look_alike
from heatcli.track.link.groups import joined, same_name
from heatcli.track.link.people import is_person, local_day
from heatcli.track.link.together import in_view_together

SURE = math.log(2)
"""Nats by which "the same person" must be likelier than "somebody else": right two times out of three."""
# Number of times that the share of those who come back is learned: it has settled long before.
_LESSONS = 20
# Most pairs in view together of which the model learns, and most visits that tell whether people look alike.
_MOST_PAIRS = 4000
_COMPARED = 80
# Number of visits that are compared with all others at once, which bounds memory.
_VISITS_AT_ONCE = 256

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class KnownAgain:
    """Persons, and where nobody could be known again.

    Attributes:
        head: (n,) index of the first trajectory of the same person.
        alike: days, on the camera's clock, on which people look alike to the model.
    """

    head: Indices
    alike: tuple[date, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Visits:
    """Visits of one day, n of them, in order of time.

    Attributes:
        head: (n,) index of the first trajectory.
        begin_us: (n,) when the visit begins, UTC µs.
        end_us: (n,) when it ends, UTC µs.
        appearance: (n, D) mean descriptor.
        decided: (n,) number of the person whose visit it is, as was decided before; -1 where it was not.
    """

    head: Indices
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    appearance: Descriptors
    decided: Indices


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Pairs of visits that look more like one person than like two, and may be.

    Attributes:
        earlier: (p,) index of the visit that begins first.
        later: (p,) index of the other one.
        cost: (p,) negative log-likelihood ratio in nats of "same person" against "different people".
        before: (n,) number of visits with which each visit was compared as the later one.
    """

    earlier: Indices
    later: Indices
    cost: Floats
    before: Indices


def known_again(known: pl.DataFrame, visit: Indices, timezone: str) -> KnownAgain:
    """Join visits of one camera to persons.

    Args:
        known: all trajectories of the camera, with the columns of `trajectories`; `first_us` and `last_us`
            (UTC µs); and `clip`, a number.
        visit: (n,) index of the first trajectory of the same visit.
        timezone: time zone of the camera, IANA name, in which days are.
    """
    described = (
        known.select(
            *("clip", "first_us", "last_us", "present_us", "descriptor", "known_person"),
            counts=is_of_network("descriptor") & is_person(),
            # Who is known from elsewhere, or was dropped by hand, is joined with nobody.
            alone=pl.col("person").is_not_null(),
            visit=pl.Series(visit),
            row=pl.int_range(pl.len()),
        )
        .with_columns(
            pl.col("known_person").drop_nulls().first().over("visit"),
            begin_us=pl.col("first_us").min().over("visit"),
            end_us=pl.col("last_us").max().over("visit"),
            alone=pl.col("alone").any().over("visit"),
        )
        .filter(~pl.col("alone"))
    )
    decided, of_decided = same_name(known["known_person"])
    one, other = [visit, decided], [np.arange(len(known)), of_decided]
    alike: list[date] = []
    days = described.filter("counts").with_columns(day=local_day("begin_us", timezone)).sort("day", "row")
    for (on,), rows in days.group_by("day", maintain_order=True):
        pairs = _of_day(rows)
        if pairs is None:
            assert isinstance(on, date)
            alike.append(on)
        else:
            one.append(pairs[0])
            other.append(pairs[1])
    return KnownAgain(joined(len(known), np.concatenate(one), np.concatenate(other)), tuple(alike))


def _of_day(rows: pl.DataFrame) -> tuple[Indices, Indices] | None:
    """Return first trajectories of visits that are one person's; None where people look alike.

    Args:
        rows: described trajectories of one day.
    """
    half_embeddings = from_bytes(rows["descriptor"].to_list())
    first_us, last_us, clip, own = (
        rows[name].to_numpy() for name in ("first_us", "last_us", "clip", "visit")
    )
    one, other = in_view_together(first_us, last_us).T
    together = np.column_stack([one, other])[(clip[one] == clip[other]) & (own[one] != own[other])]
    some = together[:: 1 + len(together) // _MOST_PAIRS]
    model = AppearanceModel.fit(half_embeddings, some, lasted_s=(last_us - first_us) / 1e6)
    appearance = whole(half_embeddings)
    visits = _visits(rows, appearance)
    alike = look_alike(model, appearance, some)
    if alike is None:
        apart = np.triu_indices(min(len(visits.head), _COMPARED), 1)
        spread = np.linspace(0, len(visits.head), min(len(visits.head), _COMPARED), False, dtype=np.intp)
        alike = look_alike(model, visits.appearance, np.column_stack([spread[at] for at in apart]))
    if alike:
        return None
    if not len(visits.head):
        return visits.head, visits.head
    odds = _Odds(model, visits.appearance, math.log1p(len(together) + MEASURED))
    return _persons(visits, _pairs(visits, odds), odds)


def _visits(rows: pl.DataFrame, appearance: Descriptors) -> _Visits:
    """Sum up the visits of a day from its trajectories; those of unknown `appearance` (n, D) are left out."""
    usable = np.flatnonzero(~np.isnan(appearance[:, 0]))
    rows, appearance = rows[usable], appearance[usable]
    firsts = rows.group_by("visit").agg(pl.col("begin_us", "end_us", "known_person").first())
    firsts = firsts.sort("begin_us", "visit")
    heads = firsts["visit"].to_numpy()
    at = np.argsort(heads)[np.searchsorted(np.sort(heads), rows["visit"].to_numpy())]
    total = np.zeros((len(heads), appearance.shape[1]))
    np.add.at(total, at, appearance * rows["present_us"].to_numpy()[:, None])
    decided = firsts["known_person"].rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    return _Visits(heads, firsts["begin_us"].to_numpy(), firsts["end_us"].to_numpy(), unit(total), decided)


class _Odds:
    """How much visits look like one person's."""

    def __init__(self, model: AppearanceModel, appearance: Descriptors, most: float) -> None:
        """Compare visits, whose mean descriptors are (n, D), by a model; by at most so many nats."""
        self._model = model
        self._most = most
        self._scaled = appearance @ model.whitening
        self._square = (self._scaled**2).sum(axis=1)

    def cost(self, one: Indices, other: Indices) -> Floats:
        """Return the negative log-likelihood ratios in nats of "same person" against "different", (p, q).

        Args:
            one: (p,) numbers of visits.
            other: (q,) numbers of visits, each of which is compared with each of `one`.
        """
        product = self._scaled[one] @ self._scaled[other].T
        square = self._square[one][:, None] + self._square[other] - 2 * product
        cost: Floats = self._model.offset + self._model.slope * np.sqrt(np.maximum(square, 0))
        return np.maximum(cost, -self._most)


def _pairs(visits: _Visits, odds: _Odds) -> _Pairs:
    """Compare each visit with those that ended before it begins."""
    everybody = np.arange(len(visits.head))
    before = np.zeros(len(everybody), np.intp)
    found: list[tuple[Indices, Indices, Floats]] = []
    for begin in range(0, len(everybody), _VISITS_AT_ONCE):
        later = everybody[begin : begin + _VISITS_AT_ONCE]
        may = visits.end_us < visits.begin_us[later, None]
        before[later] = may.sum(axis=1)
        cost = odds.cost(later, everybody)
        at = np.nonzero(may & (cost < 0))
        found.append((at[1], later[at[0]], cost[at]))
    earlier, later, cost = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _Pairs(earlier, later, cost, before)


def _share_who_return(pairs: _Pairs) -> float:
    """Return the share of visits whose person was there before."""
    likelihood = np.bincount(pairs.later, np.exp(-pairs.cost), len(pairs.before))
    compared = pairs.before > 0
    ratio = likelihood[compared] / pairs.before[compared]
    share = 0.5
    for _ in range(_LESSONS):
        returns = share * ratio / (share * ratio + 1 - share)
        # As if one had come back and one had not (Laplace).
        share = (1 + returns.sum()) / (2 + len(returns))
    return float(share)


def _persons(visits: _Visits, pairs: _Pairs, odds: _Odds) -> tuple[Indices, Indices]:
    """Join visits to persons, the surest first; return first trajectories of visits that are one person's."""
    share = _share_who_return(pairs)
    prior = np.log(np.maximum(pairs.before, 1)) + math.log((1 - share) / share)
    margin = -pairs.cost - prior[pairs.later]
    likely = np.flatnonzero(margin > SURE)
    _, first, same = np.unique(_group_of(visits.decided), return_index=True, return_inverse=True)
    of = first[same].tolist()
    groups: dict[int, list[int]] = {}
    for number, group in enumerate(of):
        groups.setdefault(group, []).append(number)
    for pair in likely[np.lexsort((pairs.later[likely], pairs.earlier[likely], -margin[likely]))].tolist():
        low, high = sorted((of[pairs.earlier[pair]], of[pairs.later[pair]]))
        if low == high or not _may_be_one(visits, groups[low], groups[high]):
            continue
        one, other = np.array(groups[low]), np.array(groups[high])
        if (odds.cost(one, other) + np.maximum(prior[one][:, None], prior[other])).mean() < -SURE:
            groups[low] += groups.pop(high)
            for member in other.tolist():
                of[member] = low
    return visits.head[of], visits.head


def _group_of(decided: Indices) -> Indices:
    """Return a number for each visit (n,), the same for those that were decided to be one person's."""
    return np.where(decided < 0, decided.max(initial=-1) + 1 + np.arange(len(decided)), decided)


def _may_be_one(visits: _Visits, one: Sequence[int], other: Sequence[int]) -> bool:
    """Tell whether two groups of visits are nowhere at the same time, and were not told apart before."""
    numbers = {int(visits.decided[number]) for number in (*one, *other)} - {-1}
    spans = sorted((int(visits.begin_us[at]), int(visits.end_us[at])) for at in (*one, *other))
    return len(numbers) < 2 and all(end < begin for (_, end), (begin, _) in pairwise(spans))
