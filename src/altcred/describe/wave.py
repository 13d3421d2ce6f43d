"""The description of one survey: its exports, and which of their columns play which role."""

from pathlib import Path
from typing import Literal

from altcred.core.description import Described, Texts, about, as_list
from altcred.describe.rows import RowSettings

# What is written as code of a person who is told by the row alone: the file and the row itself.
ROW = "#row"


class Code(Described):
    """Where a participant code stands, and how it is compared."""

    columns: Texts = about(
        "Locators; several columns are joined to one code", example=["Mother", "Birthday"]
    )
    exact: bool = about("Whether capitals and blanks tell codes apart as well", False)
    leading_zeros: bool = about(
        "Whether leading zeros tell codes apart; false where a spreadsheet cut off those of a "
        "survey",
        True,
    )
    blank: list[str] = about("What is written where there is no code, beside N/A, - …", [])


def lies_outside(export: str) -> bool:
    """Tell whether a file that an author names is none of those in the cohort's raw folder."""
    return Path(export).is_absolute() or ".." in Path(export).parts


class Wave(RowSettings):
    """One survey of the cohort: where its exports lie and which columns play which role.

    A locator names a column of the export by ImportId, by column name or by question text;
    `NAME#2` is the second column of that name.
    """

    label: str = about("What readers call the survey", example="Before the term")
    people: str = about("What its respondents are called", "respondents", example="singers")
    collected: str = about("The period of collection, for the reader", "", example="May 2021")
    note: str = about("A caution to the reader, printed at the head of the chapter", "")
    exports: list[str] = about("Files under data/raw/COHORT", min_length=1, example=["answers.csv"])
    format: str = about(
        "What wrote its exports, such as csv, workbook, limesurvey or redcap; found "
        "out if left out",
        "",
    )
    header_rows: int | None = about(
        "How many rows name the columns; found out if left out", None, ge=1, le=5
    )
    sheet: str = about(
        "The sheet of a workbook; the one with most rows if left out", "", example="Answers"
    )
    encoding: str = about(
        "Encoding of a text that is not UTF-8, such as cp1252", "", example="cp1252"
    )
    decimal: Literal["point", "comma"] | None = about(
        "What the export's numbers have before decimals; found out if left out",
        None,
        example="comma",
    )
    program: str | None = about(
        "Locator of the program; left out where there is only one or none", None
    )
    submitted: str | None = about(
        "Locator of the submission time; null where there is none",
        "recordedDate",
        example="Timestamp",
    )
    status: str | None = about("Locator of the response type; null where there is none", "status")
    weight: str | None = about(
        "Locator of the survey weight, a number above nought; rows without one count "
        "in no estimate of the wave",
        None,
        example="design_weight",
    )
    email: Texts = about("Locators of e-mail addresses", [], example="E-mail address")
    ip: Texts = about("Locators of network addresses", [])
    person: Texts | Code = about(
        "Locators of the participant code that tells who somebody is in every wave",
        [],
        example="Code",
    )

    @property
    def code(self) -> Code:
        """The participant code; of no columns where the wave has none."""
        return self.person if isinstance(self.person, Code) else Code(columns=self.person)

    @property
    def is_row_person(self) -> bool:
        """Whether each row of its exports is a person of its own."""
        return as_list(self.code.columns) == [ROW]

    def shares_people(self, other: "Wave") -> bool:
        """Tell whether a row of its exports is one person's answers in both waves."""
        return self._has_files_of(other) and self.is_row_person and other.is_row_person

    def shares_rows(self, other: "Wave") -> bool:
        """Tell whether both waves read the same rows of the same exports."""
        is_same = self._has_files_of(other) and self.exclude == other.exclude
        return is_same or self.shares_people(other)

    def _has_files_of(self, other: "Wave") -> bool:
        return (self.exports, self.join) == (other.exports, other.join)

    @property
    def email_locators(self) -> list[str]:
        return as_list(self.email)

    @property
    def ip_locators(self) -> list[str]:
        return as_list(self.ip)
