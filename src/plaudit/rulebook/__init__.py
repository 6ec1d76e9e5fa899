"""Rule files and season folders, read into frozen objects."""
