"""Tables of a camera that the page shows as the command line has them, such as that of its queues."""

from heatcli.answers.entry_table import entry_lines
from heatcli.answers.exposure_table import exposure_lines
from heatcli.answers.funnel_table import funnel_lines
from heatcli.answers.queue_table import queue_lines
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import TOTAL

# Columns that say which camera and period a row is of, which the page says itself.
_SAID = ("CAMERA", "PERIOD", "COVERED")


def tables_of(report: ZoneReport) -> list[dict[str, object]]:
    """Return the tables of a camera as objects: `title`, `head` and `rows` of text; only those with rows."""
    tables = {
        "Queues": queue_lines([report]),
        "Funnels": funnel_lines([report]),
        "Exposure": exposure_lines([report]),
        "First and last, near and apart": entry_lines([report]),
    }
    return [_table(title, lines) for title, lines in tables.items() if len(lines) > 1]


def _table(title: str, lines: list[tuple[str, ...]]) -> dict[str, object]:
    period = lines[0].index("PERIOD")
    kept = [at for at, name in enumerate(lines[0]) if name not in _SAID]
    head, *rows = [[line[at] for at in kept] for line in lines if line[period] in ("PERIOD", TOTAL)]
    return {"title": title, "head": head, "rows": rows}
