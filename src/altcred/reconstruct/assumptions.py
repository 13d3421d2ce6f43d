"""What a cohort's documents leave open, as data: cohorts/NAME/reconstruction.yaml.

Printed figures decide first; what is read here only chooses among the answers that they allow:
the heights of bars nobody printed, how many skipped a question, which answers go together.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from altcred.core.description import Condition, Described, Name, problems_of_model, read_yaml
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.paths import cohort_dir
from altcred.describe.codebook import Codebook
from altcred.describe.study import Study

RECONSTRUCTION_FILE = "reconstruction.yaml"
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class Curve(Described):
    """A smooth distribution of a number before heaping: log-normal, with a share of zeros."""

    median: float = Field(gt=0)
    spread: float = Field(gt=0, description="Standard deviation of the logarithm")
    zero: float = Field(default=0, ge=0, lt=1)
    low: float | None = Field(default=None, description="No value below it")
    high: float | None = Field(default=None, description="No value above it")


class Part(Described):
    """Assumptions for a part of the people; the first part that fits a person counts."""

    wave: Name | None = None
    where: Condition = Field(default={})
    answered: Share | None = None
    shares: dict[str, float] = Field(default={})
    curve: Curve | None = None


class VariableAssumption(Described):
    """What is assumed of one variable."""

    answered: Share | None = Field(default=None, description="Share of those asked who answer")
    shares: dict[str, float] = Field(
        default={}, description="Weights of the categories; multiple: shares in percent"
    )
    curve: Curve | None = None
    values: list[tuple[float, float, float]] = Field(
        default=[], description="Stretches of values people give: from, to, step"
    )
    extra: list[float] = Field(default=[], description="Further values people give")
    heaps: list[tuple[float, float]] = Field(
        default=[], description="Multiples of a number, and how much they are preferred"
    )
    highest: float | None = Field(
        default=None, description="Of a derived product: no joint answers that exceed it"
    )
    by: list[Part] = Field(default=[])
    depends: dict[str, dict[str, float]] = Field(
        default={},
        description="Category, or `value` of an ordered variable or number: how strongly it goes "
        "with traits, factors and variables drawn before",
    )
    exclusive: list[list[str]] = Field(default=[], description="Options seldom ticked together")
    exclusion: float = Field(
        default=3.0, ge=0, description="How seldom they are; nobody at all from about 20"
    )
    noise: float = Field(default=1.0, gt=0, description="Weight of chance against `depends`")
    persistence: float = Field(
        default=2.5, description="How strongly a person repeats the answer of the other wave"
    )


class Collection(Described):
    """When a wave's answers came in."""

    first: datetime.date
    last: datetime.date
    years: dict[int, float] = Field(
        default={}, description="Weights of the calendar years; equal if left out"
    )


class Texts(Described):
    """Short texts for a free-text variable."""

    asked_if: Condition = Field(default={})
    answered: Share = 0.5
    words: dict[str, list[str]] = Field(
        default={}, description="Lists that fill the {places} of a form"
    )
    forms: list[str] = Field(min_length=1, description="Texts, some with {places}")
    once: list[str] = Field(default=[], description="Texts that one person gives")
    most_frequent: str = Field(
        default="", description="The text given most often, where that count is printed"
    )


class Countries(Described):
    """Countries of residence: weights, and regions to which traits can refer."""

    weights: dict[str, float] = Field(default={})
    regions: dict[Name, list[str]] = Field(default={})
    tail: float = Field(default=0.005, gt=0, description="Weight of a country without one")


class PanelAssumption(Described):
    """What is assumed of people who are in both waves."""

    same: list[Name] = Field(
        default=[], description="Variables that a person answers alike in both waves"
    )
    programs: dict[Name, float] = Field(default={}, description="Weights")
    days: dict[str, Curve] = Field(
        default={}, description="Days between the waves, by program type"
    )


