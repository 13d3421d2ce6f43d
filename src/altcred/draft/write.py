"""Writes a draft as study.yaml and codebook.yaml, with what is to be decided as comments."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from altcred.core.description import write_yaml
from altcred.draft.answers import Asked, list_parts
from altcred.draft.locate import locate
from altcred.draft.model import Entry
from altcred.draft.words import spell_pictures
from altcred.kinds.reading import fold_text
from altcred.read.export import Column, Export

# How a comment begins that asks for a decision.
DECIDE = "decide: "
_LONGEST_TEXT = 500


def write_study(study: Mapping[str, Any], notes: Mapping[str, Sequence[str]]) -> str:
    """Return the text of study.yaml.

    `notes` are what is to be decided: of a wave by its name, and of the whole under "".
    """
    places = {name: ("waves", name) if name else (next(iter(study)),) for name in notes}
    return write_yaml(study, {places[name]: _decide(told) for name, told in notes.items() if told})


def write_codebook(entries: Iterable[tuple[Entry, Asked]], waves: Sequence[str]) -> str:
    """Return the text of codebook.yaml; each entry comes with its question in each wave."""
    entries = list(entries)
    variables = {
        entry.name: _spell_labels(_write_entry(entry, asked, waves)) for entry, asked in entries
    }
    notes: dict[tuple[str, ...], list[str]] = {
        ("variables", one.name): _decide(one.decide) for one, _ in entries if one.decide
    }
    return write_yaml({"variables": variables}, notes)


def _spell_labels(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry whose labels have no pictures that no font has; answers keep theirs."""
    spelled = dict(keys)
    for key in {"label", "section"} & spelled.keys():
        spelled[key] = spell_pictures(str(spelled[key]))
    if "items" in spelled:
        items = spelled["items"]
        spelled["items"] = {
            name: {**one, "label": spell_pictures(str(one["label"]))} for name, one in items.items()
        }
    if isinstance(categories := spelled.get("categories"), Mapping):
        spelled["categories"] = {name: _spell_category(one) for name, one in categories.items()}
    return spelled


def _spell_category(category: Any) -> Any:
    label = category["label"] if isinstance(category, Mapping) else str(category)
    if (spelled := spell_pictures(label)) == label:
        return category
    rest = {} if isinstance(category, str) else dict(category)
    answers = rest.get("answers", [])
    if isinstance(answers, Mapping):
        answers = {wave: [*_as_list(one), label] for wave, one in answers.items()}
    else:
        answers = [*_as_list(answers), label]
    return {**rest, "label": spelled, "answers": answers}


def _as_list(answers: Any) -> list[Any]:
    return [answers] if isinstance(answers, str) else list(answers)


def _decide(notes: Sequence[str]) -> list[str]:
    return [DECIDE + " ".join(note.split()) for note in notes]


def _write_entry(entry: Entry, asked: Asked, waves: Sequence[str]) -> dict[str, Any]:
    """Return an entry with its questions: behind `kind`, or of each item behind its label."""
    keys = dict(entry.keys)
    # All files of a wave have a question where the first of them has it, or the first that does.
    files = {wave: tables[0] for wave, tables in asked.items()}
    if entry.question.form == "items":
        items = keys.pop("items")
        places: dict[str, dict[str, Any]] = {name: {} for name in items}
        for wave, (table, question) in files.items():
            for part, column in list_parts(question):
                name = entry.names[part]
                label = str(items[name]["label"])
                places[name][wave] = _write_question([column], table.export, label)
        for name, item in items.items():
            items[name] = _put_question(item, places[name], waves)
        return {**keys, "items": items}
    found: dict[str, Any] = {}
    for wave, (table, question) in files.items():
        if question.form == "one":
            label = str(keys.get("label", ""))
            found[wave] = _write_question(question.columns, table.export, label)
        elif question.form == "places":
            found[wave] = {"places": [locate(one, table.export) for one in question.columns]}
        else:
            options = {
                entry.names[part]: locate(column, table.export)
                for part, column in list_parts(question)
            }
            if question.typed is not None and "" in entry.names:
                options[entry.names[""]] = locate(question.typed, table.export)
            found[wave] = {"options": options}
    return _put_question(keys, found, waves)


def _put_question(
    keys: Mapping[str, Any], places: Mapping[str, Any], waves: Sequence[str]
) -> dict[str, Any]:
    """Return the keys of an entry with where each wave has its question, behind label and kind."""
    rest = {key: one for key, one in keys.items() if key != "waves"}
    head: dict[str, Any] = {key: rest.pop(key) for key in ("label", "kind") if key in rest}
    ways = list(places.values())
    is_shared = list(places) == list(waves) and all(one == ways[0] for one in ways)
    return {**head, "question": ways[0] if is_shared else dict(places), **rest}


def _write_question(columns: Sequence[Column], export: Export, label: str) -> Any:
    """Return where a question stands, and what it asks where neither that nor the label says it."""
    if len(columns) > 1:
        return {"coalesce": [locate(column, export) for column in columns]}
    (column,) = columns
    where = locate(column, export)
    told = {fold_text(one) for one in (where, label, column.name)}
    if not column.text or fold_text(column.text) in told or len(column.text) > _LONGEST_TEXT:
        return where
    return {"name" if where == column.name else "locator": where, "text": column.text}
