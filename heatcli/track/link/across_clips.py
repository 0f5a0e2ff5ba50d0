"""Linking across clips: joins trajectories of one person where a camera's recording is cut into files.

Linking is a pure function of the rows of `clips` and `trajectories`, computed whenever they are read. So it
does not matter in which order, where and how often clips were analysed.

The end of one trajectory is joined to the beginning of another in a later clip, one to one. The cost is the
negative log-likelihood ratio in nats of "the same person" against "one left, another came". It weighs how far
the beginning is from where the end leads, in heights of the person, against anywhere in the frame; how well
velocity and size agree; how long nobody was seen; and what both look like. The cost must be below 0, and
motion must not disagree more than in one of a thousand right pairs: rather no join than a wrong one.

People walk or stand still. A walker is expected, within seconds, where the velocities before and after the
cut lead. A person who stands still may be hidden for minutes, and is expected at the same place.
`hidden_time` says how likely it is not to be seen for so long, as within a clip.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.config.settings import TrackSettings
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.appearance.descriptor_bytes import from_bytes
from heatcli.track.link.groups import Groups, joined, same_name
from heatcli.track.link.hidden_time import STAY_HIDDEN_S, WALK_HIDDEN_S, log_survival
from heatcli.track.link.one_to_one import one_to_one
from heatcli.track.link.shared_time import SharedTime
from heatcli.track.motion_model import SIZE_SPEED, transition

NEAR_S = 5.0
"""Longest time in seconds from the cut to the end or beginning of a walk, and longest overlap of clips.
Velocities last for some four seconds (`heatcli.track.motion_model.STEADY_S`): after that somebody may be
anywhere."""
UNSEEN_SHARE = 0.1
"""Share of the time in which people in view are not detected: behind others, or by mistake."""
FLOOR_SHARE = 0.3
"""Share of the frame in which feet are seen: people appear where there is floor, not on walls or shelves."""
STILL_SPEED = 0.1
"""Speed below which a person stands still, in heights per second: 0.17 m/s, since nobody walks so slowly."""
SWAY = 0.15
"""Standard deviation of the foot point of a person who stands still, in heights: a foot's length."""
LONGEST_HIDDEN_S = 300.0
"""Longest time in seconds after which somebody is still taken for the person who stood there before."""
CLOCK_S = 0.4
"""Standard deviation of the time between two clips whose starts are known in whole seconds, as from file
names: that of the difference of two numbers uniform within a second, 1 / sqrt(6)."""
VISIT_S = 10.0
"""Least time in seconds that people are in view: walking across 14 m takes that long. Within t seconds a
person has left with probability t / 10, and another one has come with the same probability."""
SOONEST_S = 0.5
"""Least error in seconds of the moment when somebody came or left: detectors miss a few frames."""
FOOT_ERROR = 0.1
"""Standard deviation of a foot point, in heights: feet swing, and one of them may be hidden."""
VELOCITY_ERROR = 0.15
"""Standard deviation of a velocity fitted to foot points over `END_S`, in heights per second."""
END_S = 1.0
"""Time in seconds over which velocities are fitted: they hold for half a second from the end."""
HEIGHT_ERROR = 0.15
"""Standard deviation of the logarithm of a height: people who bend, or whose feet are hidden, are shorter."""
WALK_GATE = 20.515
"""99.9 % quantile of chi-squared with 5 degrees of freedom: place, velocity and size."""
STILL_GATE = 16.266
"""99.9 % quantile of chi-squared with 3 degrees of freedom: place and size."""

_SPEED = TrackSettings().speed_lengths_per_s

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """The first or the last end of each of n trajectories.

    Attributes:
        time: (n,) time of the first or last row, UTC s.
        unseen: (n,) recorded time in s from the clip's beginning to the first row, or from the last to its
            end.
        place: (n, 2) foot point in pixels.
        velocity: (n, 2) velocity of the foot point in pixels per second; NaN where unknown.
        height: (n,) height of the person in pixels; NaN where unknown.
    """

    time: Floats
    unseen: Floats
    place: Floats
    velocity: Floats
    height: Floats

    @classmethod
    def of(cls, known: pl.DataFrame, which: str) -> Self:
        """Return the `first` or the `last` ends of the trajectories `known`."""
        time, begins, ends, step = (
            known[name].to_numpy() / 1e6 for name in (f"{which}_us", "from_us", "to_us", "step_us")
        )
        height = known[f"{which}_height_px"].to_numpy()
        return cls(
            time,
            np.maximum(time - begins if which == "first" else ends - step - time, 0.0),
            known.select(f"{which}_x", f"{which}_y").to_numpy(),
            known.select(f"{which}_vx", f"{which}_vy").to_numpy(),
            # A box that was followed out of the frame has no height.
            np.where(height > 0, height, np.nan),
        )

    def __getitem__(self, rows: Indices) -> Self:
        return type(self)(
            self.time[rows], self.unseen[rows], self.place[rows], self.velocity[rows], self.height[rows]
        )

    def is_still(self) -> NDArray[np.bool_]:
        """Return whether each person is known to stand still, (n,)."""
        x, y = self.velocity.T
        still: NDArray[np.bool_] = x**2 + y**2 < (STILL_SPEED * self.height) ** 2
        return still


