"""The command line in this process: what a user types, and what comes back."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from heatcli.cli.app import app


def run(*arguments: object) -> Result:
    """Run a command with these arguments, as text."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(result: Result) -> Result:
    """Return the result of a command that must have succeeded."""
    assert result.exit_code == 0, result.output
    return result


def answer(result: Result, code: int = 0) -> dict[str, Any]:
    """Return the one JSON object on stdout of a command that must have ended with this code."""
    assert result.exit_code == code, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def refused(result: Result, code: int = 2) -> str:
    """Return the one line that says why a command, which printed nothing, ended with this code."""
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    (line,) = [line for line in result.stderr.splitlines() if line.startswith(("heatcli: ", "Error: "))]
    return line
