"""Questions on the terminal."""

import sys

import typer


def confirm(question: str) -> bool:
    """Ask the user; anything but yes is no."""
    return typer.confirm(question, default=False, err=True)


def can_ask() -> bool:
    """Whether there is somebody to ask."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
