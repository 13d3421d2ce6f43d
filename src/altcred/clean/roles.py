"""Reads what a row says beside its answers: response type and program."""

import re

from altcred.describe.study import Study
from altcred.kinds.reading import fold_text

PREVIEW, TEST, SPAM = "preview", "test", "spam"


def program_names(study: Study) -> dict[str, str]:
    """Return each way a program is written in the exports, folded, to its name."""
    names: dict[str, str] = {}
    for name, program in study.programs.items():
        for answer in (program.label, *program.answers):
            names.setdefault(fold_text(answer), name)
    return names


def read_status(text: str) -> str | None:
    """Return why a Qualtrics response type is not a respondent's; None where it is one.

    The numeric codes are sums: 1 is a preview, 2 a test, 8 possible spam.
    """
    folded = fold_text(text)
    if re.fullmatch(r"\d{1,9}(\.0+)?", folded):
        code = int(float(folded))
        return PREVIEW if code & 1 else TEST if code & 2 else SPAM if code & 8 else None
    return next((word for word in (PREVIEW, TEST, SPAM) if word in folded), None)
