"""The rules of responses and panel written plainly in pandas, to compare time and memory with.

Each cell is decoded where it stands, every table is in memory, pairs are found by merging. The
readers of answers and the judgement of two rows are altcred's own, so that both ways must come
to the same people.
"""

import sys
from pathlib import Path

import pandas as pd

from altcred.clean.duplicates import judge_rows
from altcred.clean.readers import make_reader
from altcred.clean.roles import program_names, read_status
from altcred.core.description import Condition, as_list
from altcred.core.intervals import parse_interval
from altcred.describe.codebook import Codebook, load_codebook, source_names
from altcred.describe.study import Study, load_study
from altcred.kinds.reading import BLANK, fold_text
from altcred.kinds.variable import Variable, column_of
from altcred.read.columns import list_sources, open_wave
from altcred.read.export import Export
from altcred.read.identifiers import normalise_email, normalise_ip


def count_header_rows(export: Export) -> int:
    """Return how many rows of a shipped export stand above the answers."""
    return 3 if export.tool == "qualtrics" else 1


def build_wave(study: Study, codebook: Codebook, wave: str) -> pd.DataFrame:
    """Return the kept responses of a wave, with their addresses."""
    opened, _ = open_wave(study, codebook, wave)
    parts = []
    for export, columns in opened:
        raw = pd.read_csv(
            export.path,
            header=None,
            skiprows=count_header_rows(export),
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8-sig",
        )
        parts.append(pd.DataFrame({role: raw[column.position] for role, column in columns.items()}))
    raw = pd.concat(parts, ignore_index=True)
    rows = pd.DataFrame(index=raw.index)
    names = program_names(study)
    rows["program"] = raw["@program"].map(lambda text: names.get(fold_text(text)), "ignore")
    rows["program_type"] = rows["program"].map(lambda name: study.programs[name].type, "ignore")
    rows["submitted"] = pd.to_datetime(raw["@submitted"])
    rows["email_token"] = first_of(raw, "@email_", normalise_email)
    rows["ip_token"] = first_of(raw, "@ip_", normalise_ip)
    rows["person_token"] = None
    dropped = raw["@status"].map(read_status, "ignore").notna()
    answered = pd.Series(False, index=raw.index)
    variables = codebook.in_wave(wave)
    sources = list_sources(codebook, wave)
    held = {source: list(raw[source.column].dropna().unique()) for source in sources}
    for source in sources:
        variable = variables[source.variable]
        found = [columns[source.column] for _, columns in opened if source.column in columns]
        read = make_reader(variable, wave, source, found, held)
        readings = raw[source.column].map(read, "ignore")
        values = readings.map(lambda reading: reading.value, "ignore")
        reasons = readings.map(lambda reading: reading.reason, "ignore")
        answered |= reasons.notna() & (reasons != BLANK)
        if variable.kind == "multiple" and source.option is None:
            for category in variable.categories_in(wave):
                rows[column_of(source.variable, category)] = [
                    isinstance(value, tuple) and category in value for value in values
                ]
        elif variable.kind in {"multiple", "text"}:
            rows[source.column] = values.notna()
        else:
            rows[source.column] = values
    rows = rows[~dropped & answered & rows["program"].notna()].copy()
    for name in in_order(variables, wave):
        interpret(rows, codebook, variables, name, wave)
    rows["number"] = rows.index
    return drop_repeats(rows, study, variables, wave).reset_index(drop=True)


def first_of(raw: pd.DataFrame, prefix: str, normalise) -> pd.Series:
    """Return the first usable address of each row."""
    found = pd.Series(None, index=raw.index, dtype=object)
    for role in raw.columns:
        if role.startswith(prefix):
            found = found.where(found.notna(), raw[role].map(normalise, "ignore"))
    return found


def in_order(variables: dict[str, Variable], wave: str) -> list[str]:
    """Return the variables with those that others depend on first."""
    ordered: list[str] = []

    def add(name: str) -> None:
        if name in ordered or name not in variables:
            return
        variable = variables[name]
        conditions = [variable.condition_in(wave)]
        conditions += [category.asked_if for category in variable.categories.values()]
        for needed in [*source_names(variable), *(key for each in conditions for key in each)]:
            add(needed)
        ordered.append(name)

    for name in variables:
        add(name)
    return ordered


def holds(
    rows: pd.DataFrame, variables: dict[str, Variable], condition: Condition, since, wave: str
) -> pd.Series:
    """Tell for each row whether a condition is met and the day has come."""
    met = pd.Series(True, index=rows.index)
    for name, wanted in condition.items():
        if name in {"program", "program_type"}:
            met &= rows[name].isin(as_list(wanted))
            continue
        variable = variables[name]
        if variable.is_numeric:
            interval = parse_interval(str(wanted))
            met &= rows[name].map(interval.holds, "ignore").fillna(False).astype(bool)
            continue
        members = []
        for each in as_list(wanted):
            is_group = each in variable.groups and each not in variable.categories
            members += as_list(variable.groups[each].of) if is_group else [each]
        if variable.kind == "multiple":
            columns = [column_of(name, member) for member in members]
            met &= rows[[c for c in columns if c in rows]].eq(True).any(axis=1)
        else:
            met &= rows[name].isin(members)
    if since is not None:
        met &= rows["submitted"] >= pd.Timestamp(since)
    return met


