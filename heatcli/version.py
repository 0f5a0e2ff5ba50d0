"""The version of heatcli."""

__version__ = "0.1.0"
