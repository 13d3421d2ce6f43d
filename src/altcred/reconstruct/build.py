"""Builds a reconstructed cohort's raw exports, and the truth about them apart."""

import hashlib
import json
import logging
import math
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from altcred.check.published import parse_printed, read_published
from altcred.core.errors import Problem, refuse_problems
from altcred.core.paths import cohort_dir, raw_dir, truth_dir
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.study import ALL, Study, load_study
from altcred.reconstruct.assumptions import Identities, load_reconstruction
from altcred.reconstruct.exports import compose_export
from altcred.reconstruct.identities import identify_people
from altcred.reconstruct.pairs import Link
from altcred.reconstruct.qualtrics import Export, serialize_files
from altcred.reconstruct.repeats import Counts

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = ".altcred-reconstructed"
# The same list, of exports that `altcred stand-in` made.
STAND_IN = ".altcred-stand-in"
log = logging.getLogger(__name__)


def build_exports(name: str, seed: int | None = None) -> None:
    """Generate data/raw/COHORT from the cohort's printed figures, and data/truth/COHORT.

    The same seed gives the same bytes; without one it is that of reconstruction.yaml. Raises
    InvalidInput where the cohort is not marked as reconstructed, or where data/raw/COHORT holds
    anything that this function did not write.
    """
    cohort = open_cohort(name)
    refuse_problems([*check_reconstructed(cohort.study), *check_raw_folder(name)])
    reconstruction = load_reconstruction(cohort)
    published = read_published(cohort.folder / "published.csv")

    from altcred.reconstruct.draw import draw_answers

    seed = reconstruction.seed if seed is None else seed
    drawn = draw_answers(cohort, published, reconstruction, seed, log.info)
    for figure in drawn.gave_up:
        log.info("%s: the printed figure %s conflicts with others", name, figure)
    settings = reconstruction.identities
    counts = count_printed(published, cohort.study, settings)
    exports, links = compose_exports(drawn.waves, cohort, settings, counts, seed)
    write_exports(cohort.study, exports, seed)
    write_truth(cohort.study, exports, links)


def compose_exports(
    frames: "dict[str, pd.DataFrame]",
    cohort: Cohort,
    settings: Identities,
    counts: dict[str, Counts],
    seed: int,
) -> tuple[dict[str, Export], list[Link]]:
    """Compose every wave's export from its people's true answers, and the links between waves.

    A frame has one row a kept person and program, with the columns person, program,
    program_type, submitted, pair, and the true answer of every variable that was asked.
    """
    people, links = identify_people(frames, cohort, settings, counts, seed)
    exports = {}
    for wave, one in people.items():
        log.info("%s, %s: writing %d responses", cohort.name, wave, len(one.rows))
        exports[wave] = compose_export(one, cohort, wave, settings.dirt, seed)
    return exports, links


def check_reconstructed(study: Study) -> Iterator[Problem]:
    """Yield a problem where the study's exports are real."""
    if not study.reconstructed:
        yield Problem(
            str(cohort_dir(study.name) / "study.yaml"),
            "reconstructed",
            "the exports of this cohort are its authors' own.",
            "Only a cohort with `reconstructed: true` can be generated.",
        )
    for wave, described in study.waves.items():
        for name in described.exports:
            if Path(name).suffix != ".csv":
                yield Problem(
                    str(cohort_dir(study.name) / "study.yaml"),
                    f"waves.{wave}.exports",
                    f"{name!r} cannot be generated.",
                    "Name a .csv file.",
                )


def check_generated(cohort: str) -> Iterator[Problem]:
    """Yield what in data/raw is not as it was generated, of a cohort that says that it was.

    Its key follows from its name, so that anybody could find out the addresses of real people.
    """
    study = load_study(cohort)
    if study.stand_in:
        yield from check_raw_folder(cohort, STAND_IN, "stand_in")
    elif study.reconstructed:
        yield from check_raw_folder(cohort)


