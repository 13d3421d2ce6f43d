"""What is said of every key: none is missing, and each is found by its name."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Annotated

import pytest
from click.testing import CliRunner
from pydantic import BaseModel, TypeAdapter

from altcred.cli import main
from altcred.core.errors import InvalidInput
from altcred.describe.codebook import CodebookFile
from altcred.describe.prices import Prices
from altcred.describe.reference import compose_reference, explain_key, list_models
from altcred.describe.study import StudyFile

MODELS = list_models()


@pytest.mark.parametrize("name", MODELS)
def test_every_key_says_what_it_means(name: str) -> None:
    model = MODELS[name]
    assert model.text
    assert [key.name for key in model.keys if not key.text or key.text.endswith(".")] == []
    assert [key.name for key in model.keys if len(key.text) > 250] == []
    assert [key.name for key in model.keys if "anything" in key.takes] == []


def models_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a model and those of its fields."""
    yield model
    for field in model.model_fields.values():
        for part in re.findall(r"altcred\.[\w.]+", str(field.annotation)):
            module, _, name = part.rpartition(".")
            found = getattr(import_module(module), name, None)
            if isinstance(found, type) and issubclass(found, BaseModel):
                yield from models_of(found)


def test_examples_are_right() -> None:
    # Of a codebook's short forms a model takes only what they are written out to.
    short = {"question", "items", "points", "scales", "missing"}
    seen = 0
    for model in (StudyFile, CodebookFile, Prices):
        for one in models_of(model):
            for name, field in one.model_fields.items():
                if field.examples and name not in short:
                    whole = Annotated[field.annotation, None, *field.metadata]
                    TypeAdapter(whole).validate_python(field.examples[0])
                    seen += 1
    assert seen > 50


def test_the_reference_holds_every_key_once_under_its_heading() -> None:
    text = compose_reference()
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert len(headings) == len(set(headings)) == len(MODELS) + 2
    assert text.count("- **`") == sum(len(one.keys) for one in MODELS.values()) + len(
        text.partition("## Kinds")[2].split("- **`")[1:]
    )
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("asked_if", "codebook.yaml: variables.NAME.question.NAME.asked_if"),
        ("waves.person", "study.yaml: waves.NAME.person"),
        ("waves.before.person", "study.yaml: waves.NAME.person"),
        ("variables.age.bounds.low", "codebook.yaml: variables.NAME.bounds.low"),
        ("exclude.is_not", "study.yaml: exclude.is_not"),
        ("published", "chapters.yaml: NAME.items.shows.published"),
        ("from", "prices.yaml: periods.NAME.from"),
        ("nps", "codebook.yaml: variables.NAME.kind: nps"),
    ],
)
def test_a_key_is_explained_wherever_it_may_stand(asked: str, told: str) -> None:
    assert told in list(explain_key(asked))


def test_a_key_is_explained_with_what_it_takes_and_an_example() -> None:
    (where, said) = explain_key("variables.bounds.outside")
    assert where == "codebook.yaml: variables.NAME.bounds.outside"
    assert said == ("    (`missing` or `keep`; `missing` if left out): What an answer outside is.")
    assert "Example: `rules: [{name: code, keys: [person]}]`" in " ".join(
        "".join(explain_key("panels.rules")).split()
    )


def test_an_unknown_key_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match=r"asked_iff: is no key .* The nearest: asked_if,"):
        list(explain_key("asked_iff"))


def test_check_explains_in_place_of_checking() -> None:
    result = CliRunner().invoke(main, ["check", "--explain", "submitted"])
    assert result.exit_code == 0
    assert result.output.startswith("study.yaml: waves.NAME.submitted\n    (text or `null`;")
    assert "Name a cohort" in CliRunner().invoke(main, ["check"]).stderr
