"""From a camera's picture to the floor.

A picture shows a far square metre in few pixels and a near one in many. So the sum of a cell of the picture
is spread evenly over the piece of floor that the cell shows. No more than that is known of where the feet
were; the total stays the same, and no gaps open between far rows of pixels.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import cut_by_edge
from heatcli.heat.bilinear import four_cells
from heatcli.heat.grid import Grid
from heatcli.optics.projection import FloorProjection

# Most cells across a picture: detectors look at 640 pixels, and locate feet no better.
_PICTURE_COLUMNS = 640

# Longest side of the pieces that a cell of the picture is spread in, as a fraction of a floor's cell, and
# most pieces along a side.
_PIECE, _MOST_PIECES = 0.25, 64

# Pieces that are computed at once: some 100 MB.
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor plan, divided into cells of equal size.

    Attributes:
        grid: cells of the plan.
        width_m: width of the plan in metres.
        height_m: height of the plan in metres.
    """

    grid: Grid
    width_m: float
    height_m: float

    @property
    def cell_m(self) -> tuple[float, float]:
        """Width and height of a cell in metres."""
        return self.width_m / self.grid.columns, self.height_m / self.grid.rows

    def holds(self, positions: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(n,) bool, true for (n, 2) positions, in cells across and down, on the plan; NaN is not."""
        x, y = positions.T
        on_plan: NDArray[np.bool_] = (x >= 0) & (x < self.grid.columns) & (y >= 0) & (y < self.grid.rows)
        return on_plan


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """How a camera sees a floor.

    Attributes:
        projection: map from tracking points in the picture, in fractions of it, to metres on the plan.
        in_front: (rows, columns) bool, true for cells of the picture that are below the horizon.
        seen: (rows, columns) bool, true for cells below the horizon that count: watched and not outermost.
    """

    projection: FloorProjection
    in_front: NDArray[np.bool_]
    seen: NDArray[np.bool_]

    @classmethod
    def of(cls, projection: FloorProjection, watched: NDArray[np.bool_]) -> Self:
        """Find the cells of a picture that show floor.

        The outermost cells do not count: a person who is cut by the edge of the picture seems to stand there.

        Args:
            projection: map from tracking points, in fractions of the picture, to metres on the plan.
            watched: (rows, columns) bool, true for cells that are neither masked nor outside the regions of
                interest.
        """
        # The piece of floor that a cell shows is finite if all corners of the cell are below the horizon.
        below = np.isfinite(_corners(projection, Grid(watched.shape[1], watched.shape[0]))[..., 0])
        in_front = below[1:, 1:] & below[:-1, 1:] & below[1:, :-1] & below[:-1, :-1]
        rows, columns = watched.shape
        row, column = np.indices(watched.shape).reshape(2, -1)
        cells = np.column_stack([column, row, column + 1, row + 1])
        outermost = cut_by_edge(cells, width=columns, height=rows).any(axis=1).reshape(watched.shape)
        return cls(projection, in_front, in_front & watched & ~outermost)

    @property
    def grid(self) -> Grid:
        """The cells of the picture."""
        rows, columns = self.seen.shape
        return Grid(columns, rows)


def picture_grid(*, width: int, height: int) -> Grid:
    """Make the grid of a frame, in pixels, whose cells are spread over the floor."""
    return Grid.over(columns=min(_PICTURE_COLUMNS, width), width=width, height=height)


def share(
    positions: NDArray[np.float64], weight: NDArray[np.floating] | NDArray[np.int64], view: View
) -> NDArray[np.float64]:
    """Sum up points in the cells of a picture, each shared between the four cells around it.

    The nearer the centre of a cell, the more it gets, as in bilinear interpolation: without that, boxes in
    whole pixels would fall now one and now two to a cell. Cells that do not count get nothing.

    Args:
        positions: (n, 2) points across and down in cells of the picture, each in a cell that counts.
        weight: (n,) weights of the points.
        view: view of the floor, which tells the cells that count.

    Returns:
        (rows, columns) float64 weight in each cell; the total is that of the points.
    """
    grid = view.grid
    column, row, part = four_cells(positions)
    part *= view.seen[row, column]
    weights = part / np.sum(part, axis=0) * weight
    # Without any points `bincount` returns whole numbers.
    total = np.bincount(grid.index(column, row).ravel(), weights.ravel(), grid.cells)
    return total.astype(np.float64, copy=False).reshape(grid.shape)


def spread(
    amount: NDArray[np.float64], view: View, floor: Floor
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spread what is in each cell of a picture evenly over the piece of floor that the cell shows.

    Args:
        amount: (rows, columns) float64 amount in each cell of the picture, in any unit; cells that do not
            count are ignored.
        view: view of the floor from the camera.
        floor: floor plan to spread over; what falls beside the plan is lost.

    Returns:
        (rows, columns) float64 amount in each cell of the floor, and (rows, columns) float64 area in m² that
        the camera sees of each cell.
    """
    picture, cells = view.grid, floor.grid.cells
    total, area_m2 = np.zeros(cells), np.zeros(cells)
    pieces = _pieces(view, floor)
    for across, down in np.unique(pieces[pieces.all(axis=-1)], axis=0).tolist():
        cell = np.flatnonzero((pieces == (across, down)).all(axis=-1))
        for some in np.array_split(cell, -(-len(cell) * across * down // _CHUNK)):
            points = _points(some, picture, across, down)
            piece_m2 = np.abs(view.projection.area_scale(points)) / (picture.cells * across * down)
            place = view.projection.apply(points) / floor.cell_m
            kept = floor.holds(place)
            density = amount.ravel()[some] / piece_m2.reshape(len(some), -1).sum(axis=1)
            part = piece_m2 * np.repeat(density, across * down)
            column, row = place[kept].astype(np.int64).T
            index = floor.grid.index(column, row)
            total += np.bincount(index, weights=part[kept], minlength=cells)
            area_m2 += np.bincount(index, weights=piece_m2[kept], minlength=cells)
    return total.reshape(floor.grid.shape), area_m2.reshape(floor.grid.shape)


def _points(cells: NDArray[np.intp], picture: Grid, across: int, down: int) -> NDArray[np.float64]:
    """(n * down * across, 2): centres of the pieces of (n,) cells of a picture, in fractions of it."""
    x = (cells % picture.columns)[:, None, None] + ((np.arange(across) + 0.5) / across)
    y = (cells // picture.columns)[:, None, None] + ((np.arange(down) + 0.5) / down)[:, None]
    centres = np.stack(np.broadcast_arrays(x / picture.columns, y / picture.rows), axis=-1)
    return centres.reshape(-1, 2)


def _pieces(view: View, floor: Floor) -> NDArray[np.int64]:
    """(rows, columns, 2): number of pieces across and down into which each cell of a picture is divided.

    0 for cells that do not count, and for those that show nothing of the plan.
    """
    corners = _corners(view.projection, view.grid) / floor.cell_m
    four = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, :-1], corners[1:, 1:]])
    beside = (four < 0).all(axis=0) | (four >= (floor.grid.columns, floor.grid.rows)).all(axis=0)
    used = view.seen & ~beside.any(axis=-1)
    pieces = np.zeros((*view.grid.shape, 2), np.int64)
    for axis, (a, b, c, d) in enumerate(((0, 1, 2, 3), (0, 2, 1, 3))):
        edges = np.linalg.norm(four[[b, d]] - four[[a, c]], axis=-1).max(axis=0)[used]
        # Powers of two, so that there are few ways to divide a cell.
        power = np.ceil(np.log2(np.clip(edges / _PIECE, 1, _MOST_PIECES)))
        pieces[used, axis] = 2 ** power.astype(np.int64)
    return pieces


def _corners(projection: FloorProjection, picture: Grid) -> NDArray[np.float64]:
    """(rows + 1, columns + 1, 2): corners of a picture's cells on the plan, in metres."""
    y, x = np.mgrid[: picture.rows + 1, : picture.columns + 1]
    points = np.stack([x / picture.columns, y / picture.rows], axis=-1)
    return projection.apply(points.reshape(-1, 2)).reshape(points.shape)
