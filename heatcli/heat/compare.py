"""Where two periods differ by more than chance: a cluster-based permutation test.

Each period is made of blocks, such as hours or days. Each block has a grid, and a time for which it was
watched. If the periods did not differ, it would not matter which block is in which period. So the blocks are
dealt out to the two periods again and again, and the differences between these deals are those of chance.

A cluster is a group of neighbouring cells that differ in the same direction. Its mass is the sum of |t| over
its cells, and the statistic of a whole map is the largest mass of a cluster. A cluster counts if at most one
deal in twenty has a cluster as large, so that the whole map is wrong in at most 5 % of cases (Maris and
Oostenveld, Journal of Neuroscience Methods 164, 2007).
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Share of cases in which the whole map may be wrong.
ALPHA = 0.05
# Number of random deals, where there are too many deals to try all. The 5 % are then known to within 0.7 %,
# sqrt(.05 * .95 / 1000).
_DEALS = 1000
# Two-sided p-value below which a cell may be part of a cluster. It decides between small strong and large
# weak clusters, never about how often the map is wrong.
_CELL_P = 0.05
# Deals that are computed at once: some tens of megabytes.
_AT_ONCE = 25


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The blocks of a period.

    Attributes:
        total: (blocks, rows, columns) float64 sum of the compared metric over each block, such as seconds.
        watched: (blocks,) float64 time for which each block was watched, in the unit of the rates; above 0.
    """

    total: NDArray[np.float64]
    watched: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.total.ndim != 3 or self.watched.shape != self.total.shape[:1]:
            raise ValueError(
                f"a period needs (blocks, rows, columns) and (blocks,), got {self.total.shape} and "
                f"{self.watched.shape}"
            )
        if not (self.watched > 0).all():
            raise ValueError("each block must have been watched for some time")

    @property
    def rate(self) -> NDArray[np.float64]:
        """(rows, columns) rate: sum of the metric / time watched; NaN if the period has no blocks."""
        if not len(self.watched):
            return np.full(self.total.shape[1:], np.nan)
        mean: NDArray[np.float64] = self.total.sum(axis=0) / self.watched.sum()
        return mean


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How a period b differs from a period a.

    Attributes:
        difference: (rows, columns) float64 rate in b minus rate in a; NaN if a period has no blocks.
        cluster: (rows, columns) int32 number of the cluster that each cell is in: 1, 2, ... for the clusters
            that differ by more than chance, those with the largest mass first; 0 elsewhere.
        p: p-value of each of these clusters, the share of deals with a cluster as large; at most `ALPHA`.
        smallest_p: smallest p-value that this number of blocks can give. If it is above `ALPHA`, the blocks
            are too few to tell, and there are no clusters.
    """

    difference: NDArray[np.float64]
    cluster: NDArray[np.int32]
    p: tuple[float, ...]
    smallest_p: float

    @property
    def can_tell(self) -> bool:
        """Whether there are enough blocks for anything to differ by more than chance."""
        return self.smallest_p <= ALPHA


def compare(a: Sample, b: Sample, *, seed: int = 0) -> Comparison:
    """Find where two periods differ by more than chance.

    Args:
        a: blocks of one period, with grids of the same shape as those of `b`.
        b: blocks of the other period.
        seed: seed of the random deals, which are used where there are too many deals to try all.
    """
    shape = a.total.shape[1:]
    difference = b.rate - a.rate
    count, of_b = len(a.watched) + len(b.watched), len(b.watched)
    ways = math.comb(count, of_b)
    # Where both periods have equally many blocks, each deal has a mirror image with the same clusters.
    mirrored = 2 if 2 * of_b == count else 1
    smallest_p = min(1.0, mirrored / ways) if ways <= _DEALS else 1 / (_DEALS + 1)
    nothing = np.zeros(shape, np.int32)
    if smallest_p > ALPHA:
        return Comparison(difference, nothing, (), smallest_p)
    blocks = _Blocks(np.concatenate([a.total, b.total]), np.concatenate([a.watched, b.watched]), of_b)
    least = _quantile(count - 2, _CELL_P)
    is_b = np.arange(count) >= len(a.watched)
    label, mass = _clusters(blocks.t(is_b[None])[0].reshape(shape), least)
    largest = np.array(
        [
            max(_clusters(t.reshape(shape), least)[1], default=0.0)
            for deals in _deals(count, of_b, ways, seed)
            for t in blocks.t(deals)
        ]
    )
    every = ways <= _DEALS
    # Where deals are random, the observed one counts as one more.
    p = [(np.sum(largest >= one * (1 - 1e-9)) + (not every)) / (len(largest) + (not every)) for one in mass]
    kept = [number for number in np.argsort(-np.array(mass), kind="stable").tolist() if p[number] <= ALPHA]
    cluster = nothing.copy()
    for place, number in enumerate(kept, start=1):
        cluster[label == number + 1] = place
    return Comparison(difference, cluster, tuple(float(p[number]) for number in kept), smallest_p)


@dataclass(frozen=True, slots=True)
class Change:
    """How the rate of a region changed, summed up over its cells.

    Attributes:
        a: rate of the region in the one period.
        b: rate of the region in the other period.
        low: lower end of the 95 % confidence interval of b - a; NaN where a period has a single block.
        high: upper end of the 95 % confidence interval of b - a; NaN where a period has a single block.
    """

    a: float
    b: float
    low: float
    high: float


def change(a: Sample, b: Sample, cells: NDArray[np.bool_]) -> Change:
    """Sum up the rate of a region in both periods, with a confidence interval of its change.

    The interval is Welch's, for rates that are ratios of sums over the n blocks of a period,
    r = Σ total / Σ watched with variance n / (n - 1) * Σ (total - r * watched)² / (Σ watched)². It does not
    allow for how the region was chosen: a region that is shown because it differs tends to differ less than
    it seems.

    Args:
        a: blocks of one period.
        b: blocks of the other period.
        cells: (rows, columns) bool, true for cells of the region.
    """
    rates, variances, counts = [], [], []
    for period in (a, b):
        total, watched, n = period.total[:, cells].sum(axis=1), period.watched, len(period.watched)
        rate = total.sum() / watched.sum()
        beyond = ((total - rate * watched) ** 2).sum()
        rates.append(float(rate))
        counts.append(n - 1)
        variances.append(beyond * n / (n - 1) / watched.sum() ** 2 if n > 1 else math.nan)
    variance = sum(variances)
    parts = sum(one**2 / n for one, n in zip(variances, counts, strict=True) if n)
    half = 0.0
    if variance > 0:
        half = _quantile(variance**2 / parts, ALPHA) * math.sqrt(variance)
    elif math.isnan(variance):
        half = math.nan
    rate_a, rate_b = rates
    return Change(rate_a, rate_b, rate_b - rate_a - half, rate_b - rate_a + half)


class _Blocks:
    """The blocks of both periods, summed up for any deal of the blocks to the periods."""

    def __init__(self, total: NDArray[np.float64], watched: NDArray[np.float64], of_b: int) -> None:
        flat = total.reshape(len(total), -1)
        self._watched = watched
        self._sums = np.stack([flat, flat**2, flat * watched[:, None]])
        self._all = self._sums.sum(axis=1)
        # A cell in which hardly anything ever happens has hardly any spread, so its t would be large by
        # chance. The median of the cells' standard errors is therefore added to each (as in Tusher et al.,
        # PNAS 98, 2001); it is the same in every deal.
        share = flat.sum(axis=0) / watched.sum()
        variance = (
            ((flat - share * watched[:, None]) ** 2).sum(axis=0) / (len(watched) - 1) / watched.mean() ** 2
        )
        error = np.sqrt(variance * (1 / of_b + 1 / (len(watched) - of_b)))
        self._usual_error = float(np.median(error[error > 0])) if (error > 0).any() else 1.0

    def t(self, deals: NDArray[np.bool_]) -> NDArray[np.float64]:
        """(deals, cells) t: difference of the rates / its standard error; `deals` is true for blocks of b."""
        of_b = deals.astype(np.float64)
        sums_b = of_b @ self._sums
        rates, variance = [], np.zeros(sums_b.shape[1:])
        for own, (total, squares, products) in (
            (1 - of_b, self._all[:, None] - sums_b),
            (of_b, sums_b),
        ):
            watched, squared, n = own @ self._watched, own @ self._watched**2, own.sum(axis=1)
            rate = total / watched[:, None]
            # Variance of a ratio of sums: `beyond` is Σ (total - rate * watched)².
            beyond = squares - 2 * rate * products + rate**2 * squared[:, None]
            variance += np.maximum(beyond, 0.0) * (n / np.maximum(n - 1, 1) / watched**2)[:, None]
            rates.append(rate)
        result: NDArray[np.float64] = (rates[1] - rates[0]) / (np.sqrt(variance) + self._usual_error)
        return result


def _deals(count: int, of_b: int, ways: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """Yield deals, (some, blocks) bool for blocks of b: all deals where they are few, else random ones."""
    if ways <= _DEALS:
        chosen = np.array(list(itertools.combinations(range(count), of_b)))
    else:
        rng = np.random.default_rng(seed)
        chosen = rng.random((_DEALS, count)).argsort(axis=1)[:, :of_b]
    deals = np.zeros((len(chosen), count), np.bool_)
    np.put_along_axis(deals, chosen, True, axis=1)
    for begin in range(0, len(deals), _AT_ONCE):
        yield deals[begin : begin + _AT_ONCE]


def _clusters(t: NDArray[np.float64], least: float) -> tuple[NDArray[np.int32], list[float]]:
    """Find the clusters: cells with edges in common that differ in the same direction.

    Returns:
        (rows, columns) int32 number of the cluster that each cell is in, from 1, and 0 elsewhere; and the
        mass of each cluster.
    """
    from scipy.ndimage import label, sum_labels

    labels, masses = np.zeros(t.shape, np.int32), list[float]()
    for strength in (t, -t):
        found, count = label(strength > least)
        if count:
            labels += np.where(found > 0, found + len(masses), 0).astype(np.int32)
            masses += sum_labels(strength, found, np.arange(1, count + 1)).tolist()
    return labels, masses


def _quantile(freedom: float, p: float) -> float:
    """Return the t that is exceeded, in either direction, with probability p."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 1 - p / 2))
