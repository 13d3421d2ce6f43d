"""prices.yaml: dated price plans with their sources, and what is assumed when costs are worked out.

A person writes it beside study.yaml. Its `roles` say which variable of the codebook holds the
hours, the income, the fees and so on; costs are estimated of roles alone.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from altcred.core.description import Condition, Described, Name, about, read_model
from altcred.core.errors import Problem, refuse_problems
from altcred.core.mistakes import ANSWER, CURRENCY
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
Answer = Annotated[str, Field(pattern=ANSWER)]


class Period(Described):
    """A span of days, both ends included; an end left out is open."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    start: date | None = about("Its first day; open if left out", None, alias="from")
    end: date | None = about("Its last day; open if left out", None, alias="to")
    basis: Literal["printed", "assumed"] = about("Whether a document prints these dates", "printed")
    note: str = about("Why dates that no document prints are assumed", "")

    def holds(self, on: date) -> bool:
        """Tell whether a day lies in the span."""
        day = on.date() if isinstance(on, datetime) else on
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class PricePeriod(Period):
    """A span of days over which the same printed prices are taken to hold."""

    label: str = about("What readers call it")


class Price(Described):
    """What a plan asks for each unit of its kind: a range, an average, or both."""

    low: float | None = about("The lowest price", None, ge=0)
    high: float | None = about("The highest price", None, ge=0)
    average: float | None = about("The average price", None, ge=0)


class Credits(Described):
    """How many credits a program counts for, of those that a degree needs."""

    low: float = about("The fewest credits that a program counts for", gt=0)
    high: float = about("The most credits that a program counts for", gt=0)
    of: float = about("How many credits the degree needs", gt=0)


class PriceSource(Described):
    """Where a price is printed: the document, the place in it, the id of its published row."""

    document: str = about("The one of documents that prints it")
    locator: str = about("The place in the document", example="p. 12")
    id: str = about("The row of published.csv that holds it", "")


class Plan(Described):
    """One way to take a program: what it asks, when it was open, to whom, who says so."""

    label: str = about("What readers call it")
    kind: PlanKind = about("What the price is for, or why nothing is paid")
    program_types: list[Name] = about("The types of program that can be taken so", min_length=1)
    price: Price | None = about("Left out where none is printed", None)
    courses: int | None = about("Courses in a program, where the price is for each", None, ge=1)
    days: int | None = about("How long a free trial lasts", None, ge=1)
    certificate: bool = about("Whether completion earns the credential", True)
    credits: Credits | None = about("The credits that a program counts for", None)
    enrolment: Period = about("The days on which one can begin", Period())
    access: Period = about("The days on which one who began can go on", Period())
    then: list[Name] = about("Plans to go on under when access has ended", [])
    eligible: str = about("Who may use it, as the document says", "")
    open_to: Condition = about("Answers that stand for being eligible", {})
    note: str = about("What readers should know of it", "")
    sources: list[PriceSource] = about("Where it is printed", min_length=1)

    def is_open(self, on: date) -> bool:
        """Tell whether one could begin under the plan on a day; first and last day count."""
        return self.enrolment.holds(on)

    def has_access(self, begun: date, on: date) -> bool:
        """Tell whether somebody who began on a day still had access on another."""
        return self.is_open(begun) and begun <= on and self.access.holds(on)


class Roles(Described):
    """Which variable, or which answer to one, plays which part; what nobody asked is left out."""

    hours: Name | None = about("Hours given to the program in all", None)
    weeks: Name | None = about("Weeks that the program took", None)
    income: Name | None = about("Annual income", None)
    fees: Name | None = about("Fees that respondents paid themselves", None)
    fees_by_employer: Name | None = about("Fees that an employer paid", None)
    pay: Name | None = about("What an employer paid for study time", None)
    benefits: Name | None = about("The benefits that were reported", None)
    paid_themselves: Answer | None = about("VARIABLE.CATEGORY: paid fees themselves", None)
    employer_paid: Answer | None = about(
        "VARIABLE.CATEGORY: an employer paid fees or contributed", None
    )
    aided: Answer | None = about("VARIABLE.CATEGORY: financial aid covered fees", None)
    paid_time: Answer | None = about("VARIABLE.CATEGORY: was paid for some or all study time", None)

    def given(self) -> dict[str, str]:
        """Return the variable, or the answer, of each role that something plays."""
        return self.model_dump(exclude_none=True)


class BenefitGroup(Described):
    """Several benefits counted as one: whether a person reported any of them."""

    label: str = about("What readers call it")
    of: list[str] = about("Categories of the benefits, any of which counts", min_length=1)


class Opportunity(Described):
    """Which averages of hours and income the leading opportunity cost multiplies."""

    hours: Literal["mean", "median"] = about("Which average of hours", "mean")
    income: Literal["mean", "median"] = about("Which average of income", "median")


class Payback(Described):
    """The assumptions under which a raise is set against what the program cost."""

    years: list[int] = about(
        "After how many years costs and raises are set against each other", [1, 3, 5], min_length=1
    )
    time_values: list[Share] = about(
        "What an hour of study is worth, as a share of an hour's earnings",
        [0, 0.25, 0.5, 0.75, 1],
        min_length=1,
    )
    raises: list[Annotated[float, Field(gt=0)]] = about(
        "Raises as shares of annual income", [0.02, 0.05, 0.1], min_length=1
    )
    benefit: Name | None = about(
        "The benefit group that stands for having been given a raise", None
    )


class Comparison(Described):
    """What the table of plans is made for: weeks of study, and days to begin on."""

    weeks: list[Annotated[float, Field(gt=0)]] = about(
        "Weeks of study for which plans are priced", [4, 12, 26, 52], min_length=1
    )
    on: list[date] = about("Days to begin on", [])


class Prices(Described):
    """The content of prices.yaml."""

    currency: str = about("The study's own if left out", "", pattern=CURRENCY)
    roles: Roles = about("Which variable, or which answer to one, plays which part", Roles())
    hours_per_year: float = about(
        "Hours of a working year: 40 hours in each of 52 weeks", 2080, gt=0
    )
    opportunity: Opportunity = about("What the leading opportunity cost multiplies", Opportunity())
    payback: Payback = about("What is assumed when a raise is set against costs", Payback())
    comparison: Comparison = about("What the table of plans is made for", Comparison())
    outliers_above: float | None = about("Fees above it are counted as outliers", None, gt=0)
    benefit_groups: dict[Name, BenefitGroup] = about(
        "Several benefits counted as one, by names of yours", {}
    )
    documents: dict[str, str] = about("Titles of the sources", {})
    other_program_types: dict[Name, ProgramType] = about(
        "Programs with printed prices that the study lacks", {}
    )
    periods: dict[Name, PricePeriod] = about(
        "Spans over which the same printed prices hold, by names of yours", {}
    )
    plans: dict[Name, Plan] = about("Ways to take a program, by names of yours", min_length=1)


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
    if plan.kind == "course" and plan.courses is None:
        remedy = "Say how many courses a program has, or give its price with kind: program."
        yield Problem(file, f"{where}.courses", "is missing for a price of each course.", remedy)
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
