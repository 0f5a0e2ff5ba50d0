"""Every setting, as typed and frozen models: the one home of defaults.

Units are in the names. A hash of a model's values is what decides whether a clip was analysed with the same
settings (`heatcli.store`).
"""

import difflib
import fnmatch
import glob
import os
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from heatcli.clock import time_zone
from heatcli.errors import ConfigError, UsageError
from heatcli.names import ColorMap, DetectorChoice, Metric, Normalization, TrackingMode


class Settings(BaseModel):
    """Base of all settings: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MotionSettings(Settings):
    """Background subtraction, in the 0..100 scales that recorders use; 50 is the default of each."""

    sensitivity: int = Field(50, ge=0, le=100)
    """How little a pixel must differ from the background to count: 0 sees only strong contrast."""
    background_update_rate: int = Field(50, ge=0, le=100)
    """How soon a thing that came to rest becomes background: 0 never within a day, 100 within seconds."""
    scene_change_level: int = Field(50, ge=0, le=100)
    """How much of the picture must change at once to be taken for a change of light, not for people: 0
    takes nearly everything for people, 100 a small part of the frame for a change of light."""
    min_target_size: int = Field(50, ge=0, le=100)
    """How small an object may be, against the size a person is expected to have at that place: 0 keeps
    everything, 100 only what is as large as an average person."""


class YoloSettings(Settings):
    """A detection model that ultralytics loads."""

    weights: str | None = None
    """Model file or folder; None: HEATCLI_WEIGHTS, then the default model."""
    device: str | None = None
    """As ultralytics and torch name it: `cpu`, `0`, `cuda:1`; None lets ultralytics choose."""


class TrackSettings(Settings):
    """Online association. A length is the longer side of a box: the height of a person who stands."""

    speed_lengths_per_s: float = Field(0.6, gt=0)
    """Standard deviation of each component of an object's velocity, in its own lengths per second. People
    walk at 0.8 body heights per second (1.4 m/s) in any direction: 0.8 / sqrt(2) each."""
    max_gap_s: float = Field(1.5, gt=0)
    """How long an object is followed without being seen, as behind a passer-by or a post; such gaps are
    filled. A walker makes more than one body length in it: who comes up later may well be somebody else."""
    min_seen_s: float = Field(0.5, ge=0)
    """How long an object must be seen, from its first to its last sighting, to be stored: one step of a
    walker. Reflections and other blips are shorter."""


class AnalyzeSettings(Settings):
    """Everything that decides what `analyze` finds in a clip."""

    detector: DetectorChoice = DetectorChoice.AUTO
    sample_fps: float = Field(10.0, ge=0, allow_inf_nan=False)
    """Frames processed per second of media time; 0 is every frame."""
    objects_to_track: tuple[str, ...] = Field(("person",), min_length=1)
    """Names of the detector's classes."""
    confidence: float = Field(0.25, gt=0, lt=1)
    """Least confidence of a detection that may found a tracklet on its own, of either detector."""
    yolo: YoloSettings = YoloSettings()
    motion: MotionSettings = MotionSettings()
    track: TrackSettings = TrackSettings()


DEFAULT_GRID_RESOLUTION = 160
"""Columns of the default grid; `smoothing` is measured in cells of it."""


class RenderSettings(Settings):
    """What a heat map shows and how it is drawn."""

    metric: Metric = Metric.DWELL_TIME
    tracking_mode: TrackingMode = TrackingMode.BOTTOM_CENTER
    grid_resolution: int = Field(DEFAULT_GRID_RESOLUTION, ge=4, le=4096)
    """Cells across the frame; more than a pixel each would add nothing, hence the upper end."""
    smoothing: int = Field(24, ge=0, le=199)
    """Size of the Gaussian; see `heatcli.heat.smoothing`. 0 is none."""
    normalization: Normalization = Normalization.RELATIVE
    max_value: float | None = Field(None, gt=0, allow_inf_nan=False)
    """The end of an absolute scale, in the metric's unit."""
    min_display_threshold: float = Field(0.05, ge=0, le=1)
    """Fraction of the scale below which nothing is drawn."""
    opacity: float = Field(0.5, ge=0, le=1)
    color_map: ColorMap = ColorMap.TURBO
    display_legend: bool = True

    @model_validator(mode="after")
    def _scale_is_complete(self) -> "RenderSettings":
        absolute = self.normalization is Normalization.ABSOLUTE
        if absolute and self.max_value is None:
            raise ValueError("--normalization absolute needs --max-value, the value at the end of the scale")
        if self.max_value is not None and not absolute:
            raise ValueError("--max-value is the end of an absolute scale; add --normalization absolute")
        return self


SettingsT = TypeVar("SettingsT", bound=Settings)


