"""Write docs/reference.md, every command's help as the program prints it, and the man pages in docs/man.

python docs/make_reference.py
"""

import shutil
from pathlib import Path

from typer.testing import CliRunner

from docs.man_pages import FOLDER, man_pages
from heatcli.cli.app import app

TARGET = Path(__file__).with_name("reference.md")
WIDTH = 100


def reference() -> str:
    """Return the page."""
    lines = ["# Reference", "", "Written by `docs/make_reference.py` from the program's own help.", ""]
    for command in ("", *(info.name or "" for info in app.registered_commands)):
        title = f"heatcli {command}".strip()
        arguments = [word for word in (command, "--help") if word]
        result = CliRunner().invoke(app, arguments, prog_name="heatcli", terminal_width=WIDTH)
        lines += [f"## {title}", "", "```text", result.stdout.rstrip(), "```", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for name, text in man_pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
