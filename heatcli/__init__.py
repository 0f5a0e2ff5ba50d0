"""heatcli: recorded CCTV in, trajectories and heat maps out."""

__version__ = "0.1.0"
