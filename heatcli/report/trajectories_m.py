"""Paths of people on a floor plan in metres, at a constant rate, as PedPy and JuPedSim read them."""

from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import numpy as np

from heatcli.clock import local_time
from heatcli.files import file_name
from heatcli.report.coordinates import PlanOfCamera
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.zones.moments import MOMENT_US, RATE, ConstantRate, Moments


def trajectories_path(folder: Path, camera: str) -> Path:
    """Return the path of the file of a camera's paths, `trajectories-<camera>.txt`."""
    return folder / f"trajectories-{file_name(camera)}.txt"


class TrajectoryRows:
    """Writes paths at a constant rate into a file, in the text format of JuPedSim (an aggregator).

    After comments with the frame rate and the time of frame 0 there is a line for each person and frame: id,
    frame, x, y and z. x and y are metres from the upper left corner of the plan, y downwards; z is 0. Each
    piece of a path has an id of its own, from 1, as `heatcli.zones.moments.ConstantRate` has it.

    Args:
        file: file to write into.
        camera: camera that the rows are of.
        plan: floor plan of the camera.
    """

    def __init__(self, file: BinaryIO, camera: SelectedCamera, plan: PlanOfCamera) -> None:
        self._file, self._zone = file, ZoneInfo(camera.timezone)
        self._paths, self._first = ConstantRate(plan.metres_per_pixel), -1
        file.write(f"#framerate: {RATE:.2f}\n".encode())

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._write(self._paths.add(rows))

    def finish(self) -> None:
        """Write what was held back, once all rows have been taken."""
        self._write(self._paths.rest())
        if self._first < 0:
            self._file.write(b"#ID\tframe\tx/m\ty/m\tz/m\n")

    def _write(self, moments: Moments) -> None:
        if not len(moments):
            return
        if self._first < 0:
            self._first = int(moments.moment[0])
            begin = local_time(self._first * MOMENT_US, self._zone).isoformat()
            self._file.write(f"#frame 0: {begin}\n#ID\tframe\tx/m\ty/m\tz/m\n".encode())
        frame = moments.moment - self._first
        table = np.column_stack([moments.piece + 1, frame, moments.xy, np.zeros(len(frame))])
        np.savetxt(self._file, table, fmt=("%d", "%d", "%.4f", "%.4f", "%d"), delimiter="\t")
