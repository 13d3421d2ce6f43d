"""Knows the tools that write a plain table, by the columns that they put beside the answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from altcred.kinds.reading import fold_text
from altcred.read.export import Column, Export, Known, register_tool


@dataclass(frozen=True)
class Form:
    """A tool, what its own columns are for by their headers, and which of them tell it."""

    name: str
    # Each role with the headers of its columns, in the languages in which the tool writes them.
    roles: Mapping[str, str]
    # Of each of these a table has a column, in the first columns if `first` says how many.
    needs: Sequence[str]
    first: int | None = None

    def recognises(self, columns: Sequence[Column]) -> bool:
        """Tell by the headers of its own columns."""
        names = [_fold(column.name) for column in columns[: self.first]]
        return all(any(_has(name, need) for name in names) for need in self.needs)

    def complete(self, export: Export) -> Export:
        """Say of its own columns what they are for; of two alike the first is its own."""
        seen: set[str] = set()
        columns = []
        for column in export.columns:
            name = _fold(column.name)
            role = next((role for role, words in self.roles.items() if _has(name, words)), "")
            if role and name not in seen:
                seen.add(name)
                columns.append(replace(column, known=Known(role=role)))
            else:
                columns.append(column)
        return replace(export, columns=columns)


def _fold(name: str) -> str:
    return fold_text(name).strip(" .:*")


def _has(name: str, words: str) -> bool:
    return name in _split(words)


@cache
def _split(words: str) -> tuple[str, ...]:
    return tuple(re.split(r" ?\| ?", fold_text(words)))


_TIMESTAMP = """
    timestamp|zeitstempel|horodateur|marca temporal|marca de temps|carimbo de data/hora
    |carimbo de data e hora|informazioni cronologiche|tijdstempel|tidsstempel|tidstämpel
    |tidsmerke|aikaleima|sygnatura czasowa|časová značka|časové razítko|időbélyeg|dátum és idő
    |zaman damgası|отметка времени|позначка часу|χρονική σήμανση|dấu thời gian|ประทับเวลา
    |タイムスタンプ|时间戳|时间戳记|時間戳記|타임스탬프|الطابع الزمني|חותמת זמן|marcă temporală
    |клеймо за час|vremenska oznaka|časovni žig|laiko žyma|laika zīmogs|ajatempel|cap waktu
"""
_MAIL = """
    email|e-mail|mail|e mail|email address|e-mail address|username|e-mail-adresse|nutzername
    |adresse e-mail|adresse de messagerie|adresse mail|nom d'utilisateur|correo electrónico
    |dirección de correo electrónico|nombre de usuario|posta elettronica|indirizzo email
    |indirizzo e-mail|nome utente|endereço de e-mail|endereço de email|nome de usuário
    |e-mailadres|e-mailadresse|e-postadress|e-post|e-postadresse|e-posta|e-post-adresse
    |sähköposti|sähköpostiosoite|adres e-mail|nazwa użytkownika|электронная почта
    |адрес электронной почты|メールアドレス|电子邮件地址|電子郵件地址|이메일 주소
"""
_MICROSOFT_END = """
    completion time|fertigstellungszeit|heure de fin|hora de finalización|hora de conclusão
    |ora di completamento|tijd van voltooien|voltooiingstijd|fuldførelsestidspunkt
    |fullføringstidspunkt|slutförandetid|valmistumisaika|godzina ukończenia|čas dokončení
    |befejezés időpontja|tamamlama zamanı|время выполнения|完成時刻|完成时间|完成時間|완료 시간
"""
_MICROSOFT_START = """
    start time|startzeit|heure de début|hora de inicio|hora de início|ora di inizio|begintijd
    |starttijd|starttidspunkt|starttid|aloitusaika|godzina rozpoczęcia|čas zahájení
    |kezdés időpontja|başlangıç zamanı|время создания|開始時刻|开始时间|開始時間|시작 시간
"""

for form in (
    Form(
        "google_forms",
        {"submitted": _TIMESTAMP, "email": _MAIL, "other": "score|punktzahl|puntuación|punteggio"},
        [_TIMESTAMP],
        first=1,
    ),
    Form(
        "microsoft_forms",
        {
            "response_id": "id",
            "opened": _MICROSOFT_START,
            "submitted": _MICROSOFT_END,
            "email": _MAIL,
            "other": "name|nom|nombre|nome|naam|navn|namn|nimi|nazwa|名前|名称|名稱|이름|"
            "total points|quiz feedback|grade posted time|gesamtpunktzahl|quizfeedback",
            "timing": "last modified time|zeitpunkt der letzten änderung|"
            "heure de dernière modification|hora de la última modificación|"
            "hora da última modificação|ora ultima modifica|tijd van laatste wijziging",
        },
        ["id", _MICROSOFT_START, _MICROSOFT_END],
        first=4,
    ),
    Form(
        "surveymonkey",
        {
            "response_id": "respondent id|respondent_id",
            "submitted": "end date|date_modified",
            "opened": "start date|date_created",
            "ip": "ip address|ip_address",
            "email": "email address|email_address",
            "other": "collector id|collector_id|collectornm|first name|first_name|last name|"
            "last_name|custom data 1|custom_1|custom data|tags",
        },
        ["respondent id|respondent_id", "collector id|collector_id|start date|end date"],
        first=4,
    ),
    Form(
        "typeform",
        {
            "response_id": "#",
            "submitted": "submit date (utc)|submitted at",
            "opened": "start date (utc)",
            "timing": "stage date (utc)",
            "finished": "response type",
            "ip": "network id",
            "other": "tags|ending|score",
        },
        ["#|start date (utc)", "submit date (utc)|network id|submitted at"],
    ),
    Form(
        "soscisurvey",
        {
            "response_id": "case",
            "opened": "started",
            "submitted": "lastdata",
            "finished": "finished",
            "timing": "maxpage|lastpage|time_sum|time_rsi|deg_time",
            "other": "serial|ref|questnnr|mode|language|q_viewer|missing|missrel",
        },
        ["case", "questnnr", "started"],
    ),
    Form(
        "alchemer",
        {
            "response_id": "response id",
            "opened": "time started",
            "submitted": "date submitted",
            "finished": "status",
            "ip": "ip address",
            "other": "contact id|legacy comments|comments|language|referer|sessionid|user agent|"
            "tags|longitude|latitude|country|city|state/region|postal|extended referer",
        },
        ["response id", "time started", "date submitted"],
        first=6,
    ),
    Form(
        "indico",
        {"submitted": "submission date", "email": "submitter email", "other": "submitter"},
        ["submitter", "submission date"],
        first=3,
    ),
    Form(
        "jotform",
        {
            "submitted": "submission date",
            "ip": "submission ip|ip",
            "response_id": "submission id",
            "timing": "last update date",
            "other": "edit link|submission url|flow status|status",
        },
        ["submission date", "submission id|submission ip|last update date"],
    ),
):
    register_tool(form)
