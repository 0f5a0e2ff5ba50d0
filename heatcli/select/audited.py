"""Which audit the figures of a camera have their ± from."""

from collections.abc import Mapping, Sequence

from heatcli.store.audits import NotedAudit
from heatcli.store.clips import ClipRow


def audit_of(
    audits: Sequence[NotedAudit], camera: str, *, live: Mapping[str, str], selected: Sequence[ClipRow]
) -> NotedAudit | None:
    """Return the newest audit of a camera that is of the selected time, or else the newest one.

    An audit says nothing of other analyses than those that it asked about, and of other settings. It goes on
    to count if clips are removed from the store, but not if one is analysed again.

    Args:
        audits: all audits of the store, the oldest first.
        camera: name of the camera.
        live: live run of each clip of the camera.
        selected: selected clips.
    """
    settings = {clip.settings_hash for clip in selected}
    own = [
        one
        for one in audits
        if one.camera == camera
        and settings.issubset(one.settings)
        and all(live.get(clip, run) == run for clip, run in one.clips.items())
    ]
    here = [one for one in own if not one.clips.keys().isdisjoint(clip.clip for clip in selected)]
    found = here or own
    return found[-1] if found else None
