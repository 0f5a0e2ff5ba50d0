"""The picture of a floor plan, checked against what the configuration says of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.config.calibration import Calibration
from heatcli.errors import ConfigError, InputError
from heatcli.picture.files import read_picture


def read_plan(calibrations: Sequence[Calibration]) -> NDArray[np.uint8]:
    """Read the picture of a floor plan.

    Args:
        calibrations: calibrations of the cameras that watch this floor.

    Returns:
        (height, width, 3) uint8 BGR picture of the plan.

    Raises:
        InputError: the file of the plan does not exist or is no picture.
        ConfigError: the plan does not fit the points or the scale that a camera has in the configuration.
    """
    plan = calibrations[0].plan
    if not plan.exists():
        raise InputError(f"{plan}: there is no such plan; cameras.{calibrations[0].camera}.floor names it")
    picture = read_picture(plan)
    height, width = picture.shape[:2]
    scale = calibrations[0].floor.metres_per_pixel
    for one in calibrations:
        where = f"cameras.{one.camera}.floor"
        if one.floor.metres_per_pixel != scale:
            raise ConfigError(
                f"{where}: {one.floor.plan} has {one.floor.metres_per_pixel:g} metres per pixel here and "
                f"{scale:g} at camera {calibrations[0].camera!r}; a plan has one scale"
            )
        for number, point in enumerate(one.floor.points, 1):
            x, y = point.plan
            if not (0 <= x <= width and 0 <= y <= height):
                raise ConfigError(
                    f"{where}: point {number} is at {x:g}, {y:g} of {one.floor.plan}, which has {width} x "
                    f"{height} pixels; is that the plan of another camera?"
                )
    return picture
