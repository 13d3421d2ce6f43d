"""What a wave has to tell people apart: addresses, participant codes, identifiers in rules.

Each is known by a name that matching rules may use as a key. Of what respondents gave only keyed
tokens are kept, in the columns of identifiers.parquet that `Identity` names.
"""

from dataclasses import dataclass, replace
from typing import Literal

from altcred.core.description import Texts, as_list
from altcred.describe.codebook import Codebook
from altcred.describe.study import ROLES, Study
from altcred.kinds import kind_of
from altcred.kinds.parts import Question

# Of "each" every locator names a column, and together they are one.
LocatorKind = Literal["id", "name", "text", "any", "each", "place"]
# A way to find a column: by what, and what is looked for.
Locator = tuple[LocatorKind, str]

# Between the parts of a code, so that 1 and 23 are not 12 and 3; nothing stands there in a code
# that another wave asks for in another number of columns.
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Identity:
    """One thing that tells people apart in one wave, and how it is compared.

    `locators` has an entry a column. Of addresses the columns are alternatives; of anything else
    they are the parts of one code. `fuzzy` asks for the likeness of spelling as well.
    """

    name: str
    locators: list[list[Locator]]
    exact: bool = False
    leading_zeros: bool = True
    blank: tuple[str, ...] = ()
    separator: str = SEPARATOR
    fuzzy: bool = False

    @property
    def is_address(self) -> bool:
        return self.name in ("email", "ip")

    @property
    def columns(self) -> list[str]:
        """The names of its raw columns."""
        return [f"@{self.name}_{place}" for place in range(1, len(self.locators) + 1)]

    @property
    def may_run_together(self) -> bool:
        """Whether different parts may make one code."""
        return len(self.locators) > 1 and not self.is_address and not self.separator

    @property
    def token(self) -> str:
        """The column of its tokens."""
        return token_column(self.name)

    @property
    def outputs(self) -> list[str]:
        """The columns that identifiers.parquet has of it."""
        return [self.token, *([likeness_column(self.name)] if self.fuzzy else [])]


def token_column(name: str) -> str:
    """Return the column of identifiers.parquet that holds the tokens of a key."""
    return f"{name}_token"


def likeness_column(name: str) -> str:
    """Return the column of identifiers.parquet by which the spelling of a key is compared."""
    return f"{name}_likeness"


def list_identities(study: Study, codebook: Codebook, wave: str) -> dict[str, Identity]:
    """Return what tells people apart in a wave: its roles, and identifiers that a rule names.

    An identifier that no rule names is not among them, and so is never read. One that is all that
    a rule compares stands for the participant code where the wave names none.
    """
    settings = study.waves[wave]
    found: dict[str, Identity] = {}
    for name, columns in (("email", settings.email), ("ip", settings.ip)):
        if columns:
            found[name] = Identity(name, _locate_each(columns))
    code = settings.code
    if code.columns:
        # One wave may ask for the parts of a code and another for the whole.
        widths = {len(as_list(one.code.columns)) for one in study.waves.values()} - {0}
        found["person"] = Identity(
            "person", _locate_each(code.columns), code.exact, code.leading_zeros,
            tuple(code.blank), SEPARATOR if len(widths) == 1 else "",
        )  # fmt: skip
    fuzzy = {name for rule in study.rules for name in rule.fuzzy}
    for name in dict.fromkeys(name for rule in study.rules for name in rule.names):
        variable = codebook.variables.get(name)
        if variable is None or name in found or not kind_of(variable).is_identifier:
            continue
        if wave in variable.question:
            locators = [locate_question(variable.question[wave])]
            blank = tuple(variable.blank)
            found[name] = Identity(name, locators, blank=blank, fuzzy=name in fuzzy)
    # An identifier that makes pairs by itself is as good a code within a wave.
    alone = (rule.keys[0] for rule in study.rules if rule.keys and rule.names == rule.keys[:1])
    code_name = next((name for name in alone if name in found and name not in ROLES), None)
    if "person" not in found and code_name is not None:
        found["person"] = replace(found[code_name], name="person", fuzzy=False)
    return found


def list_outputs(identities: dict[str, Identity]) -> list[str]:
    """Return the columns of identifiers.parquet: those of the roles always, then the others."""
    others = [one for name, one in identities.items() if name not in ROLES]
    return [*map(token_column, ROLES), *(column for one in others for column in one.outputs)]


def locate_question(question: Question) -> list[Locator]:
    """Return the ways to find a question's column, best first, or each of several columns."""
    if question.coalesce:
        return [("each", column) for column in question.coalesce]
    if question.places:
        return [("place", column) for column in question.places]
    given: list[tuple[LocatorKind, str | None]] = [
        ("id", question.id),
        ("name", question.name),
        ("any", question.locator),
        ("text", question.text),
    ]
    return [(kind, text) for kind, text in given if text]


def _locate_each(columns: Texts) -> list[list[Locator]]:
    return [[("any", column)] for column in as_list(columns)]
