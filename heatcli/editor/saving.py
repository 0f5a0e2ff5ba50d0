"""Writing what was drawn into `heatcli.toml`, if nobody else has changed it meanwhile."""

import codecs
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from heatcli.config.calibration import calibration_of
from heatcli.config.drawn import Drawn
from heatcli.config.models import Config, config_of
from heatcli.config.settings import Settings
from heatcli.config.with_drawn import with_drawn
from heatcli.errors import ConfigError, OutputError, UsageError
from heatcli.files import replacing
from heatcli.picture.floor_plan import read_plan


class Asked(Settings):
    """What a page asks for.

    Attributes:
        base: what `base_of` said of the file that the page was made of.
        drawn: all that is drawn onto the camera's picture.
    """

    base: str
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved.

    Attributes:
        base: what `base_of` says of the file now.
        told: what the user should know, as sentences.
    """

    base: str
    told: str


def check_writable(file: Path) -> None:
    """Refuse a configuration that could not be written, before anybody draws.

    Raises:
        UsageError: the file or its folder is read-only.
    """
    real = Path(os.path.realpath(file))
    may_write = os.access(real, os.W_OK) and os.access(real.parent, os.W_OK)
    # Whoever may write anything, as root may, is told all the same what others meant.
    if not may_write or not real.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise UsageError(
            f"{file}: is read-only; make it and its folder writable, or leave out --serve: the page then "
            "gives the text"
        )


def base_of(file: Path) -> str:
    """Return what tells one state of a file from any other.

    Raises:
        ConfigError: the file cannot be read.
    """
    return hashlib.sha256(_read(file)).hexdigest()


def save_drawn(file: Path, camera: str, asked: object) -> Saved:
    """Write what was drawn into a configuration, whole or not at all; all else in it stays as it is.

    Args:
        file: configuration file.
        camera: name of the camera.
        asked: what the page sends, as `Asked`.

    Raises:
        ConfigError: the page sends something else; somebody has changed the file since the page was opened;
            or the configuration would not be valid.
        InputError: the floor plan cannot be read.
        OutputError: the file cannot be written.
    """
    try:
        said = Asked.model_validate(asked)
    except ValidationError as error:
        what = error.errors()[0]
        raise ConfigError(
            f"what is drawn cannot be used: {what['msg'].removeprefix('Value error, ')}"
        ) from error
    data = _read(file)
    if hashlib.sha256(data).hexdigest() != said.base:
        raise ConfigError(
            f"{file} was changed since this page was opened; copy the text, open the page anew, and put in "
            "what is missing"
        )
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data.removeprefix(mark).decode()
    before = config_of(text, file)
    changed = with_drawn(text, camera, said.drawn)
    after = config_of(changed, file)
    told = [f"Saved to {file}.", *_remarks(before, after, camera)]
    _write(file, mark + changed.encode())
    return Saved(base_of(file), " ".join(told))


def _remarks(before: Config, after: Config, camera: str) -> list[str]:
    """Check what has changed beyond what the configuration's own words tell, and say what it means.

    Raises:
        ConfigError: the points of the floor do not fit.
        InputError: the plan cannot be read.
    """
    remarks = []
    if after.camera(camera).masks != before.camera(camera).masks:
        remarks.append("Masks have changed: the next analyze does the camera's clips again.")
    calibration = calibration_of(camera, after)
    if calibration is not None and after.camera(camera).floor != before.camera(camera).floor:
        read_plan([calibration])
        remarks.append(
            f"The floor's {len(calibration.errors_m)} points fit within {calibration.rms_m:.3f} m, the worst "
            f"{calibration.worst_m:.3f} m."
        )
    return remarks


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); was it moved?") from error


def _write(file: Path, data: bytes) -> None:
    # What a link leads to is written, and keeps its rights.
    real = Path(os.path.realpath(file))
    try:
        with replacing(real) as beside:
            beside.write_bytes(data)
            beside.chmod(stat.S_IMODE(real.stat().st_mode))
    except OSError as error:
        raise OutputError(
            f"{file}: cannot be written ({error.strerror}); the old file is untouched"
        ) from error
