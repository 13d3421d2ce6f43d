"""Which names a cohort's chapters and texts may use, told before there are any estimates."""

from collections.abc import Iterator

from altcred.core.errors import Problem
from altcred.describe.chapters import check_chapters
from altcred.describe.cohort import Cohort
from altcred.disclose.door import FLOW_VARIABLES
from altcred.write.costs import MONEY, SHARE_OF_INCOME
from altcred.write.texts import check_names
from altcred.write.views import OWN_LABELS

# What is estimated of every study beside the variables of its codebook.
ESTIMATED = frozenset({
    *OWN_LABELS, *FLOW_VARIABLES, *MONEY, SHARE_OF_INCOME,
    *("pairs", "repeats", "linkage", "weights", "assumption", "fees_borne", "fee_outliers"),
    *("price_period", "plan_open", "benefit_groups", "payback_benefit", "pays_back", "outweighs"),
})  # fmt: skip


def check_words(cohort: Cohort) -> Iterator[Problem]:
    """Yield what chapters.yaml and the texts of a cohort name that it does not have."""
    yield from check_chapters(cohort, ESTIMATED)
    known = names_to_look_up(cohort)
    for path in sorted((cohort.folder / "text").rglob("*.md")):
        yield from check_names(path.read_text(encoding="utf-8"), path, known)


def names_to_look_up(cohort: Cohort) -> set[str]:
    """Return the names with which a lookup may begin, whether or not anything is estimated."""
    own = {"people", "programs", "wave", "panel", "comparison", "costs"}
    return own | ESTIMATED | {*cohort.codebook.variables, *cohort.study.waves}
