"""The sheets of the workbook, and what they are written with."""
