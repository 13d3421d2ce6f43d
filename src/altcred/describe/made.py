"""Exports that nobody answered: what they are called wherever anything made of them is shown."""

from altcred.core.description import about
from altcred.describe.head import Head

STAND_IN_NOTE = (
    "The answers behind this report are not real. They stand in for private ones, and were drawn "
    "so that they give the estimates that the authors disclose. What no estimate tells is chance."
)


class Made(Head):
    """What a study says of exports that were generated."""

    reconstructed: bool = about("Whether the exports are generated from printed figures", False)
    reconstruction_note: str = about("What the reader of a reconstructed cohort is told", "")
    stand_in: bool = about("Whether the exports were made by `altcred stand-in`", False)

    @property
    def mark(self) -> str:
        """The word for exports that were generated; empty where people answered."""
        return "Stand-in" if self.stand_in else "Reconstructed" if self.reconstructed else ""

    @property
    def mark_note(self) -> str:
        """What the reader is told of exports that were generated."""
        return STAND_IN_NOTE if self.stand_in else self.reconstruction_note