def any_of(
    rows: pd.DataFrame, variables: dict[str, Variable], conditions: Condition, wave: str
) -> pd.Series:
    """Return 1 where any of some conditions holds, 0 where none does and all were answered."""
    met, known = pd.Series(False, index=rows.index), pd.Series(True, index=rows.index)
    for name, wanted in conditions.items():
        met |= holds(rows, variables, {name: wanted}, None, wave)
        if variables[name].kind == "multiple":
            columns = [column_of(name, each) for each in variables[name].categories_in(wave)]
            known &= rows[[c for c in columns if c in rows]].notna().any(axis=1)
        else:
            known &= rows[name].notna()
    return met.astype(float).where(met | known)


def interpret(
    rows: pd.DataFrame, codebook: Codebook, variables: dict[str, Variable], name: str, wave: str
) -> None:
    """Leave answers only where they were asked for, and compute what derives from them."""
    variable = variables[name]
    if variable.derive is not None:
        derive = variable.derive
        if derive.years_since:
            value = rows["submitted"].dt.year - rows[derive.years_since].astype(float)
        elif derive.product:
            value = rows[derive.product].astype(float).prod(axis=1, skipna=False)
        elif derive.year_of_submission:
            value = rows["submitted"].dt.year.astype(float)
        elif derive.any_of:
            value = any_of(rows, variables, derive.any_of, wave)
        else:
            (source, wanted), *_ = derive.ticks.items()
            multiple = variables[source]
            every = [column_of(source, each) for each in multiple.categories_in(wave)]
            value = pd.Series(0.0, index=rows.index)
            for each in wanted:
                is_group = each in multiple.groups
                members = as_list(multiple.groups[each].of) if is_group else [each]
                columns = [column_of(source, member) for member in members]
                value += rows[[c for c in columns if c in rows]].eq(True).any(axis=1)
            value = value.where(rows[every].notna().any(axis=1))
        low, high = variable.bounds.low, variable.bounds.high
        if variable.bounds.outside == "missing":
            value = value.where(value.between(low or -1e300, high or 1e300))
        rows[name] = value
        return
    asked = holds(rows, variables, variable.condition_in(wave), variable.since(wave), wave)
    if variable.kind != "multiple":
        if name in rows:
            rows[name] = rows[name].where(asked)
        return
    offered, ticked = {}, pd.Series(False, index=rows.index)
    for key, category in variable.categories_in(wave).items():
        offered[key] = asked & holds(rows, variables, category.asked_if, category.since(wave), wave)
        column = column_of(name, key)
        if column not in rows:
            rows[column] = False
        ticked |= offered[key] & rows[column]
    for key, is_offered in offered.items():
        column = column_of(name, key)
        counts = is_offered if variable.base == "asked" else is_offered & ticked
        rows[column] = rows[column].astype(object).where(counts)


def drop_repeats(
    rows: pd.DataFrame, study: Study, variables: dict[str, Variable], wave: str
) -> pd.DataFrame:
    """Keep the first row of each person of an address and program.

    That holds for people of whom no two rows of one e-mail came from two networks, as here.
    """
    settings = study.duplicates
    demographics = [name for name in settings.demographics if name in variables]
    circumstances = [name for name in settings.circumstances if name in variables]
    crowded = rows[rows["ip_token"].notna()]
    crowded = crowded[crowded.groupby(["ip_token", "program"])["number"].transform("size") > 1]
    repeats: set[int] = set()
    for _, group in crowded.sort_values(["submitted", "number"]).groupby(["ip_token", "program"]):
        records = group.astype(object).where(group.notna(), None).to_dict("records")
        people: list[list[dict]] = []
        for row in records:
            for person in people:
                verdicts = [
                    judge_rows(row, other, settings, demographics, circumstances)[0]
                    for other in person
                ]
                if "same" in verdicts and "different" not in verdicts:
                    person.append(row)
                    repeats.add(row["number"])
                    break
            else:
                people.append([row])
    return rows[~rows["number"].isin(repeats)]


def match(
    study: Study, first: pd.DataFrame, second: pd.DataFrame, waves: tuple[str, str]
) -> pd.DataFrame:
    """Return the pairs of two waves by the study's rules, in their order."""
    tokens = {"email": "email_token", "ip": "ip_token"}
    pairs = []
    for rule in study.panel_of(*waves).rules:
        keys = ["program", *(tokens.get(key, key) for key in rule.keys)]
        agree = [tokens.get(name, name) for name in rule.agree]
        sides = []
        for place, rows in (("one", first), ("other", second)):
            found = {pair for frame in pairs for pair in frame[f"number_{place}"]}
            unmatched = rows[~rows["number"].isin(found)]
            counted = rows if set(rule.keys) & set(tokens) else unmatched
            given = counted[keys].notna().all(axis=1)
            single = counted[given & ~counted.duplicated(keys, keep=False)]
            single = single[~single["number"].isin(found)]
            sides.append(single[[*dict.fromkeys([*keys, "number", "submitted", *agree])]])
        merged = sides[0].merge(sides[1], on=keys, suffixes=("_one", "_other"))
        fits = merged["submitted_other"] > merged["submitted_one"]
        for name in agree:
            one, other = merged[f"{name}_one"], merged[f"{name}_other"]
            fits &= one.isna() | other.isna() | (one == other)
        pairs.append(merged.loc[fits, ["number_one", "number_other"]].assign(rule=rule.name))
    return pd.concat(pairs)


def main() -> None:
    cohort, first, second = sys.argv[1:]
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    sides = [build_wave(study, codebook, wave) for wave in (first, second)]
    pairs = match(study, *sides, (first, second))
    counts = " ".join(str(len(frame)) for frame in (*sides, pairs))
    Path("plain.txt").write_text(counts, encoding="utf-8")


if __name__ == "__main__":
    main()
