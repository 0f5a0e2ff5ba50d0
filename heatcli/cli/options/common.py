"""Options that several commands share, so that they mean the same everywhere."""

from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from heatcli.cli.options.types import PATH, STORE
from heatcli.cli.show.console import say
from heatcli.config.bounds import shown
from heatcli.config.options import names_of
from heatcli.errors import ConfigError
from heatcli.files import is_address

if TYPE_CHECKING:
    from heatcli.config.models import Config

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def _store(ctx: typer.Context, store: Path) -> Path:
    """Return the store that an option or the environment names, or else the configuration."""
    source = ctx.get_parameter_source("store")
    if source is None or source.name != "DEFAULT":
        return store
    from heatcli.config.models import load_config

    try:
        config = load_config(ctx.params.get("config"))
    except ConfigError:
        return store  # the command tells when it reads the configuration itself
    if config.store is None:
        return store
    found: Path = STORE(config.store if is_address(config.store) else str(config.path(config.store)))
    return found


Store = Annotated[
    Path,
    typer.Option(
        "--store",
        envvar="HEATCLI_STORE",
        parser=STORE,
        metavar="FOLDER",
        callback=_store,
        help="Folder of the heat store, or s3://bucket/prefix; heatcli.toml may name another.",
    ),
]
DEFAULT_STORE = Path("heat-store")

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        parser=PATH,
        is_eager=True,  # it may name the store
        help="Configuration file.  [default: ./heatcli.toml, if it exists]",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors and warnings.")]
Log = Annotated[
    Path | None,
    typer.Option(
        "--log",
        metavar="FILE",
        parser=PATH,
        help="Append all messages to this file, each with its time, also those that --quiet leaves out.",
    ),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Compute all from the rows; use nothing that was kept of days before."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def read_config(file: Path | None, store: Path, *, quiet: bool) -> "Config":
    """Read the configuration, and say if there is none though the clips were analysed with one.

    Args:
        file: file that the user names; None for `heatcli.toml` in the current folder, if it is there.
        store: folder of the store, which knows the configuration of the last analysis.
        quiet: whether nothing is said.

    Raises:
        ConfigError: the file is missing or has a mistake.
    """
    from heatcli.config.models import load_config
    from heatcli.store.last_config import last_config

    config = load_config(file)
    used = last_config(store) if config.file is None else None
    if used is not None:
        how = f"add --config {quote(str(used))}"
        say(f"heatcli: no heatcli.toml in this folder; analyze has used {used}; {how}", quiet=quiet)
    return config


def chosen(text: str, of: type[ChoiceT], *, option: str) -> tuple[ChoiceT, ...]:
    """Read a list of names with commas between them, each once; `all` means all known names."""
    known = {str(one): one for one in of}
    names = tuple(known) if text.strip() == "all" else names_of(text)
    if not names or not known.keys() >= set(names):
        raise typer.BadParameter(
            f"{shown(text)} is unknown; give some of {', '.join(known)}, with commas between them, or all",
            param_hint=option,
        )
    return tuple(dict.fromkeys(known[name] for name in names))
