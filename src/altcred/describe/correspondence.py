"""What of an earlier cohort corresponds to what of a later one, and what was asked otherwise."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from altcred.core.description import as_list
from altcred.core.errors import InvalidInput, Problem
from altcred.core.paths import cohort_dir
from altcred.describe.series import Renamed, earlier_cohorts, path_to
from altcred.kinds import kind_of
from altcred.kinds.reading import fold_text
from altcred.kinds.variable import Variable

if TYPE_CHECKING:
    from altcred.describe.cohort import Cohort


@dataclass(frozen=True)
class Change:
    """What an earlier cohort was asked otherwise than this one, or answered in other words.

    `what` is one of the keys of CHANGES; `then` and `now` are the words, the unit or the like.
    """

    cohort: str
    wave: str
    variable: str
    what: str
    then: str = ""
    now: str = ""

    @property
    def is_barrier(self) -> bool:
        """Whether the two cannot be set side by side at all."""
        return CHANGES[self.what]


CHANGE_COLUMNS = [one.name for one in fields(Change)]
# What may have changed, and whether nothing can be compared then.
CHANGES = {
    "kind": True, "currency": True, "unit": True, "base": True, "apart": False,
    "wording": False, "label": False, "asked": False, "derived": False, "bounds": False,
    "new answer": False, "answer gone": False, "answer worded otherwise": False,
    "numbers of answers": False, "order of answers": False,
}  # fmt: skip


@dataclass(frozen=True)
class Correspondence:
    """What of an earlier cohort is what of this one: names here to names there."""

    own: "Cohort"
    other: "Cohort"
    waves: Mapping[str, str]
    variables: Mapping[str, str]
    # Variables here, and VARIABLE.ANSWER, that were asked in words that mean something else.
    apart: Collection[str] = frozenset()

    def variables_in(self, wave: str) -> dict[str, tuple[Variable, Variable]]:
        """Return the variables that both asked in a wave of this cohort: here and there."""
        here = self.own.codebook.in_wave(wave)
        there = self.other.codebook.in_wave(self.waves[wave])
        return {
            name: (variable, there[self.variables[name]])
            for name, variable in here.items()
            if self.variables.get(name) in there and kind_of(variable).is_compared
        }

    def answers(self, name: str, wave: str) -> dict[str, str]:
        """Return the answers offered in both: their names here to their names there.

        An answer is the same by its label, else by its name.
        """
        here, there = self.variables_in(wave)[name]
        ours, theirs = here.categories_in(wave), there.categories_in(self.waves[wave])
        by_label = {fold_text(one.label): key for key, one in theirs.items()}
        same = {
            key: by_label[fold_text(one.label)]
            for key, one in ours.items()
            if fold_text(one.label) in by_label and f"{name}.{key}" not in self.apart
        }
        taken = {*same.values(), *(key for key in ours if f"{name}.{key}" in self.apart)}
        named = [key for key in ours if key not in same and key in theirs and key not in taken]
        same |= {key: key for key in named}
        return {key: same[key] for key in ours if key in same}

    def has_same_numbers(self, name: str, wave: str) -> bool:
        """Tell whether the same numbers stand behind the answers, as means need."""
        here, there = self.variables_in(wave)[name]
        ours, theirs = (kind_of(one).cell_numbers(one) for one in (here, there))
        named = {key: theirs.get(other) for key, other in self.answers(name, wave).items()}
        return ours == {key: number for key, number in named.items() if number is not None} and len(
            ours
        ) == len(theirs)

    def changes(self) -> Iterator[Change]:
        """Yield what was asked or answered otherwise, variable by variable of each wave."""
        for wave in self.waves:
            for name in self.variables_in(wave):
                for what, then, now in self._changes_of(name, wave):
                    yield Change(self.other.name, wave, name, what, then, now)

    def _changes_of(self, name: str, wave: str) -> Iterator[tuple[str, str, str]]:
        here, there = self.variables_in(wave)[name]
        kinds = kind_of(here), kind_of(there)
        if not _is_of_one_form(here, there):
            yield "kind", kinds[1].name, kinds[0].name
            return
        if kinds[0].is_money and here.currency != there.currency:
            yield "currency", there.currency, here.currency
        if here.is_numeric and fold_text(here.unit) != fold_text(there.unit):
            yield "unit", there.unit, here.unit
        if kinds[0].has_ticks and here.base != there.base:
            yield "base", there.base, here.base
        words = _wording(there, self.waves[wave]), _wording(here, wave)
        if name in self.apart:
            yield "apart", *(words if all(words) else (there.label, here.label))
        elif all(words):
            if fold_text(words[0]) != fold_text(words[1]):
                yield "wording", *words
        elif fold_text(here.label) != fold_text(there.label):
            yield "label", there.label, here.label
        own_names = {theirs: ours for ours, theirs in self.variables.items()}
        asked = _condition(there, self.waves[wave])
        if _translate(asked, own_names) != _condition(here, wave):
            yield "asked", "", ""
        rules = [one.derive and one.derive.model_dump(exclude_none=True) for one in (there, here)]
        if _translate(rules[0], own_names) != rules[1]:
            yield "derived", "", ""
        if here.is_numeric and here.bounds != there.bounds:
            yield "bounds", _write_bounds(there), _write_bounds(here)
        if kinds[0].needs_categories or kinds[0].may_have_categories:
            yield from self._changes_of_answers(name, wave)

    def _changes_of_answers(self, name: str, wave: str) -> Iterator[tuple[str, str, str]]:
        here, there = self.variables_in(wave)[name]
        ours, theirs = here.categories_in(wave), there.categories_in(self.waves[wave])
        same = self.answers(name, wave)
        for key, answer in ours.items():
            if key not in same:
                yield "new answer", "", answer.label
        for key, answer in theirs.items():
            if key not in same.values():
                yield "answer gone", answer.label, ""
        for key, other in same.items():
            written = [
                {fold_text(one) for one in answer.answers_in(asked)}
                for answer, asked in ((ours[key], wave), (theirs[other], self.waves[wave]))
            ]
            if written[0].isdisjoint(written[1]):
                then = theirs[other].wordings(self.waves[wave])[0]
                yield "answer worded otherwise", then, ours[key].wordings(wave)[0]
        if not self.has_same_numbers(name, wave):
            yield "numbers of answers", "", ""
        order = [key for key in theirs if key in same.values()]
        if kind_of(here).is_ordered and order != list(same.values()):
            yield "order of answers", "", ""


def correspond(own: "Cohort", earlier: str) -> Correspondence:
    """Return what of an earlier cohort of a series corresponds to what of this one.

    Names are followed back from cohort to cohort. InvalidInput where the earlier cohort's files
    are not as they should be.
    """
    from altcred.describe.cohort import open_cohort

    waves = {name: name for name in own.study.waves}
    variables = {name: name for name in own.codebook.variables}
    at, apart = own, set()
    for step in path_to(own.study, earlier):
        below, series = open_cohort(step), at.study.series
        for one in series.apart:
            there, _, answer = one.partition(".")
            named = [name for name in variables if variables[name] == there]
            apart |= {f"{name}.{answer}" if answer else name for name in named}
        waves = _follow(waves, own.study.waves, series.waves, step, below.study.waves)
        if not waves and len(own.study.waves) == len(below.study.waves) == 1:
            # Of one survey each, these are the same whatever they are called.
            waves = {next(iter(own.study.waves)): next(iter(below.study.waves))}
        known = below.codebook.variables
        variables = _follow(variables, own.codebook.variables, series.same, step, known)
        at = below
    return Correspondence(own, at, waves, variables, apart)


def shared_variables(cohort: "Cohort") -> dict[str, list[str]]:
    """Return the variables of each wave that an earlier cohort asked too."""
    found: dict[str, dict[str, None]] = {}
    for name in earlier_cohorts(cohort.study):
        shared = correspond(cohort, name)
        for wave in shared.waves:
            found.setdefault(wave, {}).update(dict.fromkeys(shared.variables_in(wave)))
    return {wave: list(found[wave]) for wave in cohort.study.waves if wave in found}


def _follow(
    names: Mapping[str, str],
    own: Iterable[str],
    renamed: Mapping[str, Renamed],
    cohort: str,
    known: Collection[str],
) -> dict[str, str]:
    """Return names followed one cohort further back; those that lead nowhere are left out.

    What a cohort in between did not have is looked for under its own name.
    """
    told = {}
    for name, there in names.items():
        given = renamed.get(there)
        wanted = given if isinstance(given, str) else (given or {}).get(cohort)
        if wanted is not None and wanted in known:
            told[name] = wanted
    for name in own:
        there = names.get(name, name)
        # A name that something else had there is not what has it now.
        if there in known and name not in told and there not in told.values():
            told[name] = there
    return told


def _is_of_one_form(here: Variable, there: Variable) -> bool:
    """Tell whether what is estimated of two variables is the same sort of numbers."""
    kinds = kind_of(here), kind_of(there)
    if kinds[0].name == kinds[1].name:
        return True
    forms = [
        (kind.is_numeric, kind.is_money, kind.has_ticks, kind.is_exclusive, kind.needs_categories)
        for kind in kinds
    ]
    # One answer of several, ordered or not; or a plain number. Of all else only the same kind is.
    is_plain = kinds[0].is_exclusive or all(kind.has_zero for kind in kinds)
    return forms[0] == forms[1] and is_plain


def _translate(content: Any, names: Mapping[str, str]) -> Any:
    """Return a rule or condition with variables under other names, its lists in their order."""
    if isinstance(content, Mapping):
        return {names.get(key, key): _translate(one, names) for key, one in content.items()}
    if isinstance(content, list):
        return [_translate(one, names) for one in content]
    return names.get(content, content) if isinstance(content, str) else content


def _wording(variable: Variable, wave: str) -> str:
    """Return a question as it was asked, where the codebook has it.

    A header is no question, and neither is the label, by which one is looked for that has none.
    """
    words = variable.wording(wave)
    return words if fold_text(words) != fold_text(variable.label) else ""


def _condition(variable: Variable, wave: str) -> dict[str, list[str]]:
    return {key: as_list(value) for key, value in variable.condition_in(wave).items()}


def _write_bounds(variable: Variable) -> str:
    low, high = (
        "" if end is None else f"{end:g}" for end in (variable.bounds.low, variable.bounds.high)
    )
    if low and high:
        return f"{low} to {high}"
    return f"{low} or more" if low else f"up to {high}" if high else "any number"


# What is wrong ------------------------------------------------------------------------------------


def check_series(cohort: "Cohort") -> Iterator[Problem]:
    """Yield what a cohort's series names that is not there, in this cohort or the earlier ones."""
    series, file = cohort.study.series, str(cohort_dir(cohort.name) / "study.yaml")
    try:
        earlier = earlier_cohorts(cohort.study)
        found = {name: correspond(cohort, name) for name in earlier}
    except InvalidInput as error:
        yield from error.problems
        return
    direct = [found[name].other for name in series.cohorts]
    sides: list[tuple[str, Mapping[str, Any], Collection[str], Sequence[Collection[str]]]] = [
        ("same", series.same, cohort.codebook.variables, [c.codebook.variables for c in direct]),
        ("waves", series.waves, cohort.study.waves, [c.study.waves for c in direct]),
    ]
    for key, renamed, own, theirs in sides:
        noun = "variable" if key == "same" else "wave"
        for name, given in renamed.items():
            where = f"series.{key}.{name}"
            if name not in own:
                message = f"is no {noun} of this cohort."
                yield Problem(file, where, message, f"Write OWN_NAME: EARLIER_NAME. {_list(own)}")
            known = dict(zip(series.cohorts, theirs, strict=True))
            chosen = given if isinstance(given, dict) else {}
            for cohort_named, there in chosen.items():
                if cohort_named not in known:
                    message = f"{cohort_named!r} is not named under after."
                    yield Problem(file, where, message, _list(known))
                elif there not in known[cohort_named]:
                    message = f"{there!r} is no {noun} of {cohort_named}."
                    yield Problem(file, where, message, _list(known[cohort_named]))
            if isinstance(given, str) and not any(given in names for names in theirs):
                message = f"{given!r} is no {noun} of {' or '.join(series.cohorts)}."
                yield Problem(file, where, message, _list([n for names in theirs for n in names]))
    for named in series.apart:
        name, _, answer = named.partition(".")
        variable = cohort.codebook.variables.get(name)
        if variable is None or (answer and answer not in variable.categories):
            remedy = _list(variable.categories if variable else cohort.codebook.variables)
            message = f"{named!r} is no {'answer' if variable else 'variable'} of this cohort."
            yield Problem(file, "series.apart", message, remedy)
    for name in series.labels:
        if name not in (*earlier, cohort.name):
            remedy = _list([*earlier, cohort.name])
            yield Problem(file, f"series.labels.{name}", "is no cohort of the series.", remedy)
    for name, one in found.items():
        if cohort.study.build and not one.other.study.build:
            message = f"{name!r} says build: false, so that it never has estimates."
            yield Problem(file, "series", message, "Remove it there, or this here.")
        if not one.waves:
            message = f"no wave of {name} is called as one of this cohort is."
            remedy = (
                f"Write waves: {{{next(iter(cohort.study.waves))}: {_list(one.other.study.waves)}}}"
            )
            yield Problem(file, "series.waves", message, remedy)


def _list(names: Any) -> str:
    return f"Use one of {', '.join(names)}."
