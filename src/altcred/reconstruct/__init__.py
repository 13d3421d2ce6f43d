"""From printed figures to raw exports, where the real ones cannot be had."""


def reconstruct_cohort(cohort: str, seed: int | None = None) -> None:
    """Generate the raw exports of a cohort marked as reconstructed, and the truth apart."""
    from altcred.reconstruct.build import build_exports

    build_exports(cohort, seed)


def refuse_other_exports(cohort: str) -> None:
    """Refuse exports that were not generated, of a cohort that says that they were."""
    from altcred.core.errors import refuse_problems
    from altcred.reconstruct.build import check_generated

    refuse_problems(check_generated(cohort))
