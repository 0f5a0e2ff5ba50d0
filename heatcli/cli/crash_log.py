"""The log of bugs: what a report of one needs, kept where a run from cron has nobody to see it."""

import logging
import os
import platform
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path

from heatcli.version import __version__

# Years of bugs for whoever meets one a night, and no disk's worth for whoever meets one a second.
_MAX_BYTES = 1_000_000
_OLDER_FILES = 3

# What decodes, computes, stores and draws. The last two need not be installed.
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


def log_crash(error: Exception, arguments: Sequence[str]) -> str:
    """Append a bug to the log in the user's state folder.

    Args:
        error: The exception, with its traceback.
        arguments: The command line, without the name of the program.

    Returns:
        What to tell the user: where the log is, or why there is none.
    """
    try:
        path = _log_file()
    except RuntimeError as problem:
        return f"no log of it could be written ({problem}); set XDG_STATE_HOME to a folder for it"
    try:
        _append(path, error, arguments)
    except OSError as problem:
        return f"no log of it could be written to {path} ({problem.strerror}); make that folder writable"
    return f"please report it with the log {path}"


def _log_file() -> Path:
    """Return the path of the log.

    Raises:
        RuntimeError: Nothing says where the user's home is.
    """
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "heatcli" / "heatcli.log"


class _LogFile(RotatingFileHandler):
    """A rotating log whose writer learns of a full disk; by default it would be printed and passed over."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Let the error that is being handled go on to whoever writes the record."""
        raise


def _append(path: Path, error: Exception, arguments: Sequence[str]) -> None:
    """Write a bug at the end of the log.

    Raises:
        OSError: The folder or the file cannot be written.
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
            ", ".join(f"{library} {_version(library)}" for library in _LIBRARIES),
        )
    )


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"
