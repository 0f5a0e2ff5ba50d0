"""Man pages of all commands, from the program's own help: `docs/make_reference.py` writes them."""

import re
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from heatcli.cli.app import app

FOLDER = Path(__file__).with_name("man")

_EXIT_STATUS = (
    ("0", "All was done."),
    ("1", "An input could not be done; the others were."),
    ("2", "Wrong usage or configuration."),
    ("70", "A bug, of which a log is left in the user's state folder."),
    ("130", "Interrupted."),
)
_ENVIRONMENT = (
    ("HEATCLI_STORE", "Folder of the store, unless --store says it."),
    ("HEATCLI_WEIGHTS", "Model of analyses, unless --weights says it."),
    ("XDG_CACHE_HOME", "Folder in which models are kept, in heatcli; ~/.cache where it is not set."),
    ("XDG_STATE_HOME", "Folder of the log of bugs, heatcli/heatcli.log; ~/.local/state where it is not set."),
)
_FILES = (
    ("heatcli.toml", "Configuration, in the current folder, unless --config names another one."),
    ("heat-store", "Store of trajectories, in the current folder, unless --store names another one."),
)


def man_pages() -> dict[str, str]:
    """Return the text of each page, in roff, by the name of its file."""
    group: Any = get_command(app)
    context = typer.Context(group, info_name="heatcli", **group.context_settings)
    commands = {name: group.get_command(context, name) for name in group.list_commands(context)}
    pages = {
        f"heatcli-{name}.1": _page(f"heatcli {name}", one, typer.Context(one, context, name), ["heatcli"])
        for name, one in commands.items()
    }
    described = [(f"heatcli-{name}(1)", _first_sentence(command.help)) for name, command in commands.items()]
    main = _page("heatcli", group, context, [f"heatcli-{name}" for name in commands], described)
    return {"heatcli.1": main, **pages}


def _page(
    title: str, command: Any, context: Any, others: list[str], commands: list[tuple[str, str]] | None = None
) -> str:
    name, (summary, *rest) = title.replace(" ", "-"), _sentences(command.help)
    synopsis = " ".join(command.collect_usage_pieces(context))
    lines = [
        f'.TH "{_roff(name.upper())}" 1 "" heatcli "heatcli"',
        ".nh",  # neither names of files nor options are hyphenated
        ".ad l",
        ".SH NAME",
        rf"{_roff(name)} \- {_roff(summary)}",
        ".SH SYNOPSIS",
        f".B {_roff(title)}",
        _roff(synopsis),
        *([".SH DESCRIPTION", _roff(" ".join(rest))] if rest else []),
        *_listed("COMMANDS", commands or []),
    ]
    records = [(one.param_type_name, one.get_help_record(context)) for one in command.get_params(context)]
    for heading, kind in (("ARGUMENTS", "argument"), ("OPTIONS", "option")):
        lines += _listed(heading, [record for of, record in records if of == kind and record is not None])
    lines += _listed("EXIT STATUS", _EXIT_STATUS)
    if commands is not None:
        lines += _listed("ENVIRONMENT", _ENVIRONMENT) + _listed("FILES", _FILES)
    lines += [".SH SEE ALSO", ", ".join(rf"\fB{_roff(other)}\fR(1)" for other in others)]
    return "\n".join(lines) + "\n"


def _listed(heading: str, entries: Any) -> list[str]:
    """Return a section in which each entry is a term with its explanation; nothing without entries."""
    lines = [line for term, told in entries for line in (".TP", f".B {_roff(term)}", _roff(told))]
    return [f".SH {heading}", *lines] if lines else []


def _sentences(text: str) -> list[str]:
    """Return the first sentence of a help, without its full stop, and what follows it, if anything does."""
    first, _, rest = " ".join(text.split()).partition(". ")
    return [first.removesuffix("."), *([rest] if rest else [])]


def _first_sentence(text: str) -> str:
    return f"{_sentences(text)[0]}."


def _roff(text: str) -> str:
    """Return a text as roff reads it: nothing in it is a request or an escape, and a minus can be copied."""
    text = re.sub(r"\s+", " ", text).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{text}" if text.startswith((".", "'")) else text
