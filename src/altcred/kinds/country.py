"""Country: a country or territory, however it is written; its category is the ISO 3166 code."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from altcred.core.countries import (
    country_label,
    find_country,
    is_country_name,
    is_person,
    list_names,
    read_code,
    read_country,
)
from altcred.core.mistakes import nearest
from altcred.core.records import ALL, NOT_REPORTED, Estimate, Recorder
from altcred.core.weights import Tally
from altcred.kinds.categorical import Categorical
from altcred.kinds.masking import mask_typed
from altcred.kinds.phrases import View, describe_shares
from altcred.kinds.reading import (
    NOT_A_COUNTRY,
    NOT_APPLICABLE,
    READ,
    REMOVED,
    Reader,
    Reading,
    choices_of,
    codes_of,
    fold_text,
    plain_code,
    tidy_text,
)
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import NO_NUMBER


class Country(Categorical):
    """A country of the world, or a category that the codebook lists beside them."""

    name: ClassVar[str] = "country"
    needs_categories: ClassVar[bool] = False
    more_charts: ClassVar[tuple[str, ...]] = ("map",)
    stand_in: ClassVar[str] = "countries"

    def suit(self, variable: Variable, wave: str, answers: Sequence[str]) -> Variable:
        """Return the variable as one of codes where most of the different answers are codes."""
        given = {tidy_text(answer) for answer in answers} - {""}
        if variable.codes is not None or not given:
            return variable
        # A small word in capitals, as NO among names, is none; of codes it is the odd name.
        are_codes = 2 * sum(read_code(one) is not None for one in given) > len(given)
        return variable.model_copy(update={"codes": are_codes})

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads a country as its ISO 3166 alpha-3 code."""
        choices, codes = choices_of(variable, wave), codes_of(variable, wave)

        def read(text: str) -> Reading:
            folded = fold_text(text)
            category = choices.get(folded) or codes.get(plain_code(folded))
            if category:
                return Reading(category, READ, text)
            if variable.codes and (code := read_code(text)):
                return Reading(code, READ, text)
            if folded in NO_NUMBER and text != "NA":
                return Reading(None, NOT_APPLICABLE, text)
            iso3 = read_country(text)
            shown = text if is_country_name(text) else mask_typed(text)
            if iso3 is None and is_person(text):
                shown = REMOVED
            return Reading(iso3, READ if iso3 else NOT_A_COUNTRY, shown)

        return read

    def spell(self, variable: Variable, wave: str, answer: Any) -> list[str]:
        """Return the short English name of a country, and its code."""
        listed = answer in variable.categories
        return super().spell(variable, wave, answer) if listed else [country_label(answer), answer]

    def name_answer(self, variable: Variable, word: str) -> str:
        """Return the alpha-3 code of a country that is named by any of its codes and names."""
        if word in {*variable.categories, *variable.groups, NOT_REPORTED}:
            return word
        return find_country(word) or word

    def complete(self, described: dict[str, Any]) -> dict[str, Any]:
        """Return the description with the countries of groups by their codes."""
        groups, listed = described.get("groups"), described.get("categories") or {}
        if not isinstance(groups, Mapping):
            return described

        def name(word: Any) -> Any:
            return (
                word if word in listed or not isinstance(word, str) else find_country(word) or word
            )

        written = {
            key: {**one, "of": [name(word) for word in _as_list(one["of"])]}
            if isinstance(one, Mapping) and "of" in one
            else one
            for key, one in groups.items()
        }
        return {**described, "groups": written}

    def test(self, name: str, variable: Variable, wave: str, wanted: Sequence[str]) -> str:
        """Return in SQL that the answer is one of those wanted, in whatever way they are named."""
        return super().test(
            name, variable, wave, [self.name_answer(variable, one) for one in wanted]
        )

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield groups of what is no country."""
        yield from super().problems(variable)
        for name, group in variable.groups.items():
            for message, remedy in self.condition_problems(variable, group.members):
                yield f"groups.{name}.of", message, remedy

    def condition_problems(
        self, variable: Variable, wanted: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield what is neither a country nor listed in the codebook."""
        listed = [*variable.categories, *variable.groups, NOT_REPORTED]
        for word in wanted:
            if word not in listed and find_country(word) is None:
                near = nearest(word, [*listed, *list_names()])
                remedy = f"Write {near}." if near else "Write a country's name or code: GB, GBR."
                yield f"{word!r} is no country, nor one of the variable's categories.", remedy

    def label_answer(self, answer: str) -> str:
        """Return the short English name of a country."""
        return country_label(find_country(answer) or answer)

    def estimate_more(
        self, record: Recorder, variable: Variable, categories: Sequence[str], counts: Tally
    ) -> Iterator[Estimate]:
        """Yield how many different countries were named."""
        different = int((counts.people > 0).sum())
        yield record.number("nunique", different, n=counts.n)

    def answered(self, variable: Variable) -> str:
        """Return whom shares are of: who named a country."""
        return "who named one"

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return how many countries were named, and which most often."""
        different = view.shown(name, "", "nunique", subgroup)
        text = describe_shares(view, name, did="who named one", subgroup=subgroup)
        if different is None or different.value < 2:
            return text
        number = view.writer.spell(different.value).capitalize()
        return f"{number} countries and regions were named. {text}"

    def sentence(self, view: View, name: str) -> str:
        """Return how many countries were named, and which most often."""
        return self.finding(view, name)

    def draw_options(self, variable: Variable) -> dict[str, Any]:
        """Return that only the most frequent countries are drawn."""
        return {"top": 10}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


register_kind(Country())
