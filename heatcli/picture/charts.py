"""Charts of zones: when it is busy, and how long people stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from heatcli.atomic import output_file
from heatcli.picture.ticks import duration_text
from heatcli.zones.buckets import Bucket
from heatcli.zones.statistics import ZoneStatistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

# Okabe and Ito's colours, which the colour-blind can tell apart, without yellow, which is pale on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#333333")
_STYLES = ("-", "--", ":")
INK, QUIET, _GRID, _OFF = "#222222", "#666666", "#E3E3E3", "#EFEFEF"

_INCHES = (12.0, 7.6)
_DPI = 110

# More ticks than that run into each other; more points than that are a line.
_MOST_TICKS, _MOST_MARKS = 8, 60

# Where ticks of buckets that are parts of a day may stand: every so many minutes since midnight.
_TICK_MINUTES = (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)

_STAY_TICKS_S = (0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10800, 43200, 86400)


@dataclass(frozen=True, slots=True)
class ZoneCharts:
    """What is charted of one camera.

    Attributes:
        title: what the charts are of.
        subtitle: what else to say, such as how much was covered.
        buckets: of the period.
        zones: with the figures of each bucket.
    """

    title: str
    subtitle: str
    buckets: tuple[Bucket, ...]
    zones: tuple[ZoneStatistics, ...]


def write_zone_charts(path: Path, cameras: Sequence[ZoneCharts]) -> None:
    """Draw four charts for each camera, one camera below the other, all zones of a camera together.

    Average activity, average occupancy and longest occupancy go over the buckets; where nothing was recorded
    the lines are open and the ground is grey. The fourth shows how long people stay: for each duration, the
    share of the stays that were longer; half of them are at the dot.

    Args:
        path: of a picture, replaced if it exists.
        cameras: at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    width, height = _INCHES
    figure = Figure(figsize=(width, height * len(cameras)), dpi=_DPI, facecolor="white")
    for part, camera in zip(figure.subfigures(len(cameras), 1, squeeze=False)[:, 0], cameras, strict=True):
        _draw_camera(part, camera)
    with output_file(path) as beside:
        figure.savefig(beside)


def _draw_camera(figure: "SubFigure", camera: ZoneCharts) -> None:
    """Draw the four charts of a camera."""
    figure.text(0.06, 0.955, camera.title, size=17, weight="bold", color=INK, va="center")
    figure.text(0.06, 0.915, camera.subtitle, size=10.5, color=QUIET, va="center")
    (activity, occupancy), (longest, stays) = figure.subplots(
        2,
        2,
        gridspec_kw={
            "left": 0.06,
            "right": 0.975,
            "top": 0.83,
            "bottom": 0.085,
            "hspace": 0.42,
            "wspace": 0.16,
        },
    )
    styles = list(
        islice(((color, style) for style, color in cycle(product(_STYLES, COLORS))), len(camera.zones))
    )
    for axes, field, title, unit in (
        (activity, "activity_pct", "Average activity", "% of the zone's busiest time"),
        (occupancy, "occupancy_pct", "Average occupancy", "% of the time with somebody there"),
        (longest, "longest_occupancy_s", "Longest occupancy", "longest time with somebody there"),
    ):
        _frame(axes, title, unit)
        _draw_over_buckets(axes, camera, field, styles)
    _frame(stays, "Time spent", "% of the stays that were longer; the dot: half of them")
    _draw_stays(stays, camera.zones, styles)
    handles, names = activity.get_legend_handles_labels()
    if handles:
        figure.legend(
            handles,
            names,
            loc="center right",
            bbox_to_anchor=(0.98, 0.945),
            ncols=min(len(names), 6),
            frameon=False,
        )


def _frame(axes: "Axes", title: str, unit: str) -> None:
    """Set up an empty chart: quiet grid, no box."""
    axes.set_title(title, loc="left", size=12.5, weight="bold", color=INK, pad=20)
    axes.text(0, 1.035, unit, transform=axes.transAxes, size=9.5, color=QUIET)
    axes.grid(visible=True, axis="y", color=_GRID, linewidth=0.9)
    axes.set_axisbelow(True)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color("#999999")
    axes.tick_params(length=0, labelsize=9.5, labelcolor=QUIET, pad=5)


