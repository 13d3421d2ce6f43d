"""What is wrong with a file that a person wrote, in words: broken YAML, and what no model has."""

import datetime
import difflib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel
    from yaml import YAMLError

# What a text of a fixed form may be, by the pattern that a model holds it to.
NAME, KEY, PART = r"^[a-z][a-z0-9_]*$", r"^[A-Za-z0-9_]+$", r"^[a-z0-9_]+$"
FOLDER, CURRENCY = r"^[a-z0-9][a-z0-9-]*$", r"^([A-Z]{3})?$"
ANSWER = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"
FORMS = {
    NAME: "is no name: it must begin with a small letter of the English alphabet and hold only "
    "such letters, digits and _",
    KEY: "is no name: it must hold only letters of the English alphabet, digits and _",
    PART: "is no name: it must hold only small letters of the English alphabet, digits and _",
    FOLDER: "is no folder's name: it must hold only small letters, digits and -",
    CURRENCY: "is no currency: it must be the three capital letters of ISO 4217, as in EUR",
    ANSWER: "is no answer: it must be the names of a variable and a category with a point between",
}
TOO_DEEP, TOO_MANY = "too deep", "too many values"
_QUOTE = 'Put the text in quotes, as in label: "Two: one and one".'


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the known word that one resembles most, capitals aside; nothing where none does."""
    by_fold = {str(one).casefold(): str(one) for one in known}
    found = difflib.get_close_matches(str(word).casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[found[0]] if found else ""


def name_known(word: str, known: Iterable[str], most: int = 15) -> str:
    """Return as a remedy which word is meant, else which there are; nothing where none is."""
    known = list(known)
    if near := nearest(word, known):
        return f"Write {near}."
    if not known:
        return ""
    more = f", and {len(known) - most} more" if len(known) > most else ""
    return f"Use {'one of ' * (len(known) > 1)}{', '.join(known[:most])}{more}."


def list_unknown(known: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the names that are not among those known, and the remedy."""
    for name in wanted:
        if name not in known:
            yield f"{name!r} is not one of its categories.", name_known(name, known)


def form_name(text: str, pattern: str) -> str:
    """Return a text as the nearest name that a pattern allows; nothing where there is none."""
    mark, written = ("-" if pattern == FOLDER else "_"), str(text)
    written = written if pattern == KEY else written.casefold()
    name = re.sub(r"[^A-Za-z0-9]+", mark, written).strip(mark)
    if pattern == NAME and name[:1].isdigit():
        name = f"q{name}"
    name = str(text).upper() if pattern == CURRENCY else name
    return name if re.match(pattern, name) and pattern != ANSWER else ""


# Broken YAML -----------------------------------------------------------------------------------


def explain_yaml(text: str, error: "YAMLError") -> tuple[str, str, str]:
    """Return where a text is not YAML, what is wrong there, and the remedy."""
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or str(error).splitlines()[0])
    lines = text.splitlines()
    at = mark.line if mark else None
    if context is not None and ("':'" in problem or "unexpected end" in problem):
        at = context.line
    if at is None and "unacceptable character" in problem:
        at = next((place for place, one in enumerate(lines) if _CONTROL.search(one)), None)
    line = lines[at] if at is not None and at < len(lines) else ""
    said, remedy = _explain_line(problem, line, getattr(error, "context", None) or "")
    if at is not None and at >= len(lines):
        at = len(lines) - 1
    return "" if at is None else f"line {at + 1}", f"is not valid YAML: {said}.", remedy


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENTRY = re.compile(r"(\s*(?:- )?)([\w.-]+):\s+(.*\S)\s*")


