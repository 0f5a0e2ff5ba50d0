"""`heatcli correct`: who is who, as people have seen it."""

from typing import Annotated

import typer

from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Quiet, Store
from heatcli.cli.options.types import text
from heatcli.cli.show.console import aligned, emit, say, show
from heatcli.cli.show.corrections import (
    correction_lines,
    corrections_summary,
    read_split,
    read_tracks,
    tracks_text,
)


def command(
    merge: Annotated[
        str | None,
        typer.Option(
            metavar="TRACKS", parser=text(read_tracks), help="These are one person: CLIP:TRACK,CLIP:TRACK."
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="TRACK",
            parser=text(read_split),
            help="From a time in the file on it is somebody else: CLIP:TRACK@H:MM:SS. Without a time: it is "
            "not the person to whom it was joined in an earlier file.",
        ),
    ] = None,
    drop: Annotated[
        str | None,
        typer.Option(
            metavar="TRACKS", parser=text(read_tracks), help="These are nobody: CLIP:TRACK,CLIP:TRACK."
        ),
    ] = None,
    undo: Annotated[
        str | None,
        typer.Option(metavar="ID", parser=text(), help="Take a correction back; the list has the ids."),
    ] = None,
    listed: Annotated[
        bool,
        typer.Option(
            "--list", help="List all corrections: by whom, when, and whether they hold; the default."
        ),
    ] = False,
    camera: Annotated[
        str | None,
        typer.Option(metavar="NAME", parser=text(), help="Camera, where several have the same clip."),
    ] = None,
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Correct who is who: merge, split or drop trajectories, take that back, or list what was corrected.

    What was found is not changed: corrections lie over it, and every command reads them. In a new analysis of
    a clip they find their trajectories by place and time.
    """
    from heatcli.commands import correct
    from heatcli.errors import UsageError
    from heatcli.store.corrections import Kind
    from heatcli.store.store import Store as HeatStore

    del config  # it may name the store, which has been read by now
    said = {Kind.MERGE: merge, Kind.SPLIT: split, Kind.DROP: drop, Kind.UNDO: undo}
    asked = {kind: value for kind, value in said.items() if value is not None}
    if len(asked) + listed > 1:
        raise UsageError("one at a time: --merge, --split, --drop, --undo or --list")
    heat_store = HeatStore.open(store)
    for kind, value in asked.items():
        if kind is Kind.UNDO:
            one = correct.undo(store=heat_store, name=value)
            say(f"undone: {one.kind} of {tracks_text(one)}, made by {one.user}", quiet=quiet)
            continue
        track, at_us = read_split(value) if kind is Kind.SPLIT else ("", None)
        tracks = (track,) if track else read_tracks(value)
        one = correct.correct(store=heat_store, kind=kind, tracks=tracks, at_us=at_us, camera=camera)
        part = "" if one.part is None else f"; from then on it is {one.tracks[0].clip}:{one.part}"
        say(f"correction {one.short_id}: {kind} of {tracks_text(one)}{part}", quiet=quiet)
    if as_json or not asked:
        known = correct.corrections(heat_store)
        if as_json:
            emit({"store": str(store), "corrections": corrections_summary(known)})
        else:
            show(aligned(correction_lines(known)))
