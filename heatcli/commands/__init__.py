"""One function per command: the public API. `heatcli X` is `cli/X`, which calls `commands/X`."""
