"""Audits: questions about what was counted, drawn at random, for a person to answer."""
