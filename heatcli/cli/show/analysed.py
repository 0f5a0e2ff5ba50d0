"""How the analysis of each clip is told: in a line, and as an object for `--json`."""

from typing import TYPE_CHECKING

from heatcli.names import counted

if TYPE_CHECKING:
    from heatcli.analysis.progress import ClipResult


def line(result: "ClipResult") -> str:
    """Tell how a clip went, in one line."""
    row = result.row
    if result.message is not None:
        return result.message
    if row is None:
        return f"{result.path}: would be analysed as camera {result.camera}"
    if result.status == "skipped":
        return f"{result.path}: already in the store with the same settings; --force analyses it again"
    # Damaged, or of another view than most: warnings tell of what is left out for its view.
    failed = f", {row.frames_failed} of {row.frames_decoded + row.frames_failed} frames could not be used"
    found = counted(row.trajectories, "trajectory", "trajectories")
    return (
        f"{result.path}: {row.camera}, {found} in {row.covered_us / 1e6:.1f} s "
        f"from {row.local_start} ({row.start_source}), "
        f"{row.frames_processed / result.seconds:.1f} frames/s{failed if row.frames_failed else ''}"
    )


def summary(result: "ClipResult") -> dict[str, object]:
    """Return, for `--json`, how a clip went. Unknown values are null."""
    row = result.row
    told: dict[str, object] = {
        "path": result.path,
        "status": result.status,
        "camera": result.camera,
        "message": result.message,
        "changes": [
            {"setting": change.setting, "before": change.before, "now": change.now}
            for change in result.changes
        ],
    }
    if row is not None:
        told |= {
            "clip": row.clip,
            "start": row.start.isoformat(),
            "start_source": row.start_source,
            "frames_decoded": row.frames_decoded,
            "frames_failed": row.frames_failed,
            "frames_processed": row.frames_processed,
            "rows": row.rows,
            "trajectories": row.trajectories,
            "covered_s": row.covered_us / 1e6,
            "detector": row.detector,
            "weights": row.weights,
            "frames_per_second": row.frames_processed / result.seconds if result.seconds else None,
        }
    return told
