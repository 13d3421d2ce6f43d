"""What a cohort's documents leave open, as data: cohorts/NAME/reconstruction.yaml.

Printed figures decide first; what is read here only chooses among the answers that they allow:
the heights of bars nobody printed, how many skipped a question, which answers go together.
"""

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from altcred.core.description import Condition, Described, Name, about, read_model
from altcred.core.errors import Problem, refuse_problems
from altcred.describe.cohort import Cohort
from altcred.describe.study import Study

RECONSTRUCTION_FILE = "reconstruction.yaml"
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
# By the name of a wave, a program or a category.
Shares = dict[str, Share]
Numbers = dict[str, int]
Weights = dict[str, float]


class Curve(Described):
    """A smooth distribution of a number before heaping: log-normal, with a share of zeros."""

    median: float = Field(gt=0)
    spread: float = about("Standard deviation of the logarithm", gt=0)
    zero: float = Field(default=0, ge=0, lt=1)
    low: float | None = about("No value below it", None)
    high: float | None = about("No value above it", None)


class Part(Described):
    """Assumptions for a part of the people; the first part that fits a person counts."""

    wave: Name | None = None
    where: Condition = Field(default={})
    answered: Share | None = None
    shares: Weights = Field(default={})
    curve: Curve | None = None


class VariableAssumption(Described):
    """What is assumed of one variable."""

    answered: Share | None = about("Share of those asked who answer", None)
    shares: Weights = about("Weights of the categories; multiple: shares in percent", {})
    curve: Curve | None = None
    values: list[tuple[float, float, float]] = about("Stretches of values: from, to, step", [])
    extra: list[float] = about("Further values people give", [])
    heaps: list[tuple[float, float]] = about("Multiples that are preferred, and how much", [])
    highest: float | None = about("Of a derived product: no joint answers that exceed it", None)
    by: list[Part] = Field(default=[])
    depends: dict[str, dict[str, float]] = about(
        "Category, or `value` of an ordered variable or number: how strongly it goes with traits, "
        "factors and variables drawn before",
        {},
    )
    exclusive: list[list[str]] = about("Options seldom ticked together", [])
    exclusion: float = about("How seldom they are; nobody at all from about 20", 3.0, ge=0)
    noise: float = about("Weight of chance against `depends`", 1.0, gt=0)
    persistence: float = about("How strongly a person repeats the answer of the other wave", 2.5)


class Collection(Described):
    """When a wave's answers came in."""

    first: datetime.date
    last: datetime.date
    years: dict[int, float] = about("Weights of the calendar years; equal if left out", {})


class Texts(Described):
    """Short texts for a free-text variable."""

    asked_if: Condition = Field(default={})
    answered: Share = 0.5
    words: dict[str, list[str]] = about("Lists that fill the {places} of a form", {})
    forms: list[str] = about("Texts, some with {places}", min_length=1)
    once: list[str] = about("Texts that one person gives", [])
    most_frequent: str = about("The text given most often, where that count is printed", "")


class Countries(Described):
    """Countries of residence: weights, and regions to which traits can refer."""

    weights: Weights = Field(default={})
    regions: dict[Name, list[str]] = Field(default={})
    tail: float = about("Weight of a country without one", 0.005, gt=0)


class PanelAssumption(Described):
    """What is assumed of people who are in both waves."""

    same: list[Name] = about("Variables that a person answers alike in both waves", [])
    programs: Weights = Field(default={})
    days: dict[str, Curve] = about("Days between the waves, by program type", {})


class FollowUp(Described):
    """What is assumed of a wave that went to people of an earlier one: a further panel's second.

    Nothing is printed of how its people answered both times.
    """

    answered_before: Share = about("Share of its people who answered the earlier wave", 1.0)
    unfindable: Count = about("How many of these no rule can find", 0)
    same: list[Name] = about("Variables that a person answers alike in both waves", [])


class Dirt(Described):
    """How much of what a real export has besides answers is in the reconstructed one."""

    previews: Numbers = about("Survey previews, by wave; not among the raw responses", {})
    tests: Numbers = about("Generated test responses", {})
    spam: Numbers = about("Rows marked as spam", {})
    unanswered: Numbers = about("Rows opened and left without any answer", {})
    unreadable: Shares = about("Who typed something else, of those who gave no number", {})
    unreadable_otherwise: Share = about("The same share of the numbers not named", 0.05)
    written_freely: Share = about("Share of numbers typed with units, signs or words", 0.2)
    amounts: list[str] = about(
        "How money is typed with the currency's sign or word, in {plain}, {grouped} or "
        "{thousands}, beside what goes with any currency",
        [],
    )
    unusable_amounts: list[str] = about("Amounts in another unit; {n} has two digits", [])
    remarks: list[str] = about(
        "What is typed beside an option that asks for words: it should hold what breaks careless "
        "readers, quotes, line breaks, commas, markup, formulas",
        ['a "quoted" word', "one, two\nand three", "=SUM(1,2)", "<b>bold</b>", "n/a"],
        min_length=1,
    )


