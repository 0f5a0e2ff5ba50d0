"""The page as one HTML file: its content, style and program, with nothing left to fetch."""

import base64
import hashlib
import html
import json
from pathlib import Path
from string import Template

from heatcli.files import output_file
from heatcli.report.page.charts import chart_documents
from heatcli.report.page.content import page_content
from heatcli.report.page.modules import FOLDER, import_map
from heatcli.report.report import Report

_START = 'import {start} from "heatcli/main.js";\nstart();\n'

# Characters that a parser of HTML, or of JavaScript before 2019, would not take for text in a string.
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def write_page(folder: Path, report: Report) -> list[Path]:
    """Write the page of a report.

    Args:
        folder: existing folder to write to; the file is replaced.
        report: report with the people of its cameras.

    Returns:
        Path of the written file, `report.html`.

    Raises:
        OutputError: the file cannot be written.
    """
    path, text = folder / "report.html", page(report)
    with output_file(path) as beside:
        beside.write_text(text, encoding="utf-8")
    return [path]


def page(report: Report) -> str:
    """Return the page of a report: an HTML document that needs no other file and no network.

    Its Content-Security-Policy lets the browser run the scripts in it, and load nothing from anywhere.

    Args:
        report: report with the people of its cameras.
    """
    from bokeh.resources import Resources

    content, packed = page_content(report)
    bokeh = Resources(mode="inline", components=["bokeh"], log_level="error").js_raw
    modules, style = import_map(), (FOLDER / "page.css").read_text(encoding="utf-8")
    data = {"data-report": content, "data-charts": chart_documents()}
    data |= {f"data-points-{place}": points for place, points in enumerate(packed)}
    scripts = [
        *(
            _script(_safe(json.dumps(value)), type="application/json", id=name)
            for name, value in data.items()
        ),
        *(_script(text) for text in bokeh),
        _script(_START, type="module"),
    ]
    template = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        policy=html.escape(_policy(modules, *bokeh, _START)),
        title=html.escape(report.period.title),
        style=style,
        modules=modules,
        scripts="\n".join(scripts),
    )


def _script(text: str, **attributes: str) -> str:
    """Return a script element."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<script{said}>{text}</script>"


def _safe(text: str) -> str:
    """Escape JSON so that no text in it can end the element around it."""
    return text.translate(_ESCAPES)


def _policy(*scripts: str) -> str:
    """Return the page's Content-Security-Policy: only these scripts may run, and nothing may be loaded.

    Modules are `data:` URLs. Bokeh puts its style sheets into the page as text.
    """
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return (
        f"default-src 'none'; script-src data: {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
