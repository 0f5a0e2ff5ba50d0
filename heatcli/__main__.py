"""`python -m heatcli`."""

from heatcli.cli.app import main

main()
