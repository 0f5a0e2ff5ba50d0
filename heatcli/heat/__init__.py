"""From stored rows to grids: pure array code, no files, no drawing."""
