"""The hottest places of a camera: where they are, and who was there."""

from collections.abc import Sequence

from heatcli.answers.zone_report import ZoneReport
from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMaps
from heatcli.names import Metric
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Polygon, Zone
from heatcli.zones.hot import hot_zones

SETTINGS = RenderSettings(metric=Metric.DWELL_TIME)
"""The map in which the places are found: the one that `heatcli render` draws by default."""

WHERE = ("x", "y", "left", "right", "top", "bottom")
"""The numbers of `where`."""


class HotPlaces:
    """Finds the hottest places of a camera while its rows are read.

    Args:
        reading: reading of the camera's rows, in which this takes part.
        camera: selected time and people of the camera.
        top: most places to find, at least 1.
    """

    def __init__(self, reading: OnePass, camera: SelectedCamera, top: int) -> None:
        self._maps, self._top = reading.counted(HeatMaps(camera, SETTINGS)), top

    def result(self) -> tuple[Zone, ...]:
        """Return the places, the hottest first, once all rows have been read."""
        heat = self._maps.result()[SETTINGS.metric]
        return hot_zones(heat.value, top=self._top, least=SETTINGS.min_display_threshold)


def where(zone: Zone) -> tuple[float, ...] | None:
    """Return where a hottest place is; None for another zone.

    Returns:
        x and y of the hottest point, then the left, right, top and bottom end, as fractions of the frame.
    """
    if zone.peak is None or not isinstance(zone.shape, Polygon):
        return None
    across, down = zip(*zone.shape.corners, strict=True)
    return (*zone.peak, min(across), max(across), min(down), max(down))


def hot_place_lines(reports: Sequence[ZoneReport]) -> list[tuple[str, ...]]:
    """Return the cells of the table that says where hottest places are, its header first."""
    lines: list[tuple[str, ...]] = [("CAMERA", "ZONE", *(name.upper() for name in WHERE))]
    for report in reports:
        for zone in (found.zone for found in report.zones):
            place = where(zone)
            if place is not None:
                lines.append((report.camera.name, zone.name, *(f"{one:.3f}" for one in place)))
    return lines
