"""Files that a person writes: strict models, YAML 1.2, problems in words."""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache, lru_cache
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from altcred.core.errors import InvalidInput, Problem
from altcred.core.mistakes import NAME, TOO_DEEP, TOO_MANY, explain_findings, explain_yaml

Name = Annotated[str, Field(pattern=NAME)]
Texts = str | list[str]
# A condition names a variable (or program, or program_type) and the categories that satisfy it;
# of a number it names an interval, as in `age: "[18, 25)"`. Several names must all hold.
Condition = Annotated[dict[str, list[str] | str], Field(json_schema_extra={"format": "condition"})]


def as_list(value: Texts | None) -> list[str]:
    """Return one text, several or none as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


Model = TypeVar("Model", bound=BaseModel)
# How wide a line of a file may be that altcred writes for people to edit.
_WIDTH = 100
# No description needs as many brackets or levels in each other, nor as many values.
_DEEPEST, _MOST_VALUES = 50, 3_000_000
# A number of more digits is a text, since floating point has none so large.
_LONGEST_NUMBER = 300


def _holds_truth(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value
    return isinstance(value, bool) or (
        isinstance(value, dict | list) and any(isinstance(one, bool) for one in parts)
    )


def _wants_number(hint: Any) -> bool:
    """Tell whether a type is of numbers, alone or in lists, and of no truth values."""
    parts = {part for one in get_args(hint) or (hint,) for part in (one, *get_args(one))}
    return bool(parts & {int, float}) and bool not in parts


class Described(BaseModel):
    """A part of a file that a person writes: unknown keys are mistakes, a number may be a text."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_truth_values(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true and false where a number is meant, which Python takes for 1 and 0."""
        field = cls.model_fields[info.field_name or ""]
        if _holds_truth(value) and _wants_number(field.annotation):
            raise ValueError("is a truth value to YAML; write a number")
        return value


def about(text: str, default: Any = ..., *, example: Any = None, **limits: Any) -> Any:
    """Describe a key of a file by a text and an example; without a default it must be given."""
    examples = None if example is None else [example]
    return Field(default=default, description=text, examples=examples, **limits)


def read_yaml(path: Path) -> Any:
    """Read a YAML 1.2 file; InvalidInput where it is missing or is not YAML.

    YAML 1.2, because in 1.1 the country code NO is the truth value false. A key written twice
    is refused.
    """
    from yaml import YAMLError

    if not path.is_file():
        raise InvalidInput([Problem(str(path), "", "there is no such file.", "Write it.")])
    try:
        return deepcopy(_parse_yaml(path.read_text(encoding="utf-8")))
    except UnicodeDecodeError:
        raise InvalidInput(
            [Problem(str(path), "", "is not UTF-8 text.", "Save it as UTF-8.")]
        ) from None
    except YAMLError as error:
        said = explain_yaml(path.read_text(encoding="utf-8"), error)
        raise InvalidInput([Problem(str(path), *said)]) from None


@lru_cache(maxsize=16)
def _parse_yaml(text: str) -> Any:
    """Return what a YAML text holds; a chapter reads the same two files several times."""
    import yaml

    _refuse_depth(text)
    return yaml.load(text, Loader=_make_loader())


def _refuse_depth(text: str) -> None:
    """Raise YAMLError where parts lie too deep in each other, or aliases repeat too much.

    Asked of the parser's events one by one: a deep text crashes what makes values of them, and
    a few aliases of aliases make more values than any memory holds.
    """
    import yaml

    sizes, around = dict[str, int](), [("", 0)]
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for event in yaml.parse(text, Loader=loader):
        name, size = getattr(event, "anchor", None) or "", 1
        if isinstance(event, yaml.AliasEvent):
            size = sizes.get(name, 1)
            if name in (open_one for open_one, _ in around):
                raise yaml.MarkedYAMLError(problem=TOO_MANY, problem_mark=event.start_mark)
        elif isinstance(event, yaml.CollectionStartEvent):
            around.append((name, 1))
            if len(around) > _DEEPEST:
                raise yaml.MarkedYAMLError(problem=TOO_DEEP, problem_mark=event.start_mark)
            continue
        elif isinstance(event, yaml.CollectionEndEvent):
            name, size = around.pop()
        elif not isinstance(event, yaml.ScalarEvent):
            continue
        sizes[name] = size
        around[-1] = around[-1][0], around[-1][1] + size
        if around[-1][1] > _MOST_VALUES:
            raise yaml.MarkedYAMLError(problem=TOO_MANY, problem_mark=event.start_mark)


