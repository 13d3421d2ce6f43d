"""From a cohort's estimates to its stand-in, and how near that comes to them."""

from collections.abc import Iterator
from pathlib import Path

from altcred.core.errors import refuse
from altcred.core.paths import processed_dir, project_root
from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates
from altcred.standin.compare import compare, estimate_there, tell_tests, write_table
from altcred.standin.describe import write_readme
from altcred.standin.form import Form, read_form
from altcred.standin.make import make_stand_in


def build_stand_in(name: str, out: Path | None, seed: int) -> Iterator[str]:
    """Make a stand-in of a cohort, build it, and yield what is to be known of it, line by line."""
    cohort = open_cohort(name)
    if cohort.study.stand_in:
        refuse(cohort.folder / "study.yaml", "stand_in", "is a stand-in already.", "Copy it.")
    files = sorted((processed_dir(name) / "estimates").glob("*.csv"))
    if not files:
        remedy = "Build the cohort first: dvc repro."
        refuse(processed_dir(name) / "estimates", "", "holds no estimates.", remedy)
    folder = out or project_root() / "data/stand-in" / name
    # What leaves is no more than the form: it is written and read as another process would.
    form = Form.read(read_form(cohort).write())
    estimates = read_estimates(*files)
    made = make_stand_in(cohort, estimates, form, folder, seed)
    (folder / "form.json").write_text(form.write() + "\n", encoding="utf-8", newline="\n")
    base = cohort.study.disclosure.rounds_to
    found = compare(estimates.frame, estimate_there(folder, name), base)
    told = [
        f"{found['met'].sum():,} of {len(found):,} shown estimates come out as printed"
        f" ({found['met'].mean():.1%})."
    ]
    write_table(found, folder / "estimates.csv")
    write_table(found[~found["met"]], folder / "not-met.csv")
    write_table(tell_tests(found), folder / "tests.csv")
    write_readme(cohort, folder, told, seed)
    yield f"{folder.as_posix()}: a stand-in of {name}, from {len(files)} files of estimates"
    yield from told
    sizes = ", ".join(f"{wave} {len(frame):,}" for wave, frame in made.people.items())
    yield f"people: {sizes}"
