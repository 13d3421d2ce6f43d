"""A cohort's own words: Markdown with short lookups, read from cohorts/NAME/text/CHAPTER.

A text may look up a number (`{{ pay.median }}`, `{{ wishes.share("money") }}`) and be conditional
on one (`{% if pay.asked %} … {% endif %}`), and nothing else. docs/texts.md lists them. What
no estimate answers stops the build, with the file and the line.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from altcred.core.description import Described
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.mistakes import name_known
from altcred.describe.cohort import Cohort
from altcred.kinds import kind_of
from altcred.write.lookups import OF_NUMBER, PROPERTIES, NoEstimate, look_up
from altcred.write.views import View

_HEAD = re.compile(r"\A---\n(.*?)\n---\n", re.S)
# What a text may be made of; everything else of the template language is refused.
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Name, nodes.Const),
    *(nodes.Getattr, nodes.Call, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
)


class TextHead(Described):
    """What stands between two lines of dashes at the head of a text."""

    replace: bool = False


@dataclass(frozen=True)
class Text:
    """A text with its numbers: whether it stands in place of the generated sentence."""

    body: str
    replaces: bool = False


def read_text(view: View, chapter: str, section: str, waves: str = "") -> Text | None:
    """Return a cohort's own text for a section, with its numbers; None where there is none.

    SECTION.WAVE.md goes before SECTION.md; of a chapter of two waves it is
    SECTION.FIRST-SECOND.md. InvalidInput names file and line of what cannot be looked up.
    """
    folder = view.cohort.folder / "text" / chapter
    for path in (folder / f"{section}.{waves or view.wave}.md", folder / f"{section}.md"):
        if path.is_file():
            return bind_text(path.read_text(encoding="utf-8"), path, view)
    return None


def bind_text(written: str, path: Path, view: View) -> Text:
    """Return a text with its lookups filled in; InvalidInput where one has no answer."""
    head = _HEAD.match(written)
    settings = TextHead()
    if head:
        from yaml import safe_load

        settings = TextHead.model_validate(safe_load(head[1]) or {})
    body, start = _part_head(written)
    problems = list(_check_text(body, path, start))
    refuse_problems(problems)
    bound = _render(_LINE_END.sub(f"{_JOINT}\n", body), path, start, view)
    return Text(_join_lines(bound), settings.replace)


def check_names(
    written: str, path: Path, cohort: Cohort, known: Collection[str]
) -> Iterator[Problem]:
    """Yield what a text may not hold, else what its lookups name that there cannot be."""
    body, start = _part_head(written)
    problems = list(_check_text(body, path, start))
    yield from problems
    if problems:
        return
    for node in _environment().parse(body).find_all((nodes.Name, nodes.Getattr, nodes.Call)):
        for message, remedy in _check_lookup(node, cohort, known):
            yield Problem(str(path), f"line {start + node.lineno - 1}", message, remedy)


def read_longest(written: str) -> str:
    """Return a text as long as it can be: of each condition the longer way, lookups as numbers."""

    def read(parts: Iterable[nodes.Node]) -> str:
        return "".join(map(read_one, parts))

    def read_one(node: nodes.Node) -> str:
        if isinstance(node, nodes.Output):
            return read(node.nodes)
        if isinstance(node, nodes.If):
            return max((read(one) for one in (node.body, node.elif_, node.else_)), key=len)
        if isinstance(node, nodes.TemplateData):
            return node.data
        looked_up = node.node if isinstance(node, nodes.Call) else node
        return "0 to 0" if getattr(looked_up, "attr", "") == "interval" else "0"

    return read(_environment().parse(_part_head(written)[0]).body)


# What of a lookup takes the name of an answer first.
_OF_ANSWERS = {"has", "label_of", "n_of", "count_of", "share", "told"}
# What returns a number, which has an interval of its own.
_NUMBERS = {"n_of", "count_of", "share", "told", "statistic"}


def _check_lookup(
    node: nodes.Node, cohort: Cohort, known: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the name, the property or the answer of a lookup that there cannot be."""
    if isinstance(node, nodes.Name) and node.name not in known:
        message = f"looks up {node.name!r}, which is neither a variable nor a wave."
        yield message, name_known(node.name, [*cohort.codebook.variables, *cohort.study.waves])
    if isinstance(node, nodes.Getattr) and _is_number(node.node):
        if node.attr not in OF_NUMBER:
            yield f"looks up {node.attr!r} of a number.", name_known(node.attr, OF_NUMBER)
    elif isinstance(node, nodes.Getattr):
        name = _variable_of(node.node, cohort)
        if name and node.attr not in PROPERTIES:
            yield f"looks up {node.attr!r} of {name}.", name_known(node.attr, PROPERTIES, most=99)
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        variable = cohort.codebook.variables.get(_variable_of(node.node.node, cohort))
        first = node.args[0] if node.args and node.node.attr in _OF_ANSWERS else None
        if variable and isinstance(first, nodes.Const) and not kind_of(variable).is_numeric:
            yield from kind_of(variable).condition_problems(variable, [str(first.value)])


