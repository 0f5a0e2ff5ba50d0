"""What all drawings by matplotlib share: colours, empty charts, and writing them to files."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from heatcli.files import output_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which colour-blind people can tell apart, without yellow, which is pale on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#333333")
INK, QUIET, OFF = "#222222", "#666666", "#EFEFEF"
_GRID = "#E3E3E3"

FIGURE_SUFFIXES = (".png", ".svg")

_DPI = 110

# Matplotlib brings DejaVu Sans. Letters that it lacks are taken from the first of these fonts of Linux,
# Windows and macOS for Chinese, Japanese and Korean that is installed and has them.
_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "Hiragino Sans",
    "PingFang SC",
    "Apple SD Gothic Neo",
)


@contextmanager
def figure_file(path: Path, *, width: float, height: float) -> Iterator["Figure"]:
    """Draw a figure and write it in the format of the file's extension: `.png` or `.svg`.

    The same figure gives the same bytes. In SVG, text stays text, in every script; in PNG, letters that none
    of `_FONTS` has are boxes.

    Args:
        path: path of the file, replaced if it exists.
        width: width of the figure in inches.
        height: height of the figure in inches.

    Yields:
        Figure to draw on, which is written when the `with` ends.

    Raises:
        OutputError: the file cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    fonts = ["DejaVu Sans", *(font for font in _FONTS if font in installed)]
    with (
        # Names are data from outside: a dollar sign in a name must not begin a formula.
        matplotlib.rc_context(
            {
                "font.family": fonts,
                "text.parse_math": False,
                "svg.fonttype": "none",
                "svg.hashsalt": "heatcli",
            }
        ),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure = Figure(figsize=(width, height), dpi=_DPI, facecolor="white")
        yield figure
        with output_file(path) as beside:
            figure.savefig(beside, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)


def empty_chart(axes: "Axes", title: str, unit: str) -> None:
    """Set up an empty chart with a pale grid and no frame."""
    axes.set_title(title, loc="left", size=12.5, weight="bold", color=INK, pad=20)
    axes.annotate(
        unit,
        (0, 1),
        (0, 6),
        xycoords="axes fraction",
        textcoords="offset points",
        size=9.5,
        color=QUIET,
    )
    axes.grid(visible=True, axis="y", color=_GRID, linewidth=0.9)
    axes.set_axisbelow(True)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color("#999999")
    axes.tick_params(length=0, labelsize=9.5, labelcolor=QUIET, pad=5)


def time_axis(axes: "Axes", timezone: str) -> None:
    """Write the times of a horizontal axis by the clock of a time zone, as few as can be read.

    Args:
        axes: axes whose horizontal values are times in UTC.
        timezone: IANA name of the time zone.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    zone = ZoneInfo(timezone)
    locator = AutoDateLocator(tz=zone)  # type: ignore[no-untyped-call]  # it has no type
    axes.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator, tz=zone)  # type: ignore[no-untyped-call]  # it has no type
    axes.xaxis.set_major_formatter(formatter)
