"""The page as one HTML file: its content, style and program, with nothing left to fetch."""

import html
from pathlib import Path
from string import Template

from heatcli.files import output_file
from heatcli.report.page.charts import chart_documents
from heatcli.report.page.content import page_content
from heatcli.report.page.document import policy_of, safe_json, script
from heatcli.report.page.modules import FOLDER, import_map
from heatcli.report.report import Report

_START = 'import {start} from "heatcli/main.js";\nstart();\n'


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
        *(script(safe_json(value), type="application/json", id=name) for name, value in data.items()),
        *(script(text) for text in bokeh),
        script(_START, type="module"),
    ]
    template = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        policy=html.escape(policy_of(modules, *bokeh, _START)),
        title=html.escape(report.period.title),
        style=style,
        modules=modules,
        scripts="\n".join(scripts),
    )
