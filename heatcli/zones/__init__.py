"""Zones and lines of a frame: who was in a zone, who crossed a line, and the hottest places of a map."""
