"""What commands say: one object on stdout with `--json`, everything else on stderr."""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import typer

from heatcli.cli.show.log import note
from heatcli.errors import OutputError

# Most characters of an error: one with a path of some length, and a few known names.
_LONGEST_ERROR = 600


def say(message: str, *, quiet: bool = False) -> None:
    """Tell the user something on stderr, in one line; with `--quiet` only the log, if there is one.

    Work must not fail because nobody can read the message, so a closed or full stderr is ignored.
    """
    note(one_line(message))
    if quiet or sys.stderr is None:
        return
    with suppress(OSError):
        print(one_line(message), file=sys.stderr)


def warn(message: str) -> None:
    """Tell the user on stderr of something that should be known, even with `--quiet`; the work goes on."""
    say(f"heatcli: warning: {message}")


class _Told(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(f"heatcli: {record.getMessage()}")


@contextmanager
def telling_warnings() -> Iterator[None]:
    """Say what parts that cannot print have to tell, such as damage to a store, even with `--quiet`."""
    log, told = logging.getLogger("heatcli"), _Told(logging.WARNING)
    log.addHandler(told)
    try:
        yield
    finally:
        log.removeHandler(told)


def emit(result: Mapping[str, object]) -> None:
    """Print the one object of `--json` on stdout."""
    show(json.dumps(result, ensure_ascii=False, allow_nan=False))


def show(text: str) -> None:
    """Print what was asked for on stdout.

    Characters that its encoding lacks, and bytes of file names that are not text, become escapes, which JSON
    has as well.

    Raises:
        OutputError: full or closed stdout.
    """
    try:
        encoding = sys.stdout.encoding
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"stdout: cannot be written ({error.strerror}); check where it goes") from error


def refusal(error: typer.TyperException, command: str | None) -> str:
    """Return the words for what Typer found wrong with a command line: the option, what, and what to do.

    Args:
        error: error of Typer.
        command: name of the command; None before one is known.
    """
    if isinstance(error, typer.BadParameter) and error.message:
        named = error.param_hint or (max(error.param.opts, key=len) if error.param else command)
        return f"{named}: {error.message.removeprefix('Value error, ')}"
    # The name of an option or argument is missing or wrong, and the help has the names.
    program = "heatcli" if command is None else f"heatcli {command}"
    return f"{error.format_message().rstrip('.')}; see {program} --help"


def abridged(message: str) -> str:
    """Cut the middle out of an error that repeats a value of absurd length; the end says what to do."""
    if len(message) <= _LONGEST_ERROR:
        return message
    return f"{message[: _LONGEST_ERROR // 2]} … {message[-_LONGEST_ERROR // 2 :]}"


def one_line(text: str) -> str:
    """Escape control characters, which break lines and control terminals: names come from outside."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda match: match[0].encode("unicode_escape").decode(), text)


def aligned(lines: Sequence[Sequence[str]], *, words: int | None = None) -> str:
    """Lay cells out in columns, each as wide as its widest cell, so that each line stays one line.

    Args:
        lines: lines of cells, each with the same number of cells.
        words: number of columns of words; the columns after them are numbers, aligned to the right. None if
            all are words.
    """
    columns = [[one_line(cell) for cell in column] for column in zip(*lines, strict=True)]
    widths = [max(map(len, column)) for column in columns]
    places = ["<" if words is None or number < words else ">" for number in range(len(columns))]
    rows = (zip(line, places, widths, strict=True) for line in zip(*columns, strict=True))
    return "\n".join(
        "  ".join(f"{cell:{place}{width}}" for cell, place, width in row).rstrip() for row in rows
    )
