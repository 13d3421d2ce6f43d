"""prices.yaml: dated price plans with their sources, and what is assumed when costs are worked out.

A person writes it beside study.yaml. Its `roles` say which variable of the codebook holds the
hours, the income, the fees and so on; costs are estimated of roles alone.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from altcred.core.description import Condition, Described, Name, read_model
from altcred.core.errors import Problem, refuse_problems
from altcred.describe.codebook import Codebook, check_condition
from altcred.describe.cohort import Cohort
from altcred.describe.study import ProgramType, Study
from altcred.kinds import kind_of

PlanKind = Literal[
    "monthly", "annual", "course", "program", "trial", "audit", "initiative", "exam", "credit"
]
# Plans under which nothing is paid, and those that bring credit rather than the program itself.
FREE = {"trial", "audit", "initiative"}
CREDIT = {"exam", "credit"}
Share = Annotated[float, Field(ge=0, le=1)]
# One answer to a question: the variable, and a category or group of it.
Answer = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]


class Period(Described):
    """A span of days, both ends included; an end left out is open."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")
    basis: Literal["printed", "assumed"] = Field(
        default="printed", description="Whether a document prints these dates"
    )
    note: str = Field(default="", description="Why dates that no document prints are assumed")

    def holds(self, on: date) -> bool:
        """Tell whether a day lies in the span."""
        day = on.date() if isinstance(on, datetime) else on
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class PricePeriod(Period):
    """A span of days over which the same printed prices are taken to hold."""

    label: str


class Price(Described):
    """What a plan asks for each unit of its kind: a range, an average, or both."""

    low: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)
    average: float | None = Field(default=None, ge=0)


class Credits(Described):
    """How many credits a program counts for, of those that a degree needs."""

    low: float = Field(gt=0)
    high: float = Field(gt=0)
    of: float = Field(gt=0)


class PriceSource(Described):
    """Where a price is printed: the document, the place in it, the id of its published row."""

    document: str
    locator: str
    id: str = ""


class Plan(Described):
    """One way to take a program: what it asks, when it was open, to whom, who says so."""

    label: str
    kind: PlanKind
    program_types: list[Name] = Field(min_length=1)
    price: Price | None = Field(default=None, description="Left out where none is printed")
    courses: int | None = Field(
        default=None, ge=1, description="Courses in a program, where the price is for each"
    )
    days: int | None = Field(default=None, ge=1, description="How long a free trial lasts")
    certificate: bool = Field(default=True, description="Whether completion earns the credential")
    credits: Credits | None = None
    enrolment: Period = Field(default=Period(), description="The days on which one can begin")
    access: Period = Field(
        default=Period(), description="The days on which one who began can go on"
    )
    then: list[Name] = Field(
        default_factory=list, description="Plans to go on under when access has ended"
    )
    eligible: str = Field(default="", description="Who may use it, as the document says")
    open_to: Condition = Field(
        default_factory=dict, description="Answers that stand for being eligible"
    )
    note: str = ""
    sources: list[PriceSource] = Field(min_length=1)

    def is_open(self, on: date) -> bool:
        """Tell whether one could begin under the plan on a day; first and last day count."""
        return self.enrolment.holds(on)

    def has_access(self, begun: date, on: date) -> bool:
        """Tell whether somebody who began on a day still had access on another."""
        return self.is_open(begun) and begun <= on and self.access.holds(on)


class Roles(Described):
    """Which variable, or which answer to one, plays which part; what nobody asked is left out."""

    hours: Name | None = Field(default=None, description="Hours given to the program in all")
    weeks: Name | None = Field(default=None, description="Weeks that the program took")
    income: Name | None = Field(default=None, description="Annual income")
    fees: Name | None = Field(default=None, description="Fees that respondents paid themselves")
    fees_by_employer: Name | None = Field(default=None, description="Fees that an employer paid")
    pay: Name | None = Field(default=None, description="What an employer paid for study time")
    benefits: Name | None = Field(default=None, description="The benefits that were reported")
    paid_themselves: Answer | None = Field(
        default=None, description="VARIABLE.CATEGORY: paid fees themselves"
    )
    employer_paid: Answer | None = Field(
        default=None, description="VARIABLE.CATEGORY: an employer paid fees or contributed"
    )
    aided: Answer | None = Field(
        default=None, description="VARIABLE.CATEGORY: financial aid covered fees"
    )
    paid_time: Answer | None = Field(
        default=None, description="VARIABLE.CATEGORY: was paid for some or all study time"
    )

    def given(self) -> dict[str, str]:
        """Return the variable, or the answer, of each role that something plays."""
        return self.model_dump(exclude_none=True)


