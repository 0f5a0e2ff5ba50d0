"""The work behind `heatcli render --flow` and `--paths`: where people go."""

from heatcli.heat.flow import FlowField
from heatcli.heat.grid import Grid
from heatcli.picture.camera import Drawing, Movement, Scene
from heatcli.picture.colour import color_table
from heatcli.picture.movement import FLOW_COLUMNS, PathPicture
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera


class MovementReading:
    """What is computed of movement while the rows of a camera are read.

    Args:
        reading: reading of the camera that this takes part in.
        camera: what of the camera counts.
        scene: what its picture is drawn on.
        drawing: what the picture shows.
    """

    def __init__(self, reading: OnePass, camera: SelectedCamera, scene: Scene, drawing: Drawing) -> None:
        self._flow = self._paths = None
        if drawing.flow:
            height, width = scene.ground.shape[:2]
            grid = Grid.over(columns=FLOW_COLUMNS, width=width, height=height)
            self._flow = reading.counted(
                FlowField(grid, tracking_mode=camera.tracking_mode, aspect=height / width)
            )
        if drawing.paths:
            table = color_table(drawing.settings.color_map)
            self._paths = reading.counted(PathPicture(camera, scene.ground, table))

    def result(self) -> Movement:
        """Return how people move, once all rows have been read."""
        return Movement(
            flow=None if self._flow is None else self._flow.result(),
            paths=None if self._paths is None else self._paths.result(),
        )
