"""`heatcli clips`: what the store holds, and looking after it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.console import emit, one_line, say, show
from heatcli.cli.options import DEFAULT_STORE, Json, Quiet, Store

if TYPE_CHECKING:
    from heatcli.store.clips import ClipRow


def command(
    camera: Annotated[str | None, typer.Option(help="Only clips of this camera.")] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CLIP",
            help="Forget the clip with this id, of all cameras that hold it or of --camera; may be repeated.",
        ),
    ] = None,
    compact: Annotated[
        bool, typer.Option("--compact", help="Merge small files and remove what no clip needs any more.")
    ] = False,
    store: Store = DEFAULT_STORE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """List the clips in the store; forget some; compact it."""
    from heatcli.errors import UsageError
    from heatcli.store import maintenance
    from heatcli.store.selection import check_known
    from heatcli.store.store import Store as HeatStore

    heat_store = HeatStore.open(store)
    clips = heat_store.clips()
    if camera is not None:
        check_known("camera", [camera], sorted({clip.camera for clip in clips}))
        clips = [clip for clip in clips if clip.camera == camera]
    removed = [clip for clip in clips if clip.clip in (remove or ())]
    unknown = set(remove or ()) - {clip.clip for clip in removed}
    if unknown:
        raise UsageError(f"--remove {sorted(unknown)[0]}: no clip with that id; `heatcli clips` lists them")
    if removed:
        maintenance.remove_clips(heat_store, removed)
        clips = heat_store.clips(camera)
    for clip in removed:
        say(f"removed {clip.clip} of {clip.camera} ({clip.path})", quiet=quiet)
    if compact:
        done = maintenance.compact(heat_store)
        say(
            f"{done.files_before} files became {done.files_after}; deleted {done.files_deleted} old files, "
            f"rows of {done.runs_deleted} dead runs and {done.plates_deleted} plates",
            quiet=quiet,
        )
    if as_json:
        emit({"store": str(store), "clips": [_summary(clip) for clip in clips]})
    elif not removed and not compact:
        show(_table(clips))


def _summary(clip: "ClipRow") -> dict[str, object]:
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
        "tracks": clip.trajectories,
        "detector": clip.detector,
        "weights": clip.weights,
        "analysed_at": None if clip.analysed_at is None else clip.analysed_at.isoformat(),
    }


def _table(clips: "Sequence[ClipRow]") -> str:
    """Lay the clips out in aligned columns, times in each camera's own zone."""
    from zoneinfo import ZoneInfo

    lines = [("CAMERA", "CLIP", "START", "COVERED", "TRACKS", "DETECTOR", "PATH")]
    for clip in clips:
        start = clip.start.astimezone(ZoneInfo(clip.timezone)).isoformat(" ", "seconds")
        covered = f"{clip.covered_us / 1e6:.1f} s"
        names = one_line(clip.camera), clip.clip, start
        lines.append((*names, covered, str(clip.trajectories), clip.detector, one_line(clip.path)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=True)), line[-1]])
        for line in lines
    )