class BenefitGroup(Described):
    """Several benefits counted as one: whether a person reported any of them."""

    label: str
    of: list[str] = Field(min_length=1)


class Opportunity(Described):
    """Which averages of hours and income the leading opportunity cost multiplies."""

    hours: Literal["mean", "median"] = "mean"
    income: Literal["mean", "median"] = "median"


class Payback(Described):
    """The assumptions under which a raise is set against what the program cost."""

    years: list[int] = Field(default=[1, 3, 5], min_length=1)
    time_values: list[Share] = Field(
        default=[0, 0.25, 0.5, 0.75, 1],
        min_length=1,
        description="What an hour of study is worth, as a share of an hour's earnings",
    )
    raises: list[Annotated[float, Field(gt=0)]] = Field(
        default=[0.02, 0.05, 0.1], min_length=1, description="Raises as shares of annual income"
    )
    benefit: Name | None = Field(
        default=None, description="The benefit group that stands for having been given a raise"
    )


class Comparison(Described):
    """What the table of plans is made for: weeks of study, and days to begin on."""

    weeks: list[Annotated[float, Field(gt=0)]] = Field(default=[4, 12, 26, 52], min_length=1)
    on: list[date] = Field(default_factory=list)


class Prices(Described):
    """The content of prices.yaml."""

    currency: str = Field(
        default="", pattern=r"^([A-Z]{3})?$", description="The study's own if left out"
    )
    roles: Roles = Roles()
    hours_per_year: float = Field(
        default=2080, gt=0, description="Hours of a working year: 40 hours in each of 52 weeks"
    )
    opportunity: Opportunity = Opportunity()
    payback: Payback = Payback()
    comparison: Comparison = Comparison()
    outliers_above: float | None = Field(
        default=None, gt=0, description="Fees above it are counted as outliers"
    )
    benefit_groups: dict[Name, BenefitGroup] = Field(default_factory=dict)
    documents: dict[str, str] = Field(default_factory=dict, description="Titles of the sources")
    other_program_types: dict[Name, ProgramType] = Field(
        default_factory=dict, description="Programs with printed prices that the study lacks"
    )
    periods: dict[Name, PricePeriod] = Field(default_factory=dict)
    plans: dict[Name, Plan] = Field(min_length=1)


def load_prices(cohort: Cohort) -> Prices:
    """Read and validate a cohort's prices.yaml; InvalidInput with all problems at once."""
    path = cohort.folder / "prices.yaml"
    prices = read_model(path, Prices)
    prices.currency = prices.currency or cohort.study.currency
    refuse_problems(check_prices(prices, cohort.study, cohort.codebook, path))
    return prices


def check_prices(prices: Prices, study: Study, codebook: Codebook, path: Path) -> Iterator[Problem]:
    """Yield what is wrong between the parts of a price file, its study and its codebook."""
    file = str(path)
    if not prices.currency:
        yield Problem(file, "currency", "is missing.", "Write its code, such as USD or EUR.")
    elif study.currency and prices.currency != study.currency:
        message = f"{prices.currency} is not the currency of study.yaml, {study.currency}."
        yield Problem(file, "currency", message, "Write all amounts in one currency.")
    for name in prices.other_program_types:
        if name in study.program_types:
            where = f"other_program_types.{name}"
            yield Problem(file, where, "is one of the study's own.", "Remove it.")
    yield from _check_roles(prices.roles, codebook, file)
    types = [*study.program_types, *prices.other_program_types]
    for name, plan in prices.plans.items():
        yield from _check_plan(name, plan, prices, types, file)
        for said in check_condition(codebook, study, plan.open_to, f"plans.{name}.open_to"):
            yield Problem(file, *said)
    yield from _check_periods(prices, file)
    asked = codebook.variables.get(prices.roles.benefits or "")
    known = list(asked.categories) if asked else []
    for name, group in prices.benefit_groups.items():
        where = f"benefit_groups.{name}.of"
        yield from _check_known(group.of, known, "one of the benefits", file, where)
    benefits = [prices.payback.benefit] if prices.payback.benefit else []
    yield from _check_known(
        benefits, prices.benefit_groups, "one of benefit_groups", file, "payback.benefit"
    )


