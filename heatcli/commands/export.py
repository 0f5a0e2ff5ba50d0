"""The work behind `heatcli export`: from a period to a folder of files that people open."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

from heatcli.config.models import Config
from heatcli.config.settings import RenderSettings
from heatcli.errors import OutputError, UsageError
from heatcli.files import output_file
from heatcli.names import Metric, ReportFormat
from heatcli.report.camera_report import WriteRows
from heatcli.report.floor_files import ON_FLOOR, OnFloor, written_on_floor
from heatcli.report.made_of import Asked, note_made, outdated_files, parts_of
from heatcli.report.periods import Period
from heatcli.report.report import HOT_PLACES, Report, make_report
from heatcli.report.rows_file import rows_path, write_rows
from heatcli.report.share.figures import CELLS, METRICS
from heatcli.report.share.write import FORMATS, write_shared
from heatcli.select.each import Each, unwatched
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.store.journal import Deed, note_if_possible, said
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exported:
    """An exported report.

    Attributes:
        report: numbers of the report.
        folder: folder of the files.
        files: paths of the written files, in the order of the formats.
        faults: why files that were asked for are not there, a line for each.
    """

    report: Report
    folder: Path
    files: tuple[Path, ...]
    faults: tuple[str, ...] = ()


def export_report(
    *,
    store: Store,
    period: Period,
    output: Path = Path(),
    formats: Collection[ReportFormat] = (ReportFormat.HTML, ReportFormat.XLSX),
    selection: Selection | None = None,
    settings: RenderSettings | None = None,
    metrics: Collection[Metric] = (Metric.DWELL_TIME,),
    compare_previous: bool = False,
    share: int | None = None,
    config: Config | None = None,
    each: Each = unwatched,
) -> Exported:
    """Write the report of a period into a folder of its own, such as `daily-2026-03-14`.

    Each file is replaced whole or not at all. Files that the same report had before and has no longer, such
    as those of a camera that was given another name, are removed; other files in the folder stay.

    Args:
        store: heat store to read from.
        period: period of the report; nothing need have been recorded in it.
        output: folder in which the report's own folder is made; need not exist.
        formats: formats of the files to write.
        selection: selection of what counts, apart from the time; None for everything.
        settings: look of the maps; its metric is ignored. None for the defaults.
        metrics: metrics to make maps of.
        compare_previous: whether the period before is shown beside this one.
        share: smallest number of people of whom a report to give away tells, which has sums only
            (`heatcli.report.share`) and maps of its own; None for a report with all that is known.
        config: configuration (`heatcli.toml`); None for the defaults.
        each: way through the cameras and then the formats, which may show how far it is.

    Raises:
        UsageError: the selection is invalid, the store holds no clips, or one end of a scale is given for
            several metrics.
        StoreError: the store cannot be read.
        OutputError: the folder or a file in it cannot be written.
    """
    if settings is not None and settings.max_value is not None and len(set(metrics)) > 1:
        raise UsageError("--max-value is in the unit of one metric; name that one with --metrics")
    has_floor = config is not None and any(camera.floor for camera in config.cameras.values())
    if formats and set(formats) <= set(ON_FLOOR) and not has_floor:
        raise UsageError(
            f"--format {','.join(formats)}: no camera has a floor; say in heatcli.toml where it lies on a "
            "plan"
        )
    selection, settings = selection or Selection(), settings or RenderSettings()
    asked = Asked(
        formats=tuple(dict.fromkeys(formats)),
        selection=selection,
        settings=settings,
        metrics=tuple(dict.fromkeys(metrics)),
        compare_previous=compare_previous,
        share=share,
    )
    _check_shared(asked, config)
    with writable_folder(output / period.name) as folder:
        with ExitStack() as rows_files:
            on_floor = OnFloor(folder, rows_files, config or Config(), asked.formats)
            report = make_report(
                store=store,
                selection=selection,
                period=period,
                made_at=datetime.now(UTC),
                settings=settings if share is None else CELLS,
                metrics=asked.metrics if share is None else METRICS,
                compare_previous=compare_previous,
                people=ReportFormat.HTML in formats and share is None,
                hot=HOT_PLACES
                if {ReportFormat.HTML, ReportFormat.XLSX} & set(formats) and share is None
                else 0,
                whole=share is None,
                write_rows=_rows_writer(folder, rows_files) if ReportFormat.PARQUET in formats else None,
                also=on_floor.of if set(formats) & set(ON_FLOOR) else None,
                config=config,
                each=each,
            )
        if share is None:
            files = [file for form in each(asked.formats) for file in _WRITERS[form](folder, report)]
        else:
            files = write_shared(folder, report, asked.formats, share)
    parts = parts_of(report.snapshot, period, asked, report.config, files=files)
    for outdated in outdated_files(output, period, asked, parts):
        with suppress(OSError):
            outdated.unlink()
    note_made(output, period, asked, parts)
    what = {"period": period.name, "formats": sorted(asked.formats), "share": asked.share}
    note_if_possible(
        store.path,
        Deed.EXPORT,
        selection={**said(selection), **what},
        settings=[asked.key],
        done={"files": len(files)},
    )
    # Only the page needs all rows; who keeps many reports need not keep them.
    cameras = tuple(replace(camera, people=None) for camera in report.cameras)
    return Exported(
        report=replace(report, cameras=cameras),
        folder=folder,
        files=tuple(files),
        faults=tuple(on_floor.faults),
    )


def _check_shared(asked: Asked, config: Config | None) -> None:
    """Refuse to give away what is no sum.

    Raises:
        UsageError: a format or option shows more than sums, or the profile lets nothing else out.
    """
    if asked.share is None:
        if config is not None and config.privacy.shares:
            raise UsageError(
                "the profile `statistics` of [privacy] lets only sums out: use `heatcli export --share`"
            )
    elif not set(asked.formats) <= set(FORMATS):
        raise UsageError(f"--share makes a page and a workbook: --format {','.join(FORMATS)}, or one of them")
    elif asked.compare_previous:
        raise UsageError("--share shows one period: the difference of two may tell of few people")


def _rows_writer(folder: Path, files: ExitStack) -> WriteRows:
    """Return a receiver of rows that writes a file for each camera, in place once the stack is closed."""

    def write(camera: SelectedCamera, batches: Iterator[Rows]) -> None:
        write_rows(files.enter_context(output_file(rows_path(folder, camera.name))), camera, batches)

    return write


@contextmanager
def writable_folder(folder: Path) -> Iterator[Path]:
    """Make sure that files can be written into a folder, before any work is done.

    Yields:
        Path of the folder. If the body raises, folders that were made here and are empty are removed again.

    Raises:
        OutputError: no file can be written into the folder.
    """
    try:
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written into ({error.strerror}); name another folder with -o"
        ) from error
    try:
        yield folder
    except BaseException:
        with suppress(OSError):
            for path in made:
                path.rmdir()
        raise


def _html(folder: Path, report: Report) -> list[Path]:
    from heatcli.report.page.build import write_page

    return write_page(folder, report)


def _xlsx(folder: Path, report: Report) -> list[Path]:
    from heatcli.report.workbook.write import write_workbook

    return write_workbook(folder, report)


def _png(folder: Path, report: Report) -> list[Path]:
    from heatcli.report.charts import write_charts
    from heatcli.report.maps import write_maps

    return [*write_maps(folder, report), *write_charts(folder, report, ".png")]


def _svg(folder: Path, report: Report) -> list[Path]:
    from heatcli.report.charts import write_charts

    return write_charts(folder, report, ".svg")


def _csv(folder: Path, report: Report) -> list[Path]:
    from heatcli.report.maps import write_map_grids
    from heatcli.report.time_table import write_time_tables

    return [*write_time_tables(folder, report), *write_map_grids(folder, report)]


def _json(folder: Path, report: Report) -> list[Path]:
    from heatcli.report.report_json import write_report_json

    return write_report_json(folder, report)


def _parquet(folder: Path, report: Report) -> list[Path]:
    # They were written while the numbers of the report were computed from them.
    return [rows_path(folder, camera.name) for camera in report.cameras]


_WRITERS: dict[ReportFormat, Callable[[Path, Report], list[Path]]] = {
    ReportFormat.HTML: _html,
    ReportFormat.XLSX: _xlsx,
    ReportFormat.PNG: _png,
    ReportFormat.SVG: _svg,
    ReportFormat.CSV: _csv,
    ReportFormat.JSON: _json,
    ReportFormat.PARQUET: _parquet,
    **{form: written_on_floor(form) for form in ON_FLOOR},
}
