"""What the controller and a measured interpreter send each other: typed, strict, as JSON lines."""
