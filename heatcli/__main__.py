"""`python -m heatcli`."""

from heatcli.cli import main

main()
