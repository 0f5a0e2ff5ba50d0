"""The version of heatcli, and those of what it uses."""

__version__ = "0.1.0"


def library_version(name: str) -> str:
    """Return the version of a library, or `not installed`: some are needed for some models only."""
    from importlib.metadata import PackageNotFoundError, version  # takes as long as all else of `--version`

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