def _check_known(
    names: list[str], known: dict | list[str], what: str, file: str, where: str
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield Problem(
                file, where, f"{name!r} is not {what}.", f"Use some of {', '.join(known)}."
            )


def _check_roles(roles: Roles, codebook: Codebook, file: str) -> Iterator[Problem]:
    """Yield roles of variables that there are not, or whose answers cannot play them."""
    for role, given in roles.given().items():
        name, _, category = given.partition(".")
        variable = codebook.variables.get(name)
        where = f"roles.{role}"
        if variable is None:
            yield Problem(
                file, where, f"{name!r} is not in the codebook.", "Name a variable of it."
            )
        elif category:
            known = [*variable.categories, *variable.groups]
            yield from _check_known([category], known, f"an answer to {name}", file, where)
        elif role == "benefits" and not kind_of(variable).has_ticks:
            yield Problem(file, where, f"{name!r} does not let people tick several answers.", "")
        elif role != "benefits" and not kind_of(variable).is_numeric:
            yield Problem(file, where, f"{name!r} is not a number.", "Name one that is.")


def _check_plan(
    name: str, plan: Plan, prices: Prices, types: list[str], file: str
) -> Iterator[Problem]:
    where = f"plans.{name}"
    yield from _check_known(
        plan.program_types, types, "a program type", file, f"{where}.program_types"
    )
    for key, span in (("enrolment", plan.enrolment), ("access", plan.access)):
        yield from _check_span(span, file, f"{where}.{key}")
    if plan.access.end and plan.enrolment.end and plan.access.end < plan.enrolment.end:
        yield Problem(file, f"{where}.access.to", "ends before enrolment does.")
    yield from _check_price(plan, file, f"{where}.price")
    if (plan.kind == "trial") != (plan.days is not None):
        yield Problem(file, f"{where}.days", "goes with kind trial, and only with it.")
    if plan.credits and not plan.credits.low <= plan.credits.high <= plan.credits.of:
        yield Problem(file, f"{where}.credits", "must rise from low over high to of.")
    others = [other for other in prices.plans if other != name]
    yield from _check_known(plan.then, others, "another plan", file, f"{where}.then")
    for position, source in enumerate(plan.sources):
        place = f"{where}.sources.{position}.document"
        yield from _check_known(
            [source.document], prices.documents, "one of documents", file, place
        )


def _check_price(plan: Plan, file: str, where: str) -> Iterator[Problem]:
    price = plan.price
    if plan.kind in FREE and price is not None:
        yield Problem(file, where, f"does not go with kind {plan.kind}.", "Remove it.")
    elif plan.kind not in FREE | CREDIT and (
        price is None or (price.low is None and price.average is None)
    ):
        yield Problem(file, where, "is missing.", "Give low and high, or average.")
    if price is not None:
        if (price.low is None) != (price.high is None):
            yield Problem(file, where, "has one end of a range only.", "Give both.")
        elif price.low is not None and price.high is not None and price.low > price.high:
            yield Problem(file, where, "has a low above its high.", "Swap them.")


def _check_span(span: Period, file: str, where: str) -> Iterator[Problem]:
    if span.start and span.end and span.start > span.end:
        yield Problem(file, where, "ends before it begins.", "Swap from and to.")
    if span.basis == "assumed" and not span.note:
        yield Problem(file, f"{where}.note", "is missing.", "Say why these dates are assumed.")


def _check_periods(prices: Prices, file: str) -> Iterator[Problem]:
    before: str | None = None
    last: date | None = None
    for name, span in prices.periods.items():
        where = f"periods.{name}"
        yield from _check_span(span, file, where)
        if before is not None:
            if last is None or span.start is None or span.start <= last:
                remedy = "Write periods in their order, each from the day after the last."
                yield Problem(file, where, f"does not begin after {before} has ended.", remedy)
            elif span.start != last + timedelta(days=1):
                message = f"leaves days after {before} without a period."
                yield Problem(file, where, message, "Close the gap.")
        before, last = name, span.end
