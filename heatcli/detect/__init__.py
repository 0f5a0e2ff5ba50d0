"""Find objects in frames."""
