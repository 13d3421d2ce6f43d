"""What every key of a cohort's files means, from the models that read them.

The same texts make docs/reference.md, the answers of `altcred check --explain` and, through the
JSON Schemas, what an editor shows.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from altcred.core.errors import refuse
from altcred.core.mistakes import write_flow
from altcred.describe.schema import MODELS
from altcred.kinds import find_kind, list_kinds
from altcred.kinds.phrases import join_words

# What stands in a path for a name that the author chooses.
NAMED = "NAME"
_PATTERNS = {r"^[a-z][a-z0-9_]*$": "name", r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": "answer"}
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "null": "`null`",
}
_HEAD = """\
# Every key of a cohort's files

Made from the models by `altcred schema`. [adapting.md](adapting.md) is the guide;
`altcred check --explain KEY` shows one of these texts in the terminal.

Behind each key stands what it takes, and what holds where it is left out. A *name* is one of yours,
in small letters, digits and `_`, beginning with a letter. A *locator* names a column of the export:
its header, its question, or the id that the platform gave it; `Other#2` is the second column
called so. A *day* is written 2025-03-01. A *condition* names variables and the answers, groups or
intervals that must all hold, as in `{works: [daily], years: "[18, 25)"}`; `not_reported` stands
for no answer. An *answer* is `VARIABLE.CATEGORY`."""


class _AsWritten(GenerateJsonSchema):
    """Leaves keys in the order of the model, which that of an example is too."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value


@dataclass(frozen=True)
class Key:
    """One key of a file: where it may stand, what it takes, what it says."""

    name: str
    text: str
    takes: str
    is_required: bool
    default: str
    example: str
    # The models of its value, which have keys of their own.
    leads_to: list[str]

    def lines(self) -> str:
        """Return what it takes and says, as one paragraph."""
        example = f" Example: `{self.example}`" if self.example else ""
        default = f"; `{self.default}` if left out" if self.default else ""
        must = "; must be given" if self.is_required else default
        return f"({self.takes}{must}): {self.text}.{example}"


@dataclass
class Model:
    """A part of a file with keys: what it is, and the paths it may stand under."""

    name: str
    text: str
    keys: list[Key]
    paths: list[tuple[str, ...]] = field(default_factory=list)


def list_models() -> dict[str, Model]:
    """Return every part of every file by its name, each file followed by its parts."""
    found: dict[str, Model] = {}
    for file, model in MODELS.items():
        schema = model.model_json_schema(schema_generator=_AsWritten)
        _walk(schema, (f"{file}.yaml",), f"{file}.yaml", schema.get("$defs", {}), found)
    return found


def _walk(
    schema: Mapping[str, Any],
    path: tuple[str, ...],
    name: str,
    parts: Mapping[str, Any],
    found: dict[str, Model],
) -> None:
    """Put a part of a file, and the parts below it, among those found."""
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    if name not in found:
        keys = [_read_key(key, one, key in required) for key, one in properties.items()]
        text = " ".join(str(schema.get("description", "")).split())
        found[name] = Model(name, text, keys)
    found[name].paths.append(path)
    below = [((*path, key), one) for key, one in properties.items()]
    if not properties:
        below.append(((*path, NAMED), _value_of(schema)))
    for where, one in below:
        for part, further in _parts_of(one):
            _walk(parts[part], (*where, *further), _title(part), parts, found)


