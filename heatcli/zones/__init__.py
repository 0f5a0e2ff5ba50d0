"""Zones of a frame: their shapes, what the stored trajectories say of them, and the hottest places."""
