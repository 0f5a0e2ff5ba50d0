"""Who goes on in the next file: trajectories of one camera that are one person, joined where clips are cut.

A pure function of the rows of `clips` and `trajectories`, computed whenever they are read: so it does not
matter in which order, where and how often clips were analysed.

Joined are the end of one trajectory and the beginning of another in a later clip, one to one. What it costs
is a negative log likelihood ratio in nats of "the same person" against "one left, another came": how far the
beginning is from where the end leads to, in heights of the person, against anywhere in the frame; how well
velocity and size agree; how long nobody was seen; what both look like. It has to be below 0, and nothing may
disagree more than in one of a thousand right pairs: rather no join than a wrong one.

People walk, or stand still. Who walks is expected where the velocities before and after the cut lead to,
within seconds. Who stands still may be hidden for minutes, and is expected at the same place. How likely it
is not to be seen for so long, `hidden_time` says, as within a clip.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.config.settings import TrackSettings
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.appearance.descriptor_bytes import from_bytes
from heatcli.track.link.hidden_time import STAY_HIDDEN_S, WALK_HIDDEN_S, log_survival
from heatcli.track.motion_model import SIZE_SPEED, transition

NEAR_S = 5.0
"""How far from the cut a walk may end and go on, and how far clips may overlap. Velocities last for some four
seconds (`heatcli.track.motion_model.STEADY_S`): after that somebody may be anywhere."""
UNSEEN_SHARE = 0.1
"""Share of the time in which people in view are not detected: behind others, or by mistake."""
FLOOR_SHARE = 0.3
"""Share of the frame in which feet are seen: people come where there is floor, not on walls or shelves."""
STILL_SPEED = 0.1
"""Heights per second, 0.17 m/s: nobody walks so slowly."""
SWAY = 0.15
"""Standard deviation of where somebody stands who does not leave the place, in heights: a foot's length."""
LONGEST_HIDDEN_S = 300.0
"""After so long, nobody is taken for who stood there before."""
CLOCK_S = 0.4
"""Standard deviation of the time between two clips whose starts are told in whole seconds, as by the names of
files: that of the difference of two numbers uniform within a second, 1 / sqrt(6)."""
VISIT_S = 10.0
"""People are in view for at least so long: it takes that to walk across 14 m. Within t seconds one of them is
gone with a chance of t / 10, and as likely another one has come."""
SOONEST_S = 0.5
"""Shorter than that, it is not known when somebody came or left: detectors miss a few frames."""
FOOT_ERROR = 0.1
"""Standard deviation of a foot point, in heights: feet swing, and are seen or not."""
VELOCITY_ERROR = 0.15
"""Standard deviation of a velocity fitted to a second of such foot points, in heights per second."""
END_S = 1.0
"""The second over which they are fitted: such a velocity is that of half a second from the end."""
HEIGHT_ERROR = 0.15
"""Standard deviation of the logarithm of a height: who bends, or whose feet are hidden, is shorter."""
WALK_GATE = 20.515
"""99.9 % quantile of chi-squared with 5 degrees of freedom: place, velocity and size."""
STILL_GATE = 16.266
"""The same with 3: place and size."""

_SPEED = TrackSettings().speed_lengths_per_s

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """One of the two ends of each of n trajectories.

    Attributes:
        time: (n,) UTC s of its last or first row.
        unseen: (n,) s that were watched between that row and the end, or the beginning, of its clip.
        place: (n, 2) foot point in pixels.
        velocity: (n, 2) pixels per second; NaN where not known.
        height: (n,) pixels; NaN where not known.
    """

    time: Floats
    unseen: Floats
    place: Floats
    velocity: Floats
    height: Floats

    @classmethod
    def of(cls, known: pl.DataFrame, which: str) -> Self:
        """Take the `first` or the `last` ends of trajectories."""
        time, begins, ends, step = (
            known[name].to_numpy() / 1e6 for name in (f"{which}_us", "from_us", "to_us", "step_us")
        )
        height = known[f"{which}_height_px"].to_numpy()
        return cls(
            time,
            np.maximum(time - begins if which == "first" else ends - step - time, 0.0),
            known.select(f"{which}_x", f"{which}_y").to_numpy(),
            known.select(f"{which}_vx", f"{which}_vy").to_numpy(),
            # A box that was followed out of the frame has none.
            np.where(height > 0, height, np.nan),
        )

    def __getitem__(self, rows: Indices) -> Self:
        return type(self)(
            self.time[rows], self.unseen[rows], self.place[rows], self.velocity[rows], self.height[rows]
        )

    def is_still(self) -> NDArray[np.bool_]:
        """(n,) whether it is known that nobody walks."""
        x, y = self.velocity.T
        still: NDArray[np.bool_] = x**2 + y**2 < (STILL_SPEED * self.height) ** 2
        return still


