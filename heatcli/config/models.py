"""What `heatcli.toml` says, as typed and frozen models. Coordinates are fractions of the frame.

`docs/configuration.md` explains the file key by key.
"""

import glob
import math
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, ValidationError, model_validator

from heatcli.clock import time_zone
from heatcli.config.analysis_keys import AnalysisKeys
from heatcli.config.bounds import CONFIDENCE, FRACTION, LONGEST_STAY, PART, RAW_FPS, SECONDS
from heatcli.config.globs import matches
from heatcli.config.mistakes import syntax_mistake, value_mistake
from heatcli.config.schedule import Schedule
from heatcli.config.settings import (
    FrameHeightPart,
    MapLook,
    MotionSettings,
    RenderSettings,
    Settings,
    checked,
    in_list,
)
from heatcli.config.time_pattern import time_pattern
from heatcli.config.view import ViewConfig
from heatcli.errors import ConfigError, UsageError, did_you_mean, unknown
from heatcli.names import ReidInput, TrackingMode, Viewpoint
from heatcli.shapes import with_rectangles

TimezoneName = Annotated[str, checked(time_zone)]
TimePatternText = Annotated[str, checked(time_pattern)]
ScheduleEntry = Annotated[str, checked(lambda entry: Schedule.parse([entry]))]
Fraction01 = Annotated[float, Field(**FRACTION.limits)]
Point = tuple[Fraction01, Fraction01]


def _on_one_line(points: Sequence[tuple[float, float]]) -> bool:
    (x, y), *others = points
    sides = [(u - x, v - y) for u, v in others]
    across, down = max(sides, key=lambda side: math.hypot(*side))
    return all(abs(across * v - down * u) < 1e-12 for u, v in sides)


