"""From printed figures to raw exports, where the real ones cannot be had."""


def reconstruct_cohort(cohort: str, seed: int | None = None) -> None:
    """Generate the raw exports of a cohort marked as reconstructed, and the truth apart."""
    from altcred.reconstruct.build import build_exports

    build_exports(cohort, seed)
