"""What people look like, and how well that tells one from another."""
