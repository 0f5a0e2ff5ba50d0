"""Keys of `heatcli.toml` about analyses, for one camera in its table or for all of them at the top."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from heatcli.config.options import objects_of
from heatcli.config.settings import ReadSampleFps, Settings
from heatcli.errors import UsageError
from heatcli.names import DetectorChoice


def _names(value: object) -> object:
    """Read kinds of object, as a list or as on the command line."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        value = ",".join(map(str, value))
    if not isinstance(value, str):
        raise ValueError("must be a list of names, such as person and car")
    try:
        return objects_of(value)
    except UsageError as error:
        raise ValueError(str(error)) from error


class AnalysisKeys(Settings):
    """What may be said of the analysis of one camera, or of all; None where nothing is said."""

    detector: DetectorChoice | None = None
    sample_fps: ReadSampleFps | None = None
    """Frames processed per second of media time; 0 for every frame, `auto` for as few as the scene needs."""
    objects_to_track: (
        Annotated[tuple[str, ...], BeforeValidator(_names, json_schema_input_type=tuple[str, ...])] | None
    ) = None
    """Kinds of object to look for."""
    device: str | None = None
    """Device that yolo runs on, such as `cpu`, `0` or `cuda:1`."""
    since: date | None = Field(None, alias="from")
    """First day that changed settings apply to: clips of earlier days stay as they are."""
