"""How much of a wave there is, told in few lines before anything is built."""

from collections.abc import Iterator, Sequence

from altcred.clean.interpret import write_asked
from altcred.clean.rows import Rows

_SHOWN = 8


def tell_sizes(rows: Rows) -> Iterator[str]:
    """Yield how many rows are kept, and of which questions nobody was asked or nobody answered."""
    found = rows.engine.rows(
        "SELECT coalesce(reason, ''), count(*) FROM verdicts GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    counts = dict(found)
    kept, dropped = counts.pop("", 0), ", ".join(f"{n:,} {reason}" for reason, n in counts.items())
    files = ", ".join(
        f"{export.file} ({export.tool})" if export.tool else export.file
        for export, _ in rows.exports
    )
    rest = f", {sum(counts.values()):,} dropped ({dropped})" if counts else ""
    yield f"{files}: {sum(counts.values()) + kept:,} rows, {kept:,} kept{rest}."
    conditions = rows.cohort.conditions(rows.wave)
    sums = [
        f"count(*) FILTER (WHERE {test})"
        for name in rows.asked
        for test in (write_asked(rows, name), f"NOT ({conditions.is_missing(name)})")
    ]
    if not sums:
        return
    told = rows.engine.rows(
        f"SELECT {', '.join(sums)} FROM interpreted JOIN kept ON interpreted.number = kept.number"
    )[0]
    asked, answered = (dict(zip(rows.asked, told[at::2], strict=True)) for at in (0, 1))
    if nobody := [name for name, n in asked.items() if not n]:
        yield f"nobody was asked {_list(nobody)}: look at asked_if: and asked_since:."
    if nobody := [name for name, n in answered.items() if not n and asked[name]]:
        yield f"nobody answered {_list(nobody)}."
    parts = {
        name: one.where
        for name, one in rows.cohort.study.subgroups.items()
        if (one.waves is None or rows.wave in one.waves) and set(one.where) <= set(rows.asked)
    }
    if parts:
        counted = [f"count(*) FILTER (WHERE {conditions.holds(one)})" for one in parts.values()]
        told = rows.engine.rows(
            f"SELECT {', '.join(counted)} FROM interpreted JOIN kept "
            "ON interpreted.number = kept.number"
        )[0]
        if nobody := [name for name, n in zip(parts, told, strict=True) if not n]:
            yield f"nobody is in the subgroup {_list(nobody)}: look at where: of it."


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"