def check_raw_folder(
    cohort: str, manifest: str = MANIFEST, mark: str = "reconstructed"
) -> Iterator[Problem]:
    """Yield what in data/raw/COHORT was not made by `build_exports`, or was changed since."""
    folder = raw_dir(cohort)
    if not folder.exists() or not any(folder.iterdir()):
        return
    made = _read_manifest(folder / manifest)
    if made is None or made.get("cohort") != cohort:
        yield Problem(
            folder.as_posix(),
            "",
            "holds files that were not generated here.",
            f"Move them away, or write `{mark}: false` in study.yaml to use them.",
        )
        return
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name == manifest:
            continue
        if name not in made["files"]:
            yield Problem(path.as_posix(), "", "was not generated here.", "Move it away.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != made["files"][name]:
            yield Problem(
                path.as_posix(),
                "",
                "was changed since it was generated.",
                "Move it away, or delete it to have it generated again.",
            )


def _read_manifest(path: Path) -> dict | None:
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_whole = isinstance(made, dict) and isinstance(made.get("files"), dict)
    return made if is_whole else None


def count_printed(
    published: "pd.DataFrame", study: Study, settings: Identities
) -> dict[str, Counts]:
    """Return each wave's shared addresses and repeats: as printed, else as assumed, else none."""

    def find(wave: str, variable: str, category: str, assumed: dict[str, int]) -> int:
        rows = published[
            (published["wave"] == wave)
            & (published["variable"] == variable)
            & (published["category"] == category)
            & (published["statistic"] == "count")
            & (published["subgroup"].isin(["", ALL]))
        ]
        for row in rows.itertuples():
            one = parse_printed(row.printed, row.qualifier)
            # Only a number that is printed to the last digit says how many there are.
            if one.low is not None and one.high is not None:
                low = math.ceil(one.low)
                if math.floor(one.high) == low and Fraction(low) in one:
                    return low
        return assumed.get(wave, 0)

    return {
        wave: Counts(
            find(wave, "shared_addresses", "", settings.shared_addresses),
            find(wave, "dropped", "repeat", settings.repeats),
        )
        for wave in study.waves
    }


def write_exports(study: Study, exports: dict[str, Export], seed: int) -> None:
    """Write the exports and their manifest to data/raw/COHORT, all of them or none."""
    folder = raw_dir(study.name)
    aside = folder.with_name(f".{study.name}.part")
    if aside.exists():
        shutil.rmtree(aside)
    aside.mkdir(parents=True)
    sums = {}
    for wave, export in exports.items():
        for path, content in serialize_files(export, study.waves[wave].exports).items():
            (aside / path).parent.mkdir(parents=True, exist_ok=True)
            (aside / path).write_bytes(content)
            sums[path.as_posix()] = hashlib.sha256(content).hexdigest()
    made = {"cohort": study.name, "seed": seed, "files": dict(sorted(sums.items()))}
    text = json.dumps(made, indent=2) + "\n"
    (aside / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    if folder.exists():
        shutil.rmtree(folder)
    aside.replace(folder)


def write_truth(study: Study, exports: dict[str, Export], links: list[Link]) -> None:
    """Write who is who to data/truth/COHORT, for tests alone.

    links.csv: a row a person of both waves of a panel: first_wave, second_wave, first and second
    (ResponseIds) and found_by, the way the person can be found or empty.
    repeats.csv: wave, repeat, original (ResponseIds). people.csv: wave, ResponseId, person.
    """
    import pandas as pd

    folder = truth_dir(study.name)
    folder.mkdir(parents=True, exist_ok=True)
    people = pd.concat([export.people.assign(wave=wave) for wave, export in exports.items()])
    repeats = people[~people["kept"]].rename(columns={"ResponseId": "repeat"})
    tables = {
        "repeats": repeats[["wave", "repeat", "original"]],
        "people": people[["wave", "ResponseId", "person"]],
    }
    if study.panels:
        ids = {wave: export.people["ResponseId"].tolist() for wave, export in exports.items()}
        tables["links"] = pd.DataFrame(
            [
                (one, two, ids[one][link.first], ids[two][link.second], link.found_by)
                for link in links
                for one, two in [link.waves]
            ],
            columns=["first_wave", "second_wave", "first", "second", "found_by"],
        )
    for name, table in tables.items():
        ordered = table.sort_values(list(table.columns)).reset_index(drop=True)
        ordered.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
