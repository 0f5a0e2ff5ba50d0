"""Which clips of the store the options of `heatcli clips` mean."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heatcli.store.clips import ClipRow


def of_camera(clips: "Sequence[ClipRow]", name: str | None) -> "Sequence[ClipRow]":
    """Return the clips of the cameras that a name means; all clips without a name."""
    from heatcli.config.models import Config
    from heatcli.select.cameras import matching_cameras

    if name is None:
        return clips
    meant = matching_cameras({clip.camera for clip in clips}, Config(), names=[name])
    return [clip for clip in clips if clip.camera in meant]


def with_ids(option: str, clips: "Sequence[ClipRow]", ids: list[str] | None) -> "list[ClipRow]":
    """Return the clips with these ids; all clips without ids."""
    from heatcli.errors import UsageError

    unknown = set(ids or ()) - {clip.clip for clip in clips}
    if unknown:
        raise UsageError(f"{option} {sorted(unknown)[0]}: no clip with that id; `heatcli clips` lists them")
    return [clip for clip in clips if ids is None or clip.clip in ids]
