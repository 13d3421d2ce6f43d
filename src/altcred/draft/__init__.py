"""Drafts the description of a cohort from the exports of its surveys."""
