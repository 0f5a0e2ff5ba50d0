"""What commands say: one object on stdout with `--json`, everything else on stderr."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from heatcli.errors import OutputError


def say(message: str, *, quiet: bool = False) -> None:
    """Tell the user something on stderr, in one line; nothing where they asked for quiet.

    Work is not to fail because nobody can be told of it: a stderr that is closed or full is passed over.
    """
    if quiet or sys.stderr is None:
        return
    with suppress(OSError):
        print(one_line(message), file=sys.stderr)


def emit(result: Mapping[str, object]) -> None:
    """Print the one object of `--json` on stdout."""
    show(json.dumps(result, ensure_ascii=False, allow_nan=False))


def show(text: str) -> None:
    """Print what was asked for on stdout.

    What its encoding lacks, and bytes of file names that are no text, become escapes, which JSON has as well.

    Raises:
        OutputError: stdout is full or closed.
    """
    try:
        encoding = sys.stdout.encoding
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"stdout: cannot be written ({error.strerror}); check where it leads") from error


def one_line(text: str) -> str:
    """Escape what would break a line or command a terminal: names are data from outside."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda match: match[0].encode("unicode_escape").decode(), text)


def aligned(lines: Sequence[Sequence[str]], *, words: int | None = None) -> str:
    """Lay cells out in columns, each as wide as its widest cell, so that each line stays one line.

    Args:
        lines: of cells, all with as many.
        words: how many columns are of words, the others being of numbers, which stand at the right; None for
            all.
    """
    columns = [[one_line(cell) for cell in column] for column in zip(*lines, strict=True)]
    widths = [max(map(len, column)) for column in columns]
    places = ["<" if words is None or number < words else ">" for number in range(len(columns))]
    rows = (zip(line, places, widths, strict=True) for line in zip(*columns, strict=True))
    return "\n".join(
        "  ".join(f"{cell:{place}{width}}" for cell, place, width in row).rstrip() for row in rows
    )
