"""The same people in two surveys."""
