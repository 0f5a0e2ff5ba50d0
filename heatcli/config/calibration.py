"""Where a camera's picture lies on a floor plan, and how well that is known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.config.models import Config, FloorConfig
from heatcli.errors import ConfigError
from heatcli.geometry import Homography

# The width of a person's shoulders: with a larger error people stand where somebody else is. It is far more
# than careful pairs give, and less than one pair that is wrong leaves.
LARGEST_ERROR_M = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A camera's picture on a floor plan.

    Attributes:
        camera: its name.
        floor: as configured.
        plan: file of the plan's picture.
        homography: maps points of the picture, in fractions of it, to metres on the plan.
        errors_m: (n,) float64, for each pair of points how far the one of the picture lies from the one of
            the plan, in metres; four pairs fit exactly, so that it is more pairs that tell something.
    """

    camera: str
    floor: FloorConfig
    plan: Path
    homography: Homography
    errors_m: NDArray[np.float64]

    @classmethod
    def of(cls, camera: str, floor: FloorConfig, folder: Path) -> Self:
        """Fit the homography to all pairs of points.

        Args:
            camera: its name.
            floor: of that camera.
            folder: of the configuration, to which the plan is relative.

        Raises:
            ConfigError: the points do not tell where the picture lies, or contradict each other.
        """
        where = f"cameras.{camera}.floor"
        image = np.array([point.image for point in floor.points])
        plan_m = np.array([point.plan for point in floor.points]) * floor.metres_per_pixel
        try:
            homography = Homography.fit(image, plan_m)
        except ValueError as error:
            raise ConfigError(f"{where}: {error}; choose points that are spread over the floor") from error
        area_scale = homography.area_scale(image)
        if not (area_scale > 0).all():
            raise ConfigError(
                f"{where}: no camera sees a floor like that, mirrored or turned over; the image of one point "
                "stands with the plan of another"
            )
        errors_m = np.linalg.norm(homography.apply(image) - plan_m, axis=1)
        found = cls(camera, floor, folder / floor.plan, homography, errors_m)
        if found.rms_m > LARGEST_ERROR_M:
            worst = int(errors_m.argmax())
            raise ConfigError(
                f"{where}: its points contradict each other by {found.rms_m:.2f} m, more than "
                f"{LARGEST_ERROR_M:g} m; look first at number {worst + 1}, {errors_m[worst]:.2f} m off"
            )
        return found

    @property
    def rms_m(self) -> float:
        """Root mean square of the errors in metres."""
        return float(np.sqrt(np.mean(self.errors_m**2)))

    @property
    def worst_m(self) -> float:
        """The largest of the errors in metres."""
        return float(self.errors_m.max())


def calibration_of(camera: str, config: Config) -> Calibration | None:
    """Return how a camera lies on its plan; None where no floor is configured for it.

    Raises:
        ConfigError: as `Calibration.of`.
    """
    configured = config.cameras.get(camera)
    if configured is None or configured.floor is None:
        return None
    return Calibration.of(camera, configured.floor, config.folder)
