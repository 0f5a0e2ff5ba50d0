"""Completion in a terminal: it is installed, the shell is started anew, and keys are pressed."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from tests.support.places import ROOT

SHELLS = {"bash": ["--noprofile", "-i"], "zsh": ["-i"]}
# Set by the test's shells, and found nowhere else.
PROMPT = "ready> "


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home folder of a user who has a program `heatcli`, and a broken configuration."""
    program = tmp_path / "bin" / "heatcli"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m heatcli "$@"\n')
    program.chmod(0o755)
    (tmp_path / "heatcli.toml").write_text("[cameras.door\nsources = ]")
    (tmp_path / ".bashrc").write_text("bind 'set enable-bracketed-paste off'\n")
    (tmp_path / ".zshrc").write_text("unsetopt prompt_cr prompt_sp\n")
    return tmp_path


@contextmanager
def terminal(shell: str, home: Path) -> Iterator["pexpect.spawn[str]"]:
    """Start a shell in a terminal, which waits for its first line."""
    variables = {
        "HOME": str(home),
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TERM": "dumb",
    }
    child = pexpect.spawn(
        shutil.which(shell) or shell,
        SHELLS[shell],
        cwd=home,
        env=variables,
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 200),
    )
    try:
        child.sendline(f"PS1='{PROMPT[0]}''{PROMPT[1:]}'")  # so that the echo of it is no prompt
        child.expect_exact(PROMPT)
        yield child
    finally:
        child.close(force=True)


def typed(child: "pexpect.spawn[str]", keys: str, wanted: str) -> str:
    """Press keys until the shell shows a text; return all that it has shown, and give the line up."""
    child.send(keys)
    child.expect(wanted)
    shown = f"{child.before}{child.after}"
    child.expect(pexpect.TIMEOUT, timeout=0.5)  # the shell has written the rest, and waits for the next key
    shown += child.before or ""
    child.sendcontrol("c")
    child.expect_exact(PROMPT)
    return shown


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_a_terminal_completes_also_beside_a_broken_configuration(shell: str, home: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    with terminal(shell, home) as child:
        child.sendline("heatcli --install-completion")
        child.expect(f"{shell} completion installed")
        child.expect_exact(PROMPT)
    with terminal(shell, home) as child:
        if shell == "zsh":
            # The first press in a new shell loads what Typer has installed, and completes nothing yet.
            typed(child, "heatcli anon\t", "\a")
        shown = typed(child, "heatcli anon\t", "anonymise")
        shown += typed(child, "heatcli render --metric occ\t", "occupancy_pct")
        shown += typed(child, "heatcli clips --re\t\t", r"--remove\s[\s\S]*--rename-[\s\S]*--restart\s")
        assert not re.search("Traceback|[Ee]rror|not found", shown)
        # Files are completed by the shell, as ever.
        typed(child, "heatcli check --config heatcli.t\t", r"heatcli\.toml")
