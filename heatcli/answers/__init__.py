"""Figures tabulated: as lines of text, CSV and parts of JSON."""
