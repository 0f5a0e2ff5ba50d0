"""Tables that the page shows as the command line has them, such as that of a camera's queues."""

from collections.abc import Sequence

from heatcli.answers.area_report import AreaReport
from heatcli.answers.area_table import area_line, area_lines
from heatcli.answers.entry_table import entry_lines
from heatcli.answers.exposure_table import exposure_lines
from heatcli.answers.flow_table import flow_area_lines, flow_line_lines, flow_note, walker_lines
from heatcli.answers.funnel_table import funnel_lines
from heatcli.answers.group_table import group_lines, group_note
from heatcli.answers.queue_table import queue_lines, queue_note
from heatcli.answers.zone_report import ZoneReport
from heatcli.answers.zone_table import TOTAL

# Columns that say which camera and period a row is of, which the page says itself.
_SAID = ("CAMERA", "PERIOD", "COVERED")


def tables_of(report: ZoneReport) -> list[dict[str, object]]:
    """Return the tables of a camera as objects: `title`, `notes`, `head` and `rows` of text; only those with
    rows.
    """
    tables = (
        ("Queues", queue_lines([report]), queue_note(report)),
        ("Funnels", funnel_lines([report]), ""),
        ("Exposure", exposure_lines([report]), ""),
        ("First and last, near and apart", entry_lines([report]), ""),
        ("Groups", group_lines([report]), group_note(report)),
        ("Density and speed on the floor", flow_area_lines([report]), flow_note(report)),
        ("Flow over lines", flow_line_lines([report]), ""),
        ("How people walked", walker_lines([report]), ""),
    )
    return [_table(title, lines, [note] if note else []) for title, lines, note in tables if len(lines) > 1]


def room_tables(areas: Sequence[AreaReport]) -> list[dict[str, object]]:
    """Return the table of the rooms of a report likewise, with what a reader must know of each; none without
    rooms.
    """
    if not areas:
        return []
    notes = [note for area in areas for note in (area_line(area), *(f"{area.name}: {n}" for n in area.notes))]
    return [_table("Rooms", area_lines(areas), notes)]


def _table(title: str, lines: list[tuple[str, ...]], notes: list[str]) -> dict[str, object]:
    kept = [at for at, name in enumerate(lines[0]) if name not in _SAID]
    period, words = None, 1
    if "PERIOD" in lines[0]:
        period = lines[0].index("PERIOD")
        words = sum(at < period for at in kept)
    lines = [line for line in lines if period is None or line[period] in ("PERIOD", TOTAL)]
    head, *rows = [[line[at] for at in kept] for line in lines]
    return {"title": title, "notes": notes, "words": words, "head": head, "rows": rows}
