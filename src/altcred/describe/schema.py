"""The JSON Schemas with which editors complete and check what a person writes of a cohort."""

import json
from pathlib import Path

from pydantic import BaseModel

from altcred.describe.chapters import ChaptersFile
from altcred.describe.codebook import CodebookFile
from altcred.describe.prices import Prices
from altcred.describe.study import StudyFile

SCHEMAS = Path("cohorts/schema")
MODELS: dict[str, type[BaseModel]] = {
    "study": StudyFile,
    "codebook": CodebookFile,
    "chapters": ChaptersFile,
    "prices": Prices,
}


def compose_schemas() -> dict[Path, str]:
    """Return the text of each schema by the path of its file."""
    return {
        SCHEMAS / f"{name}.schema.json": json.dumps(
            model.model_json_schema(), indent=2, ensure_ascii=False
        )
        + "\n"
        for name, model in MODELS.items()
    }
