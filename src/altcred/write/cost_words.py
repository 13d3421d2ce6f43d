"""Sentences on costs: true for any numbers, each from the estimates that it names."""

from altcred.core.records import ALL, Estimate
from altcred.estimate.amounts import name_payback, name_raise
from altcred.estimate.plans import list_assumptions
from altcred.kinds.phrases import escape_markdown, join_words, say_whose
from altcred.write.costs import CostView

NOT_AN_EFFECT = (
    "**This is arithmetic on stated assumptions, not an effect of the programs.** Nobody knows "
    "what these people would have earned without them, how large the reported raises were, or what "
    "benefits came later; benefits that are not money are left out, and so are taxes and interest."
)


def people_of(costs: CostView) -> str:
    """Return what the respondents are called."""
    return escape_markdown(costs.view.people)


def whose(costs: CostView, part: str) -> str:
    """Name the people of a subgroup: Short completers, all completers."""
    if part == ALL:
        return f"all {people_of(costs)}"
    label = costs.view.study.program_types[part.partition("=")[2]].label
    return f"{escape_markdown(label)} {people_of(costs)}"


def say_opening(costs: CostView, *, has_payback: bool) -> str:
    """Say what the chapter answers, and of how many people."""
    people = people_of(costs)
    told = [f"what {people} paid"] if costs.shown("fees", "nobs") else []
    if costs.find("opportunity_cost", "mean"):
        told.append("what their hours are worth under stated assumptions")
    told.append("what a program costs under each price plan")
    if has_payback:
        told.append("how large a raise would have to be to pay a program back")
    n = costs.shown("responses", "count")
    of = say_whose(costs.view.people)
    size = f" It rests on {count_words(costs, n.value, 'response')}{of}." if n else ""
    weighted = ""
    if costs.view.estimates.is_weighted(costs.view.wave):
        weighted = (
            " Averages of single answers are weighted by the survey's weights; what is worked out "
            "person by person is not."
        )
    return (
        "Whoever takes a program pays fees, or somebody pays for them, and gives hours that could "
        f"have been spent otherwise. This chapter says {join_words(told)}.{size}{weighted}"
    )


def say_examples(costs: CostView) -> str:
    """Say on what the fees of a program depend, and what the tables of them hold."""
    plans, days = costs.prices.plans.values(), costs.prices.comparison.on
    causes = ["on the plan", *(["on the day it is begun"] if days else [])]
    if any(plan.kind in ("monthly", "annual") for plan in plans):
        causes.append("under a subscription on how long one takes")
    text = f"What a program costs depends {join_words(causes)}."
    if not days:
        return text
    return (
        f"{text} The first tables hold for several lengths of study, the others for the median "
        f"weeks of {people_of(costs)} where these are known, begun on different days."
    )


def say_periods(costs: CostView) -> str:
    """Say how answers were placed in price periods."""
    text = (
        f"@tbl-periods-{costs.suffix} places the answers in the price periods by the day of "
        "submission."
    )
    if not costs.limited_plans():
        return text
    return (
        f"{text} Where a plan was open only to some, the share is of those whose answers say that "
        "they could have used it."
    )


def say_averages(costs: CostView) -> str:
    """Say what a product of two averages is not."""
    return (
        "The product of two averages is nobody's cost: people with many hours need not be those "
        "with high incomes, and a few large incomes raise every mean. An hour of study is also not "
        "an hour of lost pay unless it would have been worked."
    )


def say_benefits(costs: CostView) -> str:
    """Say what the table of benefits counts."""
    return f"@tbl-benefit-groups-{costs.suffix} counts who named which kind of benefit."


def say_question(costs: CostView, *, has_benefit: bool) -> list[str]:
    """Say what it depends on whether benefits outweigh the cost, and what is no answer to it."""
    suffix = costs.suffix
    text = (
        "Whether benefits outweigh the cost depends on what an hour of one's time is worth and on "
        f"how long a raise lasts, and on both readers may differ. @fig-payback-{suffix} therefore "
        "shows the raise that would just pay back the median person's cost for every worth of time "
        f"between nothing and the full hourly earnings. @tbl-payback-{suffix} gives the same in "
        f"money. @tbl-pays-back-{suffix} counts the people whose cost a given raise would cover, "
        "were everybody given it"
    )
    if has_benefit:
        text += (
            f", and @tbl-outweighs-{suffix} counts only those who reported the benefit that stands "
            f"for a raise (the first line of @tbl-benefit-groups-{suffix})"
        )
    return [f"{text}.", NOT_AN_EFFECT]


