"""The page on which zones are drawn, as one HTML file that needs no other file and no network."""

import html
from collections.abc import Mapping
from pathlib import Path
from string import Template

from heatcli.report.page.document import policy_of, safe_json, script
from heatcli.report.page.modules import FOLDER as REPORT
from heatcli.report.page.modules import import_map

_FOLDER = Path(__file__).parent / "web"
_START = 'import {start} from "heatcli/editor.js";\nstart();\n'
# What it shares with the page of a report.
_SHARED = ("dom.js", "place.js")


def editor_page(content: Mapping[str, object]) -> str:
    """Return the page.

    Args:
        content: what the page shows, as `Content` in `web/drawing.d.ts` has it.
    """
    modules = import_map([*(REPORT / name for name in _SHARED), *sorted(_FOLDER.glob("*.js"))])
    policy = policy_of(modules, _START)
    if content["save"] is not None:
        policy += "; connect-src 'self'"
    template = Template((_FOLDER / "editor.html").read_text(encoding="utf-8"))
    return template.substitute(
        policy=html.escape(policy),
        title=html.escape(f"Zones of {content['camera']}"),
        style="\n".join(
            file.read_text(encoding="utf-8") for file in (REPORT / "page.css", _FOLDER / "editor.css")
        ),
        modules=modules,
        scripts="\n".join(
            [script(safe_json(content), type="application/json", id="data"), script(_START, type="module")]
        ),
    )
