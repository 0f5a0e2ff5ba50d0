"""Charts of the figures of zones over the buckets of a period."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from heatcli.charts.figure import COLORS, OFF
from heatcli.zones.buckets import Bucket, counterparts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Most ticks that do not run into each other; most values that are marked by points, beyond which only lines
# fit.
_MOST_TICKS, _MOST_MARKS = 8, 60

# Steps in minutes between the ticks of buckets that are shorter than a day, counted from midnight.
_TICK_MINUTES = (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)


class _Figures(Protocol):
    """The figures of a bucket."""

    @property
    def covered_s(self) -> float:
        """Covered time in seconds."""


class Charted(Protocol):
    """Something with figures for each bucket, such as the statistics of a zone."""

    @property
    def buckets(self) -> Sequence[_Figures]:
        """Figures of each bucket."""


def draw_over_buckets(
    axes: "Axes",
    field: str,
    buckets: Sequence[Bucket],
    zones: Sequence[Charted],
    before: Sequence[Charted],
    buckets_before: Sequence[Bucket],
) -> None:
    """Draw one figure of each zone or queue.

    Where nothing was recorded, lines have gaps and the ground is grey.

    Args:
        axes: axes to draw on.
        field: name of the figure: a field of their figures.
        buckets: buckets of the period.
        zones: statistics of the zones, which get a colour each.
        before: statistics of the same zones in the period before, drawn dashed; empty if there is none.
        buckets_before: buckets of the period before.
    """
    place = np.arange(len(buckets))
    highest = 0.0
    counterpart = counterparts(buckets, buckets_before)
    for found, color in zip(before, COLORS, strict=False):
        values = np.append(_values(found, field), np.nan)[counterpart]
        (line,) = axes.plot(place, values, "--", color=color, linewidth=1.3, alpha=0.75)
        line.set(marker="o", markersize=3, markevery=_alone(values).tolist(), clip_on=False)
        highest = max(highest, float(np.nanmax(values, initial=0.0)))
    for found, color in zip(zones, COLORS, strict=False):
        values = _values(found, field)
        marked = np.flatnonzero(np.isfinite(values)) if len(buckets) <= _MOST_MARKS else _alone(values)
        (line,) = axes.plot(place, values, color=color, linewidth=1.8)
        line.set(marker="o", markersize=4.5, markevery=marked.tolist(), clip_on=False)
        if len(zones) == 1:
            axes.fill_between(place, values, color=color, alpha=0.12, linewidth=0)
        highest = max(highest, float(np.nanmax(values, initial=0.0)))
    for at in not_recorded(zones):
        axes.axvspan(at - 0.5, at + 0.5, color=OFF, linewidth=0, zorder=0)
    if field.endswith("_s"):
        _time_ticks(axes, highest)
    axes.set_ylim(0, 1.06 * highest or 1.0)
    axes.set_xlim(-0.5, max(len(buckets), 1) - 0.5)
    ticks = _tick_places(buckets)
    axes.set_xticks(ticks, _tick_texts([buckets[at] for at in ticks]))


def not_recorded(zones: Sequence[Charted]) -> list[int]:
    """Return the indices of the buckets in which nothing was recorded."""
    return [at for one in zones[:1] for at, figures in enumerate(one.buckets) if not figures.covered_s]


def _values(found: Charted, field: str) -> NDArray[np.float64]:
    """(buckets,) values of one field; NaN where nothing was covered."""
    values = [getattr(figures, field) for figures in found.buckets]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _alone(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the indices of values between two unknown ones: a line through a single value has no length."""
    known = np.isfinite(values)
    return np.flatnonzero(known & ~np.append(False, known[:-1]) & ~np.append(known[1:], False))


def _time_ticks(axes: "Axes", highest_s: float) -> None:
    """Write the numbers of a vertical axis, which are in seconds, in the unit that suits them."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

    length_s, unit = next(
        (s, u) for s, u in ((3600, "h"), (60, "min"), (1, "s")) if highest_s >= 2 * s or s == 1
    )
    step = MaxNLocator(5).tick_values(0, (highest_s or 1.0) / length_s)[1]
    axes.yaxis.set_major_locator(MultipleLocator(length_s * float(step)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / length_s:g} {unit}"))


def _tick_places(buckets: Sequence[Bucket]) -> list[int]:
    """Choose the buckets that have a tick; where they are shorter than a day, round times of the day."""
    places = list(range(len(buckets)))
    if len(places) > _MOST_TICKS and buckets[0].begin is not None and " " in buckets[0].label:
        minutes = [60 * one.begin.hour + one.begin.minute for one in buckets if one.begin is not None]
        for span in _TICK_MINUTES:
            places = [at for at, minute in enumerate(minutes) if minute % span == 0]
            if len(places) <= _MOST_TICKS:
                break
    return places[:: max(1, -(-len(places) // _MOST_TICKS))]


def _tick_texts(buckets: Sequence[Bucket]) -> list[str]:
    """Write the time at which each bucket begins; below it, where that changes, its date, month or year."""
    texts, last = [], ""
    for bucket in buckets:
        text, within = _tick_text(bucket)
        texts.append(f"{text}\n{'' if within == last else within}")
        last = within
    return texts


def _tick_text(bucket: Bucket) -> tuple[str, str]:
    """Write the time at which a bucket begins, and its date, month or year."""
    label, begin = bucket.label, bucket.begin
    if begin is None:
        return (label if ":" in label else label[:3]), ""
    date, several, clock = label.partition(" ")
    if several:
        return clock, date
    if len(label) == len("2026-03-14"):
        return f"{begin:%a} {begin.day}", f"{begin:%B %Y}"
    year, _, part = label.partition("-")
    return (part if part.startswith("W") else f"{begin:%b}"), year
