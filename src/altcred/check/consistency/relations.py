"""How printed figures relate: what a person declares, and what a codebook tells already."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from altcred.core.errors import InvalidInput, refuse_problems
from altcred.core.intervals import parse_interval
from altcred.describe.codebook import Codebook
from altcred.describe.study import Study, problems_of_model, read_yaml


class Described(BaseModel):
    """A part of a file that a person writes: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid")


class Partition(Described):
    """A group of people and the parts that together are that group, each person in one."""

    whole: str
    parts: list[str] = Field(min_length=2)
    waves: list[str] | None = Field(default=None, description="All waves if left out")


class VariableRelation(Described):
    """What a variable's categories have to do with each other."""

    exclusive: bool = Field(default=False, description="Whether a person has one category at most")
    categories: list[str] = Field(
        default_factory=list,
        description="All categories there are; left out where the list is open, as of countries",
    )
    groups: dict[str, list[str]] = Field(
        default_factory=dict, description="Each group's categories: a person of any is of it"
    )
    intervals: dict[str, str] = Field(
        default_factory=dict, description="Groups of a number, as in over_50: '(50, )'"
    )
    offered: dict[str, list[str]] = Field(
        default_factory=dict, description="By wave, where not all categories were offered"
    )
    everyone_ticks: bool = Field(
        default=False, description="Whether shares are of those with at least one category"
    )
    whole_numbers: bool = Field(default=False, description="Whether each answer is a whole number")
    conditional: list[str] = Field(
        default_factory=list, description="Waves in which only some people were asked"
    )


class FigureKey(Described):
    """One printed quantity, by its key."""

    wave: str = "context"
    subgroup: str = ""
    variable: str
    category: str = ""
    statistic: str = "fact"


class Formula(Described):
    """A relation between printed figures, as in "cost = hours * income / 2080"."""

    name: str
    figures: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], FigureKey] = Field(
        min_length=1
    )
    holds: str = Field(description="Two sides of + - * / and numbers, joined by =, <=, >=, < or >")
    each: dict[str, list[str]] = Field(
        default_factory=dict,
        description="A word in braces and what it stands for in turn, as in type: [a, b]",
    )


class Headline(Described):
    """A claim that most readers take away, and the printed figures it rests on."""

    claim: str = Field(min_length=1, description="The claim in a few words of one's own")
    figures: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], FigureKey] = Field(
        min_length=1
    )
    value: str = Field(
        default="",
        description="The number of the claim, of + - * / and names of figures; the only figure, "
        "where there is one",
    )
    holds: str = Field(
        default="",
        description="What the claim says, as a formula. If left out, that the number is as printed",
    )
    printed: str = Field(
        default="", description="The figure that prints the number, where others give it"
    )
    unit: Literal["", "share", "points", "amount", "number"] = Field(
        default="",
        description="How the number is written; left out, as its figures are",
    )

    @property
    def expression(self) -> str:
        return self.value or next(iter(self.figures))


class Population(Described):
    """The count of people that no sample of a wave can exceed."""

    wave: str
    variable: str