def say_fees(costs: CostView) -> str:
    """Say what fees people paid themselves, in all and by program type."""
    found = costs.shown("fees", "median")
    if found is None:
        return ""
    if found.n == 1:
        return f"One person told the fees, {_write(costs, found)}."
    size = f"{costs.writer.number(found.n)} people"
    if found.value == 0:
        text = f"Of the {size} who told their own fees at least half paid none"
    else:
        half = f"At least half of the {size} who told their own fees"
        text = f"{half} paid {_write(costs, found)} or less"
    parts = costs.types("fees", "median")
    if len(parts) < 2:
        return f"{text}."
    medians = [(part, costs.shown("fees", "median", part)) for part in parts]
    listed = join_words(
        f"{_write(costs, one)} for {whose(costs, part)}" for part, one in medians if one
    )
    return f"{text}; by program type the median was {listed}."


def say_payers(costs: CostView) -> str:
    """Say who paid the fees, of people and of money."""
    words = {
        "paid_themselves": "{} paid fees themselves",
        "employer_paid": "for {} an employer paid or contributed",
        "aided": "for {} financial aid covered them",
    }
    found = {role: costs.shown(role, "proportion") for role in words}
    known = {role: one for role, one in found.items() if one is not None}
    parts = [words[role].format(_share(costs, one)) for role, one in known.items()]
    sizes = {one.n for one in known.values()}
    those = f"the {costs.writer.number(min(sizes))}" if len(sizes) == 1 else "those"
    borne = costs.shown("fees_borne.employer", "share")
    texts = [f"Of {those} who said who paid, {join_words(parts)}."] if parts else []
    if borne is not None:
        texts.append(f"Of all fees that could be counted, employers bore {_share(costs, borne)}.")
    return " ".join(texts)


def say_outliers(costs: CostView) -> str:
    """Say how many fees are so high that they may be errors."""
    limit = costs.prices.outliers_above
    found = costs.shown("fee_outliers.above", "count")
    if found is None or limit is None:
        return ""
    above = f"above {escape_markdown(costs.money(limit))}"
    if found.value == 0:
        return f"Nobody gave fees {above}."
    people = "one person" if found.value == 1 else count_words(costs, found.value, "", "people")
    return (
        f"Fees {above} were given by {people} and may be errors; they are counted here, and a "
        "reason to read medians rather than means."
    )


def say_opportunity(costs: CostView, part: str) -> str:
    """Say what hours are worth, by averages and person by person."""
    leading = costs.prices.opportunity
    hours, income = (
        costs.shown(role, getattr(leading, role), part) for role in ("hours", "income")
    )
    cost = costs.shown("opportunity_cost", "mean", part)
    if hours is None or income is None or cost is None:
        return ""
    text = (
        f"For {whose(costs, part)}, a {leading.hours} of {costs.writer.number(hours.value)} "
        f"hours and a {leading.income} income of {_write(costs, income)} make "
        f"{_write(costs, cost)}."
    )
    others = [
        f"the {kind}s of both make {_write(costs, found)}"
        for kind in ("mean", "median")
        if (kind, kind) != (leading.hours, leading.income)
        and (found := costs.shown(f"opportunity_cost.{kind}_hours_{kind}_income", "mean", part))
    ]
    if others:
        text += f" Likewise, {join_words(others)}."
    each = [costs.shown("opportunity_cost_each", one, part) for one in ("mean", "median")]
    if each[0] is not None and each[1] is not None:
        text += (
            f" Person by person, over the {costs.writer.number(each[0].n)} who told both, the "
            f"mean is {_write(costs, each[0])} and the median {_write(costs, each[1])}."
        )
    return text


def say_paid_time(costs: CostView) -> str:
    """Say how many were paid for their study time, and how much."""
    share, pay = costs.shown("paid_time", "proportion"), costs.shown("pay", "mean")
    if share is None:
        return ""
    text = (
        f"Of the {costs.writer.number(share.n)} who told, {_share(costs, share)} were paid by an "
        "employer for some or all of their study time"
    )
    if pay is None or share.value == 0:
        return f"{text}."
    return (
        f"{text}, a mean of {_write(costs, pay)} among the {costs.writer.number(pay.n)} who told "
        "how much."
    )


