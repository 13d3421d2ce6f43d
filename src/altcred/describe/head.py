"""The head of a study: its name, who wrote it, how it is cited and found."""

import datetime

from altcred.core.description import Described, about
from altcred.core.mistakes import FOLDER


class Head(Described):
    """What study.yaml says of the report itself, before what was surveyed."""

    name: str = about("The folder's name", pattern=FOLDER)
    title: str = about("What the report is called")
    subtitle: str = about("A line under the title", "")
    authors: list[str] = about("Who wrote the report", [], example=["Ann Berg", "Bo Dahl"])
    citation: str = about("How the report is to be cited", "")
    documents: dict[str, str] = about(
        "Titles of the printed documents, by what published.csv calls them", {}
    )
    url: str = about("Where the study is described", "")
    license: str = about("Under which licence the report may be used", "")
    description: str = about(
        "What the study asks, in a sentence or two at the head of the report", ""
    )
    question: str = about(
        "The question that the report answers, which its first page begins with",
        "",
        example="Does a term in a choir make people dare to sing alone?",
    )
    keywords: list[str] = about(
        "What a release is found by in an archive", [], example=["choirs", "self-confidence"]
    )
    released: datetime.date | None = about(
        "The day that a release bears, unless its command names one", None, example="2026-12-01"
    )
