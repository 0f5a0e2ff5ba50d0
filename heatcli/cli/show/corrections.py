"""How corrections of who is who are read and shown."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from heatcli.config.options import names_of
from heatcli.errors import UsageError

if TYPE_CHECKING:
    from heatcli.commands.correct import Corrected
    from heatcli.store.corrections import Correction

_TRACK = re.compile(r"[0-9a-f]{1,64}:-?\d{1,10}")
# A time within a file as `heatcli zone --evidence` writes it.
_MEDIA = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d(?:\.\d{1,6})?)")


def read_tracks(said: str) -> tuple[str, ...]:
    """Read trajectories, `CLIP:TRACK,CLIP:TRACK`.

    Raises:
        UsageError: one of them is none.
    """
    tracks = names_of(said)
    for track in tracks or (said,):
        if not _TRACK.fullmatch(track):
            raise UsageError(f"{track!r} is no track; write it as c0ffee0123456789:7")
    return tracks


def read_split(said: str) -> tuple[str, int | None]:
    """Read what is to be split: a trajectory, and the moment in µs since the file's first frame, if any.

    Raises:
        UsageError: the text is no trajectory, or no time follows.
    """
    track, at, time = said.partition("@")
    read_tracks(track)
    if not at:
        return track, None
    match = _MEDIA.fullmatch(time)
    if match is None:
        raise UsageError(f"{time!r} is no time in a file; write it as 0:01:23.400, as `zone --evidence` does")
    hours, minutes, seconds = match.groups()
    return track, round((int(hours) * 3600 + int(minutes) * 60) * 1e6 + float(seconds) * 1e6)


def tracks_text(correction: "Correction") -> str:
    """Name the trajectories of a correction, and where one was split."""
    from heatcli.answers.evidence import media_text

    names = ", ".join(track.name for track in correction.tracks)
    return names if correction.at_us is None else f"{names}@{media_text(correction.at_us)}"


def correction_lines(known: "Iterable[Corrected]") -> list[tuple[str, ...]]:
    """Return the cells of the list of corrections, its header first."""
    lines: list[tuple[str, ...]] = [("ID", "MADE (UTC)", "BY", "WHAT", "CAMERA", "TRAJECTORIES", "STATE")]
    for one in known:
        made = one.correction
        when = f"{made.made_at:%Y-%m-%d %H:%M:%S}"
        lines.append((made.short_id, when, made.user, made.kind, made.camera, tracks_text(made), one.state))
    return lines


def corrections_summary(known: "Sequence[Corrected]") -> list[dict[str, object]]:
    """Return the corrections as objects for `--json`."""
    return [
        {
            "id": one.correction.short_id,
            "made_at": one.correction.made_at.isoformat(),
            "user": one.correction.user,
            "kind": one.correction.kind,
            "camera": one.correction.camera,
            "tracks": [track.name for track in one.correction.tracks],
            "at_us": one.correction.at_us,
            "part": None
            if one.correction.part is None
            else f"{one.correction.tracks[0].clip}:{one.correction.part}",
            "state": one.state,
        }
        for one in known
    ]
