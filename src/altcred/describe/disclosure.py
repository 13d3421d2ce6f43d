"""What protects single respondents, as study.yaml says it."""

from typing import Literal

from pydantic import model_validator

from altcred.core.description import Described, about


class Disclosure(Described):
    """What protects single respondents in everything the pipeline writes."""

    minimum: int = about("Smaller counts are hidden; 0 where nobody is real", 10, ge=0, le=10**5)
    method: Literal["suppress", "round"] = about(
        "How hidden counts stay hidden: others that would tell them are hidden too, or all that "
        "are shown are rounded",
        "suppress",
    )
    base: int = about(
        "With `round`, counts are shown to the nearest multiple of this", 5, ge=2, le=1000
    )
    show_extremes: bool = about(
        "Whether single persons' values are shown: minimum, maximum, modes that few gave", False
    )

    @property
    def rounds_to(self) -> int:
        """The base that counts are rounded to; 0 where they are shown as they are."""
        return self.base if self.method == "round" else 0

    @property
    def rounded(self) -> str:
        """What a reader is told of rounded counts; nothing where they are shown as they are."""
        if not self.rounds_to:
            return ""
        return (
            f"To protect the people behind small numbers, numbers of people are rounded to the "
            f"nearest {self.base}, and shares are worked out from rounded numbers. Parts need not "
            "add up to their whole."
        )

    @model_validator(mode="after")
    def _refuse_small_minimum(self) -> "Disclosure":
        """Refuse a base to which counts that may be shown would be rounded to nought."""
        if 2 * self.minimum < self.rounds_to:
            least = -(-self.base // 2)
            raise ValueError(
                f"counts of {max(self.minimum, 1)} or more would be shown as 0 when they are "
                f"rounded to {self.base}; write a minimum of {least} or more, or a smaller base"
            )
        if "base" in self.model_fields_set and not self.rounds_to:
            raise ValueError(
                "base has no effect without `method: round`; add it, or leave base out"
            )
        return self
