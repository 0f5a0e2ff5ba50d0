"""What `heatcli.toml` says, as typed and frozen models.

`docs/configuration.md` explains the file key by key.
"""

import glob
import tomllib
from pathlib import Path
from typing import Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from heatcli.config.analysis_keys import AnalysisKeys
from heatcli.config.area import AreaConfig, place_of
from heatcli.config.camera import CameraConfig, TimezoneName
from heatcli.config.cluster import RayConfig
from heatcli.config.globs import matches
from heatcli.config.mistakes import FieldError, syntax_mistake, value_mistake
from heatcli.config.privacy import PrivacyConfig
from heatcli.config.run import RunConfig
from heatcli.config.settings import MapLook, RenderSettings
from heatcli.config.view import ViewConfig
from heatcli.errors import ConfigError, UsageError, unknown


class Config(AnalysisKeys):
    """`heatcli.toml`. What it says of analyses and maps is for all cameras that do not say it themselves."""

    timezone: TimezoneName = "UTC"
    store: str | None = None
    """Folder of the heat store, relative to the configuration file."""
    log: str | None = None
    """File to which all that commands say is appended, relative to the configuration file."""
    privacy: PrivacyConfig = PrivacyConfig()
    run: RunConfig = RunConfig()
    ray: RayConfig = RayConfig()
    maps: MapLook = MapLook()
    cameras: dict[str, CameraConfig] = Field(default_factory=dict)
    views: dict[str, ViewConfig] = Field(default_factory=dict)
    areas: dict[str, AreaConfig] = Field(default_factory=dict)
    """Rooms whose doors cameras watch."""

    _folder: Path = PrivateAttr(Path())
    _file: Path | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _maps_agree(self) -> Self:
        for name, maps in {"": self.maps, **{name: one.maps for name, one in self.cameras.items()}}.items():
            try:
                RenderSettings().over(self.maps, maps)
            except UsageError as error:
                # The first word names the option that does not fit.
                key, _, words = str(error).replace("--", "").replace("max-value", "max_value").partition(" ")
                path = ("cameras", name, "maps", key) if name else ("maps", key)
                words = words.replace("normalization absolute", 'normalization = "absolute"')
                raise FieldError(path, words) from error
        return self

    @model_validator(mode="after")
    def _areas_have_doors(self) -> Self:
        for name, area in self.areas.items():
            named = [
                *((("doors", number), door.line) for number, door in enumerate(area.doors)),
                *((("inside", number), zone) for number, zone in enumerate(area.inside)),
            ]
            for path, place in named:
                try:
                    place_of(place, self.cameras, line=path[0] == "doors")
                except ValueError as error:
                    raise FieldError(("areas", name, *path), str(error)) from error
        return self

    @property
    def folder(self) -> Path:
        """Folder of the file, to which its globs and paths are relative."""
        return self._folder

    @property
    def file(self) -> Path | None:
        """Path of the file; None where none was read."""
        return self._file

    @property
    def said_privacy(self) -> PrivacyConfig | None:
        """What the file says of privacy; None where it says nothing, and so nothing is purged."""
        return self.privacy if "privacy" in self.model_fields_set else None

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
    return config_of(text, file)


def config_of(text: str, file: Path) -> Config:
    """Make a configuration of its text.

    Args:
        text: text of the file.
        file: path of the file, for messages and for what the text has relative to it.

    Raises:
        ConfigError: text that is not TOML, or wrong value; the message gives the line.
    """
    try:
        config = Config.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(syntax_mistake(file, text, error)) from error
    except ValidationError as error:
        raise ConfigError(value_mistake(file, text, error, Config)) from error
    config._folder, config._file = file.parent, file
    return config
