"""Run the validators of each format over a release: Frictionless, RO-Crate, DDI.

`make validate RELEASE=FOLDER` runs it in an environment of its own. The schema of DDI is read from
the address that codebook.xml names, or from a file given as the second argument.
"""

import sys
from collections.abc import Iterator
from pathlib import Path


def main(folder: Path, schema: str = "") -> int:
    """Print what is wrong with a release; return how much."""
    found = [*check_package(folder), *check_crate(folder), *check_codebook(folder, schema)]
    sys.stdout.write("".join(f"{line}\n" for line in found or ["valid"]))
    return len(found)


def check_package(folder: Path) -> Iterator[str]:
    """Yield what Frictionless finds wrong with datapackage.json and the files that it describes."""
    from frictionless import Package, system

    system.trusted = True
    report = Package(str(folder / "datapackage.json")).validate()
    for task in report.tasks:
        yield from (f"{task.place}: {error.message}" for error in task.errors)
    yield from (f"datapackage.json: {error.message}" for error in report.errors)


def check_crate(folder: Path) -> Iterator[str]:
    """Yield what an RO-Crate must have and ro-crate-metadata.json lacks.

    The terms of the context are those that rocrate carries, so that no network is needed.
    """
    import json

    import rocrate
    from rocrate_validator import models, services
    from rocrate_validator.utils import http

    context = (Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_text(encoding="utf-8")

    class Answer:
        status_code, headers, text = 200, {"Content-Type": "application/ld+json"}, context
        content = context.encode()

        def json(self) -> object:
            return json.loads(context)

    http.HttpRequester.get = lambda *_, **__: Answer()
    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity.REQUIRED,
    )
    for issue in services.validate(settings).get_issues():
        yield f"ro-crate-metadata.json: {issue.check.name}: {issue.message}"


def check_codebook(folder: Path, schema: str) -> Iterator[str]:
    """Yield what codebook.xml has otherwise than the schema of DDI."""
    import xmlschema

    path = folder / "codebook.xml"
    try:
        known = xmlschema.XMLSchema(schema or xmlschema.fetch_schema_locations(str(path))[0])
    except (OSError, xmlschema.XMLSchemaException):
        yield (
            "codebook.xml: not looked at, as the schema of DDI could not be read. It lies at the "
            "address that codebook.xml names; give a copy of it by SCHEMA=FILE."
        )
        return
    for error in known.iter_errors(str(path)):
        yield f"codebook.xml: {error.path}: {error.reason}"


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1]), *sys.argv[2:3]), 1))
