"""The charts of the page as Bokeh documents.

Making them takes half a second, most of it for Bokeh's own start, and gives the same each time. So they are
kept in `web/charts.json`, which `python -m heatcli.report.page.charts` writes anew after a change of
`chart_models.py`. They are of one version of Bokeh: where another is installed, each page makes them anew.
"""

import json
from typing import Any

from heatcli.report.page.modules import FOLDER

KEPT = FOLDER / "charts.json"

Documents = dict[str, dict[str, Any]]


def chart_documents() -> Documents:
    """Return the documents that `heatcli.report.page.chart_models.made_documents` makes."""
    import bokeh

    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    if kept["bokeh"] == bokeh.__version__:
        documents: Documents = kept["documents"]
        return documents
    from heatcli.report.page.chart_models import made_documents

    return made_documents()


def kept_text() -> str:
    """Return what `web/charts.json` is to hold, if no model was made in this process: Bokeh numbers them."""
    import bokeh

    from heatcli.report.page.chart_models import made_documents

    return json.dumps({"bokeh": bokeh.__version__, "documents": made_documents()}, indent=1) + "\n"


if __name__ == "__main__":
    KEPT.write_text(kept_text(), encoding="utf-8")