def heads(known: pl.DataFrame) -> Indices:
    """Find the trajectory with which each person begins.

    Trajectories whose `person` is known are joined with those of the same, and nothing else.

    Args:
        known: all trajectories of one camera: columns of `trajectories`; `first_us` and `last_us` (UTC µs);
            `clip`, the number of their clip in the order of start and id; and of the clips `from_us` and
            `to_us` (UTC µs, between which it was watched), `step_us` (from frame to frame), `width` and
            `height`. Sorted by clip and track.

    Returns:
        (n,) index of the first trajectory of the same person.
    """
    last, first = _Ends.of(known, "last"), _Ends.of(known, "first")
    end, begin = _candidates(known, last, first)
    area = known["width"].to_numpy()[begin] * known["height"].to_numpy()[begin].astype(np.float64)
    cost = _cost_of_motion(last[end], first[begin], area)
    fits = cost < np.inf
    end, begin, cost = end[fits], begin[fits], cost[fits]
    cost += _cost_of_appearance(known, end, begin)
    head = np.arange(len(known))
    ends, begins = _one_to_one(end[cost < 0], begin[cost < 0], cost[cost < 0])
    head[begins] = ends
    named = known.select("person", row=pl.int_range(pl.len())).filter(pl.col("person").is_not_null())
    head[named["row"]] = named.select(pl.col("row").min().over("person"))["row"]
    while (head[head] != head).any():
        head = head[head]
    return head


def _candidates(known: pl.DataFrame, last: _Ends, first: _Ends) -> tuple[Indices, Indices]:
    """Find the pairs of an end and a beginning that time allows.

    Returns:
        (p,) index of the trajectory that ends, and (p,) of the one that begins, sorted.
    """
    alone = known["person"].is_null().to_numpy()
    pairs = [
        _within(
            last.time,
            np.flatnonzero(alone & (last.unseen < longest_s) & (still | last.is_still())),
            first.time,
            np.flatnonzero(alone & (first.unseen < longest_s) & (still | first.is_still())),
            longest_s,
        )
        for longest_s, still in ((NEAR_S, True), (LONGEST_HIDDEN_S, False))
    ]
    end, begin = np.divmod(np.unique(np.concatenate(pairs)), max(len(known), 1))
    kind = known["object_class"].rank("dense").to_numpy()
    clip, width, height = (known[name].to_numpy() for name in ("clip", "width", "height"))
    fits = clip[end] < clip[begin]
    for same in (kind, width, height):
        fits &= same[end] == same[begin]
    return end[fits], begin[fits]


def _within(last: Floats, ends: Indices, first: Floats, begins: Indices, longest_s: float) -> Indices:
    """Pair each of `begins` with those of `ends` that are at most `longest_s` before, or `NEAR_S` behind it.

    Returns:
        (p,) the index of the end times the number of trajectories, plus that of the beginning.
    """
    ends = ends[np.argsort(last[ends], kind="stable")]
    time = last[ends]
    low = np.searchsorted(time, first[begins] - longest_s)
    count = np.searchsorted(time, first[begins] + NEAR_S, side="right") - low
    begin = np.repeat(begins, count)
    at = np.arange(len(begin)) - np.repeat(np.cumsum(count) - count - low, count)
    pair: Indices = ends[at] * len(first) + begin
    return pair


def _cost_of_motion(last: _Ends, first: _Ends, area: Floats) -> Floats:
    """Return what joins cost by place, velocity, size and time.

    Args:
        last: of p trajectories.
        first: of the p trajectories that may go on with them.
        area: (p,) of the frame, in pixels.

    Returns:
        (p,) nats; infinite where they cannot be one.
    """
    height = np.sqrt(last.height * first.height)
    gap = first.time - last.time
    apart_s, unseen = np.abs(gap), last.unseen + first.unseen
    moved = (first.place - last.place) / height[:, None]
    size = np.log(first.height / last.height) ** 2 / (2 * HEIGHT_ERROR**2 + (SIZE_SPEED * apart_s) ** 2)
    # Of the same person, not to be seen; of two, that one left and another one came, anywhere on the floor.
    chance = -np.log(UNSEEN_SHARE) * np.minimum(unseen / SOONEST_S, 1.0)
    chance += 2 * np.log(np.clip(apart_s + unseen, SOONEST_S, VISIT_S) / VISIT_S)
    chance -= np.log(FLOOR_SHARE * area / height**2)

    distance, spread = _walked(last, first, height, gap, moved)
    distance += size
    walk = distance / 2 + spread / 2 + chance - log_survival(unseen, WALK_HIDDEN_S)
    can_walk = (distance < WALK_GATE) & (np.maximum(apart_s, np.maximum(last.unseen, first.unseen)) < NEAR_S)

    distance = (moved**2).sum(axis=1) / (2 * SWAY**2) + size
    stay = distance / 2 + np.log(2 * np.pi * 2 * SWAY**2) + chance - log_survival(apart_s, STAY_HIDDEN_S)
    can_stay = (distance < STILL_GATE) & last.is_still() & first.is_still()
    cost: Floats = np.minimum(np.where(can_walk, walk, np.inf), np.where(can_stay, stay, np.inf))
    return cost


