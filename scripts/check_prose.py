"""Check the prose of the docs, of cohorts' texts and of reports that are built; run by `make lint`.

proselint looks for clichés, needless words and doubled ones; the rules below for what this project
has got wrong before. Code, tables and the labels that stand in quotation marks are left out, since
they are others' words.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from proselint.checks import __register__
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

from altcred.write.prose import count_words, list_long, split_sentences

ROOT = Path(__file__).resolve().parent.parent
PLACES = (
    *("README.md", "CONTRIBUTING.md", "docs/**/*.md", "cohorts/**/text/**/*.md"),
    *("tests/fixtures/cohorts/*/report.md", "data/processed/*/*/*.ipynb"),
)
# Lists that are no prose.
GENERATED = ("docs/reference.md",)
# Words a sentence may have outside the first page, where it may have fewer.
MOST_WORDS = 60
# What proselint finds that is none of this project's faults.
LEFT_OUT = (
    *("typography", "dates_times", "lexical_illusions", "psychology", "social_awareness"),
    *("uncomparables", "weasel_words.very", "spelling.consistency"),
)
COUNTED = "people|persons|answers|responses|rows|questions|learners|respondents|pairs|weeks|hours"
RULES = {
    rf"(?<![\d.,–−-])(?<!to )(?<!- )\b(?:1|one) (?:{COUNTED}|children|tests|years|days|points)\b":
        "One of a thing is singular.",
    r"(?<![-–])\b(?:[2-9]|\d{2,}|two|three|four|five|six|seven|eight|nine|ten) "
    r"(?:person|response|answer|row|pair|learner|respondent)\b(?!-)": "Several are plural.",
    rf"\bless (?:than \S+ )?(?:{COUNTED})\b": "Write fewer of what is counted.",
    r"\bfewer (?:than \S+ )?(?:time|money|work|weight)\b": "Write less of what is not counted.",
    r"\bstatistically significant|\bsignificantly\b": "Give the interval, or p, and say how sure.",
    r"\bproves? that\b|\bproven\b": "A survey shows or hints; it proves nothing.",
    r"(?:\bby [^.;()]{0,30}\([^)]*%\)[^.;]{0,80}){4,}": "A run of shares is a chart.",
    r"\b(?:in order to|utili[sz]e|leverage[sd]?|respectively|due to the fact)\b": "Say it plainly.",
    r"(?<=[a-z\d”)%]) [.,;](?=\s)|\(\s*\)|(?<!\.)\.\.(?!\.)|\bnan\b|\bundefined\b":
        "A lookup gave nothing, or a sign stands apart.",
    r"\b(a|an|the|of|is|in|to|and|it|was|were|by|for|with|on|at|or|as) \1\b":
        "A word stands twice.",
}  # fmt: skip
CODE = re.compile(
    r"(?s:```.*?```|~~~.*?~~~|\$\$.*?\$\$|\A---\n.*?\n---\n)|^(?: {4}|\t).*$|^\|.*$", re.M
)
UNREAD = re.compile(
    r"\{%.*?%\}|<!--.*?-->|\{[#.][^}]*\}|\]\([^)]*\)|^:::.*$|^\[(?:fig|tbl)-.*$|[*\[\]\\]"
)


def read_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a Markdown file, or the Markdown that an executed notebook shows."""
    if path.suffix == ".md":
        yield path.read_text("utf-8")
        return
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            yield "".join(output.get("data", {}).get("text/markdown", ""))


def list_paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs and points of a text, without what is not its author's prose."""
    text = re.sub(r"`[^`\n]*`", "x", CODE.sub("\n\n", text))
    text = re.sub(r"\{\{.*?\}\}", "50%", text, flags=re.S)
    text = re.sub(r"^#+ .*$", "", re.sub(r"“[^”]*”", "“x”", text), flags=re.M)
    for part in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", text):
        if words := " ".join(UNREAD.sub("", part).split()):
            yield re.sub(r"^(?:[-*]|\d+\.) ", "", words)


def judge(paragraph: str, *, is_short: bool = False) -> Iterator[str]:
    """Yield what is wrong with a paragraph by the project's own rules."""
    for pattern, advice in RULES.items():
        for found in re.finditer(pattern, paragraph, re.I):
            yield f"{found[0]!r}: {advice}"
    if is_short:
        for sentence, words in list_long(paragraph):
            yield f"{sentence[:50]!r}…: {words} words are too many on the first page."
    for sentence in split_sentences(paragraph):
        if (words := count_words(sentence)) > MOST_WORDS:
            yield f"{sentence[:50]!r}…: {words} words are too many for a sentence."


def lint(paragraphs: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield what proselint finds, with the place of the paragraph."""
    if not CheckRegistry().checks:
        CheckRegistry().register_many(__register__)
    # Paragraphs lie apart, so that nothing is found across two of them.
    text = "\n".join(f"{one}\n⁂" for one in paragraphs)
    for found in LintFile("prose", text).lint(DEFAULT):
        name = found.check_result.check_path
        if not name.startswith(LEFT_OUT):
            yield found.pos[0], f"{name}: {found.check_result.message}"


def check_prose(root: Path) -> list[str]:
    """Return what is wrong with the prose of a project, a line each."""
    places: dict[str, tuple[str, bool]] = {}
    for pattern in PLACES:
        for path in sorted({*root.glob(pattern)} - {root / one for one in GENERATED}):
            for text in read_texts(path):
                is_first = "08-summary" in str(path) and (
                    path.stem in {"answer", "takeaways"} or "#sec-takeaways" in text
                    or ".answer}" in text
                )  # fmt: skip
                for one in list_paragraphs(text):
                    places.setdefault(one, (str(path.relative_to(root)), is_first))
    found = [
        f"{where}: {said}"
        for one, (where, is_first) in places.items()
        for said in judge(one, is_short=is_first)
    ]
    known = list(places)
    for line, said in lint(known):
        where = known[min((line - 1) // 2, len(known) - 1)]
        found.append(f"{places[where][0]}: {said} In: {where[:80]!r}")
    return found


if __name__ == "__main__":
    wrong = check_prose(ROOT)
    sys.stdout.write("".join(f"{one}\n" for one in wrong))
    sys.exit(bool(wrong))
