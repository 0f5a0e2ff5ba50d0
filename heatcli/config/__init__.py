"""What `heatcli.toml` says, and the settings that it and the command line give."""