class FollowUp(Described):
    """What is assumed of a wave that went to people of an earlier one: a further panel's second.

    Nothing is printed of how its people answered both times.
    """

    answered_before: Share = Field(
        default=1.0, description="Share of its people who answered the earlier wave"
    )
    unfindable: Count = Field(default=0, description="How many of these no rule can find")
    same: list[Name] = Field(
        default=[], description="Variables that a person answers alike in both waves"
    )


class Dirt(Described):
    """How much of what a real export has besides answers is in the reconstructed one."""

    previews: dict[Name, int] = Field(
        default={}, description="Survey previews, by wave; not among the raw responses"
    )
    tests: dict[Name, int] = Field(default={}, description="Generated test responses")
    spam: dict[Name, int] = Field(default={}, description="Rows marked as spam")
    unanswered: dict[Name, int] = Field(
        default={}, description="Rows opened and left without any answer"
    )
    unreadable: dict[Name, Share] = Field(
        default={},
        description="Of those asked a number who gave none: the share who typed something else",
    )
    unreadable_otherwise: Share = Field(
        default=0.05, description="The same share of the numbers not named"
    )
    written_freely: Share = Field(
        default=0.2, description="Share of numbers typed with units, signs or words"
    )
    amounts: list[str] = Field(
        default=[],
        description="How money is typed with the currency's sign or word, in {plain}, {grouped} or "
        "{thousands}, beside what goes with any currency",
    )
    unusable_amounts: list[str] = Field(
        default=[],
        description="Amounts in another unit or currency; {n} is a number of two digits",
    )
    remarks: list[str] = Field(
        default=['a "quoted" word', "one, two\nand three", "=SUM(1,2)", "<b>bold</b>", "n/a"],
        min_length=1,
        description="What is typed beside an option that asks for words: it should hold what "
        "breaks careless readers, quotes, line breaks, commas, markup, formulas",
    )


class PairWays(Described):
    """Shares of the findable pairs by the rule that finds them."""

    email: Share = 0.75
    ip: Share = 0.15
    demographics: Share = 0.10


class RepeatWays(Described):
    """Shares of the repeats by what gives them away."""

    email: Share = 0.55
    demographics: Share = 0.30
    circumstances: Share = 0.15


class Identities(Described):
    """Assumptions on identifiers that the printed figures leave open.

    `shared_addresses` and `repeats` are only needed of a wave whose figures are not printed.
    """

    email_given: dict[Name, Share] = Field(
        default={}, description="Share of people who gave an e-mail address, by wave"
    )
    shared_addresses: dict[Name, int] = Field(default={})
    repeats: dict[Name, int] = Field(default={})
    repeat_addresses: Share = Field(
        default=0.4, description="Share of shared addresses that hold a repeat"
    )
    repeat_by: RepeatWays = RepeatWays()
    two_programs: dict[Name, int] = Field(
        default={},
        description="Shared addresses of one person who answered in two programs, by wave",
    )
    pair_by: PairWays = PairWays()
    unfindable: Count = Field(default=0, description="People in both waves whom no rule can find")
    addresses_in_both: Count = Field(
        default=0, description="Addresses that different people used in both waves"
    )
    dirt: Dirt = Dirt()


class Reconstruction(Described):
    """The content of reconstruction.yaml."""

    seed: int = Field(description="Seed of all chance; another seed gives other people")
    programs: dict[Name, dict[Name, float]] = Field(
        default={}, description="Weights of the programs in each wave"
    )
    size: dict[Name, int] = Field(
        default={}, description="People of a wave, where no document prints it"
    )
    collection: dict[Name, Collection]
    panel: PanelAssumption = PanelAssumption()
    follow_ups: dict[Name, FollowUp] = Field(
        default={}, description="Second waves of the study's panels after its first"
    )
    order: list[Name] = Field(
        default=[], description="Variables drawn first; the others follow in the codebook's order"
    )
    factors: list[Name] = Field(
        default=[], description="Hidden traits that a person keeps in every wave"
    )
    traits: dict[Name, Condition] = Field(
        default={}, description="Conditions that `depends` can name; `region` is known"
    )
    countries: Countries = Countries()
    variables: dict[Name, VariableAssumption] = Field(default={})
    texts: dict[Name, Texts] = Field(default={})
    table_weight: int = Field(
        default=4, ge=1, description="How many figures of running text a table's cell outweighs"
    )
    trust: dict[str, float] = Field(
        default={},
        description="Weights of figures by how their section's number or name begins; else 1",
    )
    size_weight: int = Field(default=3, ge=1, description="The same for a printed sample size")
    identities: Identities = Identities()
    also: list[dict[str, str]] = Field(
        default=[],
        description="Assumed figures in the columns of published.csv, held like printed ones; "
        "columns left out are empty",
    )
    set_aside: dict[str, str] = Field(
        default={}, description="Printed figures not to be met, each with the reason"
    )

    def assumption(self, variable: str) -> VariableAssumption:
        """Return what is assumed of a variable; nothing in particular where it is not named."""
        return self.variables.get(variable, VariableAssumption())