@cache
def _make_loader() -> Any:
    """Return a loader for YAML 1.2 on libyaml, which reads fifteen times as fast as Python does.

    It takes from ruamel.yaml what a plain scalar of YAML 1.2 stands for; libyaml leaves that open.
    """
    import yaml
    from ruamel.yaml.resolver import implicit_resolvers

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):
        yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and (key.tag, key.value) in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f'found duplicate key "{key.value}"', key.start_mark
                    )
                seen.add((key.tag, str(key.value)))
            return super().construct_mapping(node, deep)

        def construct_int(self, node: Any) -> int | str:
            text = self.construct_scalar(node).replace("_", "")
            if re.fullmatch(r"0\d+", text):
                # A code such as 007 is another than 7.
                return str(node.value)
            if len(text) > _LONGEST_NUMBER:
                return str(node.value)
            has_base = text.lstrip("+-")[:2] in {"0b", "0o", "0x"}
            return int(text, 0 if has_base else 10)

    for versions, tag, pattern, first in implicit_resolvers:
        # The other two tags mark signs that nobody writes alone as a value.
        if (1, 2) in versions and not tag.endswith((":value", ":yaml")):
            Loader.add_implicit_resolver(tag, pattern, first)

    def construct_or_keep(construct: Any) -> Any:
        def keep(loader: Any, node: Any) -> Any:
            try:
                return construct(loader, node)
            except (ValueError, KeyError, AttributeError):
                # What has the form of a day or number and is none, as 2024-13-01, is a text.
                return str(node.value)

        return keep

    for name, construct in {
        "int": Loader.construct_int,
        "float": base.construct_yaml_float,
        "bool": base.construct_yaml_bool,
        "timestamp": base.construct_yaml_timestamp,
    }.items():
        Loader.add_constructor(f"tag:yaml.org,2002:{name}", construct_or_keep(construct))
    return Loader


def write_yaml(
    content: Any, comments: Mapping[tuple[str, ...], Sequence[str]] | None = None
) -> str:
    """Return content as YAML 1.2 in its own order, what is short on one line.

    `comments` stand before the keys they are given for, a key as the path that leads to it.
    """
    from io import StringIO

    from ruamel.yaml import YAML, RoundTripRepresenter

    class Representer(RoundTripRepresenter):
        def represent_none(self, data: None) -> Any:
            return self.represent_scalar("tag:yaml.org,2002:null", "null")

    Representer.add_representer(type(None), Representer.represent_none)
    yaml, text = YAML(), StringIO()
    yaml.Representer, yaml.width = Representer, _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    laid = _laid_out(content)
    for (*path, key), lines in (comments or {}).items():
        if not lines:
            continue
        part = laid
        for step in path:
            part.fa.set_block_style()
            part = part[step]
        part.fa.set_block_style()
        indent = 2 * len(path)
        wrapped = [more for line in lines for more in wrap(line, _WIDTH - 2 - indent)]
        part.yaml_set_comment_before_after_key(key, before="\n".join(wrapped), indent=indent)
    yaml.dump(laid, text)
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def _laid_out(part: Any, depth: int = 0) -> Any:
    """Return a part of a file with how it is set: what would fit beside its key on one line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if not isinstance(part, dict | list):
        return part
    if isinstance(part, dict):
        laid: Any = CommentedMap({key: _laid_out(value, depth + 1) for key, value in part.items()})
    else:
        laid = CommentedSeq(_laid_out(value, depth + 1) for value in part)
    if (depth > 2 and len(str(part)) <= 80) or (isinstance(part, list) and not _holds_more(part)):
        laid.fa.set_flow_style()
    return laid


def _holds_more(part: list[Any]) -> bool:
    return any(isinstance(one, dict | list) for one in part)


def read_model(path: Path, model: type[Model], context: Any = None) -> Model:
    """Read a file as a model has it; InvalidInput with everything that is wrong with it.

    `context` is what the model's own validators may ask for.
    """
    return validate(path, read_yaml(path), model, context)


def validate(path: Path, content: Any, model: type[Model], context: Any = None) -> Model:
    """Return the content of a file as a model has it; InvalidInput in the words of its author."""
    if content is None:
        raise InvalidInput([Problem(str(path), "", "is empty.", "Write it.")])
    try:
        return model.model_validate(content, context=context)
    except ValidationError as error:
        found = explain_findings(model, error.errors(include_url=False))
        raise InvalidInput(Problem(str(path), *said) for said in found) from None