def _parts_of(schema: Any, further: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each model that a value may be, and what leads to it from there."""
    if not isinstance(schema, Mapping):
        return
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2], further
    for key in ("anyOf", "allOf"):
        for one in schema.get(key, []):
            yield from _parts_of(one, further)
    yield from _parts_of(schema.get("items"), further)
    yield from _parts_of(_value_of(schema), (*further, NAMED))


def _value_of(schema: Mapping[str, Any]) -> Any:
    """Return what stands behind each name of a mapping."""
    patterns = schema.get("patternProperties", {})
    return next(iter(patterns.values()), schema.get("additionalProperties"))


def _title(part: str) -> str:
    """Return the words of a model's name: MatchRule is a match rule."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part.removesuffix("File")).lower()


def _read_key(name: str, schema: Mapping[str, Any], is_required: bool) -> Key:
    default = schema.get("default")
    is_shown = (default or default is False) and isinstance(default, str | int | float | list)
    without = write_flow(default) if is_shown else ""
    example = "".join(f"{name}: {write_flow(one)}" for one in schema.get("examples", [])[:1])
    takes = _say_type(schema, may_be_null=default is not None)
    leads_to = list(dict.fromkeys(_title(part) for part, _ in _parts_of(schema)))
    return Key(name, schema.get("description", ""), takes, is_required, without, example, leads_to)


def _say_type(schema: Mapping[str, Any], *, may_be_null: bool = False) -> str:
    """Return in words what a value may be."""
    if "$ref" in schema:
        title = _title(schema["$ref"].rpartition("/")[2])
        return f"[{title}](#{title.replace(' ', '-')})"
    if "anyOf" in schema or "allOf" in schema:
        said = [_say_type(one) for one in schema.get("anyOf", schema.get("allOf"))]
        said = [one for one in dict.fromkeys(said) if may_be_null or one != "`null`"]
        lists = [one for one in said if one.startswith("list of") and len(said) > 2]
        mappings = [one for one in said if one.startswith("for each name")]
        plain = join_words((one for one in said if one not in [*lists, *mappings]), "or")
        return ", or ".join(filter(None, [plain, "a list of these" if lists else "", *mappings]))
    if "enum" in schema or "const" in schema:
        return join_words((f"`{one}`" for one in schema.get("enum", [schema.get("const")])), "or")
    if schema.get("format") in ("condition", "date"):
        return {"condition": "condition", "date": "day"}[schema["format"]]
    kind = schema.get("type")
    if kind == "array":
        of = _say_type(schema.get("items", {}))
        return "list of " + re.sub(r"(?<![\[#-])\b(text|name|number|day)\b", r"\1s", of)
    if kind == "object":
        of = _value_of(schema)
        return f"for each name {_say_type(of)}" if isinstance(of, Mapping) and of else "settings"
    return _PATTERNS.get(schema.get("pattern", ""), _TYPES.get(str(kind), "anything"))


def compose_reference() -> str:
    """Return docs/reference.md: each file, and each of its parts, with all their keys."""
    written = [_HEAD]
    for model in list_models().values():
        is_file = model.name.endswith(".yaml")
        head = (
            f"\n{'##' if is_file else '###'} {model.name if is_file else model.name.capitalize()}\n"
        )
        places = {_bare(path): f"`{'.'.join(path[1:])}` of {path[0]}" for path in model.paths[::-1]}
        under = "" if is_file else f" Stands under {', '.join(reversed(places.values()))}."
        written.append(f"{head}\n{_wrap(model.text + under)}\n")
        written += [
            _wrap(f"- **`{key.name}`** {key.lines()}", "  ")
            for key in sorted(model.keys, key=lambda one: not one.is_required)
        ]
    kinds = [_wrap(f"- **`{name}`** {_say_kind(name)}", "  ") for name in list_kinds()]
    return "\n".join([*written, "\n## Kinds\n", "What `kind` may be.\n", *kinds]) + "\n"


def _wrap(text: str, indent: str = "") -> str:
    """Break a text into lines, not inside code."""
    kept = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(
        kept, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines).replace("\0", " ")


def _say_kind(name: str) -> str:
    return " ".join((find_kind(name).__doc__ or "").split())


def explain_key(asked: str) -> Iterator[str]:
    """Yield what a key means, wherever it may stand; InvalidInput with the nearest if nowhere.

    A key may be named alone, with what it stands under, or as it stands in a file with names of
    the author's own: person, waves.person, waves.before.person.
    """
    wanted = tuple(asked.removesuffix(":").split("."))
    models = list_models()
    told = False
    for model in models.values():
        for key in model.keys:
            paths = [(*path, key.name) for path in model.paths]
            found = [
                *{_bare(path): path for path in paths[::-1] if _ends_with(path, wanted)}.values()
            ]
            if found:
                told = True
                yield from (f"{path[0]}: {'.'.join(path[1:])}" for path in reversed(found))
                lines = re.sub(r"\[([^]]+)\]\(#[^)]+\)", r"\1", key.lines())
                yield textwrap.fill(lines, 96, initial_indent="    ", subsequent_indent="    ")
                for part in key.leads_to:
                    names = ", ".join(one.name for one in models[part].keys)
                    yield textwrap.fill(
                        f"{part}: {names}", 96, initial_indent="    ", subsequent_indent="      "
                    )
    if asked in list_kinds():
        told = True
        yield f"codebook.yaml: variables.{NAMED}.kind: {asked}"
        yield textwrap.indent(_say_kind(asked), "    ")
    if not told:
        known = {key.name for model in models.values() for key in model.keys} | {*list_kinds()}
        near = get_close_matches(wanted[-1], sorted(known), n=3, cutoff=0.5)
        message = "is no key of " + ", ".join(f"{file}.yaml" for file in MODELS) + "."
        remedy = f"The nearest: {', '.join(near)}." if near else "docs/reference.md has all keys."
        refuse("--explain", asked, message, remedy)


def _ends_with(path: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Tell whether a path ends with what is wanted, with names of the author's or without any."""
    bare = _bare(path)
    tail = path[-len(wanted) :]
    matches = len(tail) == len(wanted) and all(
        one in (other, NAMED) for one, other in zip(tail, wanted, strict=True)
    )
    return bare[-len(wanted) :] == wanted or matches


def _bare(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return a path without the names that the author chooses."""
    return tuple(one for one in path if one != NAMED)
