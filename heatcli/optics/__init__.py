"""What a camera sees where: lenses, and the floor in its picture. Arrays only."""
