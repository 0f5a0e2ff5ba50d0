"""How clips are shown: as a table on a terminal, as objects for `--json`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from heatcli.cli.show.console import aligned

if TYPE_CHECKING:
    from heatcli.store.clips import ClipRow


def size_text(size: int) -> str:
    """Write a number of bytes as people do: `512 B`, `84 kB`, `2.1 MB`."""
    shown, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if shown < 999.5:
            break
        shown, unit = shown / 1000, larger
    return f"{shown:.1f} {unit}" if unit != "B" and shown < 9.95 else f"{shown:.0f} {unit}"


def clip_summary(clip: "ClipRow", stored_bytes: int) -> dict[str, object]:
    """Return what is known of a clip, and how much it takes in the store, for `--json`."""
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
        "frames_looked_at": clip.frames_looked_at,
        "frames_quiet": clip.frames_quiet,
        "rows": clip.rows,
        "trajectories": clip.trajectories,
        "recording_bytes": clip.bytes,
        "stored_bytes": stored_bytes,
        "detector": clip.detector,
        "weights": clip.weights,
        "analysed_at": None if clip.analysed_at is None else clip.analysed_at.isoformat(),
    }


def clip_table(clips: "Sequence[ClipRow]", stored_bytes: "Mapping[str, int]") -> str:
    """Lay the clips out in aligned columns; how much each takes in the store is found by its run."""
    lines = [("CAMERA", "CLIP", "START", "KNOWN BY", "COVERED", "TRAJECTORIES", "STORED", "DETECTOR", "PATH")]
    for clip in clips:
        known = (clip.local_start, clip.start_source)
        found = (f"{clip.covered_us / 1e6:.1f} s", str(clip.trajectories), size_text(stored_bytes[clip.run]))
        lines.append((clip.camera, clip.clip, *known, *found, clip.detector, clip.path))
    return aligned(lines)
