"""What `heatcli.toml` says, as typed and frozen models. Coordinates are fractions of the frame.

`docs/configuration.md` explains the file key by key.
"""

import math
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, model_validator

from heatcli.clock import time_zone
from heatcli.config.globs import matches
from heatcli.config.mistakes import syntax_mistake, value_mistake
from heatcli.config.schedule import Schedule
from heatcli.config.settings import MotionSettings, Settings, checked
from heatcli.config.time_pattern import time_pattern
from heatcli.config.view import ViewConfig
from heatcli.errors import ConfigError, did_you_mean, unknown
from heatcli.names import DetectorChoice, TrackingMode, Viewpoint

TimezoneName = Annotated[str, checked(time_zone)]
TimePatternText = Annotated[str, checked(time_pattern)]
ScheduleEntry = Annotated[str, checked(lambda entry: Schedule.parse([entry]))]
Fraction01 = Annotated[float, Field(ge=0, le=1)]
Point = tuple[Fraction01, Fraction01]


def _on_one_line(points: Sequence[tuple[float, float]]) -> bool:
    (x, y), *others = points
    sides = [(u - x, v - y) for u, v in others]
    across, down = max(sides, key=lambda side: math.hypot(*side))
    return all(abs(across * v - down * u) < 1e-12 for u, v in sides)


