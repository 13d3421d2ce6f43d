"""Kinds of variables, and how an answer of each is read."""
