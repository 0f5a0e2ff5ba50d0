"""The log: all that a run says, also what `--quiet` leaves out, with time stamps."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from heatcli.errors import OutputError
from heatcli.version import __version__


class _Log:
    """The log of the run of this process, if it has one."""

    def __init__(self) -> None:
        self.command: Sequence[str] = ()
        self.file: TextIO | None = None


_log = _Log()


def new_run(command: Sequence[str]) -> None:
    """End the log of the run before, where a process has several.

    Args:
        command: arguments of the new run's command line.
    """
    if _log.file is not None:
        with suppress(OSError):
            _log.file.close()
    _log.command, _log.file = tuple(command), None


def begin_log(path: Path | None) -> None:
    """Append what is said from here on to a file; None for no log.

    Raises:
        OutputError: the file cannot be written.
    """
    if path is None:
        return
    try:
        _log.file = path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise OutputError(f"{path}: the log cannot be written ({error.strerror}); correct --log") from error
    note(f"heatcli {__version__}: {' '.join(_log.command)}")


def note(line: str) -> None:
    """Append a line to the log, if there is one. A full disk does not stop the work."""
    if _log.file is not None:
        with suppress(OSError):
            print(
                f"{datetime.now().astimezone().isoformat(' ', 'seconds')} {line}", file=_log.file, flush=True
            )
