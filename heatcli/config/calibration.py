"""Where a camera's picture lies on a floor plan, and how well that is known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.config.models import Config
from heatcli.config.places import FloorConfig
from heatcli.errors import ConfigError
from heatcli.geometry import Homography

# The width of a person's shoulders: with a larger error, people would be put where somebody else stands.
# Pairs chosen with care give far less, and one wrong pair gives more.
LARGEST_ERROR_M = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A camera's picture on a floor plan.

    Attributes:
        camera: name of the camera.
        floor: floor of the camera, as configured.
        plan: file of the plan's picture.
        homography: map from points of the picture, in fractions of it, to metres on the plan.
        errors_m: (n,) float64 distances in metres on the plan, one for each pair of points: from the point of
            the picture, as mapped, to the point of the plan. Four pairs always fit exactly.
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
            camera: name of the camera.
            floor: floor of that camera, as configured.
            folder: folder of the configuration file, to which the plan's path is relative.

        Raises:
            ConfigError: points that do not tell where the picture lies, or contradict each other.
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
                f"{where}: its points show the floor mirrored or from below, which no camera sees; check "
                "that each image and its plan are the same place"
            )
        errors_m = np.linalg.norm(homography.apply(image) - plan_m, axis=1)
        found = cls(camera, floor, folder / floor.plan, homography, errors_m)
        if found.rms_m > LARGEST_ERROR_M:
            worst = int(errors_m.argmax())
            raise ConfigError(
                f"{where}: its points contradict each other by {found.rms_m:.2f} m, more than "
                f"{LARGEST_ERROR_M:g} m; check number {worst + 1} first, which is {errors_m[worst]:.2f} m off"
            )
        return found

    @property
    def rms_m(self) -> float:
        """Root mean square of the errors in metres."""
        return float(np.sqrt(np.mean(self.errors_m**2)))

    @property
    def worst_m(self) -> float:
        """Largest of the errors in metres."""
        return float(self.errors_m.max())


def calibration_of(camera: str, config: Config) -> Calibration | None:
    """Return how a camera lies on its plan; None where no floor is configured for it.

    Raises:
        ConfigError: points that cannot be used, as `Calibration.of` has it.
    """
    configured = config.cameras.get(camera)
    if configured is None or configured.floor is None:
        return None
    return Calibration.of(camera, configured.floor, config.folder)
