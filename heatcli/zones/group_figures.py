"""How many groups come, and how large they are: the figures of a zone over a period and its buckets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.zones.groups import Groups
from heatcli.zones.zone_tally import count_distinct


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """The groups of one zone over a period or bucket.

    A group has the size of those of its people who were seen in the zone in that time. Without covered time,
    all but `covered_s` are None. So are all but `unique_visits` if fewer than half of the people seen could
    be followed, as nothing tells who belongs to whom.

    Attributes:
        covered_s: covered time T of the period or bucket, in seconds.
        unique_visits: distinct persons seen in the zone.
        group_visits: distinct groups seen in the zone; whoever is alone is one.
        alone: groups of one.
        groups_of_2: groups of two.
        groups_of_3: groups of three.
        groups_of_4: groups of four.
        groups_of_5_or_more: groups of five or more.
        mean_group_size: unique_visits / group_visits; None if nobody was in the zone.
        in_company_pct: 100 * people who were in a group of two or more / unique_visits; None if nobody was in
            the zone.
    """

    covered_s: float
    unique_visits: int | None = None
    group_visits: int | None = None
    alone: int | None = None
    groups_of_2: int | None = None
    groups_of_3: int | None = None
    groups_of_4: int | None = None
    groups_of_5_or_more: int | None = None
    mean_group_size: float | None = None
    in_company_pct: float | None = None


def group_figures(
    groups: Groups,
    seen: tuple[NDArray[np.int64], NDArray[np.int64]],
    bucket: NDArray[np.int64],
    covered_us: NDArray[np.int64],
) -> list[GroupFigures]:
    """Compute the figures of each bucket.

    Args:
        groups: groups of the camera.
        seen: (n,) persons and (n,) pieces of time in which they were seen in the zone, as in
            `ZoneStatistics`.
        bucket: (k,) bucket that each piece belongs to.
        covered_us: (buckets,) covered time of each bucket in µs.
    """
    buckets = len(covered_us)
    if not buckets:
        return []
    pairs = np.unique(np.column_stack([bucket[seen[1]], seen[0]]), axis=0)
    at, person = pairs[:, 0], pairs[:, 1]
    label = groups.group[person]
    persons = np.bincount(at, minlength=buckets)
    followed = np.bincount(at[groups.followed[person]], minlength=buckets)
    visits = count_distinct(label, at, buckets)
    kinds, sizes = np.unique(np.column_stack([at, label]), axis=0, return_counts=True)
    of_size = np.array(
        [np.bincount(kinds[np.minimum(sizes, 5) == size, 0], minlength=buckets) for size in range(1, 6)]
    )
    figures = []
    for i in range(buckets):
        count = int(persons[i])
        if not covered_us[i]:
            figures.append(GroupFigures(covered_s=0.0))
            continue
        covered_s = float(covered_us[i] / 1e6)
        if 2 * followed[i] < count:
            figures.append(GroupFigures(covered_s=covered_s, unique_visits=count))
            continue
        alone, twos, threes, fours, more = of_size[:, i].tolist()
        figures.append(
            GroupFigures(
                covered_s=covered_s,
                unique_visits=count,
                group_visits=int(visits[i]),
                alone=alone,
                groups_of_2=twos,
                groups_of_3=threes,
                groups_of_4=fours,
                groups_of_5_or_more=more,
                mean_group_size=count / int(visits[i]) if count else None,
                in_company_pct=100 * (count - alone) / count if count else None,
            )
        )
    return figures
