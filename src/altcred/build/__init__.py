"""Chapters run, assembled and written as HTML, PDF and notebooks."""