def _read_fraction(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


class Premise(Described):
    """What is taken for granted where a document does not print how many answered."""

    at_least: Annotated[str, BeforeValidator(_read_fraction)] = Field(
        description="The share of each group's people who answered any question put to all: 1/2"
    )
    reason: str = Field(min_length=1, description="Why that is safe to assume")
    leave_out: list[str] = Field(
        default_factory=list, description="Variables for which it is not assumed"
    )

    @property
    def share(self) -> Fraction:
        return Fraction(self.at_least)


class SetAside(Described):
    """A printed figure that is of other people than its key says, and is not compared."""

    id: str
    reason: str = Field(min_length=1)


class Relations(Described):
    """The content of relations.yaml: how figures relate that keys alone do not tell."""

    partitions: list[Partition] = Field(default_factory=list)
    variables: dict[str, VariableRelation] = Field(default_factory=dict)
    ranges_over: dict[str, list[str]] = Field(
        default_factory=dict,
        description="Subgroups over which a smallest and a largest figure are printed",
    )
    subsets: dict[str, FigureKey] = Field(
        default_factory=dict,
        description="Named subgroups: the category of everyone that makes a person one of them",
    )
    populations: dict[str, Population] = Field(
        default_factory=dict, description="Wave to its population, where that is not `responses`"
    )
    formulas: list[Formula] = Field(default_factory=list)
    suspicions: list[Formula] = Field(
        default_factory=list, description="Formulas that would be odd if they held"
    )
    premise: Premise | None = None
    set_aside: list[SetAside] = Field(default_factory=list)
    headline_sections: list[str] = Field(
        default_factory=lambda: ["Key Takeaways", "Abstract", "Summary", "Executive Summary"],
        description="Sections most readers read; a section that begins so counts",
    )
    headlines: list[Headline] = Field(
        default_factory=list, description="Claims to be held against the contradictions found"
    )
    unprinted_sizes: list[FigureKey] = Field(
        default_factory=list,
        description="Groups whose size is not printed: wave, subgroup and the variable `any`",
    )

    def join(self, other: "Relations") -> "Relations":
        """Return these relations with those of another declaration added."""
        return self.model_copy(
            update={
                "partitions": [*self.partitions, *other.partitions],
                "variables": {**self.variables, **other.variables},
                "ranges_over": {**self.ranges_over, **other.ranges_over},
                "subsets": {**self.subsets, **other.subsets},
                "populations": {**self.populations, **other.populations},
                "formulas": [*self.formulas, *other.formulas],
                "suspicions": [*self.suspicions, *other.suspicions],
                "premise": other.premise or self.premise,
                "set_aside": [*self.set_aside, *other.set_aside],
                "headline_sections": other.headline_sections or self.headline_sections,
                "headlines": [*self.headlines, *other.headlines],
                "unprinted_sizes": [*self.unprinted_sizes, *other.unprinted_sizes],
            }
        )


def load_relations(path: Path | str) -> Relations:
    """Read and validate a relations.yaml; InvalidInput with all problems at once."""
    path = Path(path)
    content = read_yaml(path)
    try:
        relations = Relations.model_validate(content or {})
    except ValidationError as error:
        raise InvalidInput(problems_of_model(path, error)) from None
    from altcred.check.consistency.formulas import check_formulas

    refuse_problems(check_formulas(relations, str(path)))
    return relations


def derive_relations(study: Study, codebook: Codebook) -> Relations:
    """Return what a study and its codebook tell of how printed figures relate.

    Program types are the parts of everyone, programs those of a type; a crossed subgroup has
    its parts likewise; categories of single and ordered questions exclude each other, and so do
    the intervals of a number.
    """
    types = list(study.program_types)
    programs = list(study.programs)
    partitions = []
    ranges = {}
    for prefix in ("", *(f"{name} & " for name in study.subgroups)):
        whole = prefix.removesuffix(" & ") or "all"
        if len(types) > 1:
            partitions.append(
                Partition(whole=whole, parts=[f"{prefix}program_type={name}" for name in types])
            )
        for name in types:
            inside = study.programs_of(name)
            if len(inside) > 1:
                partitions.append(
                    Partition(
                        whole=f"{prefix}program_type={name}",
                        parts=[f"{prefix}program={program}" for program in inside],
                    )
                )
    ranges["by program_type"] = [f"program_type={name}" for name in types]
    ranges["by program"] = [f"program={name}" for name in programs]
    for name in types:
        ranges[f"by program, program_type={name}"] = [
            f"program={program}" for program in study.programs_of(name)
        ]
    variables = {}
    for name, variable in codebook.variables.items():
        numeric = variable.is_numeric
        waves = list(study.waves)
        offered = {
            wave: list(variable.categories_in(wave))
            for wave in waves
            if len(variable.categories_in(wave)) < len(variable.categories)
        }
        conditional = [
            wave for wave in waves if variable.condition_in(wave) or variable.since(wave)
        ]
        variables[name] = VariableRelation(
            exclusive=variable.kind in {"single", "ordered", "country"} or numeric,
            categories=[] if variable.unlisted != "error" else list(variable.categories),
            groups={
                key: list(group.of)
                for key, group in variable.groups.items()
                if isinstance(group.of, list)
            },
            intervals={
                key: str(parse_interval(group.of))
                for key, group in variable.groups.items()
                if isinstance(group.of, str)
            },
            offered=offered,
            everyone_ticks=variable.kind == "multiple" and variable.base == "ticked",
            # A country list is open whatever the codebook names.
            whole_numbers=variable.kind in {"count", "year"},
            conditional=conditional,
        )
    subsets = {}
    for name, subgroup in study.subgroups.items():
        for variable, categories in subgroup.where.items():
            if variable in codebook.variables and isinstance(categories, list):
                groups = codebook.variables[variable].groups
                same = [key for key, group in groups.items() if group.of == categories]
                category = same[0] if same else "+".join(categories)
                if len(subgroup.where) == 1:
                    subsets[name] = FigureKey(
                        wave="*",
                        subgroup="all",
                        variable=variable,
                        category=category,
                        statistic="count",
                    )
    populations = {}
    for panel in study.panels:
        for wave in ("panel", f"panel:{panel.first}", f"panel:{panel.second}"):
            populations[wave] = Population(wave="panel", variable="pairs")
    return Relations(
        partitions=partitions,
        variables=variables,
        ranges_over=ranges,
        subsets=subsets,
        populations=populations,
    )
