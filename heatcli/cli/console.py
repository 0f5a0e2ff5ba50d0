"""What commands say: one object on stdout with `--json`, everything else on stderr."""

import json
import re
import sys
from collections.abc import Mapping
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
