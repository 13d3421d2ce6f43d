"""From raw rows to responses: decode, exclude, find repeats."""
