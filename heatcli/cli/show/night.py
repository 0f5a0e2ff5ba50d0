"""What `heatcli run` says: a line for each step, those of failed ones also with `--quiet`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from heatcli.cli.show import console
from heatcli.cli.show.clip_progress import AnalyzeProgress
from heatcli.cli.show.export_progress import ExportProgress
from heatcli.cli.show.purged import purged_text
from heatcli.cli.show.reports import show_report
from heatcli.clock import duration_text
from heatcli.names import counted

if TYPE_CHECKING:
    from heatcli.commands.export import Exported
    from heatcli.commands.run import Step
    from heatcli.report.made_of import Asked


class ShownNight:
    """Shows a night on stderr.

    Args:
        arguments: command line without the name of the program, for the log of a bug.
        quiet: whether only errors and warnings are shown.
    """

    def __init__(self, arguments: tuple[str, ...], *, quiet: bool) -> None:
        self._arguments = arguments
        self._quiet = quiet

    def analysing(self) -> AnalyzeProgress:
        """Return the bar and the lines of analyses."""
        return AnalyzeProgress(quiet=self._quiet)

    def exporting(self, reports: int, asked: "Asked", /) -> ExportProgress:
        """Return the bar of so many reports."""
        return ExportProgress(reports, asked, quiet=self._quiet)

    def exported(self, report: "Exported", /) -> None:
        """Tell of a report that was written."""
        show_report(report, quiet=self._quiet)

    def warn(self, message: str, /) -> None:
        """Tell of something that the user should know."""
        console.warn(message)

    def ended(self, step: "Step", /) -> None:
        """Tell how a step ended."""
        if step.error is not None:
            console.say(f"heatcli: {step.name}: {console.abridged(step.error)}")
        for trouble in _troubles(step):
            console.warn(trouble)
        for line in _lines(step.name, step.done):
            console.say(f"{step.name}: {line}", quiet=self._quiet)

    def bug(self, error: Exception, /) -> str:
        """Log an error that is heatcli's own, and return its line."""
        from heatcli.cli.crash_log import bug_text, log_crash

        return f"{bug_text(error)}; {log_crash(error, self._arguments)}"


def _troubles(step: "Step") -> list[str]:
    """Return what a step has found out of the views of cameras, which is said also with `--quiet`."""
    troubles: Any = step.done.get("troubles", ())
    return [trouble["what"] for trouble in troubles]


def _lines(name: str, done: Mapping[str, Any]) -> list[str]:
    """Return what a step has done, in words."""
    match name:
        case _ if not done and name != "analyze":
            return []
        case "analyze":
            return [", ".join(f"{number} {status}" for status, number in done.items()) or "no clips"]
        case "views":
            return []
        case "purge":
            return [purged_text(done)]
        case "compact":
            return [f"{counted(done['files_before'], 'file')} became {done['files_after']}"]
        case "cameras":
            return [*map(_stands, done["cameras"]), f"the store has {done['store_bytes'] / 1e6:,.1f} MB"]
        case _:
            return [f"made {', '.join(done['reports'])}" if done["reports"] else "all reports are up to date"]


def _stands(camera: Mapping[str, Any]) -> str:
    """Return how a camera stands."""
    waits = duration_text(3600 * camera["behind_h"])
    behind = f"a recording has waited for {waits}" if camera["behind_h"] else "nothing waits"
    watched = duration_text(camera["covered_yesterday_s"])
    return f"{camera['camera']}: {behind}; {watched} of yesterday were watched"
