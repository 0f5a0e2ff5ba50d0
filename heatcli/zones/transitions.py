"""Transitions: in which order people visit zones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heatcli.zones.stays import Stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How people went from one zone to the next one that they visited.

    Attributes:
        origin: index of the zone that people left.
        target: index of the next zone, another one.
        count: number of times that anybody made this transition.
        persons: number of people who made this transition, each counted once.
        median_between_s: median time from the end of the stay in the first zone to the start of the stay in
            the next, in seconds; taken as 0 where the zones overlap and the next stay began before the first
            had ended.
    """

    origin: int
    target: int
    count: int
    persons: int
    median_between_s: float


@dataclass(frozen=True, slots=True)
class Passage:
    """How many people a zone had, and how many began or ended there.

    Attributes:
        visitors: number of people who were in the zone.
        entries: number of people for whom it was the first zone of all.
        exits: number of people for whom it was the last zone of all.
        stayed: number of people who were in this zone and in no other.
    """

    visitors: int
    entries: int
    exits: int
    stayed: int


@dataclass(frozen=True, slots=True)
class Transitions:
    """The paths of people through zones.

    Attributes:
        passages: passage of each zone, in the order of the zones.
        transitions: transitions that anybody made, the most frequent first, then by zones.
    """

    passages: tuple[Passage, ...]
    transitions: tuple[Transition, ...]


def transitions_of(stays: Sequence[Stays]) -> Transitions:
    """Follow each person from stay to stay.

    A person's stays follow each other in the order in which they begin. Of stays that begin together, the one
    that ends first comes first, then the one in the zone that is named first. A person who leaves a zone and
    comes back to it, without a stay in another one, has made no transition.

    Args:
        stays: stays in each zone, over the same selection: `heatcli.zones.statistics.ZoneStatistics.stays`.
    """
    if not stays:
        return Transitions((), ())
    zones = len(stays)
    zone = np.repeat(np.arange(zones), [len(one) for one in stays])
    person, begin, end = (
        np.concatenate([getattr(one, name) for one in stays]) for name in ("person", "begin_us", "end_us")
    )
    order = np.lexsort((zone, end, begin, person))
    person, zone, begin, end = person[order], zone[order], begin[order], end[order]

    goes_on = person[1:] == person[:-1]
    # Empty if nobody was anywhere: then nobody is a first or a last either.
    first = np.flatnonzero(np.append(True, ~goes_on)[: len(person)])
    last = np.flatnonzero(np.append(~goes_on, True)[: len(person)])
    entries, exits = (np.bincount(zone[at], minlength=zones) for at in (first, last))
    visit = np.unique(person * zones + zone)
    visitors = np.bincount(visit % zones, minlength=zones)
    _, place, visited = np.unique(visit // zones, return_index=True, return_counts=True)
    stayed = np.bincount(visit[place[visited == 1]] % zones, minlength=zones)

    moved = np.flatnonzero(goes_on & (zone[1:] != zone[:-1]))
    pair = zone[moved] * zones + zone[moved + 1]
    between_us = np.maximum(begin[moved + 1] - end[moved], 0)
    transitions = [
        Transition(
            origin=one // zones,
            target=one % zones,
            count=int(same.sum()),
            persons=len(np.unique(person[moved[same]])),
            median_between_s=float(np.median(between_us[same]) / 1e6),
        )
        for one in np.unique(pair).tolist()
        for same in [pair == one]
    ]
    transitions.sort(key=lambda one: -one.count)
    passages = np.stack([visitors, entries, exits, stayed], axis=1).tolist()
    return Transitions(tuple(Passage(*numbers) for numbers in passages), tuple(transitions))
