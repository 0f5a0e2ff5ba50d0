"""Figures laid out as lines of text, as CSV and as parts of JSON."""