def settings_from(model: type[SettingsT], **said: object) -> SettingsT:
    """Make settings of what was said on the command line; None was not said, and the default holds.

    Raises:
        UsageError: a value that cannot be; the option is named.
    """
    try:
        return model.model_validate({name: value for name, value in said.items() if value is not None})
    except ValidationError as error:
        mistake = error.errors()[0]
        what = mistake["msg"].removeprefix("Value error, ")
        if not mistake["loc"]:
            raise UsageError(what) from error
        option = str(mistake["loc"][-1]).replace("_", "-")
        raise UsageError(f"--{option} {mistake['input']}: {what}") from error


def _known_timezone(name: str) -> str:
    """Refuse a name that the time zone database does not have."""
    try:
        time_zone(name)
    except UsageError as error:
        raise ValueError(str(error)) from error
    return name


TimezoneName = Annotated[str, AfterValidator(_known_timezone)]
Fraction01 = Annotated[float, Field(ge=0, le=1)]


class ZoneConfig(Settings):
    """A named zone. Coordinates are fractions of the frame, a radius is a fraction of its width."""

    circle: tuple[Fraction01, Fraction01, Annotated[float, Field(gt=0)]] | None = None
    polygon: tuple[tuple[Fraction01, Fraction01], ...] | None = Field(None, min_length=3)

    @model_validator(mode="after")
    def _one_shape(self) -> "ZoneConfig":
        if (self.circle is None) == (self.polygon is None):
            raise ValueError("a zone is either a circle or a polygon")
        return self


class CameraConfig(MotionSettings):
    """One camera: whose clips are whose, and how to analyse them."""

    sources: tuple[str, ...] = ()
    """Globs of its clips, relative to the configuration file."""
    location: str | None = None
    labels: tuple[str, ...] = ()
    timezone: TimezoneName | None = None
    """None: the file's `timezone`."""
    start: datetime | None = None
    """When its only clip was recorded, in local time; for a camera with one clip."""
    detector: DetectorChoice = DetectorChoice.AUTO
    weights: str | None = None
    """Model file or folder, relative to the configuration file."""
    confidence: float | None = Field(None, gt=0, lt=1)
    zones: dict[str, ZoneConfig] = {}


class Config(Settings):
    """`heatcli.toml`."""

    timezone: TimezoneName = "UTC"
    cameras: dict[str, CameraConfig] = {}

    _folder: Path = PrivateAttr(Path())

    @property
    def folder(self) -> Path:
        """Where the file is: its globs and paths are relative to this."""
        return self._folder

    def camera_of(self, clip: Path) -> str | None:
        """Return the camera whose sources match the clip, or None.

        Raises:
            ConfigError: two cameras claim it.
        """
        path = Path(os.path.abspath(clip)).parts
        root = glob.escape(os.path.abspath(self._folder))
        found = [
            name
            for name, camera in self.cameras.items()
            if any(_matches(Path(os.path.abspath(Path(root) / s)).parts, path) for s in camera.sources)
        ]
        if len(found) > 1:
            raise ConfigError(
                f"{clip}: cameras {found[0]!r} and {found[1]!r} both claim it; narrow the sources of one"
            )
        return found[0] if found else None


def _matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Match part by part as a shell does: `*` stays within a folder, `**` is any number of folders."""
    if not pattern or not path:
        return not path and all(part == "**" for part in pattern)
    if pattern[0] == "**":
        return _matches(pattern[1:], path) or _matches(pattern, path[1:])
    return fnmatch.fnmatchcase(path[0], pattern[0]) and _matches(pattern[1:], path[1:])


def load_config(path: Path | None) -> Config:
    """Read `heatcli.toml`.

    Args:
        path: the file; None for `heatcli.toml` in the current folder, and the defaults where there is none.

    Raises:
        ConfigError: the file is missing, no TOML, or says something that cannot be.
    """
    file = path or Path("heatcli.toml")
    if path is None and not file.exists():
        return Config()
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); check --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is not valid TOML: {error}") from error
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"{file}: {_first_mistake(error)}") from error
    config._folder = file.parent
    return config


# The model that the last key of a mistake's path belongs to, by the length of the path.
_MODEL_AT_DEPTH: dict[int, type[Settings]] = {1: Config, 3: CameraConfig, 5: ZoneConfig}


def _first_mistake(error: ValidationError) -> str:
    """Say where the first mistake is and what is wrong, in one line."""
    mistake = error.errors()[0]
    where = mistake["loc"]
    key = ".".join(str(part) for part in where)
    if mistake["type"] != "extra_forbidden":
        return f"{key}: {mistake['msg'].removeprefix('Value error, ')}"
    known = _MODEL_AT_DEPTH[len(where)].model_fields
    near = difflib.get_close_matches(str(where[-1]), known, n=1)
    return f"{key}: no such key" + (f"; did you mean {near[0]}?" if near else "")
