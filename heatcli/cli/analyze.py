"""`heatcli analyze`: clips in, trajectories into the store."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.analysis.options import Options
from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Log, Quiet, Store
from heatcli.cli.options.group import declared_options, expand
from heatcli.cli.options.types import SOURCE, text, whole
from heatcli.cli.show.console import emit
from heatcli.cli.show.log import begin_log
from heatcli.config.bounds import COUNT
from heatcli.config.options import read_options
from heatcli.errors import HeatcliError, UsageError
from heatcli.names import Engine

if TYPE_CHECKING:
    from heatcli.analysis.progress import ClipResult

# Context object of a process that is heatcli's own: it has no threads but those of idle libraries.
OWN_PROCESS = object()


def _options(*, others: dict[str, Any], **said: Any) -> Options:
    return read_options(Options, said)


@partial(expand, name="options", options=declared_options(Options), make=_options)
def command(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            parser=SOURCE,
            help="Clips, folders of clips, or globs.  [default: the sources in heatcli.toml]",
        ),
    ] = None,
    *,
    context: typer.Context,
    options: Options,
    force: Annotated[
        bool, typer.Option("--force", help="Analyse clips again that are already in the store.")
    ] = False,
    reanalyse: Annotated[
        bool,
        typer.Option(
            "--reanalyse",
            help="Analyse clips again because of a changed setting, even more than a day's recordings.",
        ),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            parser=whole(COUNT),
            metavar="N",
            help="Processes that share the clips.  [default: one for two cores, as far as memory goes]",
        ),
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option("--engine", help="What shares out the clips: this machine, or a Ray cluster."),
    ] = Engine.LOCAL,
    ray_address: Annotated[
        str | None,
        typer.Option(
            "--ray-address",
            metavar="auto|HOST:PORT",
            parser=text(),
            help="Ray cluster for --engine ray.  [default: RAY_ADDRESS, else this machine alone]",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    log: Log = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Decode clips, find and follow the people in them and store their trajectories."""
    from heatcli.cli.show.analysed import summary
    from heatcli.cli.show.clip_progress import AnalyzeProgress
    from heatcli.commands.analyze import analyze_clips
    from heatcli.config.models import load_config

    if ray_address is not None and engine is not Engine.RAY:
        raise UsageError("--ray-address is for --engine ray")
    stopped: BaseException | None = None
    results: list[ClipResult] = []
    with AnalyzeProgress(quiet=quiet) as progress:
        try:
            known = load_config(config)
            begin_log(log or known.log_file)
            results = analyze_clips(
                sources=sources or (),
                store=store,
                progress=progress,
                config=known,
                options=options,
                force=force,
                reanalyse=reanalyse,
                dry_run=dry_run,
                forks=context.obj is OWN_PROCESS,
                workers=workers,
                engine=engine,
                ray_address=ray_address,
            )
        except (HeatcliError, KeyboardInterrupt) as error:
            stopped, results = error, progress.results
    if as_json:
        # If the work was stopped, the object still tells what was done before.
        error_text = None if stopped is None else str(stopped) or "interrupted"
        emit({"store": str(store), "clips": [summary(one) for one in results], "error": error_text})
    if stopped is not None:
        raise stopped
    if not all(result.done for result in results):
        raise typer.Exit(1)