def _area(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    """Complete a rectangle of which two corners are given; refuse corners that enclose no area."""
    corners = with_rectangles(corners)
    if _on_one_line(corners):
        raise ValueError("all its corners are on one line, so it has no area")
    return corners


Corners = Annotated[tuple[Point, ...], Field(min_length=2), AfterValidator(_area)]
"""Three or more corners of a polygon, or two opposite ones of a rectangle."""


class ZoneConfig(Settings):
    """A named zone: one of a circle, a polygon or a line."""

    circle: tuple[Fraction01, Fraction01, Annotated[float, Field(**PART.limits)]] | None = None
    """Centre and radius; the radius is a fraction of the frame's width."""
    polygon: Corners | None = None
    line: tuple[Point, Point] | None = None
    """Its two ends. Seen from the first towards the second, people cross it from the left or the right."""

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if sum(shape is not None for shape in (self.circle, self.polygon, self.line)) != 1:
            raise ValueError("a zone has exactly one of circle, polygon and line")
        if self.line is not None and self.line[0] == self.line[1]:
            raise ValueError("a line needs two different ends")
        return self


class FloorPoint(Settings):
    """One place, in the camera's picture and on the floor plan."""

    image: Point
    plan: tuple[float, float]
    """Position on the plan, in pixels."""


class FloorConfig(Settings):
    """Where the camera's picture lies on a floor plan."""

    plan: str
    """Picture of the plan, relative to the configuration file."""
    metres_per_pixel: float = Field(gt=0, allow_inf_nan=False)
    """Width of a pixel of the plan, in metres."""
    points: tuple[FloorPoint, ...] = Field(min_length=4)
    """Places on the floor, far apart from each other."""

    @model_validator(mode="after")
    def _spread(self) -> Self:
        for where in ("image", "plan"):
            if _on_one_line([getattr(point, where) for point in self.points]):
                raise ValueError(f"all its points are on one line of the {where}; add some away from it")
        return self


class CameraConfig(AnalysisKeys, MotionSettings):
    """One camera: which clips are its own, how to analyse them, and what its picture shows."""

    sources: tuple[str, ...] = ()
    """Globs of its clips, relative to the configuration file."""
    location: str | None = None
    labels: tuple[str, ...] = ()
    timezone: TimezoneName | None = None
    """IANA name; None for the `timezone` of the whole file."""
    start: datetime | None = None
    """Start of its only clip, in local time; for a camera with one clip."""
    time_pattern: TimePatternText | None = None
    """Pattern of the time in the names of its files (`heatcli.config.time_pattern`)."""
    fps: float | None = Field(None, **RAW_FPS.limits)
    """Frames per second of its files if they are raw streams, without time stamps; None if they say so."""
    viewpoint: Viewpoint = Viewpoint.SIDE
    weights: str | None = None
    """Model file or folder, relative to the configuration file."""
    reid_weights: str | None = None
    """Re-identification model, file or folder, relative to the configuration file."""
    reid_input: ReidInput | None = None
    """Colours that this model takes, where its file does not say."""
    confidence: float | None = Field(None, **CONFIDENCE.limits)
    attributes: str | None = None
    """`color`, or a classification model's file or folder, relative to the configuration file."""
    masks: dict[str, Corners] = Field(default_factory=dict)
    """Parts of the picture that are black before anything looks at a frame, by name."""
    regions: dict[str, Corners] = Field(default_factory=dict)
    """Named parts of the picture, for `--roi` and as zones."""
    area: Annotated[tuple[str, ...], BeforeValidator(in_list)] = ()
    """Names of the zones and regions outside of which nothing counts: the camera's detection area; none: the
    whole frame."""
    zones: dict[str, ZoneConfig] = Field(default_factory=dict)
    staff_zones: tuple[str, ...] = ()
    """Names of the zones and regions in which only staff begin and end."""
    schedule: tuple[ScheduleEntry, ...] = ()
    """Opening hours, `heatcli.config.schedule`; none: always."""
    min_size: FrameHeightPart | None = None
    """Least height of a person's box, as a fraction of the frame's height."""
    min_dwell_s: float | None = Field(None, **SECONDS.limits)
    """Least time present: people who are present for less do not count."""
    max_dwell_s: float | None = Field(None, **LONGEST_STAY.limits)
    """Most time present: people who are present for longer do not count."""
    floor: FloorConfig | None = None
    maps: MapLook = MapLook()
    """Look of its maps, where it differs from that of the file."""

    @property
    def tracking_mode(self) -> TrackingMode:
        """Point of a box that stands for a person; it follows from the viewpoint."""
        return TrackingMode.CENTROID if self.viewpoint is Viewpoint.TOP else TrackingMode.BOTTOM_CENTER

    @model_validator(mode="after")
    def _names_and_limits_agree(self) -> Self:
        for name in self.regions:
            if name in self.zones:
                raise ValueError(f"{name!r} names a zone and a region; give one of them another name")
        areas = {**self.zones, **self.regions}
        for key, names in {"staff_zones": self.staff_zones, "area": self.area}.items():
            for name in names:
                if name not in areas:
                    raise ValueError(f"{key}: no zone is called {name!r}{did_you_mean(name, areas)}")
        for name in self.area:
            if name in self.zones and self.zones[name].line is not None:
                raise ValueError(f"area: {name!r} is a line; name a circle, a polygon or a region")
        if (self.min_dwell_s or 0.0) > (math.inf if self.max_dwell_s is None else self.max_dwell_s):
            raise ValueError("min_dwell_s is more than max_dwell_s, so nobody would count")
        return self


class Config(AnalysisKeys):
    """`heatcli.toml`. What it says of analyses and maps is for all cameras that do not say it themselves."""

    timezone: TimezoneName = "UTC"
    store: str | None = None
    """Folder of the heat store, relative to the configuration file."""
    log: str | None = None
    """File to which all that commands say is appended, relative to the configuration file."""
    maps: MapLook = MapLook()
    cameras: dict[str, CameraConfig] = Field(default_factory=dict)
    views: dict[str, ViewConfig] = Field(default_factory=dict)

    _folder: Path = PrivateAttr(Path())
    _file: Path | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _maps_agree(self) -> Self:
        for name, maps in {"": self.maps, **{name: one.maps for name, one in self.cameras.items()}}.items():
            try:
                RenderSettings().over(self.maps, maps)
            except UsageError as error:
                where = f"cameras.{name}.maps" if name else "maps"
                words = str(error).replace("--", "").replace("max-value", "max_value")
                raise ValueError(f"{where}: {words}") from error
        return self

    @property
    def folder(self) -> Path:
        """Folder of the file, to which its globs and paths are relative."""
        return self._folder

    @property
    def file(self) -> Path | None:
        """Path of the file; None where none was read."""
        return self._file

    def path(self, said: str | None) -> str | None:
        """Return a path of the file, relative to the current folder; None stays None."""
        return None if said is None else str(self._folder / said)

    @property
    def log_file(self) -> Path | None:
        """File to which all that commands say is appended; None for none."""
        return None if self.log is None else self._folder / self.log

    def glob(self, source: str) -> Path:
        """Return a glob of the file, relative to the current folder."""
        return Path(glob.escape(str(self._folder))) / source

    def camera(self, name: str) -> CameraConfig:
        """Return the settings of a camera, or the defaults if it is not configured."""
        return self.cameras.get(name, CameraConfig())

    def said_of_analysis(self, camera: str, key: str) -> object:
        """Return what a key of `AnalysisKeys` says for a camera; None where neither it nor the file does."""
        own = getattr(self.camera(camera), key)
        return getattr(self, key) if own is None else own

    def map_settings(self, camera: str, settings: RenderSettings, *, scaled: bool = True) -> RenderSettings:
        """Fill in how the maps of a camera look, as `RenderSettings.over`, where the user does not say it."""
        return settings.over(self.maps, self.camera(camera).maps, scaled=scaled)

    def camera_of(self, clip: Path) -> str | None:
        """Return the camera whose sources match the clip, or None.

        Raises:
            ConfigError: clip that two cameras claim.
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
            UsageError: unknown name; the message gives the nearest names.
        """
        if name not in self.views:
            raise unknown(name, self.views, kind="view", where="the configuration")
        return self.views[name]


def load_config(path: Path | None) -> Config:
    """Read `heatcli.toml`.

    Args:
        path: path of the file; None for `heatcli.toml` in the current folder, or the defaults without it.

    Raises:
        ConfigError: missing file, text that is not TOML, or wrong value; the message gives the line.
    """
    file = path or Path("heatcli.toml")
    if path is None and not file.exists():
        return Config()
    try:
        text = file.read_text(encoding="utf-8-sig")  # editors of Windows write a byte order mark
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
    config._folder, config._file = file.parent, file
    return config