def _walked(last: _Ends, first: _Ends, height: Floats, gap: Floats, moved: Floats) -> tuple[Floats, Floats]:
    """Compare two ends with a walk from the one to the other.

    Velocity is an Ornstein-Uhlenbeck process as in `heatcli.track.motion_model`. From either end it leads to
    the middle of the gap. An error of the clock moves the place along the way.

    Args:
        last: (p,) where it would begin.
        first: (p,) where it would end.
        height: (p,) of the person, in pixels.
        gap: (p,) s between them; below 0 where clips overlap.
        moved: (p, 2) from the one to the other, in heights.

    Returns:
        (p,) squared Mahalanobis distance of place and velocity, chi-squared with 4 degrees of freedom for
        right pairs; and (p,) logarithm of the determinant of 2 pi times the covariance of the place, in
        heights.
    """
    before, after = (np.nan_to_num(end.velocity / height[:, None]) for end in (last, first))
    unknown = [np.isnan(end.velocity[:, 0]) for end in (last, first)]
    now = VELOCITY_ERROR**2 + transition(END_S / 2, _SPEED).velocity_noise
    error = [np.where(none, _SPEED**2, now) for none in unknown]
    half = np.abs(gap) / 2
    step = transition(half, _SPEED)
    place = 2 * FOOT_ERROR**2 + step.reach**2 * (error[0] + error[1]) + 2 * step.position_noise
    off = moved - (np.sign(gap) * step.reach)[:, None] * (before + after)
    course = (before + after) / 2 * CLOCK_S
    along = (course**2).sum(axis=1)
    distance = ((off**2).sum(axis=1) - (off * course).sum(axis=1) ** 2 / (place + along)) / place
    turn = transition(2 * half + END_S, _SPEED)
    turned = ((after - turn.keep[:, None] * before) ** 2).sum(axis=1)
    turned /= VELOCITY_ERROR**2 * (1 + turn.keep**2) + turn.velocity_noise
    distance += np.where(unknown[0] | unknown[1], 0.0, turned)
    return distance, np.log(2 * np.pi * place) + np.log(2 * np.pi * (place + along))


def _cost_of_appearance(known: pl.DataFrame, end: Indices, begin: Indices) -> Floats:
    """Return what joins cost by appearance: (p,) nats, 0 where nothing is known of it.

    What is usual among these people is learned from themselves: the two halves of a trajectory are one
    person, trajectories that were in view together are two.
    """
    rows, at = np.unique(np.concatenate([end, begin]), return_inverse=True)
    some = known[rows]
    half_embeddings = from_bytes(some["descriptor"].to_list())
    clip, first, last = (some[name].to_numpy() for name in ("clip", "first_us", "last_us"))
    both = (clip[1:] == clip[:-1]) & (first[1:] <= last[:-1]) & (first[:-1] <= last[1:])
    pair = np.flatnonzero(both)
    together = np.column_stack([pair, pair + 1])
    model = AppearanceModel.fit(half_embeddings, together, lasted_s=(last - first) / 1e6)
    latest = np.where(np.isnan(half_embeddings[:, 1]), half_embeddings[:, 0], half_embeddings[:, 1])
    return model.cost(latest[at[: len(end)]], half_embeddings[at[len(end) :], 0])


def _one_to_one(end: Indices, begin: Indices, cost: Floats) -> tuple[Indices, Indices]:
    """Choose pairs: each is the best of both its ends among what is left by the better ones.

    Returns:
        (k,) and (k,) indices of trajectories.
    """
    order = np.lexsort((begin, end, cost))
    end, begin = end[order], begin[order]
    chosen = []
    while len(end):
        best_of_end, best_of_begin = np.zeros((2, len(end)), np.bool_)
        best_of_end[np.unique(end, return_index=True)[1]] = True
        best_of_begin[np.unique(begin, return_index=True)[1]] = True
        best = best_of_end & best_of_begin
        chosen.append((end[best], begin[best]))
        left = ~np.isin(end, end[best]) & ~np.isin(begin, begin[best])
        end, begin = end[left], begin[left]
    nothing = np.zeros(0, np.intp)
    ends, begins = zip((nothing, nothing), *chosen, strict=True)
    return np.concatenate(ends), np.concatenate(begins)
