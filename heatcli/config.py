"""What `heatcli.toml` says, as typed and frozen models."""

import difflib
import fnmatch
import glob
import os
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, model_validator

from heatcli.clock import time_zone
from heatcli.errors import ConfigError, UsageError
from heatcli.names import DetectorChoice
from heatcli.settings import MotionSettings, Settings


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
    zones: dict[str, ZoneConfig] = Field(default_factory=dict)


class Config(Settings):
    """`heatcli.toml`."""

    timezone: TimezoneName = "UTC"
    cameras: dict[str, CameraConfig] = Field(default_factory=dict)

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
