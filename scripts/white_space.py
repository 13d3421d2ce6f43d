"""Prints how full the pages of a cohort's PDF are: python scripts/white_space.py hollands-2023.

A page is as white as the share of its height of text that lies below the last ink.
"""

import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from altcred.build.assemble import join_chapters, read_chapters
from altcred.build.exporters import PDFReport, set_in_type
from altcred.describe.study import load_study

# The longer side of a page and its upper and lower margin, in millimetres, as in report.typ.
LONG, ABOVE, BELOW = 297, 20, 17
DOTS_PER_INCH = 36


class Pages(PDFReport):
    """The pages of the PDF as pictures."""

    def typeset(self, text: str, pictures: Mapping[str, bytes], template: Path) -> Any:
        made = set_in_type(text, pictures, template, format="png", ppi=DOTS_PER_INCH)
        return made if isinstance(made, list) else [made]


def white_of(page: bytes) -> float:
    """Return the share of a page's height of text that is white at its end."""
    dots = np.asarray(Image.open(io.BytesIO(page)).convert("L"))
    scale = max(dots.shape) / LONG
    has_ink = np.atleast_1d((dots[round(ABOVE * scale) : -round(BELOW * scale)] < 250).any(axis=1))
    return 1 - (np.flatnonzero(has_ink).max(initial=-1) + 1) / len(has_ink)


def measure_pages(joined: Any) -> list[float]:
    """Return how white each page of joined chapters is."""
    return [white_of(page) for page in Pages().from_notebook_node(joined)[0]]


def main(cohorts: Sequence[str]) -> None:
    for cohort in cohorts:
        chapters = read_chapters(cohort, load_study(cohort).waves)
        found = measure_pages(join_chapters(cohort, chapters))
        most = [f"page {n}: {one:.0%}" for n, one in enumerate(found, start=1) if one > 0.15]
        line = f"{cohort}: {len(found)} pages; white by more than 15%: {', '.join(most) or 'none'}"
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
