"""Where a camera's picture lies on a floor plan, and how well that is known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heatcli.config.lens import LensConfig
from heatcli.config.models import Config
from heatcli.config.places import FloorConfig
from heatcli.errors import ConfigError
from heatcli.names import TrackingMode, Viewpoint
from heatcli.optics.lens import BrownLens, FisheyeLens, Lens
from heatcli.optics.projection import FloorProjection
from heatcli.optics.straight_lines import StraightenedLines, straighten

# The width of a person's shoulders: with a larger error, people would be put where somebody else stands.
# Pairs chosen with care give far less, and one wrong pair gives more.
LARGEST_ERROR_M = 0.5

# Height of people in metres: where only the middle of a body is known, 0.1 m more or less moves the feet by
# some 2 % of their distance from the place below a camera that hangs at 3 m.
_BODY_M = 1.7

# Cosine of the angle from straight down within which feet are on any side of people: 30 degrees.
_STRAIGHT_DOWN = 0.866


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A camera's picture on a floor plan.

    Attributes:
        camera: name of the camera.
        floor: floor of the camera, as configured.
        plan: file of the plan's picture.
        projection: map from points of the picture that show the floor, in fractions of it, to metres on the
            plan.
        errors_m: (n,) float64 distances in metres on the plan, one for each pair of points: from the point of
            the picture, as mapped, to the point of the plan. Four pairs always fit exactly.
        lines: what marked lines told of the lens; None where none are marked.
    """

    camera: str
    floor: FloorConfig
    plan: Path
    projection: FloorProjection
    errors_m: NDArray[np.float64]
    lines: StraightenedLines | None = None

    @classmethod
    def of(cls, camera: str, floor: FloorConfig, folder: Path) -> Self:
        """Fit the projection to all pairs of points.

        Args:
            camera: name of the camera.
            floor: floor of that camera, as configured.
            folder: folder of the configuration file, to which the plan's path is relative.

        Raises:
            ConfigError: points that do not tell where the picture lies, or contradict each other, or lines
                that do not tell how the lens bends.
        """
        where = f"cameras.{camera}.floor"
        image = np.array([point.image for point in floor.points])
        plan_m = np.array([point.plan for point in floor.points]) * floor.metres_per_pixel
        lens, lines = (None, None) if floor.lens is None else _lens(floor.lens, f"{where}.lens")
        if lens is not None:
            hidden = np.isnan(lens.rays(image)).any(axis=1)
            if hidden.any():
                raise ConfigError(
                    f"{where}: point {int(hidden.argmax()) + 1} is where the lens shows nothing: the model "
                    "ends or folds over nearer to its axis; leave it out, or check focal, centre and k1"
                )
        try:
            projection = FloorProjection.fit(image, plan_m, lens)
        except ValueError as error:
            raise ConfigError(f"{where}: {error}; choose points that are spread over the floor") from error
        area_scale = projection.area_scale(image)
        if not (area_scale > 0).all():
            raise ConfigError(
                f"{where}: its points show the floor mirrored or from below, which no camera sees; check "
                "that each image and its plan are the same place"
            )
        errors_m = np.linalg.norm(projection.apply(image) - plan_m, axis=1)
        found = cls(camera, floor, folder / floor.plan, projection, errors_m, lines)
        if found.rms_m > LARGEST_ERROR_M:
            worst = int(errors_m.argmax())
            raise ConfigError(
                f"{where}: its points contradict each other by {found.rms_m:.2f} m, more than "
                f"{LARGEST_ERROR_M:g} m; check number {worst + 1} first, which is {errors_m[worst]:.2f} m off"
            )
        return found

    def of_people(self, mode: TrackingMode) -> FloorProjection:
        """Return the map from people's tracking points to where they stand.

        Args:
            mode: point of a bounding box that stands for a person. That of `centroid` is in the middle of the
                body, where the lens tells angles; all others are taken for points on the floor.
        """
        return self.projection.of_people(_BODY_M) if mode is TrackingMode.CENTROID else self.projection

    @property
    def looks_down(self) -> bool:
        """Whether the camera is a fisheye that looks straight down, to within `_STRAIGHT_DOWN`."""
        return isinstance(self.projection.lens, FisheyeLens) and self.projection.steepness > _STRAIGHT_DOWN

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
        ConfigError: points that cannot be used, as `Calibration.of` has it, or a fisheye from above without
            `viewpoint = "top"`.
    """
    configured = config.cameras.get(camera)
    if configured is None or configured.floor is None:
        return None
    found = Calibration.of(camera, configured.floor, config.folder)
    if found.looks_down and configured.viewpoint is not Viewpoint.TOP:
        raise ConfigError(
            f"cameras.{camera}: its fisheye looks straight down, where feet are not on the lower edges of "
            'boxes; say viewpoint = "top"'
        )
    return found


def _lens(configured: LensConfig, where: str) -> tuple[Lens, StraightenedLines | None]:
    """Make the lens of a camera; and return what lines told of it, if they did.

    Raises:
        ConfigError: the lines do not tell it.
    """
    if configured.focal is None:
        try:
            found = straighten([np.array(line) for line in configured.lines], configured.size)
        except ValueError as error:
            raise ConfigError(f"{where}: {error}") from error
        return found.lens, found
    width, height = configured.size
    focal = configured.focal if isinstance(configured.focal, tuple) else (configured.focal,) * 2
    centre = configured.centre or ((width - 1) / 2, (height - 1) / 2)
    k1, k2, k3, k4 = configured.k1, configured.k2, configured.k3, configured.k4
    if configured.model == "fisheye":
        return FisheyeLens(size=configured.size, focal=focal, centre=centre, radial=(k1, k2, k3, k4)), None
    tangential = configured.p1, configured.p2
    return BrownLens(
        size=configured.size, focal=focal, centre=centre, radial=(k1, k2, k3), tangential=tangential
    ), None
