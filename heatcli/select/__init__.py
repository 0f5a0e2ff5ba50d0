"""Who and what counts in a selection, and reading the rows of it."""
