"""Which recordings are of which configured camera."""

from pathlib import Path

from heatcli.analysis.sources import configured_clips
from heatcli.config.models import Config
from heatcli.errors import ConfigError


def claimed_clips(config: Config) -> tuple[dict[str, list[Path]], list[str]]:
    """Return the clips of each configured camera, and why others are of none: two cameras claim them."""
    clips: dict[str, list[Path]] = {name: [] for name in config.cameras}
    claims = []
    if any(camera.sources for camera in config.cameras.values()):
        for clip in configured_clips(config):
            try:
                camera = config.camera_of(clip)
            except ConfigError as error:
                claims.append(str(error))
            else:
                if camera is not None:
                    clips[camera].append(clip)
    return clips, claims
