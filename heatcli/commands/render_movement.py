"""The work behind `heatcli render --flow` and `--paths`: how people move."""

from heatcli.heat.flow import FlowField
from heatcli.heat.grid import Grid
from heatcli.picture.camera import Drawing, Movement, Scene
from heatcli.picture.colour import color_table
from heatcli.picture.draw import picture_size
from heatcli.picture.movement import FLOW_COLUMNS, PathPicture
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera


class MovementReading:
    """Computes the movement of people while the rows of a camera are read.

    Args:
        reading: reading of the camera's rows, in which this takes part.
        camera: selected time and people of the camera.
        scene: scene that paths are drawn on; None where the drawing has none.
        drawing: content and look of the picture.
    """

    def __init__(
        self, reading: OnePass, camera: SelectedCamera, scene: Scene | None, drawing: Drawing
    ) -> None:
        self._flow = self._paths = None
        if drawing.flow:
            width, height = picture_size(camera.width, camera.height, camera.sample_aspect)
            grid = Grid.over(columns=FLOW_COLUMNS, width=width, height=height)
            self._flow = reading.counted(
                FlowField(grid, tracking_mode=camera.tracking_mode, aspect=height / width)
            )
        if drawing.paths and scene is not None:
            table = color_table(drawing.settings.color_map)
            paths = PathPicture(
                tracking_mode=camera.tracking_mode,
                covered=camera.covered,
                ground=scene.ground,
                table=table,
            )
            self._paths = reading.counted(paths)

    def result(self) -> Movement:
        """Return the movement, once all rows have been read."""
        return Movement(
            flow=None if self._flow is None else self._flow.result(),
            paths=None if self._paths is None else self._paths.result(),
        )
