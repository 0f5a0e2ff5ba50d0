"""Two charts side by side for each camera, under its name, with a colour for each zone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Generic, TypeVar

from heatcli.charts.figure import COLORS, INK, QUIET, figure_file
from heatcli.zones.buckets import Bucket

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

# In inches: width and height of the charts of a camera. Letters in a line of text.
_WIDTH, _HEIGHT = 12.0, 4.4
_LETTERS = 150

ContentT = TypeVar("ContentT")
FoundT = TypeVar("FoundT")


@dataclass(frozen=True, slots=True, eq=False)
class PairCharts(Generic[FoundT]):
    """The content of the charts of one camera.

    Attributes:
        title: title of the charts.
        subtitle: further text, such as how much was covered.
        buckets: buckets of the period.
        zones: zones or queues, of which those that matter most are drawn.
    """

    title: str
    subtitle: str
    buckets: tuple[Bucket, ...]
    zones: tuple[FoundT, ...]


def write_pairs(
    path: Path,
    cameras: Sequence[ContentT],
    draw: Callable[["SubFigure", ContentT], None],
    *,
    height: float = _HEIGHT,
) -> None:
    """Draw the charts of each camera, one camera below the other.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.
        draw: function that draws the charts of a camera.
        height: height of the charts of a camera in inches.

    Raises:
        OutputError: the file cannot be written.
    """
    with figure_file(path, width=_WIDTH, height=height * len(cameras)) as figure:
        parts = figure.subfigures(len(cameras), 1, squeeze=False)[:, 0]
        for part, camera in zip(parts, cameras, strict=True):
            draw(part, camera)


def pair_of(figure: "SubFigure", title: str, subtitle: str, names: Sequence[str]) -> tuple["Axes", "Axes"]:
    """Write the heading of a camera and the names of its zones, and return its two charts, still empty."""
    from matplotlib.lines import Line2D

    figure.text(0.06, 0.94, title, size=17, weight="bold", color=INK, va="center")
    figure.text(0.06, 0.89, "\n".join(wrap(subtitle, _LETTERS)), size=10.5, color=QUIET, va="top")
    handles = [
        Line2D([], [], color=color, linewidth=1.8, marker="o", markersize=4.5)
        for color in COLORS[: len(names)]
    ]
    anchor = (0.055, 0.85)
    figure.legend(handles, names, loc="upper left", bbox_to_anchor=anchor, ncols=len(COLORS), frameon=False)
    grid = figure.add_gridspec(1, 2, left=0.06, right=0.975, top=0.63, bottom=0.14, wspace=0.16)
    return figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])


def most_of(found: Sequence[FoundT], weight: Callable[[FoundT], float | None]) -> list[FoundT]:
    """Return those with the largest weights, one for each colour, in their own order."""
    most = sorted(found, key=lambda one: -(weight(one) or 0.0))[: len(COLORS)]
    return [one for one in found if one in most]
