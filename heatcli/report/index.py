"""The way to the reports in a folder: `index.html` over all of them, and a link `latest` to the newest."""

import os
import secrets
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.parse import quote

from heatcli.files import output_file
from heatcli.names import PeriodKind
from heatcli.report.periods import Period

_MARK = '<meta name="generator" content="heatcli">'
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
{mark}
<meta name="viewport" content="width=device-width">
<title>Reports</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
h2 {{ text-transform: capitalize; }}
li {{ margin: .2rem 0; }}
.files {{ color: GrayText; font-size: .85em; margin-left: .5em; }}
</style>
<h1>Reports</h1>
{sections}
</html>
"""


def write_index(output: Path) -> Path | None:
    """Write `index.html` over all reports in a folder, and let `latest` lead to the newest of them.

    A file or folder of these names that heatcli has not made stays as it is.

    Returns:
        Path of the page; None where another page has its name.

    Raises:
        OutputError: the page cannot be written.
    """
    reports = sorted(_reports(output), key=lambda found: (found.last, found.first), reverse=True)
    if reports:
        _link(output / "latest", reports[0].name)
    page = output / "index.html"
    if page.exists() and _MARK not in page.read_text(errors="replace")[:1000]:
        return None
    sections = [
        _section(output, kind, [period for period in reports if period.kind is kind]) for kind in PeriodKind
    ]
    with output_file(page) as beside:
        beside.write_text(_PAGE.format(mark=_MARK, sections="".join(sections)), encoding="utf-8")
    return page


def _reports(output: Path) -> list[Period]:
    """Find the reports in a folder."""
    found = [Period.named(folder.name) for folder in output.iterdir() if folder.is_dir()]
    return [period for period in found if period is not None]


def _section(output: Path, kind: PeriodKind, periods: list[Period]) -> str:
    if not periods:
        return ""
    lines = "".join(_line(output / period.name, period.title) for period in periods)
    return f"<h2>{kind}</h2>\n<ul>\n{lines}</ul>\n"


def _line(folder: Path, title: str) -> str:
    files = sorted(file.name for file in folder.iterdir() if file.is_file() and file.name[0] != ".")
    first = "report.html" if "report.html" in files else ""
    others = " ".join(_anchor(f"{folder.name}/{name}", name) for name in files if name != first)
    return f'<li>{_anchor(f"{folder.name}/{first}", title)} <span class="files">{others}</span></li>\n'


def _anchor(target: str, text: str) -> str:
    return f'<a href="{escape(quote(os.fsencode(target)))}">{escape(text)}</a>'


def _link(link: Path, target: str) -> None:
    """Let a link lead to a folder beside it, where that can be and nothing else has the link's name."""
    if link.exists() and not link.is_symlink():
        return
    beside = link.with_name(f".{secrets.token_hex(8)}")
    with suppress(OSError):
        beside.symlink_to(target, target_is_directory=True)
        beside.replace(link)
