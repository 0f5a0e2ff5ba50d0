"""`report.xlsx` where names are hostile, nothing was recorded, or there is too much; and in LibreOffice."""

import shutil
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from heatcli.errors import OutputError
from heatcli.names import PeriodKind
from heatcli.report.camera_report import CameraReport
from heatcli.report.workbook import book
from heatcli.report.workbook.write import write_workbook
from tests.support.workbooks import EVERYTHING, NINE, charted, report_of, same, table

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2",
    "<script>alert(1)</script>",
    "it's a [door]: a/b\\c?*",
    "History",
    "summary",
    "a very long name of a camera at the entrance",
    "a very long name of a camera at the exit",
    "\U0001f6aa" * 18,
    "'",
    "https://example.com",
    "bell & \x07",
    "mailto:a@example.com",
]


def test_names_are_text_whatever_they_are(tmp_path: Path) -> None:
    report = report_of(tmp_path, [(name, NINE) for name in HOSTILE])
    # A bell is no text: XML cannot hold it.
    names = [name.replace("\x07", "_") for name in sorted(HOSTILE)]
    (path,) = write_workbook(tmp_path, report)
    workbook = openpyxl.load_workbook(path)
    for sheet in ("Summary", "Zones"):
        cells = [cell for cell in workbook[sheet]["A"] if cell.value in set(names)]
        assert {cell.value for cell in cells} == set(names)
        assert {cell.data_type for cell in cells} == {"s"}
        assert {cell.number_format for cell in cells} == {"@"}
    assert not any(cell.hyperlink for cell in workbook["Zones"]["A"])
    sheets = workbook.sheetnames
    assert [sheets[0], *sheets[-4:]] == ["Summary", "Zones", "Hottest places", "Transitions", "Notes"]
    assert len({sheet.casefold() for sheet in sheets}) == len(names) + 5
    for sheet in sheets:
        assert 0 < len(sheet.encode("utf-16-le")) // 2 <= 31
        assert not set(sheet) & set("[]:*?/\\")
        assert "'" not in (sheet[0], sheet[-1])
        assert sheet.casefold() != "history"
    links = [cell.hyperlink.location for cell in workbook["Summary"]["A"] if cell.hyperlink]
    assert links == [f"'{sheet}'!A1" for sheet in sheets[1:-4]]
    for name, sheet in zip(names, sheets[1:-4], strict=True):
        assert workbook[sheet]["A1"].value == name
        assert len(charted(workbook, workbook[sheet])) == 5


def test_a_period_without_recording_is_a_workbook_that_says_so(tmp_path: Path) -> None:
    (path,) = write_workbook(tmp_path, report_of(tmp_path, [("shop", NINE)], day=date(2025, 1, 1)))
    workbook = openpyxl.load_workbook(path)
    assert "No camera recorded anything" in workbook["Summary"]["A3"].value
    (shop,) = table(workbook["Summary"], "Camera")
    assert (shop["Covered"], shop["Coverage"], shop["Visitors"]) == (0, 0, None)
    assert "nothing recorded in that time" in workbook["shop"]["A2"].value
    assert workbook["shop"]._charts == []
    rows = table(workbook["shop"], "Period")
    assert len(rows) == 25
    assert {value for row in rows for title, value in row.items() if title in {"Visitors", "Stays"}} == {None}


def with_zones(camera: CameraReport, count: int) -> CameraReport:
    """Give a camera many zones, all with the figures of its first one."""
    zone, everybody = camera.figures.zones[0], camera.figures.everybody[0]
    zones = tuple(replace(zone, zone=replace(zone.zone, name=f"zone {number}")) for number in range(count))
    return replace(camera, figures=replace(camera.figures, zones=zones, everybody=(everybody,) * count))


@pytest.mark.slow
def test_a_thousand_zones_are_all_there(tmp_path: Path) -> None:
    year = report_of(tmp_path, [("shop", NINE)], kind=PeriodKind.ANNUAL)
    many = replace(year, cameras=(with_zones(year.cameras[0], 1000),))
    (path,) = write_workbook(tmp_path, many)
    with closing(openpyxl.load_workbook(path, read_only=True)) as workbook:
        rows = workbook["Zones"].iter_rows(min_row=5, min_col=2, max_col=2, values_only=True)
        names = [name for (name,) in rows]
    zones = [f"zone {number}" for number in range(1000)]
    assert names == [name for name in ("whole frame", *zones, "door") for _ in range(12 + 2)]


def test_what_excel_has_no_rows_for_is_said_to_be_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "MOST_ROWS", 80)
    (path,) = write_workbook(tmp_path, report_of(tmp_path, [("shop", NINE)]))
    sheet = openpyxl.load_workbook(path)["Zones"]
    assert sheet.max_row == 80
    assert sheet["A2"].value.startswith("Cut: Excel has no more rows")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    report = report_of(tmp_path, [("shop", NINE)])
    with pytest.raises(OutputError, match=r"report\.xlsx: cannot be written"):
        write_workbook(tmp_path / "gone", report)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_numbers_and_charts(tmp_path: Path) -> None:
    clips = [("shop", NINE), ("shop", NINE - timedelta(1))]
    report = report_of(tmp_path, clips, previous=True, config=EVERYTHING)
    (file,) = write_workbook(tmp_path, report)
    workbook = openpyxl.load_workbook(file)
    assert {"Rooms", "Queues", "Funnels", "Exposure", "Entries", "Groups"} <= set(workbook.sheetnames)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "out"),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    read = openpyxl.load_workbook(tmp_path / "out" / "report.xlsx")
    assert read.sheetnames == workbook.sheetnames
    for name in workbook.sheetnames:
        for row in workbook[name].iter_rows():
            for cell in row:
                if cell.value is not None:
                    again = read[name][cell.coordinate].value
                    assert again == (pytest.approx(cell.value) if cell.data_type == "n" else cell.value)
        assert len(read[name]._charts) == len(workbook[name]._charts)
        assert len(read[name]._images) == len(workbook[name]._images)
    again, charts = (charted(one, one["shop"]) for one in (read, workbook))
    assert again.keys() == charts.keys()
    for title, series in charts.items():
        for values, these in zip(again[title], series, strict=True):
            same(dict(enumerate(values)), dict(enumerate(these)))
