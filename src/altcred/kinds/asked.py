"""Says to whom a question was put."""

from altcred.core.description import Condition, as_list
from altcred.core.records import NOT_REPORTED
from altcred.kinds.phrases import View, escape_markdown, join_words, quote


def describe_condition(view: View, name: str) -> str:
    """Say to whom a question was put, where that was not everybody."""
    variable = view.described(name)
    condition = variable.condition_in(view.wave.rpartition(":")[2]) if variable is not None else {}
    parts = [_say_test(view, name, wanted) for name, wanted in condition.items()]
    known = [part for part in parts if part]
    people = escape_markdown(view.people)
    return f"The question was put only to {people} {join_words(known)}." if known else ""


def _say_test(view: View, name: str, wanted: Condition | list[str] | str) -> str:
    described = view.described(name)
    choices = as_list(wanted)  # type: ignore[arg-type]
    if described is None:
        return f"of {join_words((quote(view.label(name, one)) for one in choices), 'or')}"
    if described.is_numeric:
        return f"with {quote(view.label(name))} in the range {view.label(name, str(wanted))}"
    labels = ["nothing" if one == NOT_REPORTED else quote(view.label(name, one)) for one in choices]
    return f"who answered {join_words(labels, 'or')} to {quote(view.label(name))}"