def heads(known: pl.DataFrame, shared: SharedTime | None = None) -> Indices:
    """Find the trajectory with which each visit begins: whoever comes back begins another one.

    Trajectories whose `person` is known are joined with those of the same person only. What was decided
    before their descriptors were removed stays: of those that have a `known_visit`, the same is one visit.

    Args:
        known: all trajectories of one camera, sorted by clip and track, with the columns of `trajectories`;
            `first_us` and `last_us` (UTC µs); `clip`, the number of the clip in the order of start and id;
            and, of the clip, the recorded time `from_us` to `to_us` (UTC µs), the time from frame to frame
            `step_us` (µs), and the frame's `width` and `height` (pixels).
        shared: who is who where clips overlap; None where none do.

    Returns:
        (n,) index of the first trajectory of the same visit.
    """
    last, first = _Ends.of(known, "last"), _Ends.of(known, "first")
    end, begin = _candidates(known, last, first)
    groups = Groups(known["clip"].to_numpy(), np.zeros((0, 2), np.intp) if shared is None else shared.same)
    if shared is not None:
        possible = _possible(known["clip"].to_numpy()[np.column_stack([end, begin])], shared)
        possible &= groups.latest(last.time)[end] & groups.latest(-first.time)[begin]
        alone = groups.alone()
        for pair in np.flatnonzero(possible & ~(alone[end] & alone[begin])).tolist():
            possible[pair] = groups.may_join(int(end[pair]), int(begin[pair]))
        end, begin = end[possible], begin[possible]
    area = known["width"].to_numpy()[begin] * known["height"].to_numpy()[begin].astype(np.float64)
    cost = _cost_of_motion(last[end], first[begin], area)
    fits = cost < np.inf
    end, begin, cost = end[fits], begin[fits], cost[fits]
    cost += _cost_of_appearance(known, end, begin)
    likely = np.flatnonzero(cost < 0)
    chosen = likely[one_to_one(end[likely], begin[likely], cost[likely])]
    same = [same_name(known[name]) for name in ("person", "known_visit")]
    one, other = zip((groups.head, np.arange(len(known))), (end[chosen], begin[chosen]), *same, strict=True)
    return joined(len(known), np.concatenate(one), np.concatenate(other))


def _possible(clips: Indices, shared: SharedTime) -> NDArray[np.bool_]:
    """Return which pairs of clips (p, 2) may have people in common, (p,).

    Clips that overlap by more than a walk lasts, with different people at the same time, are of two times.
    """
    differ = shared.clips[shared.differs & (shared.shared_us > NEAR_S * 1e6)]
    many = 1 + int(max(clips.max(initial=0), differ.max(initial=0)))
    return ~np.isin(clips @ [many, 1], differ @ [many, 1])


def _candidates(known: pl.DataFrame, last: _Ends, first: _Ends) -> tuple[Indices, Indices]:
    """Find the pairs of an end and a beginning that may be joined by time, class and size of the frame.

    Returns:
        (p,) index of the trajectory that ends, and (p,) index of the one that begins, sorted.
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
    decided = known["known_visit"].is_not_null().to_numpy()
    fits &= ~(decided[end] & decided[begin])
    return end[fits], begin[fits]


def _within(last: Floats, ends: Indices, first: Floats, begins: Indices, longest_s: float) -> Indices:
    """Pair each of `begins` with the `ends` that are at most `longest_s` before or `NEAR_S` after it.

    Returns:
        (p,) index of the end times the number of trajectories, plus the index of the beginning.
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
    """Return the cost of joins by place, velocity, size and time.

    Args:
        last: last ends of p trajectories.
        first: first ends of the p trajectories that may continue them.
        area: (p,) area of the frame in square pixels.

    Returns:
        (p,) costs in nats; infinite where the two cannot be one person.
    """
    height = np.sqrt(last.height * first.height)
    gap = first.time - last.time
    apart_s, unseen = np.abs(gap), last.unseen + first.unseen
    moved = (first.place - last.place) / height[:, None]
    size = np.log(first.height / last.height) ** 2 / (2 * HEIGHT_ERROR**2 + (SIZE_SPEED * apart_s) ** 2)
    # One person: was not seen meanwhile. Two people: one left and another one came, anywhere on the floor.
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
    """Compare pairs of ends with a walk from the one to the other.

    Velocity is an Ornstein-Uhlenbeck process as in `heatcli.track.motion_model`. Both ends are extrapolated
    to the middle of the gap. An error of the clock moves the place along the course.

    Args:
        last: last ends of p trajectories, where the walk would begin.
        first: first ends of p trajectories, where the walk would end.
        height: (p,) height of the person in pixels.
        gap: (p,) time from the last to the first end in s; below 0 where clips overlap.
        moved: (p, 2) displacement from the last to the first end, in heights.

    Returns:
        (p,) squared Mahalanobis distance of place and velocity, chi-squared with 4 degrees of freedom for
        right pairs; and (p,) log determinant of 2 pi times the covariance of the place, in heights.
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
    """Return the cost of joins by appearance: (p,) nats, 0 where appearance is unknown.

    How much these people differ is learned from themselves: the two halves of a trajectory are one person,
    two trajectories that were in view together are two.
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