def _explain_line(problem: str, line: str, context: str) -> tuple[str, str]:
    entry = _ENTRY.fullmatch(line)
    value = entry[3] if entry else ""
    if re.match(r"\s*\t", line):
        return "a tab stands before the text", "Write blanks in place of tabs, two for each level."
    if problem == TOO_DEEP:
        return "too many brackets or levels stand in each other", "Close those that are open."
    if problem == TOO_MANY:
        return "aliases (*) repeat more than can be read", "Write out what is meant."
    if duplicate := re.match(r'found duplicate key "(.*)"', problem, re.S):
        return f"{duplicate[1]!r} is written twice", "Keep one of the two."
    if "could not find expected ':'" in problem:
        written = line.strip()
        if re.match(r"[\w.-]+:[^\S ]", written):
            plain = re.sub(r"[^\S ]", " ", written)
            return "the blank after the colon is another sign", f"Write anew {plain[:80]}"
        if re.match(r"[\w.-]+:\S", written):
            return "no blank follows the colon", f"Write {written.replace(':', ': ', 1)[:80]}"
        return "the line has no colon", "Write key: value."
    if "mapping values are not allowed" in problem:
        if entry and ": " in f"{value} " and value[0] not in "\"'[{" and "@" not in value:
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            return "a text holds a colon", f'Write {entry[2]}: "{quoted}"'
        if entry and value[:1] not in ("\"'"):
            remedy = "Begin it in the column in which the lines of the same level do; " + (
                _QUOTE[0].lower() + _QUOTE[1:]
            )
            return "the line is further in than the one above allows, or a text goes on", remedy
        return "there are two colons in one line", _QUOTE
    if "block sequence entries" in problem:
        return "a list begins beside its key", "Write the first - in a line of its own."
    if "unexpected end of stream" in problem:
        return "a quotation mark opens here and is never closed", "Close it on the same line."
    if "unknown escape" in problem:
        remedy = "Put the text in single quotes, in which it is an ordinary sign."
        return "a backslash stands between double quotes", remedy
    if "flow" in context:
        what, close = ("list", "]") if "sequence" in context else ("mapping", "}")
        remedy = f"Write a comma between two entries, a blank after each colon, and {close} last."
        return f"the {what} in brackets has an entry without a comma, or no {close}", remedy
    if value[:1] and (value[0] in "\"'" or "undefined alias" in problem or value[0] in "*&!%@`|>"):
        if value[0] in "\"'":
            remedy = 'Put the whole text in double quotes, as in "it\'s" or "Yes" for a word.'
            return "text follows a closing quotation mark", remedy
        return f"a text begins with {value[0]}, which YAML takes for a sign of its own", _QUOTE
    if "cannot start any token" in problem or "alias" in problem or "anchor" in problem:
        return "a text begins with a sign that YAML uses itself", _QUOTE
    if "constructor for the tag" in problem:
        return "a text begins with !, which YAML takes for a sign of its own", _QUOTE
    if "did not find expected" in problem:
        remedy = "Begin the lines of one level in the same column; a list has - before each entry."
        return "the line is not in the column of the others of its level", remedy
    if "another document" in problem:
        return "a line of --- divides the file in two", "Remove it."
    if "unacceptable character" in problem:
        return "it holds a sign that nobody can see", "Write the line anew."
    return problem, ""


# What a model refuses --------------------------------------------------------------------------

_MEANT = {
    "string": "a text",
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
    "date": "a day such as 2021-03-01",
    "list": "a list, as in [a, b]",
    "dict": "a group of keys, as in {a: b}",
    "model": "a group of keys, as in {a: b}",
    "literal": "",
}
# What stands in a location for a branch of a union, which the author never wrote.
_BRANCH = re.compile(
    r"str|int|float|bool|date|none|[A-Z]\w*|"
    r"(?:list|dict|literal|function|nullable|constrained|tagged|union|json)[\[-].*"
)


def explain_findings(
    model: type["BaseModel"], findings: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, str, str]]:
    """Yield of pydantic's findings the key, what is wrong in words, and the remedy.

    What several branches of a union refuse at one place is said once.
    """
    gathered: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    hints: dict[tuple[str, ...], list[Any]] = {}
    for finding in findings:
        keys, hint = _walk(model, finding["loc"])
        if "[key]" in finding["loc"] and isinstance(finding["input"], bool):
            keys = (*keys[:-1], str(finding["input"]).lower())
        gathered.setdefault(keys, []).append(finding)
        hints[keys] = hint
    for keys, found in gathered.items():
        deeper = any(len(other) > len(keys) and other[: len(keys)] == keys for other in gathered)
        # Where one branch fits so far that it is wrong further in, the others were not meant.
        if deeper and all(one["type"].endswith("_type") for one in found):
            continue
        said, remedy = _explain(model, keys, found, hints[keys])
        yield ".".join(keys) or "file", said, remedy


