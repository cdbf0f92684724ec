"""A charge point to try a central system with."""
