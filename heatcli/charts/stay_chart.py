"""A chart of how long people stay: the share of stays that last longer than each duration."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from heatcli.charts.figure import COLORS, QUIET, empty_chart
from heatcli.clock import duration_text
from heatcli.zones.statistics import ZoneStatistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS_S = (0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10800, 43200, 86400)


def draw_stays(axes: "Axes", zones: Sequence[ZoneStatistics], before: Sequence[ZoneStatistics]) -> None:
    """Draw the share of the stays that lasted longer than each duration.

    Args:
        axes: axes to draw on.
        zones: statistics of the zones, which get a colour each.
        before: statistics of the same zones in the period before, drawn dashed; empty if there is none.
    """
    lengths, lengths_before = ([one.stays.lengths_s for one in part] for part in (zones, before))
    watched = any(found.total.covered_s for found in zones)
    unit = "% of the stays that were longer; the dot: half of them"
    nobody = "nobody came" if watched else "nothing recorded"
    draw_lengths(axes, "Time spent", unit, lengths, lengths_before, nobody=nobody)


def draw_lengths(
    axes: "Axes",
    title: str,
    unit: str,
    lengths: Sequence[NDArray[np.float64]],
    lengths_before: Sequence[NDArray[np.float64]] = (),
    *,
    nobody: str,
) -> None:
    """Draw for each duration the share of lengths of time that are longer.

    Args:
        axes: axes to draw on.
        title: title of the chart.
        unit: text below the title.
        lengths: lengths of time in seconds, those of each colour.
        lengths_before: lengths in the period before, drawn dashed; empty if there is none.
        nobody: text in the place of the chart where there are none.
    """
    empty_chart(axes, title, unit)
    axes.set_ylim(0, 106)
    lengths, lengths_before = ([np.sort(one) for one in part] for part in (lengths, lengths_before))
    every = np.concatenate([np.zeros(0), *lengths, *lengths_before])
    if not len(every):
        axes.text(0.5, 0.5, nobody, transform=axes.transAxes, ha="center", size=11, color=QUIET)
        axes.set_xticks([])
        return
    low, high = every.min() / 1.3, every.max() * 1.3
    if not any(low <= at <= high for at in _TICKS_S):
        # Between durations so much alike there is no round one: the nearest round ones on both sides are
        # ticks.
        low = max((at for at in _TICKS_S if at < low), default=low)
        high = min((at for at in _TICKS_S if at > high), default=high)
    axes.set_xscale("log")
    axes.minorticks_off()
    ticks = [at for at in _TICKS_S if low <= at <= high]
    axes.set_xticks(ticks, [f"{at:g} s" if at < 1 else duration_text(at) for at in ticks])
    axes.set_xlim(low, high)
    for of_period, style, width, size in ((lengths_before, "--", 1.3, 4.0), (lengths, "-", 1.8, 6.0)):
        # Without a period before, the first of the two has no stays.
        for stays, color in zip(of_period, COLORS, strict=False):
            if len(stays):
                share = 100 * (1 - np.arange(len(stays) + 1) / len(stays))
                axes.step(np.append(low, stays), share, style, where="post", color=color, linewidth=width)
                axes.plot([float(np.median(stays))], [50], "o", color=color, markersize=size, clip_on=False)
