"""How much floor each person hides, and so the density above which people hide each other from a detector."""

import numpy as np
import shapely
from numpy.typing import NDArray

from heatcli.optics.projection import FloorProjection
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

MOST_HIDING = 1.5
"""Mean number of people on the floor that a person hides, up to which a crowd can be counted: in drawn crowds
about a tenth of all is lost there, and a quarter at 2.5."""

ROOM_M = 0.4
"""Distance from a person in metres within which nobody else has room."""

# Points across and down in a box, and rows of each batch that are looked at.
_LATTICE, _ROWS = 6, 200


class HiddenFloor:
    """Measures the floor that people hide behind them while the rows of a camera go by (an aggregator).

    Args:
        camera: camera and what is selected of it.
        floor: map from points of the picture that show the floor.
        people: map from people's tracking points to where they stand.
        seen: part of the plan that the picture shows, in metres.
    """

    def __init__(
        self,
        camera: SelectedCamera,
        *,
        floor: FloorProjection,
        people: FloorProjection,
        seen: shapely.Polygon | shapely.MultiPolygon,
    ) -> None:
        self._camera, self._floor, self._people, self._seen = camera, floor, people, seen
        self._places: list[NDArray[np.float64]] = [np.zeros((0, 2))]
        self._hidden: list[NDArray[np.float64]] = [np.zeros(0)]

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        rows = rows.where(slice(None, None, -(-len(rows) // _ROWS) or 1))
        stand = self._people.apply(rows.points(self._camera.tracking_mode) / rows.size)
        share = (np.arange(_LATTICE) + 0.5) / _LATTICE
        across, down = (part.ravel() for part in np.meshgrid(share, share))
        box = rows.boxes.astype(np.float64) / np.tile(rows.size, 2)
        size = box[:, 2:] - box[:, :2]
        points = box[:, None, :2] + size[:, None] * np.stack([across, down], axis=1)
        flat = points.reshape(-1, 2)
        places = self._floor.apply(flat).reshape(points.shape)
        piece_m2 = self._floor.area_scale(flat).reshape(points.shape[:2]) * (
            size.prod(axis=1)[:, None] / _LATTICE**2
        )
        hides = shapely.contains_xy(self._seen, places[..., 0], places[..., 1])
        hides &= np.linalg.norm(places - stand[:, None], axis=2) > ROOM_M
        hidden = np.where(hides, piece_m2, 0.0).sum(axis=1).clip(max=self._seen.area)
        self._places.append(stand)
        self._hidden.append(hidden)

    def limit(self, area: shapely.Polygon | shapely.MultiPolygon) -> float | None:
        """Return the density per m² up to which the people in an area can be counted; None for nobody."""
        x, y = np.concatenate(self._places).T
        there = np.concatenate(self._hidden)[shapely.contains_xy(area, x, y)]
        if not len(there) or not np.median(there):
            return None
        return MOST_HIDING / float(np.median(there))
