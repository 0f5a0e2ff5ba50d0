"""The work behind `heatcli clips --restart`: starts of stored clips as the configuration has them now."""

from collections.abc import Iterable
from pathlib import Path

from heatcli.analysis.options import Options
from heatcli.analysis.plan import plan
from heatcli.analysis.restart import restarted
from heatcli.config.models import Config
from heatcli.errors import InputError
from heatcli.store.clips import ClipRow


def restarts(
    clips: Iterable[ClipRow], config: Config
) -> tuple[list[tuple[ClipRow, ClipRow]], list[InputError]]:
    """Find the clips whose start or time zone would be another if they were analysed now.

    Args:
        clips: clips as the store has them.
        config: configuration (`heatcli.toml`).

    Returns:
        Clips as they are and as they would be, and the errors of those whose path no longer says clearly when
        they were recorded.

    Raises:
        UsageError: the configuration has one start for several of the clips.
    """
    of_camera: dict[str, list[ClipRow]] = {}
    for clip in clips:
        of_camera.setdefault(clip.camera, []).append(clip)
    moves, errors = [], []
    for camera, own in of_camera.items():
        jobs = plan([Path(clip.path) for clip in own], config, Options(camera=camera)).jobs
        for clip, job in zip(own, jobs, strict=True):
            try:
                now = restarted(job, clip)
            except InputError as error:
                errors.append(error)
            else:
                moves += [] if now is None else [(clip, now)]
    return moves, errors