def _is_number(node: nodes.Node) -> bool:
    called = node.node if isinstance(node, nodes.Call) else None
    return isinstance(called, nodes.Getattr) and called.attr in _NUMBERS


def _variable_of(node: nodes.Node, cohort: Cohort) -> str:
    """Return the variable that a lookup is of, as `pay` or `begin.pay`; nothing of any other."""
    name = node.name if isinstance(node, nodes.Name) else ""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        name = node.attr if node.node.name in cohort.study.waves else ""
    return name if name in cohort.codebook.variables else ""


def _part_head(written: str) -> tuple[str, int]:
    """Return a text without its head, and the line on which it begins."""
    head = _HEAD.match(written)
    return (written[head.end() :], 1 + head[0].count("\n")) if head else (written, 1)


# Stands where two lines of one paragraph meet, until its numbers are in: a number that begins a
# line must not make it a line of a list.
_JOINT = "\u2028"


# A line end within a paragraph: what follows begins no list, heading, quotation or table.
_LINE_END = re.compile(r"(?<=\S)[ \t]*\n(?=[ \t]*(?![ \t]*(?:[-*#>|]|\d+[.)] |\n|$))\S)")


def _join_lines(bound: str) -> str:
    joined = re.sub(rf"[ \t]*{_JOINT}\n?[ \t]*", " ", bound)
    spaced = re.sub(r"(?<=\S) {2,}", " ", joined)
    return re.sub(r"\n{3,}", "\n\n", spaced).strip()


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True)


def _check_text(body: str, path: Path, start: int) -> Iterator[Problem]:
    """Yield what a text holds beside lookups and conditions."""
    try:
        tree = _environment().parse(body)
    except TemplateSyntaxError as error:
        where = f"line {start + error.lineno - 1}"
        # What the template language would say is in words that no author of a text knows.
        said = (
            "is not closed" if "unexpected end" in str(error.message) else "is not written as one"
        )
        yield Problem(str(path), where, f"holds a lookup or condition that {said}.", _REMEDY)
        return
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            where = f"line {start + (node.lineno or 1) - 1}"
            kind = type(node).__name__.lower()
            yield Problem(str(path), where, f"uses {kind!r}, which a text may not.", _REMEDY)


# Whoever builds a stand-in did not write the texts, and cannot mend its numbers.
LEFT_OUT = "*A text of the authors looks up a number here that the stand-in does not give.*"
_REMEDY = "Write lookups such as {{ pay.median }} and conditions such as {% if pay.asked %}."


def _render(body: str, path: Path, start: int, view: View) -> str:
    try:
        template = _environment().from_string(body)
        used = {node.name for node in _environment().parse(body).find_all(nodes.Name)}
        return template.render(**_known(view, used))
    except (NoEstimate, UndefinedError, SecurityError, TypeError, AttributeError) as error:
        if view.study.stand_in:
            return LEFT_OUT
        line = start + _line_of(error) - 1
        raise InvalidInput(
            [
                Problem(
                    str(path), f"line {line}", f"looks up what is not there: {error}.",
                    "Correct the name, or put it behind a condition such as {% if name.asked %}.",
                )
            ]
        ) from None  # fmt: skip


def _known(view: View, names: set[str]) -> dict[str, Any]:
    """Return what a text's names mean; of the others the template says where they stand."""
    known = {}
    for name in names:
        with suppress(KeyError):
            known[name] = look_up(view, name)
    return known


def _line_of(error: BaseException) -> int:
    """Return the line of the template that an error came from."""
    line = 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
