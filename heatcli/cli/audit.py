"""`heatcli audit`: how far the numbers may be off, by what people see in the recording."""

from pathlib import Path
from typing import Annotated

import typer

from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Quiet, Store, read_config
from heatcli.cli.options.types import PATH, text, whole
from heatcli.cli.show.audits import audit_summary, error_lines, verdict_lines
from heatcli.cli.show.console import aligned, emit, say, show
from heatcli.cli.show.progress import FrameProgress
from heatcli.config.bounds import QUESTIONS
from heatcli.config.bounds import SEED as SEEDS
from heatcli.config.selection_fields import read_day
from heatcli.names import counted


def command(
    camera: Annotated[
        str | None,
        typer.Option(metavar="NAME", parser=text(), help="Camera: a name, part of a name, or a pattern."),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", parser=text(read_day), help="Day to ask about: 2026-03-14."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            *("-o", "--output"), metavar="FILE", parser=PATH, help="Page to write.  [default: audit.html]"
        ),
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            parser=whole(QUESTIONS), help="Boxes, moments and people to ask about, as many of each."
        ),
    ] = 60,
    seed: Annotated[int, typer.Option(parser=whole(SEEDS), help="Another number draws other questions.")] = 0,
    pixelate: Annotated[
        bool, typer.Option("--pixelate", help="Make people unrecognisable who are not asked about.")
    ] = False,
    videos: Annotated[
        list[Path] | None,
        typer.Option(
            "--video",
            metavar="FILE",
            parser=PATH,
            help="File of a recording that is no longer where it was analysed; may be repeated.",
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            parser=PATH,
            help="Answers that the page has saved: tell what they say, and note it.",
        ),
    ] = None,
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Ask a person whether a sample of what was counted is right, and tell how far the numbers may be off.

    First with --camera and --date: the page asks with pictures from the recording, and saves the answers as a
    file. Then with --answers: each error with its interval. From then on the figures of that camera have ±.
    """
    from heatcli.commands.audit import ask_about, take_answers
    from heatcli.errors import UsageError
    from heatcli.files import check_output_file
    from heatcli.store.store import Store as HeatStore

    if answers is not None:
        if camera is not None or day is not None or output is not None:
            raise UsageError("--answers goes alone: the file says of which camera and day it is")
        given, result = take_answers(store=HeatStore.open(store), file=answers)
        say(
            f"{given.camera}, {given.date}: {given.given} of {counted(len(given.questions), 'question')} "
            "answered; all intervals are of 95 %",
            quiet=quiet,
        )
        if as_json:
            emit({"store": str(store), **audit_summary(given, result)})
        else:
            tables = (aligned(verdict_lines(given, result), words=1), aligned(error_lines(result), words=3))
            show("\n\n".join(tables))
        return
    if camera is None or day is None:
        raise UsageError("say what to ask about, --camera NAME and --date DAY, or give --answers FILE")
    page = output or Path("audit.html")
    check_output_file(page, (".html",))
    with FrameProgress(quiet=quiet) as progress:
        asked = ask_about(
            store=HeatStore.open(store),
            camera=camera,
            day=read_day(day),
            output=page,
            sample=sample,
            seed=seed,
            pixelate=pixelate,
            videos=videos or (),
            config=read_config(config, store, quiet=quiet),
            progress=progress,
        )
    for line in asked.gone:
        say(f"heatcli: warning: {line}")
    questions = len(asked.audit.questions)
    say(
        f"{page}: {counted(questions, 'question')} about {asked.audit.camera} on {asked.audit.date}",
        quiet=quiet,
    )
    if as_json:
        about = {"camera": asked.audit.camera, "date": asked.audit.date.isoformat(), "questions": questions}
        emit({"store": str(store), "page": str(page), **about, "seed": seed, "not_asked": asked.gone})
