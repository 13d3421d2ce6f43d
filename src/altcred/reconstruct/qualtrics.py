"""The form of a Qualtrics export: its technical columns, three header rows, the bytes of the file.

`STANDARD` holds name, question text and ImportId of the columns that every export begins with.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from altcred.core.countries import country_label
from altcred.core.description import read_yaml

if TYPE_CHECKING:
    import pandas as pd

TIME_ZONE = "UTC"
STANDARD = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("LocationLatitude", "Location Latitude", "locationLatitude"),
    ("LocationLongitude", "Location Longitude", "locationLongitude"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)
RECORDED, RESPONSE_ID = 7, 8
DATES = {"startDate", "endDate", "recordedDate"}
# How the list of countries that Qualtrics offers names them, where it differs from the short name.
COUNTRIES: dict[str, str] = read_yaml(Path(__file__).with_name("qualtrics.yaml"))


@dataclass(frozen=True)
class Export:
    """One wave's export: headers (name, text, ImportId), rows in order of recording, who is who.

    `people` has the columns ResponseId, person, kept (False for repeats) and original (the
    ResponseId a repeat repeats, else empty), in the order of the frame it was made from.
    """

    headers: Sequence[tuple[str, str, str]]
    rows: list[list[str]]
    people: "pd.DataFrame"


def country_choice(iso3: str) -> str:
    """Return how a list of countries to choose from names the country of an ISO3 code."""
    return COUNTRIES.get(iso3) or country_label(iso3)


def compose_head(
    recorded: datetime,
    duration: int,
    status: str,
    address: str,
    progress: int,
    response_id: str,
    channel: str,
) -> list[str]:
    """Compose the technical cells of a row; an unfinished one is recorded after a week."""
    ended = recorded if progress == 100 else recorded - timedelta(days=7)
    moments = (ended - timedelta(seconds=duration), ended, recorded)
    start, end, saved = (moment.isoformat(" ", "seconds") for moment in moments)
    # Addresses that belong to nobody have no place, and Qualtrics leaves it blank.
    return [
        *(start, end, status, address, str(progress), str(duration), str(progress == 100)),
        *(saved, response_id, "", "", "", "", "", "", channel, "EN"),
    ]


def draw_id(random: Random, seen: set[str]) -> str:
    """Draw a ResponseId that is not seen yet, and note it as seen."""
    while True:
        letters = random.choices(digits + ascii_uppercase + ascii_lowercase, k=15)
        drawn = "R_" + "".join(letters)
        if drawn not in seen:
            seen.add(drawn)
            return drawn


def serialize_files(export: Export, names: list[str]) -> dict[Path, bytes]:
    """Return the bytes of each of a wave's export files; the rows are dealt out in order."""
    edges = [round(len(export.rows) * place / len(names)) for place in range(len(names) + 1)]
    return {
        Path(name): _serialize(export, export.rows[start:stop])
        for name, start, stop in zip(names, edges, edges[1:], strict=False)
    }


def _serialize(export: Export, rows: list[list[str]]) -> bytes:
    """Return rows as Qualtrics' CSV: BOM, CRLF, three header rows."""
    names, texts, ids = zip(*export.headers, strict=True)
    described = [
        {"ImportId": one, **({"timeZone": TIME_ZONE} if one in DATES else {})} for one in ids
    ]
    imports = [json.dumps(one, separators=(",", ":"), ensure_ascii=False) for one in described]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([names, texts, imports, *rows])
    return text.getvalue().encode("utf-8-sig")
