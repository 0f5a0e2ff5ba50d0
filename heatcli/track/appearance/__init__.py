"""Appearance of people, and how well it tells one from another."""
