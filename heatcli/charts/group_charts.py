"""Charts of groups: how many come, and how large they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from heatcli.charts.bucket_chart import draw_over_buckets
from heatcli.charts.figure import COLORS, QUIET, empty_chart
from heatcli.charts.pair import PairCharts, most_of, pair_of, write_pairs
from heatcli.zones.found_in_zone import FoundInZone
from heatcli.zones.group_figures import GroupFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

_SIZES = {
    "alone": "alone",
    "groups_of_2": "2",
    "groups_of_3": "3",
    "groups_of_4": "4",
    "groups_of_5_or_more": "5 or more",
}


def write_group_charts(path: Path, cameras: Sequence[PairCharts[FoundInZone[GroupFigures]]]) -> None:
    """Draw two charts for each camera: groups over the buckets, and the sizes of the groups.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    write_pairs(path, cameras, _draw_camera)


def _draw_camera(figure: "SubFigure", camera: PairCharts[FoundInZone[GroupFigures]]) -> None:
    """Draw the charts of one camera."""
    zones = most_of(camera.zones, lambda one: one.total.group_visits)
    left, right = pair_of(figure, camera.title, camera.subtitle, [one.zone.name for one in zones])
    empty_chart(left, "Groups", "different groups; somebody alone is one")
    draw_over_buckets(left, "group_visits", camera.buckets, zones, (), ())
    _draw_sizes(right, zones)


def _draw_sizes(axes: "Axes", zones: Sequence[FoundInZone[GroupFigures]]) -> None:
    """Draw the share of the groups of each zone that have each size, as bars beside each other."""
    empty_chart(axes, "Sizes", "% of the groups of each zone")
    axes.set_xticks(range(len(_SIZES)), list(_SIZES.values()))
    width = 0.8 / max(len(zones), 1)
    drawn = False
    for place, (zone, color) in enumerate(zip(zones, COLORS, strict=False)):
        groups = zone.total.group_visits
        if groups:
            drawn = True
            shares = [100 * getattr(zone.total, field) / groups for field in _SIZES]
            at = np.arange(len(shares)) + (place - (len(zones) - 1) / 2) * width
            axes.bar(at, shares, width=0.92 * width, color=color)
    if not drawn:
        axes.text(0.5, 0.5, "no groups are known", transform=axes.transAxes, ha="center", color=QUIET)
        axes.set_yticks([])
