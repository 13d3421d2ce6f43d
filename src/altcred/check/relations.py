"""How printed figures relate, as a person declares it in relations.yaml."""

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from altcred.check.figures import Key
from altcred.check.formulas import NAME, find_faults
from altcred.core.description import Described, read_yaml, validate
from altcred.core.errors import Problem, refuse_problems

Names = list[str]
_SCALE = r"^(-?\d+(?:\.\d+)?) ?(?:-|–|to) ?(-?\d+(?:\.\d+)?)$"
HEADLINE_SECTIONS = ("Key Takeaways", "Abstract", "Summary", "Executive Summary")


class Partition(Described):
    """A group of people and the parts that together are that group, each person in one.

    It is so in all `waves` if none are named.
    """

    whole: str
    parts: list[str] = Field(min_length=2)
    waves: list[str] | None = None


class VariableRelation(Described):
    """What a variable's categories have to do with each other.

    `exclusive`: a person has one category at most. `categories`: all there are, empty where the
    list is open, as of countries; `offered`: by wave, where not all were. `groups`: a person of
    any of its categories is of the group. `intervals`: groups of a number, as "(50, )".
    `everyone_ticks`: shares are of those with at least one category. `whole_numbers`: each answer
    is one, or each of several `items` of which the mean is taken. `scale`: the least and the
    greatest answer of whole numbers, as "1-5". `breakdowns`: a heading and the categories that
    together are that heading, each person in one. `conditional`: waves in which only some people
    were asked.
    """

    exclusive: bool = False
    categories: Names = Field(default_factory=list)
    groups: dict[str, Names] = Field(default_factory=dict)
    intervals: dict[str, str] = Field(default_factory=dict)
    offered: dict[str, Names] = Field(default_factory=dict)
    everyone_ticks: bool = False
    whole_numbers: bool | None = None
    scale: str | None = Field(default=None, pattern=_SCALE)
    items: int = Field(default=1, ge=1)
    breakdowns: dict[str, Names] = Field(default_factory=dict)
    conditional: Names = Field(default_factory=list)

    @model_validator(mode="after")
    def _group_breakdowns(self) -> Self:
        """Make each heading a group of all that is under it, and refuse one under itself."""

        def list_under(name: str, above: tuple[str, ...]) -> list[str]:
            if name in above:
                raise ValueError(f"breakdowns: {name} stands under itself")
            parts = self.breakdowns.get(name, [])
            return [one for part in parts for one in list_under(part, (*above, name))] or [name]

        self.groups |= {heading: list_under(heading, ()) for heading in self.breakdowns}
        return self

    @property
    def steps(self) -> int | None:
        """Into how many steps the answer of a person divides a unit; None for any number."""
        is_whole = self.whole_numbers
        if is_whole is None:
            is_whole = self.scale is not None or self.items > 1
        return self.items if is_whole else None

    @property
    def ends(self) -> tuple[Fraction | None, Fraction | None]:
        """The least and the greatest answer of the scale; None where none is declared."""
        found = re.fullmatch(_SCALE, self.scale or "")
        return (Fraction(found[1]), Fraction(found[2])) if found else (None, None)


class FigureKey(Described):
    """One printed quantity, by its key."""

    wave: str = "context"
    subgroup: str = ""
    variable: str
    category: str = ""
    statistic: str = "fact"

    @property
    def key(self) -> Key:
        return Key(self.wave, self.subgroup, self.variable, self.category, self.statistic)


# Short names for figures, as they stand in a formula.
Figures = Annotated[
    dict[Annotated[str, Field(pattern=f"^{NAME}$")], FigureKey], Field(min_length=1)
]


class Formula(Described):
    """A relation between printed figures, as in "total = price * number".

    `holds` is two sides of + - * / and numbers, joined by =, <=, >=, < or >. `each` names words
    that stand in braces and what they stand for in turn, as in type: [a, b]. `taken_for_granted`
    is how the document is read, where the relation hangs on that.
    """

    name: str
    figures: Figures
    holds: str
    taken_for_granted: str = ""
    each: dict[str, Names] = Field(default_factory=dict)

    def expand(self) -> Iterator[tuple[dict[str, str], dict[str, Key]]]:
        """Yield each combination of what the words in braces stand for, with the keys it gives."""
        for values in itertools.product(*self.each.values()):
            chosen = dict(zip(self.each, values, strict=True))
            keys = {
                name: Key(*(part.format(**chosen) for part in figure.key))
                for name, figure in self.figures.items()
            }
            self.name.format(**chosen)
            yield chosen, keys

    def list_problems(self, file: str, where: str) -> Iterator[Problem]:
        """Yield what is wrong with sides, names and words in braces."""
        for fault, remedy in find_faults(self.holds, self.figures, is_formula=True):
            yield Problem(file, f"{where}.holds", fault, remedy)
        try:
            list(self.expand())
        except (KeyError, IndexError) as error:
            yield Problem(file, where, f"{error} is not under each.", "Add it.")


