"""What commands print: progress, results and warnings."""
