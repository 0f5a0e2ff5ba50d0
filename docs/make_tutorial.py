"""Run the commands of tutorial.md and write what they print below them: `python -m docs.make_tutorial`.

They run in one shell, one after the other as they stand, in a folder with a copy of the samples. A block of
output is what the block of commands above it prints, stdout and stderr together. The pictures go to
docs/tutorial. The picture of the report's page takes Playwright and Chromium.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.browser import chromium

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGE = DOCS / "tutorial.md"
PICTURES = DOCS / "tutorial"
REPORT = "report.png"
_BLOCK = re.compile(r"```sh\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)
_ENDS = "--- the block ends ---\n"


def make(work: Path) -> str:
    """Run the commands of the page in an empty folder.

    Returns:
        The page, with what the commands have printed.

    Raises:
        RuntimeError: a command ends with another code than 0; the text is what was printed until then.
    """
    page = PAGE.read_text(encoding="utf-8")
    shutil.copytree(ROOT / "samples", work / "samples")
    programs = work / ".venv/bin"
    programs.mkdir(parents=True)
    for name, module in (("heatcli", "-m heatcli"), ("python", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} {module} "$@"\n')
        program.chmod(0o755)
    blocks = [commands + f"echo '{_ENDS.strip()}'\n" for commands, _ in _BLOCK.findall(page)]
    done = subprocess.run(
        ["bash", "-euc", f"export PATH={programs}:$PATH\n" + "".join(blocks)],
        cwd=work,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout)
    printed = iter(_steady(done.stdout).split(_ENDS))
    return _BLOCK.sub(lambda block: _with_output(block, next(printed)), page)


def _with_output(block: re.Match[str], output: str) -> str:
    """Return the block of commands, and below it what they print, if the page shows that."""
    shown = "" if block[2] is None else f"\n```text\n{output}```\n"
    return f"```sh\n{block[1]}```\n{shown}"


def _steady(output: str) -> str:
    """Write the speed of the analysis as that of the machine on which the page was written."""
    return re.sub(r"[\d.]+ frames/s", "116.5 frames/s", output)


def pictures(work: Path) -> dict[str, Path]:
    """Return what the commands have drawn, by name."""
    shop = work / "shop"
    drawn = {file.name: file for kind in ("*.jpg", "*.png") for file in shop.glob(kind)}
    return {name: file for name, file in drawn.items() if not (ROOT / "samples" / name).exists()}


def _shoot(report: Path, picture: Path) -> None:
    """Take a picture of the report's page."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1180, "height": 900})
        page.goto(report.as_uri())
        page.locator("canvas").first.wait_for()
        page.wait_for_timeout(1000)
        page.screenshot(path=str(picture))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        PAGE.write_text(make(folder), encoding="utf-8")
        PICTURES.mkdir(exist_ok=True)
        for file in pictures(folder).values():
            shutil.copy(file, PICTURES)
        _shoot(folder / "shop/reports/weekly-2026-W12/report.html", PICTURES / REPORT)
