"""What two waves worded so differently that it is not compared: said with the words of both."""

from collections.abc import Sequence

from altcred.describe.chapters import Display, Item
from altcred.kinds import Kind, kind_of
from altcred.kinds.phrases import begin_sentence, escape_markdown, join_words, quote, say_share
from altcred.write.views import View


def list_displays(view: View, item: Item, shown: Sequence[Display]) -> list[Display]:
    """Return the charts and tables of an item, with that of what was worded differently.

    Of a question that is not compared at all it is the only one.
    """
    name, pair = item.variable, view.pair
    described = view.described(name)
    if described is None or pair is None:
        return list(shown)
    if described.is_comparable(*pair) and not described.set_apart(*pair):
        return list(shown)
    caption = f"{view.label(name)}: worded differently"
    apart = Display(table="apart", label=f"{item.label or item.cell}-apart", caption=caption)
    is_told = kind_of(described).has_ticks or view.compares(name)
    return [*shown, apart] if is_told else [apart]


def say_offered(view: View, kind: Kind, variable: str, told: str, shared: str) -> str:
    """Return what is told of a question, with what is left aside of answers not offered alike.

    `shared` says what is compared where a person gives one answer.
    """
    described, pair = view.described(variable), view.pair
    if described is None or pair is None or not kind.is_uneven(described, pair):
        return told
    offered = [{*described.categories_in(wave)} for wave in pair]
    how = "offer the same answers" if offered[0] != offered[1] else "word all answers alike"
    start = f"The two surveys did not {how}: "
    if kind.is_exclusive:
        return f"{start}{shared}. {told}".strip()
    return f"{start}nothing of them is compared."


def say_untested(view: View) -> str:
    """Say which questions and answers of two waves are compared nowhere, as worded differently."""
    labels = []
    for name in view.cohort.asked_twice(*view.pair) if view.pair else ():
        described, label = view.codebook.variables[name], view.label(name)
        apart = described.set_apart(*view.pair) if view.pair and view.compares(name) else [""]
        for one in apart if described.show else ():
            if not view.compares(name, one):
                labels.append(quote(f"{label}: {view.label(name, one)}" if one else label))
    told = "Left out, since the two surveys did not word it alike: "
    return f"{told}{join_words(labels)}." if labels else ""


def describe_apart(view: View, name: str) -> str:
    """Say what two waves asked or offered in other words, with these words and why they matter."""
    described, pair = view.described(name), view.pair
    if described is None or pair is None:
        return ""
    why = escape_markdown(described.why_apart(*pair))
    if not described.is_comparable(*pair):
        words = [(described.wording(wave), view.wave_label(wave)) for wave in pair]
        told = "The two surveys did not ask the same"
        if described.derive is not None:
            told = "It is made of answers to what the two surveys did not ask alike"
        if all(text for text, _ in words) and words[0][0] != words[1][0]:
            told += ": " + join_words(f"{quote(text)} in {quote(wave)}" for text, wave in words)
        rest = "Their answers stand side by side and are not compared."
        if view.compares(name):
            rest = "A difference may come of that alone."
        return f"{told}. {rest} {why}".strip()
    apart = described.set_apart(*pair)
    if not apart:
        return ""
    untested = [one for one in apart if not view.compares(name, one)]
    rest = "are not tested" if len(untested) == len(apart) else "no test makes up for that"
    labels = join_words(quote(view.label(name, one)) for one in apart)
    if len(apart) > 1:
        count = begin_sentence(view.writer.spell(len(apart)))
        return (
            f"{count} answers were worded differently, so that their shares cannot be compared: "
            f"{labels}. They have a table of their own with both wordings, and {rest}."
        )
    words = [(described.wording(wave, apart[0]), _say_share(view, name, wave, apart[0]))
             for wave in pair]  # fmt: skip
    told = "was worded differently"
    if words[0][0] == words[1][0]:
        told = "does not mean the same in the two surveys"
    asked = join_words(f"{quote(text)} in {where}" for text, where in words)
    why = escape_markdown(described.why_apart(*pair, apart[0]))
    text = f"{labels} {told}: {asked}. The two shares cannot be compared, and {rest}."
    return f"{text} {why}".strip()


def _say_share(view: View, name: str, wave: str, category: str) -> str:
    found, label = view.side(wave).shown(name, category), quote(view.wave_label(wave))
    return f"{label} ({say_share(view, found)})" if found else label
