"""`heatcli analyze`: clips in, trajectories into the store."""

from typing import Annotated

import typer

from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Quiet, Store, names_of
from heatcli.cli.show.console import emit
from heatcli.errors import HeatcliError
from heatcli.names import DetectorChoice


def command(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="Clips, folders of clips, or globs.")
    ],
    camera: Annotated[
        str | None,
        typer.Option(
            help="Name of the camera.  [default: the one whose sources match, else the file's stem]"
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When the clip begins: 2026-03-14T10:00:00, local time."),
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone of the camera.  [default: UTC]")] = None,
    detector: Annotated[
        DetectorChoice | None, typer.Option(help="How people are found.  [default: auto]", show_default=False)
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(help="Model file or folder for yolo.  [default: HEATCLI_WEIGHTS, else yolo26n.pt]"),
    ] = None,
    reid_weights: Annotated[
        str | None,
        typer.Option(
            help="Re-identification model, ONNX file or OpenVINO folder, that tells people apart.  [default: "
            "colours do]"
        ),
    ] = None,
    confidence: Annotated[
        float | None, typer.Option(help="Least confidence to take a detection seriously.  [default: 0.25]")
    ] = None,
    device: Annotated[str | None, typer.Option(help="Where yolo runs: cpu, 0, cuda:1.")] = None,
    objects_to_track: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Kinds of object, such as person,car.  [default: person]"),
    ] = None,
    sample_fps: Annotated[
        float | None, typer.Option(help="Frames to process per second; 0 is every frame.  [default: 10]")
    ] = None,
    attributes: Annotated[
        str | None,
        typer.Option(
            metavar="color|FILE",
            help="Tell the colours of clothes and vehicles, or the labels of a classification model.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Analyse again what is in the store already.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Decode clips, find and follow the people in them and store their trajectories."""
    from heatcli.analysis.plan import Options
    from heatcli.cli.show.progress import AnalyzeProgress, summary
    from heatcli.commands.analyze import analyze_clips
    from heatcli.config.models import load_config

    options = Options(
        camera=camera,
        start=start,
        timezone=timezone,
        detector=detector,
        weights=weights,
        reid_weights=reid_weights,
        confidence=confidence,
        device=device,
        objects_to_track=names_of(objects_to_track),
        sample_fps=sample_fps,
        attributes=attributes,
    )
    stopped: BaseException | None = None
    with AnalyzeProgress(quiet=quiet) as progress:
        try:
            analyze_clips(
                sources=sources,
                store=store,
                progress=progress,
                config=load_config(config),
                options=options,
                force=force,
                dry_run=dry_run,
            )
        except (HeatcliError, KeyboardInterrupt) as error:
            stopped = error
    results = progress.results
    if as_json:
        # Whatever ended the work, what was done before is told.
        error_text = None if stopped is None else str(stopped) or "interrupted"
        emit({"store": str(store), "clips": [summary(one) for one in results], "error": error_text})
    if stopped is not None:
        raise stopped
    if not all(result.done for result in results):
        raise typer.Exit(1)