class Headline(Described):
    """A claim that most readers take away, in a few words, and the figures it rests on.

    `value` is the number of the claim, of + - * / and names of figures; the only figure, where
    there is one. `holds` is what the claim says, as a formula; if left out, that the number is as
    printed. `printed` is the figure that prints the number, where others give it. `unit` is how
    the number is written; left out, as its figures are.
    """

    claim: str = Field(min_length=1)
    figures: Figures
    value: str = ""
    holds: str = ""
    printed: str = ""
    unit: Literal["", "share", "points", "amount", "number"] = ""

    @property
    def expression(self) -> str:
        return self.value or next(iter(self.figures))

    @property
    def keys(self) -> dict[str, Key]:
        return {name: figure.key for name, figure in self.figures.items()}

    def list_problems(self, file: str, where: str) -> Iterator[Problem]:
        """Yield what is wrong with the formulas of the claim, and what they do not say."""
        for part, text in (("value", self.expression), ("holds", self.holds)):
            for fault, remedy in find_faults(text, self.figures, part == "holds") if text else ():
                yield Problem(file, f"{where}.{part}", fault, remedy)
        used = set(re.findall(NAME, self.expression))
        if not self.value and len(self.figures) > 1:
            fault = "several figures, and nothing says how they give the number of the claim."
            yield Problem(file, f"{where}.value", fault, 'Write the value, as in "now - before".')
        elif len(used) > 1 and not self.holds and not self.printed:
            fault = "nothing says when the claim would no longer be true."
            remedy = "Write what holds, or which figure prints the number."
            yield Problem(file, where, fault, remedy)
        if self.printed and self.printed not in self.figures:
            fault = f"{self.printed!r} is not one of its figures."
            yield Problem(file, f"{where}.printed", fault, "Add it.")


class Population(Described):
    """The count of people that no sample of a wave can exceed."""

    wave: str
    variable: str


def _read_fraction(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


class Premise(Described):
    """What is taken for granted where a document does not print how many answered.

    That is the share of each group's people, as 1/2, who answered any question put to all but
    those left out, and why it is safe to assume.
    """

    at_least: Annotated[str, BeforeValidator(_read_fraction)]
    reason: str = Field(min_length=1)
    leave_out: Names = Field(default_factory=list)

    @property
    def share(self) -> Fraction:
        return Fraction(self.at_least)

    def say_share(self) -> str:
        """Return the least share in words where it has one."""
        return "half" if self.share == Fraction(1, 2) else self.at_least


class SetAside(Described):
    """A printed figure that is of other people than its key says, and is not compared."""

    id: str
    reason: str = Field(min_length=1)


class Relations(Described):
    """The content of relations.yaml: how figures relate that keys alone do not tell.

    `ranges_over`: subgroups over which a smallest and a largest figure are printed. `subsets`: the
    category of everyone that makes a person one of a named subgroup. `populations`: by wave, where
    that is not `responses`. `suspicions`: formulas that would be odd if they held. A section that
    begins as one of `headline_sections` is one that most readers read. `unprinted_sizes`: wave and
    subgroup of groups whose size is to be searched. `one_sided`: tests may be; `adjusted`: the
    corrections for multiplicity that a p may have; `level`: that of all intervals, in percent;
    `rounding`: how numbers were made as short as they are printed, where that is known.
    """

    partitions: list[Partition] = Field(default_factory=list)
    variables: dict[str, VariableRelation] = Field(default_factory=dict)
    ranges_over: dict[str, Names] = Field(default_factory=dict)
    subsets: dict[str, FigureKey] = Field(default_factory=dict)
    populations: dict[str, Population] = Field(default_factory=dict)
    formulas: list[Formula] = Field(default_factory=list)
    suspicions: list[Formula] = Field(default_factory=list)
    premise: Premise | None = None
    set_aside: list[SetAside] = Field(default_factory=list)
    headline_sections: Names = Field(default_factory=lambda: [*HEADLINE_SECTIONS])
    headlines: list[Headline] = Field(default_factory=list)
    unprinted_sizes: list[FigureKey] = Field(default_factory=list)
    one_sided: bool = False
    adjusted: Names = Field(default_factory=list)
    rounding: Literal["", "round", "cut off"] = ""
    level: Annotated[str, BeforeValidator(_read_fraction)] = Field(
        default="", pattern=r"^(\d\d(\.\d+)?)?$"
    )

    def join(self, other: "Relations") -> "Relations":
        """Return these relations with those of another declaration added."""

        def add(first: object, second: object) -> object:
            if isinstance(first, dict) and isinstance(second, dict):
                return {**first, **second}
            if isinstance(first, list) and isinstance(second, list):
                return [*first, *second]
            return second or first

        joined = {
            part: add(getattr(self, part), getattr(other, part)) for part in type(self).model_fields
        }
        return self.model_copy(
            update=joined | {"headline_sections": other.headline_sections or self.headline_sections}
        )

    def describe(self, variable: str) -> VariableRelation:
        """Return what is declared of a variable's categories; what can be assumed of any if not."""
        return self.variables.get(variable) or VariableRelation()

    def partitions_in(self, wave: str) -> list[Partition]:
        """Return the groups and their parts of one wave."""
        return [item for item in self.partitions if item.waves is None or wave in item.waves]

    def population_of(self, wave: str) -> tuple[str, str]:
        """Return wave and variable of the count that no sample of a wave can exceed."""
        declared = self.populations.get(wave)
        return (declared.wave, declared.variable) if declared else (wave, "responses")

    def counts_people(self, key: Key) -> bool:
        """Tell whether the size of a group is read from a quantity, or may be."""
        variables = {"responses", *(declared.variable for declared in self.populations.values())}
        counted = [(*subset.key[1:4], "count") for subset in self.subsets.values()]
        return key.variable in variables or key[1:] in counted

    def allows_premise(self, wave: str, variable: str) -> bool:
        """Tell whether a least share of answers is declared for a question of a wave."""
        return (
            self.premise is not None
            and variable in self.variables
            and wave not in self.variables[variable].conditional
            and variable not in self.premise.leave_out
        )


def load_relations(path: Path | str) -> Relations:
    """Read and validate a relations.yaml; InvalidInput with all problems at once."""
    path = Path(path)
    relations = validate(path, read_yaml(path) or {}, Relations)
    parts = ("formulas", "suspicions", "headlines")
    refuse_problems(
        problem
        for part in parts
        for place, item in enumerate(getattr(relations, part))
        for problem in item.list_problems(str(path), f"{part}.{place}")
    )
    return relations
