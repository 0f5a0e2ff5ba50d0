"""Who and what counts in a question, and reading the rows of it."""
