"""What a configuration names and is not there: globs that match no file, and missing files."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from heatcli.analysis.concerns import Concern
from heatcli.analysis.plan import COLOR_ATTRIBUTES
from heatcli.analysis.sources import matching
from heatcli.config.camera import CameraConfig
from heatcli.config.globs import matches
from heatcli.config.models import Config
from heatcli.names import AUTO_REID


def config_faults(config: Config, clips: Sequence[Path]) -> Iterator[tuple[Concern, str]]:
    """Yield what the configuration names and is not there, each with its kind.

    Args:
        config: configuration (`heatcli.toml`).
        clips: clips that were found: a glob that matches one of them need not be searched for.
    """
    for name, camera in config.cameras.items():
        for source in camera.sources:
            found = any(matches(source, clip, folder=config.folder) for clip in clips)
            if not found and not any(matching(config.glob(source))):
                what = f"camera {name!r}: its `sources` {source!r} match no file"
                yield Concern.GLOB, f"{what}; correct them, or mount the folder"
        for key, said in _files(camera):
            path = config.path(said)
            if path is not None and not Path(path).expanduser().exists():
                yield Concern.MISSING, f"camera {name!r}: its `{key}` is not there: {path}"


def _files(camera: CameraConfig) -> Iterator[tuple[str, str | None]]:
    """Yield the keys of a camera that name files, and the files."""
    yield "weights", camera.weights
    if camera.reid_weights != AUTO_REID:
        yield "reid_weights", camera.reid_weights
    if camera.attributes != COLOR_ATTRIBUTES:
        yield "attributes", camera.attributes
    if camera.floor is not None:
        yield "floor.plan", camera.floor.plan
