"""`heatcli check`: whether all is as it should be, for people and for monitoring."""

from dataclasses import asdict

import typer

from heatcli.cli.options import common
from heatcli.cli.show.console import emit, say, show
from heatcli.names import counted


def command(
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Look at configuration, recordings, clocks, disk and store; exit code 1 if anything is wrong."""
    from heatcli.commands.check import Part, check_all

    health = check_all(store, common.read_config(config, store, quiet=quiet))
    wrong = [one for one in health.findings if one.part is not Part.WEIGHTS]
    if as_json:
        emit({"store": str(store), **asdict(health), "ok": not wrong})
    else:
        say(", ".join(f"{name} {number}" for name, number in health.versions.items()), quiet=quiet)
        for camera, clips in health.clips.items():
            say(f"{camera}: {counted(clips, 'clip')}", quiet=quiet)
        show("\n".join(f"{one.part}: {one.what}" for one in health.findings) or "all is as it should be")
    if wrong:
        raise typer.Exit(1)