def _kind_of(finding: Mapping[str, Any]) -> str:
    return str(finding["type"]).partition("_")[0]


def _walk(model: type["BaseModel"], loc: tuple[Any, ...]) -> tuple[tuple[str, ...], list[Any]]:
    """Return the keys of a location as the author wrote them, and what the model has there."""
    hints: list[Any] = [model]
    keys: list[str] = []
    for part in loc:
        options = [one for hint in hints for one in _options(hint)]
        if part == "[key]" or (len(options) > 1 and _BRANCH.fullmatch(str(part))):
            continue
        keys.append(str(part))
        hints = [one for option in options for one in _step(option, part)]
    return tuple(keys), [one for hint in hints for one in _options(hint)]


def _options(hint: Any) -> list[Any]:
    """Return the types that one stands for, without what annotates them."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return _options(typing.get_args(hint)[0])
    if origin in (typing.Union, types.UnionType):
        return [one for arg in typing.get_args(hint) for one in _options(arg)]
    return [hint]


def _step(hint: Any, part: Any) -> list[Any]:
    """Return what a type has under a key or at a place."""
    fields = getattr(hint, "model_fields", None)
    if fields is not None:
        found = [one for name, one in fields.items() if part in (name, one.alias)]
        root = [fields["root"].annotation] if "root" in fields else []
        return [one.annotation for one in found] or [o for r in root for o in _step(r, part)]
    arguments = typing.get_args(hint)
    return [arguments[-1]] if arguments and typing.get_origin(hint) in (dict, list) else []


def list_keys(hints: Iterable[Any]) -> list[str]:
    """Return the keys that a file's author may write where a model has some types."""
    fields = [one for hint in hints for one in getattr(hint, "model_fields", {}).items()]
    return list(dict.fromkeys(one.alias or name for name, one in fields))


def _places_of(model: Any, key: str, path: str = "") -> Iterator[str]:
    """Yield the places of a model's keys, each by its path, at which it has one of that name."""
    for name, field in getattr(model, "model_fields", {}).items():
        for option in _options(field.annotation):
            below = f"{path}.{field.alias or name}".lstrip(".")
            while typing.get_args(option):
                (*_, option) = typing.get_args(option)
                below = below if below.startswith("each") else f"each of {below}"
                option = _options(option)[-1]
            if key in list_keys([option]):
                yield below
            if hasattr(option, "model_fields"):
                yield from _places_of(option, key, below)


def _explain(
    model: type["BaseModel"],
    keys: tuple[str, ...],
    found: list[Mapping[str, Any]],
    hints: list[Any],
) -> tuple[str, str]:
    finding, value = found[0], found[0].get("input")
    kinds, context = {one["type"] for one in found}, finding.get("ctx") or {}
    name = keys[-1] if keys else ""
    if "extra_forbidden" in kinds:
        _, around = _walk(model, keys[:-1])
        known = list_keys(around)
        near = nearest(name, known)
        places = sorted(set(_places_of(model, name)), key=len)
        if places and (not near or nearest(name, [near], 0.85) == ""):
            return "is not a key of this place.", f"It goes under {places[0]}."
        if near:
            return "is not a key altcred knows; check its spelling.", f"Write {near}."
        return "is not a key altcred knows.", f"Known there: {', '.join(known)}." if known else ""
    if "missing" in kinds:
        return "is missing.", f"Add it, as in {name}: {_example(name, hints)}."
    if "[key]" in finding["loc"] and not isinstance(value, str):
        written = "null" if value is None else str(value).lower()
        return (
            f"has the key {written}, which is no text to YAML.",
            f'Put it in quotes: "{written}".',
        )
    if "string_pattern_mismatch" in kinds:
        pattern = str(context.get("pattern"))
        formed = form_name(str(value), pattern)
        return f"{FORMS.get(pattern, 'is not written as it must be')}.", (
            f"Write {formed}." if formed else ""
        )
    if "literal_error" in kinds:
        return f"{_show(value)} is not allowed here.", name_known(str(value), _literals(hints))
    if "value_error" in kinds:
        one = next(one for one in found if one["type"] == "value_error")
        said = str((one.get("ctx") or {}).get("error", one["msg"]))
        said, _, remedy = said.partition("; ")
        return f"{said}.", f"{remedy[:1].upper()}{remedy[1:]}." if remedy else ""
    for limit, words in _LIMITS.items():
        if limit in kinds:
            number = next(iter(context.values()), "")
            return f"{_show(value)} is not allowed: it must be {words} {number}.", ""
    if "too_short" in kinds or "too_long" in kinds:
        least = context.get("min_length", context.get("max_length"))
        number = len(value) if isinstance(value, list | dict) else 0
        return f"lists {number or 'nothing'}.", (
            f"List at least {least}." if "too_short" in kinds else f"List at most {least}."
        )
    said, remedy = _explain_type(name, value, found)
    example = _example_of(model, keys)
    is_told = remedy and not remedy.startswith("Remove the brackets") and ": [{" not in example
    return said, f"Write it as in {example}." if example and not is_told else remedy


