"""Answers in words and numbers: tables, JSON and CSV."""
