"""Readers of raw exports, and what becomes of identifiers."""
