"""The chapter on costs: prices, fees, time, and what would pay them back, a section a cell."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from altcred.core.records import ALL
from altcred.describe.cohort import open_cohort
from altcred.describe.prices import load_prices
from altcred.estimate.costs import costs_folder
from altcred.estimate.plans import priced_types
from altcred.kinds.phrases import escape_markdown
from altcred.write import cost_words as words
from altcred.write.charts.payback import draw_payback
from altcred.write.costs import CostView
from altcred.write.flow import refer_to_rows
from altcred.write.markdown import show_markdown, to_anchor
from altcred.write.plans import PlanTables
from altcred.write.tables import Table
from altcred.write.texts import read_text
from altcred.write.views import open_view


@dataclass(frozen=True)
class CostsChapter:
    """What one survey's respondents and others pay for a program, and what pays it back.

    `name` is the folder of the cohort's own texts, a file a section.
    """

    name: str
    costs: CostView

    # Sections ------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the chapter's heading and what it answers."""
        show_markdown(
            f"# Costs, and when benefits outweigh them {{#sec-costs-{self.costs.suffix}}}",
            words.say_opening(self.costs, has_payback=self.has_payback),
            refer_to_rows([self.costs.view.wave]),
        )

    def show_plans(self) -> None:
        """Show every price plan with its dates and sources."""
        self._say(
            "plans",
            "What the plans ask",
            f"@tbl-plans-{self.costs.suffix} lists each price plan with the days on which one can "
            "or could begin under it, and where it is printed.",
        )
        self._show("plans", "Price plans, with their dates and sources", self.plans.list_all())

    def show_examples(self) -> None:
        """Show what a program costs by weeks of study, and begun on different days."""
        costs, prices = self.costs, self.costs.prices
        self._say("student", "What would this program cost me?", words.say_examples(costs))
        # A study without programs has plans for types of its price file alone.
        known = costs.view.study.program_types or prices.other_program_types
        types = priced_types(prices, known)
        for name in types:
            caption = f"Fees of a {self._label(name)} by weeks of study"
            self._show(f"student-{name}", caption, self.plans.by_weeks(name))
        for name in types if prices.comparison.on else ():
            caption = f"Fees of a {self._label(name)}, begun on different days"
            table = self.plans.by_days(name, typical_weeks(costs, name))
            self._show(f"dates-{name}", caption, table)

    def show_periods(self) -> None:
        """Show in which price periods people answered."""
        costs, table = self.costs, self.costs.periods_table()
        if table is not None:
            self._say("periods", "Which prices they met", words.say_periods(costs))
            people = words.people_of(costs)
            caption = f"Price periods in which the {people} answered, and what they had paid"
            self._show("periods", caption, table)

    def show_fees(self) -> None:
        """Show what fees people paid, and who else bore them."""
        told = (words.say_fees, words.say_payers, words.say_outliers)
        self._say("fees", "Fees and who bore them", _together(say(self.costs) for say in told))

    def show_time(self) -> None:
        """Show what hours are worth, and the table of all costs."""
        costs, suffix = self.costs, self.costs.suffix
        if costs.find("opportunity_cost", "mean"):
            told = (words.say_averages, words.say_paid_time, words.say_learner_cost)
            self._say(
                "opportunity",
                "Hours and what they are worth",
                "The opportunity cost of a program is the income that its hours could have earned:",
                r"$$ \text{hours} \times \text{annual income} \;/\; "
                rf"\text{{hours of a working year}} $$ {{#eq-opportunity-{suffix}}}",
                *(
                    words.say_opportunity(costs, part)
                    for part in costs.types("opportunity_cost", "mean")
                ),
                _together(say(costs) for say in told),
            )
        caption = "What a program cost: fees, hours and opportunity cost"
        self._show("costs", caption, costs.costs_table())

    def show_payback(self) -> None:
        """Show who reported which benefits, and the raise that would pay the cost back."""
        costs = self.costs
        table = costs.benefits_table()
        has_benefit = table is not None and costs.prices.payback.benefit is not None
        self._say(
            "payback",
            "Benefits set against costs",
            words.say_benefits(costs) if table else "",
            *(words.say_question(costs, has_benefit=has_benefit) if self.has_payback else ()),
        )
        caption = "Kinds of benefits"
        if self.has_payback and has_benefit:
            caption += "; the first stands for a raise in what follows"
        self._show("benefit-groups", caption, table)
        if not self.has_payback:
            return
        drawing = draw_payback(costs)
        if drawing is not None:
            people = words.people_of(costs)
            drawing.show(
                {
                    "label": f"fig-payback-{costs.suffix}",
                    "caption": f"Raise in annual income that pays back the median cost of {people},"
                    " by what an hour of study is worth and by the years the raise lasts",
                    "alt": words.say_lines(costs),
                }
            )
        self._show("payback", "Raise a year that pays back the median cost", costs.payback_table())
        whose = "Share whose cost would be covered, were"
        caption = f"{whose} everybody given the raise"
        self._show("pays-back", caption, costs.raises_table("pays_back"))
        caption = (
            f"{whose} the raise given to those who reported the benefit that stands for one, and "
            "to nobody else"
        )
        self._show("outweighs", caption, costs.raises_table("outweighs"))
        parts = costs.payback_parts("breakeven_share", "median")
        show_markdown(*(words.say_payback(costs, part) for part in parts))

    # Showing -------------------------------------------------------------------------------

    @cached_property
    def plans(self) -> PlanTables:
        """The tables of price plans."""
        return PlanTables(self.costs.prices, self.costs.view.study, self.costs.suffix)

    @property
    def has_payback(self) -> bool:
        """Whether there is a cost that a raise could pay back."""
        return bool(self.costs.payback_parts("breakeven_share", "median"))

    def _say(self, section: str, heading: str, *texts: str) -> None:
        """Show a heading, the sentences under it, and what the cohort says beside or instead."""
        own = read_text(self.costs.view, self.name, section)
        told = [*([] if own and own.replaces else texts), own.body if own else ""]
        if any(told):
            show_markdown(f"## {heading} {{#sec-{section}-{self.costs.suffix}}}", *told)

    def _show(self, name: str, caption: str, table: Table | None) -> None:
        if table is not None:
            table.show(f"tbl-{to_anchor(name)}-{self.costs.suffix}", caption)

    def _label(self, program_type: str) -> str:
        return escape_markdown(self.plans.label(program_type))


def open_costs(name: str, cohort: str, wave: str) -> CostsChapter:
    """Return the chapter on one survey's costs, over its estimates."""
    opened = open_cohort(cohort)
    view = open_view(opened, wave, read=[wave, costs_folder(cohort, wave).name])
    return CostsChapter(name, CostView(view, load_prices(opened)))


def typical_weeks(costs: CostView, program_type: str) -> float:
    """Return the median weeks of a program type's respondents, or else of everybody.

    Where the wave does not tell, the first number of weeks in prices.yaml.
    """
    for part in (f"program_type={program_type}", ALL):
        if found := costs.shown("weeks", "median", part):
            return found.value
    return costs.prices.comparison.weeks[0]


def _together(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text)
