"""Printed figures against each other and against what was rebuilt."""
