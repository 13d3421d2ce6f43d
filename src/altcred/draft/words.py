"""Words of questionnaires: answers that are none of an order, others, yes and no, and short names.

What stands here is said in surveys of any subject, in many languages.
"""

import re
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Any

from altcred.core.description import read_yaml
from altcred.core.fonts import find_missing
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import fold_text, tidy_text
from altcred.kinds.vocabulary import NO_ANSWER, NOT_SHOWN
from altcred.read.export import Column

WORDS: dict[str, Any] = read_yaml(Path(__file__).with_name("words.yaml"))
_PATTERNS: dict[str, list[str]] = read_yaml(Path(__file__).with_name("patterns.yaml"))


def any_of(name: str) -> str:
    """Return a regular expression of the words of that name: of any of them."""
    return "|".join(_PATTERNS[name])


# Marks that files write where there is no answer, rather than words that somebody chose.
MARKS = set(WORDS["marks"])
# Negative codes that files write where there is no answer.
SENTINEL = re.compile(r"-(?:9{1,4}|8{2,3}|7{2,3}|9[5-8])(?:\.0+)?")
# Answers that stand beside those of an order.
_ASIDE = NO_ANSWER | NOT_SHOWN | MARKS | set(WORDS["aside"])

_OTHER = re.compile(any_of("other"), re.IGNORECASE)
_YES, _NO = set(WORDS["yes"]), set(WORDS["no"])


def stands_aside(text: str) -> bool:
    """Tell whether an answer says that there is none, as "Don't know" and "Not applicable" do."""
    folded = fold_text(text).strip("()[]* ")
    parts = [
        part.strip(" .") for part in re.split(r"/| or | - |, ?| \(|\)", folded) if part.strip(" .")
    ]
    return folded in _ASIDE or (len(parts) > 1 and all(
        part in _ASIDE or f"{part}." in _ASIDE for part in parts
    ))  # fmt: skip


def list_unanswered(column: Column) -> set[str]:
    """Return what stands in a column in place of an answer, folded, as its file says it.

    Archives that declare nothing missing give a label and a negative number to why there is none.
    """
    found = {fold_text(one) for one in column.missing}
    coded = {column.codes.get(one, one) for one in column.known.labels}
    for written, said in column.known.labels.items():
        code = column.codes.get(written, written)
        is_apart = stands_aside(said.removesuffix(f" ({code})"))
        # A scale around nought has the number without the sign as well.
        is_apart |= bool(re.fullmatch("-(?:[7-9]|[1-9]\\d+)", code)) and code[1:] not in coded
        if re.fullmatch(r"-\d+", code) and is_apart:
            found |= {fold_text(written), fold_text(said)}
    return found


def is_other(text: str) -> bool:
    """Tell whether an answer is the one for whatever is not listed, such as "Other: ..."."""
    return bool(_OTHER.match(fold_text(text)))


def place_of_yes(text: str) -> int | None:
    """Return 0 of an answer that means yes, 1 of no, and None of any other."""
    folded = fold_text(text)
    return 0 if folded in _YES else 1 if folded in _NO else None


_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "œ": "oe"})


def make_key(text: str, taken: Collection[str], fallback: str = "answer", longest: int = 40) -> str:
    """Return a name of small letters, digits and underscores that none of those taken is."""
    folded = unicodedata.normalize("NFKD", fold_text(text).translate(_LETTERS))
    bare = "".join(one for one in folded if not unicodedata.combining(one))
    words = re.sub(r"[^a-z0-9]+", "_", bare.replace("'", "").replace("+", " plus ")).strip("_")
    if len(words) > longest:
        words = words[: longest + 1].rpartition("_")[0] or words[:longest]
    key = words or fallback
    if key == "not_reported":
        key = "no_report"
    number, found = 1, key
    while found in taken:
        number += 1
        found = f"{key}_{number}"
    return found


_ASKING = re.compile(
    r"\s*[(\[]?(?:please )?(?:select|choose|tick|check|mark) (?:all|any|one|"
    r"as many)\b[^)\]]*[)\]]?\s*$",
    re.IGNORECASE,
)

# Where a tool puts in what somebody answered before.
_PIPED = re.compile(r"\*?(?:\{\{[^{}]*\}\}|\$\{[a-z]+://[^{}]*\})\*?")

# How tools mark words: a text with an address behind it, an address (in brackets with what is said
# of it), words between asterisks.
_LINK = re.compile(r"\[([^\[\]()]+)\]\([^()\s]+\)")
_ADDRESS = re.compile(r"\s*\([^()]*\bhttps?://[^()]*\)|\bhttps?://[^\s()]+")
_STRESSED = re.compile(r"(?<![\w*])(\*{1,2})(?=\S)([^*]+?)(?<=\S)\1(?![\w*])")


def spell_pictures(text: str) -> str:
    """Return a text without pictures that no font has; of pictures alone, what they are called."""
    pictures = [one for one in find_missing(text) if unicodedata.category(one) in ("So", "Sk")]
    if not pictures:
        return text
    bare = "".join(one for one in text if one not in pictures and one not in "\u200d\ufe0f")
    if any(map(str.isalnum, bare)):
        return " ".join(bare.split())
    names = (unicodedata.name(one, "picture").lower() for one in pictures)
    return " ".join([*bare.split(), *names]).capitalize()


def spell_name(text: str) -> str:
    """Return the name of a column as words: Remote work of remote_work; any other text as it is."""
    if not re.fullmatch(r"[a-z]+(?:_[a-z]+)*", text):
        return text
    return text.replace("_", " ").capitalize()


def shorten_label(text: str, fallback: str = "", longest: int = 100) -> str:
    """Return a question as a heading: its first sentence that asks, cut at a word where long.

    Web addresses are left out, and so is a sentence that names another, as of whom to ask about
    the survey.
    """
    bare = _ADDRESS.sub("", _LINK.sub(r"\1", text))
    whole = tidy_text(_STRESSED.sub(r"\2", _PIPED.sub("…", bare)))
    plain = _ASKING.sub("", whole).rstrip(" :*") or whole.rstrip(" :*")
    if len(plain) > 0.8 * longest or may_identify(plain):
        # An abbreviation ends no sentence.
        sentences = re.split(r"(?<=[?!.:])(?<!e\.g\.)(?<!i\.e\.)\s+(?=[^\W\d_a-z])|\s+-\s+", plain)
        # What stands in brackets explains.
        sentences += [re.sub(r"\s*\([^()]*\)", "", one) for one in sentences]
        fitting = [
            told for one in sentences
            if 15 <= len(told := one.strip(" -:")) <= longest and not may_identify(told)
            and told.count("(") == told.count(")")
        ]  # fmt: skip
        asked = [one for one in fitting if one.endswith("?")]
        # An item stands behind what is said of all items, an explanation behind what is asked.
        fitting = [one for one in fitting if f"{one}:" not in plain]
        rest = fitting[::-1] if " - " in plain else fitting
        plain = next(iter(asked), next(iter(rest), "" if may_identify(plain) else plain))
    if len(plain) > longest:
        plain = re.sub(r"\s*\([^()]*\)?", "", plain)
    if len(plain) > longest:
        plain = plain[:longest].rpartition(" ")[0].rstrip(" ,;:-(") + "…"
    return plain or fallback
