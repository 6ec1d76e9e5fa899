"""Weeks that are released: computed at their hour, signed, logged, and corrected in the open."""
