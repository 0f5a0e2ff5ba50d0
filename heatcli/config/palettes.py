"""The palettes that a heat map may have: heatcli's own, and all that Matplotlib knows by name."""

from heatcli.errors import check_known
from heatcli.names import ColorMap


def check_color_map(name: str) -> None:
    """Refuse what is no palette.

    Raises:
        UsageError: unknown name; the message gives the nearest ones.
    """
    own = {color_map.value for color_map in ColorMap}
    if name in own:
        return
    from matplotlib import colormaps  # takes long to load

    check_known([name], own.union(colormaps), kind="palette", where="heatcli or Matplotlib")
