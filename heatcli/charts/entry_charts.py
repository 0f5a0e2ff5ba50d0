"""Charts of entries: how often somebody comes in, and how near people are to each other."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.charts.bucket_chart import draw_over_buckets
from heatcli.charts.figure import empty_chart
from heatcli.charts.pair import PairCharts, most_of, pair_of, write_pairs
from heatcli.zones.entry_figures import EntryFigures
from heatcli.zones.found_in_zone import FoundInZone

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure


def write_entry_charts(path: Path, cameras: Sequence[PairCharts[FoundInZone[EntryFigures]]]) -> None:
    """Draw two charts for each camera over the buckets: entries, and how near people are to each other.

    Without a floor plan no distance is known: then the second one has the entries of those who come again.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    write_pairs(path, cameras, _draw_camera)


def _draw_camera(figure: "SubFigure", camera: PairCharts[FoundInZone[EntryFigures]]) -> None:
    """Draw the charts of one camera."""
    zones = most_of(camera.zones, lambda one: one.total.entries)
    left, right = pair_of(figure, camera.title, camera.subtitle, [one.zone.name for one in zones])
    empty_chart(left, "Entries", "times that somebody came in")
    draw_over_buckets(left, "entries", camera.buckets, zones, (), ())
    if any(one.total.below_2m_pct is not None for one in camera.zones):
        empty_chart(right, "Next person below 2 m", "% of the time of people in the zone")
        draw_over_buckets(right, "below_2m_pct", camera.buckets, zones, (), ())
    else:
        empty_chart(right, "Came again", "entries of people who had entered before in the same time")
        draw_over_buckets(right, "re_entries", camera.buckets, zones, (), ())
