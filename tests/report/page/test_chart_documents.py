"""The page's charts as they are kept are what Bokeh makes."""

import subprocess
import sys

import pytest

from heatcli.report.page import charts
from tests.support.places import ROOT


def test_the_kept_documents_are_what_bokeh_makes() -> None:
    code = "from heatcli.report.page.charts import kept_text; print(kept_text(), end='')"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert made.stdout == charts.KEPT.read_text(encoding="utf-8"), "run python -m heatcli.report.page.charts"


def test_another_bokeh_gets_documents_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bokeh.__version__", "99.0")
    monkeypatch.setattr("heatcli.report.page.chart_models.made_documents", lambda: {"made": {}})
    assert charts.chart_documents() == {"made": {}}
