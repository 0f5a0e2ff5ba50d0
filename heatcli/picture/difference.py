"""The difference between two periods as a picture: blue for less, red for more."""

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.blocks import PER_HOUR
from heatcli.heat.compare import Comparison
from heatcli.picture.colour import colorize, even_table
from heatcli.picture.legend import METRIC_NAMES, Legend, draw_legend
from heatcli.picture.overlay import upsample, visibility
from heatcli.picture.ticks import number_text

# Blue through light grey to red, equally dark at both ends. RGB.
_DIVERGING = ((20, 75, 175), (110, 165, 225), (240, 240, 240), (240, 145, 110), (180, 25, 35))
# Fraction of the scale up to which colours fade in: the pale middle would lie over the scene like a veil.
_FADE = 0.4


def draw_difference(
    ground: NDArray[np.uint8],
    shown: NDArray[np.bool_],
    found: Comparison,
    *,
    settings: RenderSettings,
    words: tuple[str, str, str],
    selected: str,
) -> NDArray[np.uint8]:
    """Draw the regions that differ by more than chance; the rest of the scene stays clear.

    Args:
        ground: (height, width, 3) uint8 BGR picture to draw on.
        shown: (height, width) bool whether anything may be drawn on a pixel.
        found: result of the comparison.
        settings: metric, end of the scale, threshold, opacity and legend. A relative scale ends at the
            largest change that is drawn.
        words: title of the legend, which says what was compared; place in which people count, in words that
            end a sentence; and result of the comparison.
        selected: time of both sides, objects and filters, for the legend.

    Returns:
        Copy of the ground with the difference.
    """
    title, place, verdict = words
    height, width = ground.shape[:2]
    table = even_table(_DIVERGING)
    end, strength, picture = 0.0, np.zeros((height, width), np.float32), ground.copy()
    if found.p:
        kept = found.cluster > 0
        end = settings.max_value or float(np.abs(found.difference[kept]).max())
        fraction = np.clip(upsample(found.difference, width=width, height=height) / end, -1, 1)
        # At its outline a region fades over the width of a cell.
        inside = upsample(kept.astype(np.float64), width=width, height=height)
        strength = _shown(fraction, settings.min_display_threshold) * inside * shown
        mixed = colorize((fraction + 1) / 2, table) - ground
        picture = np.rint(ground + (settings.opacity * strength)[..., None] * mixed).astype(np.uint8)
    if not settings.display_legend:
        return picture
    ends = number_text(end, end)
    legend = Legend(
        title=title,
        note="b less a",
        caption=f"{METRIC_NAMES[settings.metric]} {place}, {PER_HOUR[settings.metric]}",
        colors=table,
        shown=_shown(np.linspace(-1, 1, len(table)), settings.min_display_threshold),
        marks=(((0.0, f"−{ends}"), (0.5, "0"), (1.0, f"+{ends}")) if end else ((0.5, "0"),),),
        extra=verdict,
        selected=selected,
    )
    return draw_legend(picture, legend, heat=strength)


def _shown(fraction: NDArray[np.floating], threshold: float) -> NDArray[np.float32]:
    """Return how much of the colour shows at each fraction of the scale, -1..1, before opacity."""
    change = np.abs(fraction)
    return visibility(change, threshold) * np.asarray(np.minimum(change / _FADE, 1), np.float32)
