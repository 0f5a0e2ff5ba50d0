"""The commands, in the order in which the help lists them."""

from heatcli.cli import (
    analyze,
    audit,
    cameras,
    clips,
    compare,
    correct,
    export,
    import_,
    privacy,
    purge,
    render,
    score,
    zone,
)

PARTS = (
    analyze,
    render,
    zone,
    export,
    compare,
    score,
    audit,
    correct,
    import_,
    cameras,
    clips,
    purge,
    privacy,
)