def load_reconstruction(cohort: str, study: Study, codebook: Codebook) -> Reconstruction:
    """Read and validate cohorts/COHORT/reconstruction.yaml; InvalidInput with all problems."""
    path = cohort_dir(cohort) / RECONSTRUCTION_FILE
    try:
        reconstruction = Reconstruction.model_validate(read_yaml(path))
    except ValidationError as error:
        raise InvalidInput(problems_of_model(path, error)) from None
    refuse_problems(check_reconstruction(reconstruction, study, codebook, path))
    return reconstruction


def check_reconstruction(
    reconstruction: Reconstruction, study: Study, codebook: Codebook, path: Path
) -> Iterator[Problem]:
    """Yield the names in a reconstruction that neither the study nor the codebook has."""
    file = str(path)
    for key in ("programs", "collection", "size"):
        for wave in sorted(set(getattr(reconstruction, key)) - set(study.waves)):
            yield Problem(file, f"{key}.{wave}", "is not one of the study's waves.")
    for wave in study.waves:
        if wave not in reconstruction.collection:
            yield Problem(file, f"collection.{wave}", "is missing.", "Say when answers came in.")
    for wave, weights in reconstruction.programs.items():
        for program in sorted(set(weights) - set(study.programs)):
            yield Problem(file, f"programs.{wave}.{program}", "is not one of programs.")
    yield from _check_panels(reconstruction, study, file)
    named = {
        "order": reconstruction.order,
        "variables": reconstruction.variables,
        "texts": reconstruction.texts,
        "panel.same": reconstruction.panel.same,
        **{f"follow_ups.{wave}.same": one.same for wave, one in reconstruction.follow_ups.items()},
    }
    for key, names in named.items():
        for name in sorted(set(names) - set(codebook.variables)):
            yield Problem(file, f"{key}.{name}", "is not a variable of the codebook.")
    for name, assumption in reconstruction.variables.items():
        variable = codebook.variables.get(name)
        if variable is None or not variable.is_categorical:
            continue
        shares = {category for part in (assumption, *assumption.by) for category in part.shares}
        for category in sorted(shares - set(variable.categories)):
            where = f"variables.{name}.shares.{category}"
            yield Problem(file, where, "is not one of its categories.")


def _check_panels(reconstruction: Reconstruction, study: Study, file: str) -> Iterator[Problem]:
    """Yield panels that cannot be generated, and follow-ups that are none."""
    reached = {wave for panel in study.panels[:1] for wave in (panel.first, panel.second)}
    followed = sorted(panel.second for panel in study.panels[1:])
    for panel in study.panels[1:]:
        if panel.first not in reached or panel.second in reached:
            yield Problem(
                file.replace(RECONSTRUCTION_FILE, "study.yaml"),
                f"panels ({panel.first}, {panel.second})",
                "cannot be generated.",
                "A further panel leads from a wave of an earlier panel to a new one.",
            )
        reached.add(panel.second)
    for wave in sorted(set(reconstruction.follow_ups) - set(followed)):
        yield Problem(
            file,
            f"follow_ups.{wave}",
            "is not the second wave of a further panel.",
            f"Use one of {', '.join(followed) or 'none'}.",
        )