def _example_of(model: type["BaseModel"], keys: tuple[str, ...]) -> str:
    """Return the example that a model gives of a key, or of the key whose list this is part of."""
    while keys and keys[-1].isdigit():
        keys = keys[:-1]
    _, around = _walk(model, keys[:-1])
    for hint in around if keys else ():
        for name, field in getattr(hint, "model_fields", {}).items():
            if keys[-1] in (name, field.alias) and field.examples:
                return f"{keys[-1]}: {write_flow(field.examples[0])}"
    return ""


_LIMITS = {
    "greater_than_equal": "at least",
    "less_than_equal": "at most",
    "greater_than": "more than",
    "less_than": "less than",
}


def _explain_type(name: str, value: Any, found: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return what a value should be, and how to write it where it is another thing to YAML."""
    meant = list(dict.fromkeys(filter(None, (_MEANT.get(_kind_of(one), "") for one in found))))
    said = f"must be {' or '.join(meant)}" if meant else str(found[0]["msg"])
    wants_text = _MEANT["string"] in meant
    key = name if name and not name.isdigit() else "- "
    if value is None:
        sign = " A text that begins with # must stand in quotes." if wants_text else ""
        return f"is empty; it {said}.", f"Write a value, or remove the key.{sign}"
    if wants_text and isinstance(value, bool | datetime.date | float | int):
        written = str(value).lower() if isinstance(value, bool) else str(value)
        what = "a truth value" if isinstance(value, bool) else "no text"
        return f"is {what} to YAML; it {said}.", f'Put it in quotes: {key}: "{written}".'
    if isinstance(value, str) and _MEANT["list"] in meant and "@" not in value:
        return f"is {_show(value)}; it {said}.", f"Write {key}: [{value}]."
    if isinstance(value, list) and meant:
        return f"is a list; it {said}.", "Remove the brackets, or the - before it."
    if isinstance(value, dict) and meant:
        return f"has keys below it; it {said}.", "Check how far in the lines below it begin."
    return f"is {_show(value)}; it {said}.", ""


def _show(value: Any) -> str:
    """Return a value of a description as its author may have written it, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "what is below it"
    return repr(str(value)[:60])


def _literals(hints: Iterable[Any]) -> list[str]:
    chosen = [one for one in hints if typing.get_origin(one) is typing.Literal]
    return [str(value) for one in chosen for value in typing.get_args(one)]


_EXAMPLES = {"kind": "single", "exports": "[answers.csv]", "label": "Some words"}


def _example(name: str, hints: Iterable[Any]) -> str:
    """Return what a key may be given; a group of keys where nothing simpler is known."""
    is_text = any(one is str or typing.get_origin(one) is typing.Literal for one in hints)
    return _EXAMPLES.get(name) or ("some words" if is_text else "{…}")


def write_flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {write_flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(write_flow, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f'"{text}"' if isinstance(value, str) and re.search(r"[][{},:#]|^$", text) else text