def _area(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    """Refuse corners that have nothing between them."""
    if _on_one_line(corners):
        raise ValueError("its corners are all on one line, so that it has no area")
    return corners


Corners = Annotated[tuple[Point, ...], Field(min_length=3), AfterValidator(_area)]


class ZoneConfig(Settings):
    """A named zone: one of a circle, a polygon or a line."""

    circle: tuple[Fraction01, Fraction01, Annotated[float, Field(gt=0, le=1)]] | None = None
    """Centre and radius; the radius is a fraction of the frame's width."""
    polygon: Corners | None = None
    line: tuple[Point, Point] | None = None
    """From one end to the other: seen that way, people cross it from the left or from the right."""

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if sum(shape is not None for shape in (self.circle, self.polygon, self.line)) != 1:
            raise ValueError("a zone is one of a circle, a polygon and a line")
        if self.line is not None and self.line[0] == self.line[1]:
            raise ValueError("a line ends elsewhere than it begins")
        return self


class FloorPoint(Settings):
    """One place, in the camera's picture and on the floor plan."""

    image: Point
    plan: tuple[float, float]
    """In pixels of the plan."""


class FloorConfig(Settings):
    """Where the camera's picture lies on a floor plan."""

    plan: str
    """Picture of the plan, relative to the configuration file."""
    metres_per_pixel: float = Field(gt=0, allow_inf_nan=False)
    """Of the plan."""
    points: tuple[FloorPoint, ...] = Field(min_length=4)
    """Spread over the floor."""

    @model_validator(mode="after")
    def _spread(self) -> Self:
        for where in ("image", "plan"):
            if _on_one_line([getattr(point, where) for point in self.points]):
                raise ValueError(f"its points are all on one line of the {where}; choose some beside it")
        return self


class CameraConfig(MotionSettings):
    """One camera: whose clips are whose, how to analyse them, and what its picture shows."""

    sources: tuple[str, ...] = ()
    """Globs of its clips, relative to the configuration file."""
    location: str | None = None
    labels: tuple[str, ...] = ()
    timezone: TimezoneName | None = None
    """None: the file's `timezone`."""
    start: datetime | None = None
    """When its only clip was recorded, in local time; for a camera with one clip."""
    time_pattern: TimePatternText | None = None
    """Where the time stands in the names of its files (`heatcli.config.time_pattern`)."""
    viewpoint: Viewpoint = Viewpoint.SIDE
    detector: DetectorChoice = DetectorChoice.AUTO
    weights: str | None = None
    """Model file or folder, relative to the configuration file."""
    reid_weights: str | None = None
    """Re-identification model, file or folder, relative to the configuration file."""
    confidence: float | None = Field(None, gt=0, lt=1)
    attributes: str | None = None
    """`color`, or a classification model's file or folder, relative to the configuration file."""
    masks: dict[str, Corners] = Field(default_factory=dict)
    """Places that are blacked out before anything looks at a frame."""
    regions: dict[str, Corners] = Field(default_factory=dict)
    """Named parts of the picture, for `--roi` and as zones."""
    zones: dict[str, ZoneConfig] = Field(default_factory=dict)
    staff_zones: tuple[str, ...] = ()
    """Names of the zones and regions in which only staff begin and end."""
    schedule: tuple[ScheduleEntry, ...] = ()
    """Opening hours, `heatcli.config.schedule`; none: always."""
    min_size: float | None = Field(None, gt=0, le=1)
    """Least height of a person's box, as a fraction of the frame's height."""
    min_dwell_s: float | None = Field(None, ge=0, allow_inf_nan=False)
    """Who is present for less does not count."""
    max_dwell_s: float | None = Field(None, gt=0, allow_inf_nan=False)
    """Who is present for longer does not count."""
    floor: FloorConfig | None = None

    @property
    def tracking_mode(self) -> TrackingMode:
        """Which point of a box stands for a person, as the viewpoint has it."""
        return TrackingMode.CENTROID if self.viewpoint is Viewpoint.TOP else TrackingMode.BOTTOM_CENTER

    @model_validator(mode="after")
    def _names_and_limits_agree(self) -> Self:
        for name in self.regions:
            if name in self.zones:
                raise ValueError(f"{name!r} names a zone and a region; give one of them another name")
        areas = {**self.zones, **self.regions}
        for name in self.staff_zones:
            if name not in areas:
                raise ValueError(f"staff_zones: no zone is called {name!r}{did_you_mean(name, areas)}")
        if (self.min_dwell_s or 0.0) > (math.inf if self.max_dwell_s is None else self.max_dwell_s):
            raise ValueError("min_dwell_s is more than max_dwell_s, so that nobody counts")
        return self


class Config(Settings):
    """`heatcli.toml`."""

    timezone: TimezoneName = "UTC"
    cameras: dict[str, CameraConfig] = Field(default_factory=dict)
    views: dict[str, ViewConfig] = Field(default_factory=dict)

    _folder: Path = PrivateAttr(Path())

    @property
    def folder(self) -> Path:
        """Where the file is: its globs and paths are relative to this."""
        return self._folder

    def path(self, said: str | None) -> str | None:
        """Return a path that the file says, as seen from the current folder; None if it says none."""
        return None if said is None else str(self._folder / said)

    def camera(self, name: str) -> CameraConfig:
        """Return the settings of a camera: the defaults of one that is not configured."""
        return self.cameras.get(name, CameraConfig())

    def camera_of(self, clip: Path) -> str | None:
        """Return the camera whose sources match the clip, or None.

        Raises:
            ConfigError: two cameras claim it.
        """
        found = [
            name
            for name, camera in self.cameras.items()
            if any(matches(source, clip, folder=self._folder) for source in camera.sources)
        ]
        if len(found) > 1:
            raise ConfigError(
                f"{clip}: cameras {found[0]!r} and {found[1]!r} both claim it; narrow the sources of one"
            )
        return found[0] if found else None

    def view(self, name: str) -> ViewConfig:
        """Return the view of that name.

        Raises:
            UsageError: there is none; the nearest names are given.
        """
        if name not in self.views:
            raise unknown(name, self.views, kind="view", where="the configuration")
        return self.views[name]


def load_config(path: Path | None) -> Config:
    """Read `heatcli.toml`.

    Args:
        path: the file; None for `heatcli.toml` in the current folder, and the defaults where there is none.

    Raises:
        ConfigError: the file is missing, no TOML, or says something that cannot be; its line is given.
    """
    file = path or Path("heatcli.toml")
    if path is None and not file.exists():
        return Config()
    try:
        text = file.read_text(encoding="utf-8-sig")  # editors of Windows begin files with a mark
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); check --config") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not valid TOML: {error}") from error
    try:
        config = Config.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(syntax_mistake(file, text, error)) from error
    except ValidationError as error:
        raise ConfigError(value_mistake(file, text, error, Config)) from error
    config._folder = file.parent
    return config
