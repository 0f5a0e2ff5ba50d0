"""The part of a floor that a picture shows, with lenses that bend it."""

import numpy as np
import pytest

from heatcli.heat.floor import Floor, View
from heatcli.heat.grid import Grid
from heatcli.heat.seen_floor import seen_floor
from heatcli.optics.lens import BrownLens, DivisionLens, FisheyeLens, Lens
from heatcli.optics.projection import FloorProjection

SIZE = (960.0, 540.0)
LENSES: dict[str, Lens | None] = {
    "barrel": BrownLens(size=SIZE, focal=(500, 500), centre=(479.5, 269.5), radial=(-0.2, 0.03, 0)),
    "fisheye": FisheyeLens(size=SIZE, focal=(320, 320), centre=(479.5, 269.5)),
    "division": DivisionLens(size=SIZE, l1=-0.3),
    "none": None,
}


@pytest.mark.parametrize("tilt", [20, 50, 88])
@pytest.mark.parametrize("name", LENSES)
def test_it_is_what_comes_from_the_picture(name: str, tilt: float) -> None:
    """A camera 4 m above a floor of 20 x 16 m; what it sees is counted place by place."""
    lens = LENSES[name]
    scale = np.diag([2.0, 1.2, 1.0]) if not (lens and lens.true_angles) else np.eye(3)
    down = np.radians(tilt)
    # Columns: the plan's x and y, which comes towards the camera, and its origin, as rays of the lens.
    axes = np.array([[1, 0, 0], [0, np.sin(down), np.cos(down)], [0, -np.cos(down), np.sin(down)]])
    under = np.array([10.0, 14.0])
    origin = axes @ np.array([-under[0], -under[1], 4.0])
    inverse = np.linalg.inv(scale) @ np.column_stack([axes[:, 0], axes[:, 1], origin])
    matrix = np.linalg.inv(inverse)
    projection = FloorProjection(matrix) if lens is None else FloorProjection(matrix, lens)
    floor = Floor(Grid(200, 160), 20.0, 16.0)
    grid = Grid(160, 90)
    found = seen_floor(View.of(projection, np.ones(grid.shape, np.bool_)), floor)
    y, x = np.mgrid[:320, :400] / 20 + 0.025
    points = projection.seen_at(np.column_stack([x.ravel(), y.ravel()]))
    margin = np.array([1 / grid.columns, 1 / grid.rows])
    inside = ((points >= margin) & (points <= 1 - margin)).all(axis=1)
    assert 10 < inside.sum() / 400 < 320
    assert found.area == pytest.approx(inside.sum() / 400, rel=0.01)
