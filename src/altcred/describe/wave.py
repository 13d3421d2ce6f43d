"""The description of one survey: its exports, and which of their columns play which role."""

from typing import Literal

from pydantic import Field

from altcred.core.description import Described, Texts, as_list
from altcred.describe.rows import RowSettings

# What is written as code of a person who is told by the row alone: the file and the row itself.
ROW = "#row"


class Code(Described):
    """Where a participant code stands, and how it is compared."""

    columns: Texts = Field(description="Locators; several columns are joined to one code")
    exact: bool = Field(
        default=False, description="Whether capitals and blanks tell codes apart as well"
    )
    blank: list[str] = Field(
        default_factory=list, description="What is written where there is no code, beside N/A, - …"
    )


class Wave(RowSettings):
    """One survey of the cohort: where its exports lie and which columns play which role.

    A locator names a column of the export by ImportId, by column name or by question text;
    `NAME#2` is the second column of that name.
    """

    label: str
    people: str = Field(default="respondents", description="What its respondents are called")
    collected: str = Field(default="", description="The period of collection, for the reader")
    note: str = Field(
        default="", description="A caution to the reader, printed at the head of the chapter"
    )
    exports: list[str] = Field(min_length=1, description="Files under data/raw/COHORT")
    format: str = Field(
        default="",
        description="What wrote its exports, such as csv, workbook, limesurvey or redcap; found "
        "out if left out",
    )
    header_rows: int | None = Field(
        default=None,
        ge=1,
        le=5,
        description="How many rows name the columns; found out if left out",
    )
    sheet: str = Field(default="", description="The sheet of a workbook; its first if left out")
    encoding: str = Field(
        default="", description="Encoding of a text that is not UTF-8, such as cp1252"
    )
    decimal: Literal["point", "comma"] | None = Field(
        default=None,
        description="What the export's numbers have before decimals; found out if left out",
    )
    program: str | None = Field(
        default=None, description="Locator of the program; left out where there is only one or none"
    )
    submitted: str | None = Field(
        default="recordedDate",
        description="Locator of the submission time; null where there is none",
    )
    status: str | None = Field(
        default="status", description="Locator of the response type; null where there is none"
    )
    weight: str | None = Field(
        default=None,
        description="Locator of the survey weight, a number above nought; rows without one count "
        "in no estimate of the wave",
    )
    email: Texts = Field(default_factory=list, description="Locators of e-mail addresses")
    ip: Texts = Field(default_factory=list, description="Locators of network addresses")
    person: Texts | Code = Field(
        default_factory=list,
        description="Locators of the participant code that tells who somebody is in every wave",
    )

    @property
    def code(self) -> Code:
        """The participant code; of no columns where the wave has none."""
        return self.person if isinstance(self.person, Code) else Code(columns=self.person)

    def shares_people(self, other: "Wave") -> bool:
        """Tell whether a row of its exports is one person's answers in both waves."""
        codes = (as_list(one.code.columns) for one in (self, other))
        return self._has_files_of(other) and all(code == [ROW] for code in codes)

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
