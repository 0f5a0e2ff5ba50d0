"""What `[ray]` of `heatcli.toml` says: what one analysis takes of a node of a cluster."""

from typing import Annotated

from pydantic import Field

from heatcli.config.settings import Settings


class RayConfig(Settings):
    """What each analysis on a Ray cluster gets."""

    num_cpus: Annotated[int, Field(ge=1, le=1000)] = 2
    """Cores; libraries use so many threads."""
    num_gpus: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Part of a GPU: 1 for one of its own, 0.25 if four analyses share one, 0 for none."""
