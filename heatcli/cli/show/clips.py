"""How clips are shown: as a table on a terminal, as objects for `--json`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from heatcli.cli.show.console import aligned

if TYPE_CHECKING:
    from heatcli.store.clips import ClipRow


def local_start(clip: "ClipRow") -> str:
    """Write when a clip starts, in its camera's own zone."""
    from zoneinfo import ZoneInfo

    return clip.start.astimezone(ZoneInfo(clip.timezone)).isoformat(" ", "seconds")


def clip_summary(clip: "ClipRow") -> dict[str, object]:
    """Return what is known of a clip, for `--json`."""
    return {
        "camera": clip.camera,
        "clip": clip.clip,
        "path": clip.path,
        "start": clip.start.isoformat(),
        "start_source": clip.start_source,
        "timezone": clip.timezone,
        "duration_s": clip.duration_us / 1e6,
        "covered_s": clip.covered_us / 1e6,
        "frames_decoded": clip.frames_decoded,
        "frames_failed": clip.frames_failed,
        "frames_processed": clip.frames_processed,
        "rows": clip.rows,
        "trajectories": clip.trajectories,
        "detector": clip.detector,
        "weights": clip.weights,
        "analysed_at": None if clip.analysed_at is None else clip.analysed_at.isoformat(),
    }


def clip_table(clips: "Sequence[ClipRow]") -> str:
    """Lay the clips out in aligned columns."""
    lines = [("CAMERA", "CLIP", "START", "KNOWN BY", "COVERED", "TRAJECTORIES", "DETECTOR", "PATH")]
    for clip in clips:
        covered = f"{clip.covered_us / 1e6:.1f} s"
        known = (local_start(clip), clip.start_source)
        lines.append(
            (clip.camera, clip.clip, *known, covered, str(clip.trajectories), clip.detector, clip.path)
        )
    return aligned(lines)
