"""Charts of funnels: how many people take each step, and how many drop out before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.charts.figure import COLORS, INK, OFF, QUIET, figure_file
from heatcli.clock import duration_text
from heatcli.names import counted

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

# In inches: width of the charts, height of a heading and of a step. Letters in the name of a step.
_WIDTH, _HEADING, _STEP = 9.0, 1.15, 0.75
_LETTERS = 22


@dataclass(frozen=True, slots=True)
class ChartedStep:
    """One step of a funnel.

    Attributes:
        name: name of the step.
        persons: people who took it; None where nothing was watched.
        of_first_pct: share in percent of those who took the first step; None if nobody did.
        median_between_s: median time since the step before, in seconds; None where there is none.
    """

    name: str
    persons: int | None
    of_first_pct: float | None
    median_between_s: float | None


@dataclass(frozen=True, slots=True)
class FunnelCharts:
    """The content of the charts of one camera's funnels.

    Attributes:
        title: title of the charts.
        subtitle: further text, such as how much was covered.
        funnels: name and steps of each funnel.
    """

    title: str
    subtitle: str
    funnels: tuple[tuple[str, tuple[ChartedStep, ...]], ...]


def write_funnel_charts(path: Path, cameras: Sequence[FunnelCharts]) -> None:
    """Draw each funnel of each camera: a bar for each step, as long as the share of people who took it.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one funnel in all.

    Raises:
        OutputError: the file cannot be written.
    """
    drawn = [(camera, name, steps) for camera in cameras for name, steps in camera.funnels]
    heights = [_HEADING + _STEP * len(steps) for _, _, steps in drawn]
    with figure_file(path, width=_WIDTH, height=sum(heights)) as figure:
        parts = figure.subfigures(len(drawn), 1, squeeze=False, height_ratios=heights)[:, 0]
        for part, height, (camera, name, steps) in zip(parts, heights, drawn, strict=True):
            _draw_funnel(part, height, camera, name, steps)


def _draw_funnel(
    figure: "SubFigure", height: float, camera: FunnelCharts, name: str, steps: Sequence[ChartedStep]
) -> None:
    """Draw one funnel."""
    figure.text(
        0.03, 1 - 0.35 / height, f"{camera.title}: {name}", size=15, weight="bold", color=INK, va="center"
    )
    figure.text(0.03, 1 - 0.7 / height, camera.subtitle, size=10.5, color=QUIET, va="center")
    axes = figure.add_axes((0.24, 0.15 / height, 0.53, 1 - _HEADING / height))
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(len(steps) - 0.5, -0.5)
    for place, step in enumerate(steps):
        share = step.of_first_pct or 0.0
        axes.barh(place, 100, height=0.62, color=OFF)
        axes.barh(place, share, height=0.62, color=COLORS[0])
        short = step.name if len(step.name) <= _LETTERS else f"{step.name[: _LETTERS - 1]}…"
        axes.text(-2, place, short, ha="right", va="center", size=11.5, color=INK)
        people = "nothing recorded" if step.persons is None else counted(step.persons, "person", "people")
        part = "" if step.of_first_pct is None else f", {step.of_first_pct:.1f} %"
        axes.text(102, place, f"{people}{part}", va="center", size=11.5, color=INK)
        if step.median_between_s is not None:
            said = f"{duration_text(step.median_between_s)} later"
            axes.text(102, place + 0.32, said, va="center", size=9, color=QUIET)