def _draw_over_buckets(
    axes: "Axes", camera: ZoneCharts, field: str, styles: Sequence[tuple[str, str]]
) -> None:
    """Draw one field of each zone over the buckets."""
    buckets = camera.buckets
    place = np.arange(len(buckets))
    highest = 0.0
    for found, (color, style) in zip(camera.zones, styles, strict=True):
        values = _values(found, field)
        known = np.isfinite(values)
        # A moment between two that are not known would be a line without length.
        alone = known & ~np.append(False, known[:-1]) & ~np.append(known[1:], False)
        marked = known if len(buckets) <= _MOST_MARKS else alone
        (line,) = axes.plot(place, values, style, color=color, linewidth=1.8, label=found.zone.name)
        line.set(marker="o", markersize=4.5, markevery=np.flatnonzero(marked).tolist(), clip_on=False)
        if len(camera.zones) == 1:
            axes.fill_between(place, values, color=color, alpha=0.12, linewidth=0)
        highest = max(highest, float(values[known].max(initial=0.0)))
    if camera.zones:
        off = ~np.isfinite(_values(camera.zones[0], field))
        for number, at in enumerate(np.flatnonzero(off).tolist()):
            label = None if number else "not recorded"
            axes.axvspan(at - 0.5, at + 0.5, color=_OFF, linewidth=0, zorder=0, label=label)
    if field.endswith("_s"):
        _time_ticks(axes, highest)
    axes.set_ylim(0, 1.06 * highest or 1.0)
    axes.set_xlim(-0.5, max(len(buckets), 1) - 0.5)
    ticks = _tick_places(buckets)
    axes.set_xticks(ticks, _tick_texts([buckets[at].label for at in ticks]))


def _values(found: ZoneStatistics, field: str) -> NDArray[np.float64]:
    """(buckets,) one field; NaN where nothing was covered."""
    values = [getattr(figures, field) for figures in found.buckets]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _time_ticks(axes: "Axes", highest_s: float) -> None:
    """Put the numbers of a vertical axis in seconds into the unit that suits them."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

    length_s, unit = next(
        (s, u) for s, u in ((3600, "h"), (60, "min"), (1, "s")) if highest_s >= 2 * s or s == 1
    )
    step = MaxNLocator(5).tick_values(0, (highest_s or 1.0) / length_s)[1]
    axes.yaxis.set_major_locator(MultipleLocator(length_s * float(step)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / length_s:g} {unit}"))


def _tick_places(buckets: Sequence[Bucket]) -> list[int]:
    """Choose the buckets that are named below a chart: round times of the day where they are shorter."""
    places = list(range(len(buckets)))
    if len(places) > _MOST_TICKS and buckets[0].begin is not None and " " in buckets[0].label:
        minutes = [60 * one.begin.hour + one.begin.minute for one in buckets if one.begin is not None]
        for span in _TICK_MINUTES:
            places = [at for at, minute in enumerate(minutes) if minute % span == 0]
            if len(places) <= _MOST_TICKS:
                break
    return places[:: max(1, -(-len(places) // _MOST_TICKS))]


def _tick_texts(labels: Sequence[str]) -> list[str]:
    """Write times of the day with their date below, but only where it changes."""
    texts, last = [], ""
    for label in labels:
        date, several, clock = label.partition(" ")
        texts.append(f"{clock}\n{date}" if several and date != last else clock or date)
        last = date
    return texts


def _draw_stays(axes: "Axes", zones: Sequence[ZoneStatistics], styles: Sequence[tuple[str, str]]) -> None:
    """Draw how many stays were longer than each duration."""
    axes.set_ylim(0, 106)
    lengths = [np.sort(found.stays.lengths_s) for found in zones]
    every = np.concatenate([np.zeros(0), *lengths])
    if not len(every):
        watched = any(found.total.covered_s for found in zones)
        why = "nobody came" if watched else "nothing recorded"
        axes.text(0.5, 0.5, why, transform=axes.transAxes, ha="center", size=11, color=QUIET)
        axes.set_xticks([])
        return
    low, high = every.min() / 1.3, every.max() * 1.3
    axes.set_xscale("log")
    axes.minorticks_off()
    ticks = [at for at in _STAY_TICKS_S if low <= at <= high]
    axes.set_xticks(ticks, [f"{at:g} s" if at < 1 else duration_text(at) for at in ticks])
    axes.set_xlim(low, high)
    for stays, (color, style) in zip(lengths, styles, strict=True):
        if len(stays):
            share = 100 * (1 - np.arange(len(stays) + 1) / len(stays))
            axes.step(np.append(low, stays), share, style, where="post", color=color, linewidth=1.8)
            axes.plot([float(np.median(stays))], [50], "o", color=color, markersize=6, clip_on=False)
