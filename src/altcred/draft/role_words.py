"""Words by which headers say what a column is for, in the main languages of surveys."""

import re

from altcred.draft.words import WORDS, any_of
from altcred.kinds.reading import fold_text
from altcred.read.export import Column

# What is longer is no header of a role, and takes long to look through.
_LONGEST = 200
# Headers of times of submission, the best first, each with its place.
SUBMITTED = {one: place for place, one in enumerate(WORDS["submitted"])}
OPENED = set(WORDS["opened"])

_WHO = f"(?:{any_of('person')})(?:in|innen|s|e|'s)?"
_CODE = f"(?:{any_of('code')})"
_OWN = f"(?:{any_of('own')})"
# Headers of participant codes: each matches the whole of it.
CODE = re.compile(
    rf"(?:please )?(?:enter |write |type |create |provide |what is )?(?:{_OWN} )*(?:{_WHO} ?)"
    rf"(?:{_OWN} )*{_CODE}(?: here)?|"
    rf"(?:please )?(?:enter |write |type |create |provide |what is )?(?:{_OWN} )+{_CODE}(?: here)?|"
    rf"{_CODE} (?:of |de |du |del |des |der |van )?(?:the |la |l')?{_WHO}|(?:{_OWN} )*pseudonyms?|"
    # As archives call who answers in several waves.
    r"(?:[a-z-]+ )?(?:person|personal|individual) ident(?:ifier|ification)(?: number)?(?: \(.+\))?|"
    r"(?:participant|subject|subj|student|pid|pidp|xwaveid|persnr|idpers|uid|sid|ppid|vpn|vp|participantid|userid|"
    r"studentid|subjectid|personid|respid|externalreference|external reference|"
    r"externaldatareference|external data reference|prolific (?:pid|id)|prolificid|workerid|"
    r"worker id|mturkid|mturk id|codename|code name|code|kode|código|codice|kod|"
    r"identifikationscode|teilnehmercode|probandencode|versuchspersonencode|matrikelnummer|matrikelnr|"
    r"matrikel|matriculation number|matricola|matrícula|numéro d'étudiant|studentnummer|"
    r"personnummer|personalnummer|national id|dni|nif|cpf|curp|pesel|bsn|codice fiscale|"
    r"cédula(?: de identidad| de ciudadanía)?|fødselsnummer|"
    r"social security number|ssn|passport number|token)"
)
# What stands for each row without saying who it is of.
BARE_ID = re.compile(any_of("bare id"))
# What stands for something that each row is of, such as a household.
OTHER_ID = re.compile(r"(?:[^\W\d_]+ ){1,3}(?:id|identifier)|hh_?id")
_FIRST = f"(?:{any_of('first')})"
_SIGN = f"(?:{any_of('sign')})"
_CODE_WORD = r"(?:code|kode|código|codice|kod|pseudonym)"
# Headers of the parts of which people make a code of their own.
CODE_PART = re.compile(
    rf"\b{_FIRST}\b.{{0,40}}\b{_SIGN}\b|\b{_SIGN}\b.{{0,30}}\b(?:mother|father|mutter|vater|mère|père|"
    r"madre|padre|mãe|pai|moeder|vader|mor|far)\b|"
    r"\b(?:mother|mutter|mère|madre|mãe|moeder|mors|father|vater)\w*\b.{0,25}\b(?:name|vorname\w*|nom|"
    r"prénom|nombre|nome|naam|voornaam|navn|fornavn|namn|förnamn)\b|"
    r"\bcode\b.{0,12}\b(?:part|teil|partie|parte|deel|del)\b|"
    r"\b(?:part|teil|partie|parte|deel|del) ?\d.{0,12}\bcode\b|"
    r"\bday of (?:your |the )?birth\b(?!.*year)|"
    r"\bday (?:of the month )?(?:you were|were you) born\b|"
    r"\btag (?:ihrer|deiner|der) geburt\b"
)
# A header that begins with the word for a code, and then says which part of it this is.
PART_OF_CODE = re.compile(rf"(?:{_OWN} )*{_CODE_WORD}(?: ?[:/|(\[_-] ?| ?(?=\d))\S.*")
EMAIL = re.compile(
    r"(?:(?:what(?: i|')s )?(?:your|my|recipient|submitter|contact|work|school|university|student|"
    r"ihre|deine|votre|uw|din|la sua) ?)*(?:e-?mail|e mail|mail|recipientemail|courriel|"
    r"adresse mail|adresse e-?mail|adresse électronique|correo(?: electrónico)?|"
    r"dirección de correo electrónico|"
    r"indirizzo (?:e-?mail|di posta)|endereço de e-?mail|e-?postadress|e-?post|e-?mailadres|"
    r"username|nom d'utilisateur|nombre de usuario|benutzername|nome utente)"
    r"[ _-]?(?:address|adresse|adres|adress)?(?: \(?optional\)?)?"
)
_YOURS = (
    r"(?:(?:what(?: i|')s |please (?:enter|write|give) )?(?:your|the|my|student'?s?|"
    r"participant'?s?|respondent'?s?|child'?s?|parent'?s?|teacher'?s?|contact|recipient|submitter'?s?|first|last|"
    r"full|family|given|middle|legal|preferred|complete|ihr|dein|votre|su|tu|seu|il tuo|uw|je|"
    r"ditt|dit) ?)*"
)
NAME = re.compile(
    rf"{_YOURS}(?:name|names|firstname|lastname|surname|forename|fullname|user ?name|nick ?name|"
    r"recipientfirstname|recipientlastname|submitter)(?: ?(?:and|&|/|,) ?"
    r"(?:sur|last |family |first )?name)?(?: \(.*\))?|"
    r"(?:ihr |dein )?(?:vor|nach|familien|zu)(?:name|namen)|vor- und nachname|vorname und nachname|"
    rf"{_YOURS}(?:nom|prénom|noms|nom et prénom|prénom et nom|nom de famille)|"
    rf"{_YOURS}(?:nombres?|apellidos?|nombres? y apellidos?)(?: completos?)?|"
    r"(?:nazwisko|imię|imię i nazwisko)|"
    rf"(?:respondent|resp|interviewer|enumerator|participant|{_WHO}) ?names?|"
    rf"names? of (?:the )?(?:interviewer|enumerator|surveyor|{_WHO})|"
    rf"{_YOURS}(?:nome|cognome|sobrenome|apelido|nome completo|nome e cognome|nome e sobrenome)|"
    rf"{_YOURS}(?:naam|voornaam|achternaam|navn|fornavn|etternavn|efternavn|namn|förnamn|efternamn)"
)
PHONE = re.compile(rf".{{0,30}}\b(?:{any_of('phones')})\b.{{0,30}}")
HANDLE = re.compile(rf".{{0,40}}\b(?:{any_of('accounts')})\b.{{0,40}}")
PLACE = re.compile(rf".{{0,20}}\b(?:{any_of('coordinates')})\b.{{0,20}}|[xy]")
WHO = re.compile(any_of("who"))
HEIGHT = re.compile(r".*\b_?(?:gps|geo\w*)[\W_]+(?:altitude|accuracy|precision)")
ADDRESS = re.compile(
    r"(?:(?:what(?: i|')s )?(?:your|home|street|postal|mailing|full|current|work|ihre|votre|su) ?)*"
    rf"(?:{any_of('streets')})"
)
WEIGHT = re.compile(
    r"(?P<sure>.{0,20}\b(?:survey|design|sampling|sample|post-?stratification|raking|final|"
    r"calibration|population|person|analysis)[ _-]?(?:weights?|wt|wgt)|p?weight_?\w{0,4}(?<=\d)|"
    r"pweight|wgt|anweight|pspwght|dweight|weighting|gewichtung|gewichtungsfaktor|pondération|"
    r"factor de ponderación|ponderación|ponderador|peso amostral|weegfactor|vekt)|"
    r"weights?|wt|gewicht|poids|peso|vikt|"
    # What the archive of a panel calls them, in the label or by its name.
    r"(?P<long>.{0,80}[\s_-](?:weights?|weighting|gewicht)|\w+_[xl]w)"
)


def list_headers(column: Column) -> list[str]:
    """Return what a column is called, folded: by its id, name and text, and without signs.

    Of `code. Text` the code counts too, and of `stem / part` the part, as of `under_scores` the
    words.
    """
    found: list[str] = []
    for text in (column.import_id, column.name, column.text, column.known.part):
        folded = fold_text(text).strip(" *?:.")
        code, _, rest = folded.partition(". ")
        ways = [
            folded,
            *([] if " " in code else [code, rest]),
            re.sub(r"[_\s]+", " ", folded).strip(),
        ]
        split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
        found += [*ways, fold_text(re.sub(r"[_\s]+", " ", split)).strip(" *?:.")]
    return list(dict.fromkeys(one for one in found if one and len(one) <= _LONGEST))
