"""The log of bugs: all that a bug report needs, kept also for a run from cron that nobody watches."""

import logging
import os
import platform
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from heatcli.version import __version__, library_version

# Room for years of one bug a night, and no full disk from one bug a second.
_MAX_BYTES = 1_000_000
_OLDER_FILES = 3

# Libraries that decode, compute, store and draw. The last ones need not be installed.
_LIBRARIES = (
    "av",
    "opencv-python",
    "numpy",
    "scipy",
    "polars",
    "deltalake",
    "pydantic",
    "typer",
    "matplotlib",
    "bokeh",
    "xlsxwriter",
    "ultralytics",
    "torch",
    "openvino",
)


def bug_text(error: Exception) -> str:
    """Return what a bug is, in one line."""
    return f"a bug: {type(error).__name__}: {error}".splitlines()[0]


def log_crash(error: Exception, arguments: Sequence[str]) -> str:
    """Append a bug to the log in the user's state folder.

    Args:
        error: exception with its traceback.
        arguments: command line without the name of the program.

    Returns:
        Message for the user: where the log is, or why there is none.
    """
    try:
        path = _log_file()
    except RuntimeError as problem:
        return f"its log could not be written ({problem}); set XDG_STATE_HOME to a folder for it"
    try:
        _append(path, error, arguments)
    except OSError as problem:
        return f"its log {path} could not be written ({problem.strerror}); make that folder writable"
    return f"please report it with the log {path}"


def _log_file() -> Path:
    """Return the path of the log.

    Raises:
        RuntimeError: user without a known home folder.
    """
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "heatcli" / "heatcli.log"


class _LogFile(RotatingFileHandler):
    """A rotating log whose writer gets an error of a full disk; by default it would only be printed."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the name is logging's
        """Let the error that is being handled go on to whoever writes the record."""
        raise


def _append(path: Path, error: Exception, arguments: Sequence[str]) -> None:
    """Write a bug at the end of the log.

    Raises:
        OSError: folder or file that cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    log = _LogFile(
        path, maxBytes=_MAX_BYTES, backupCount=_OLDER_FILES, encoding="utf-8", errors="backslashreplace"
    )
    trace = (type(error), error, error.__traceback__)
    try:
        log.emit(logging.makeLogRecord({"msg": _circumstances(arguments), "exc_info": trace}))
    finally:
        log.close()


def _circumstances(arguments: Sequence[str]) -> str:
    """Return time, command and versions, as lines."""
    return "\n".join(
        (
            f"== {datetime.now().astimezone().isoformat(timespec='seconds')}",
            f"command: {shlex.join(('heatcli', *arguments))}",
            f"heatcli {__version__}, Python {sys.version.split()[0]}, {platform.platform()}",
            ", ".join(f"{library} {library_version(library)}" for library in _LIBRARIES),
        )
    )