class PairWays(Described):
    """Shares of the findable pairs by the rule that finds them."""

    email: Share = 0.75
    ip: Share = 0.15
    demographics: Share = 0.1


class RepeatWays(Described):
    """Shares of the repeats by what gives them away."""

    email: Share = 0.55
    demographics: Share = 0.3
    circumstances: Share = 0.15


class Identities(Described):
    """Assumptions on identifiers that the printed figures leave open.

    `shared_addresses` and `repeats` are only needed of a wave whose figures are not printed.
    """

    email_given: Shares = about("Share of people who gave an e-mail address, by wave", {})
    shared_addresses: Numbers = Field(default={})
    repeats: Numbers = Field(default={})
    repeat_addresses: Share = about("Share of shared addresses that hold a repeat", 0.4)
    repeat_by: RepeatWays = RepeatWays()
    two_programs: Numbers = about("Addresses of one person in two programs, by wave", {})
    pair_by: PairWays = PairWays()
    unfindable: Count = about("People in both waves whom no rule can find", 0)
    addresses_in_both: Count = about("Addresses that different people used in both waves", 0)
    dirt: Dirt = Dirt()


class Reconstruction(Described):
    """The content of reconstruction.yaml."""

    seed: int = about("Seed of all chance; another seed gives other people")
    programs: dict[Name, dict[Name, float]] = about("Weights of the programs in each wave", {})
    size: Numbers = about("People of a wave, where no document prints it", {})
    collection: dict[Name, Collection]
    panel: PanelAssumption = PanelAssumption()
    follow_ups: dict[Name, FollowUp] = about("Second waves of panels after the first", {})
    order: list[Name] = about("Variables drawn first; then the codebook's order", [])
    factors: list[Name] = about("Hidden traits that a person keeps in every wave", [])
    traits: dict[Name, Condition] = about("Conditions that `depends` names; `region` is known", {})
    countries: Countries = Countries()
    variables: dict[Name, VariableAssumption] = Field(default={})
    texts: dict[Name, Texts] = Field(default={})
    table_weight: int = about("How many figures of running text a table's cell outweighs", 4, ge=1)
    trust: Weights = about("Weights of figures by how their section begins; else 1", {})
    size_weight: int = about("The same for a printed sample size", 3, ge=1)
    identities: Identities = Identities()
    also: list[dict[str, str]] = about("Assumed figures, in columns of published.csv", [])
    set_aside: dict[str, str] = about("Printed figures not to be met, each with the reason", {})

    def assumption(self, variable: str) -> VariableAssumption:
        """Return what is assumed of a variable; nothing in particular where it is not named."""
        return self.variables.get(variable, VariableAssumption())


def load_reconstruction(cohort: Cohort) -> Reconstruction:
    """Read and validate cohorts/COHORT/reconstruction.yaml; InvalidInput with all problems."""
    path = cohort.folder / RECONSTRUCTION_FILE
    reconstruction = read_model(path, Reconstruction)
    refuse_problems(check_reconstruction(reconstruction, cohort, path))
    return reconstruction


def check_reconstruction(
    reconstruction: Reconstruction, cohort: Cohort, path: Path
) -> Iterator[Problem]:
    """Yield the names in a reconstruction that neither the study nor the codebook has."""
    study, variables, file = cohort.study, cohort.codebook.variables, str(path)
    waves = study.waves
    for wave in waves:
        if wave not in reconstruction.collection:
            yield Problem(file, f"collection.{wave}", "is missing.", "Say when answers came in.")
    yield from _check_panels(reconstruction, study, file)
    is_no_wave, is_no_variable = "is not one of the study's waves.", "is not in the codebook."
    named: list[tuple[str, Iterable[str], Iterable[str], str]] = [
        ("programs", reconstruction.programs, waves, is_no_wave),
        ("collection", reconstruction.collection, waves, is_no_wave),
        ("size", reconstruction.size, waves, is_no_wave),
        ("order", reconstruction.order, variables, is_no_variable),
        ("variables", reconstruction.variables, variables, is_no_variable),
        ("texts", reconstruction.texts, variables, is_no_variable),
        ("panel.same", reconstruction.panel.same, variables, is_no_variable),
    ]
    for wave, follow_up in reconstruction.follow_ups.items():
        named.append((f"follow_ups.{wave}.same", follow_up.same, variables, is_no_variable))
    for wave, weights in reconstruction.programs.items():
        named.append((f"programs.{wave}", weights, study.programs, "is not one of programs."))
    for name, assumption in reconstruction.variables.items():
        if name in variables and variables[name].is_categorical:
            parts = [assumption.shares, *(part.shares for part in assumption.by)]
            shares = [category for part in parts for category in part]
            offered = variables[name].categories
            named.append((f"variables.{name}.shares", shares, offered, "is not a category of it."))
    for key, names, known, message in named:
        for name in sorted(set(names) - set(known)):
            yield Problem(file, f"{key}.{name}", message)


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
