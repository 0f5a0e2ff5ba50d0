"""Charts of figures over time, as pictures."""