def say_learner_cost(costs: CostView) -> str:
    """Say what fees and time came to a person."""
    mean, median = (costs.shown("learner_cost", one) for one in ("mean", "median"))
    if mean is None or median is None:
        return ""
    return (
        "Own fees and time together, less pay for the study time, came to a median of "
        f"{_write(costs, median)} and a mean of {_write(costs, mean)} a person "
        f"({costs.writer.number(mean.n)} told all of it); see @tbl-costs-{costs.suffix}."
    )


def _ends(costs: CostView, part: str) -> tuple[str, dict[str, Estimate | None]]:
    """Return within how many years, and the shares of income that pay back within them."""
    assumed = list_assumptions(costs.prices)
    years = int(assumed["shortest_years"])
    names = {end: name_payback(years, assumed[f"{end}_time"]) for end in ("least", "most")}
    found = {
        end: costs.shown(f"breakeven_share.{name}", "median", part) for end, name in names.items()
    }
    found["money"] = costs.shown(f"breakeven_raise.{names['most']}", "median", part)
    return _spell_years(costs, years), found


def say_lines(costs: CostView) -> str:
    """Return what stands for the figure where it cannot be seen."""
    texts = []
    for part in costs.payback_parts("breakeven_share", "median"):
        within, ends = _ends(costs, part)
        if ends["least"] and ends["most"]:
            label = "All" if part == ALL else costs.view.subgroup_label(part)
            texts.append(
                f"{label}, to be paid back within {within}: {costs.write(ends['least'])} of "
                f"annual income at the least worth of time, {costs.write(ends['most'])} at the "
                "most."
            )
    return " ".join(texts)


def say_payback(costs: CostView, part: str) -> str:
    """Say what raise pays back in the shortest time, and whose cost the middle one covers."""
    within, ends = _ends(costs, part)
    texts = []
    if ends["least"] and ends["most"]:
        money = f" ({_write(costs, ends['money'])} a year)" if ends["money"] else ""
        people = f"{'' if part == ALL else 'the '}{whose(costs, part)}"
        texts.append(
            f"To be paid back within {within}, half of {people} need a raise of "
            f"{_write(costs, ends['least'])} of income or less if an hour is worth the least "
            f"assumed, and of {_write(costs, ends['most'])} or less if the most{money}."
        )
    assumed = list_assumptions(costs.prices)
    covered = {}
    for end in ("least", "most"):
        name = name_raise(assumed["raise"], int(assumed["years"]), assumed[f"{end}_time"])
        covered[end] = costs.shown(f"outweighs.{name}", "proportion", part)
    reported = costs.shown("outweighs.any_raise", "proportion", part)
    if reported and covered["least"] and covered["most"]:
        # All shares are of the same people, so that none outweighs who reported no raise.
        texts.append(
            f"Of the {costs.writer.number(reported.n)} who told fees, hours, income and benefits, "
            f"{_share(costs, reported)} reported the benefit that stands for a raise. Were each "
            f"such raise {costs.percent(assumed['raise'])} of income and lasted "
            f"{_spell_years(costs, assumed['years'])}, it would outweigh fees and time for "
            f"{_share(costs, covered['most'])} of them"
            + (
                ", whether an hour is worth the least or the most assumed."
                if covered["most"].value == covered["least"].value
                else f" if an hour is worth the most assumed, and for "
                f"{_share(costs, covered['least'])} if the least."
            )
        )
    return " ".join(texts)


def count_words(costs: CostView, number: float, one: str, many: str = "") -> str:
    """Write how many there are: one response, 12 people."""
    return f"{costs.writer.number(number)} {one if number == 1 else many or one + 's'}"


def _write(costs: CostView, found: Estimate) -> str:
    """Write an estimate in Markdown, where the sign of the dollar begins mathematics."""
    return escape_markdown(costs.write(found))


def _share(costs: CostView, found: Estimate) -> str:
    """Write a share as a percentage, none and all as such."""
    return {0.0: "none", 1.0: "all"}.get(found.value, costs.writer.share(found.value))


def _spell_years(costs: CostView, years: float) -> str:
    return f"{costs.writer.spell(years)} {'year' if years == 1 else 'years'}"
