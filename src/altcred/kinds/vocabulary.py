"""Words that stand in answers about numbers: currencies, units, limits, and words for no answer."""

from altcred.core.numerals import ONES, TENS

# Said in place of an answer. A choice of that name comes first: "None" can be an answer.
NO_ANSWER = {"n/a", "na", "n.a.", "n.a", "-", "--", "---", ".", "..", "?", "not applicable"}
NO_ANSWER |= {"prefer not to say", "prefer not to answer", "don't know", "do not know"}
NO_ANSWER |= {"null", "nan", "<na>", "#n/a", "#null!"}
NO_NUMBER = NO_ANSWER | {"none", "no answer", "not sure", "unknown", "x", "xx"}

# What the column of one option holds where it is ticked, and where it is said not to be.
TICKED = {"1", "true", "t", "yes", "y", "x", "on", "checked", "ticked", "selected", "chosen"}
TICKED |= {"marked", "mentioned", "quoted", "✓", "✔", "☑", "☒", "√", "ja", "j", "wahr", "genannt"}
TICKED |= {"ausgewählt", "angekreuzt", "gewählt", "oui", "vrai", "coché", "si", "sí", "sì"}
TICKED |= {"verdadero", "vero", "sim", "verdadeiro", "waar", "da", "да", "tak", "ano", "evet"}
NOT_TICKED = {"0", "false", "f", "no", "n", "off", "unchecked", "unticked", "unselected", "none"}
NOT_TICKED |= {
    f"not {word}"
    for word in ("checked", "ticked", "selected", "chosen", "marked", "mentioned", "quoted")
}
NOT_TICKED |= {"☐", "nein", "falsch", "nicht genannt", "nicht ausgewählt", "nicht angekreuzt"}
NOT_TICKED |= {"nicht gewählt", "non", "faux", "non coché", "falso", "não", "nao", "nee", "nei"}
NOT_TICKED |= {"nej", "onwaar", "ne", "нет", "nie", "hayir"}
# What it holds where the person was not shown the question or left it out.
NOT_SHOWN = {"not completed", "not shown", "not asked", "not answered", "no answer", "skipped"}
NOT_SHOWN |= {"missing", "no response", "not displayed", "keine angabe", "k.a.", "nicht gezeigt"}
NOT_SHOWN |= {"nicht beantwortet", "sans réponse", "sin respuesta", "null", "nan", "none given"}
NOT_SHOWN |= {"did not answer", "seen but not answered", "not applicable", "#n/a", "#null!"}
NOT_SHOWN |= {f"{left}{word}{right}" for word in NOT_SHOWN for left, right in ("[]", "()", "<>")}

CURRENCIES = {
    "USD": {"$", "us$", "usd", "dollar", "dollars", "us", "usdollars", "bucks", "american"},
    "EUR": {"€", "eur", "euro", "euros"},
    "GBP": {"£", "gbp", "pound", "pounds", "sterling", "quid"},
    "INR": {"₹", "inr", "rs", "rupee", "rupees", "lakh", "lakhs", "lac", "lacs", "lpa", "crore"},
    "CAD": {"c$", "ca$", "cad", "canadian"},
    "AUD": {"a$", "au$", "aud", "australian"},
    "BRL": {"r$", "brl", "reais", "real"},
    "CNY": {"¥", "cny", "rmb", "yuan", "renminbi", "元"},
    "JPY": {"¥", "jpy", "yen", "円"},
    "MXN": {"mxn", "mx$", "mn"},
    "CHF": {"chf", "franc", "francs", "fr", "sfr", "fr.", "franken"},
    "SEK": {"sek", "kr", "krona", "kronor"},
    "DKK": {"dkk", "kr", "krone", "kroner"},
    "NOK": {"nok", "kr", "krone", "kroner"},
    "ISK": {"isk", "kr", "krona", "krónur"},
    "PLN": {"pln", "zł", "zl", "zloty", "złoty", "złote", "złotych"},
    "CZK": {"czk", "kč", "korun"},
    "HUF": {"huf", "ft", "forint"},
    "RON": {"lei"},
    "UAH": {"₴", "uah", "грн"},
    "RUB": {"₽", "rub", "rouble", "roubles", "ruble", "rubles", "руб", "рублей"},
    "TRY": {"₺", "try", "tl", "lira"},
    "ZAR": {"zar", "rand", "rands"},
    "NGN": {"₦", "ngn", "naira"},
    "KES": {"kes", "ksh"},
    "PKR": {"pkr"},
    "PHP": {"₱", "php"},
    "KRW": {"₩", "krw", "won", "원"},
    "SGD": {"s$", "sgd"},
    "HKD": {"hk$", "hkd"},
    "NZD": {"nz$", "nzd"},
    "EGP": {"egp"},
    "ARS": {"ars"},
    "COP": {"cop"},
    "CLP": {"clp"},
    "IDR": {"idr", "rupiah"},
    "THB": {"thb", "baht"},
    "VND": {"vnd", "dong"},
    "AED": {"aed", "dirham", "dirhams"},
    "SAR": {"sar", "riyal", "riyals"},
    "ILS": {"₪", "ils", "nis", "shekel", "shekels"},
    "PEN": {"pen", "soles"},
    "?": {"peso", "pesos", "dinar", "dinars"},
}
# Countries whose money is called dollar too; "dollars" alone is theirs where the question is.
DOLLARS = {"USD", "CAD", "AUD", "SGD", "HKD", "NZD"}
# Those whose money is called peso, and written with the sign of dollars.
PESOS = {"MXN", "COP", "ARS", "CLP", "UYU", "DOP", "PHP"}
MULTIPLIERS = {
    "k": 1e3,
    "thousand": 1e3,
    "thousands": 1e3,
    "thou": 1e3,
    "grand": 1e3,
    "tys": 1e3,
    "тыс": 1e3,
    "bin": 1e3,
    "万": 1e4,
    "m": 1e6,
    "mn": 1e6,
    # No "mil": a thousand in Spanish and Portuguese, a million to others.
    "mio": 1e6,
    "mln": 1e6,
    "млн": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "billion": 1e9,
}
UNITS = {
    "minute": {"minute", "minutes", "min", "mins"},
    "hour": {"hour", "hours", "hr", "hrs", "h", "hs", "hourly"},
    "day": {"day", "days", "daily"},
    "week": {"week", "weeks", "wk", "wks", "w", "weekly"},
    "month": {"month", "months", "mo", "mos", "mth", "mths", "monthly"},
    "year": {"year", "years", "yr", "yrs", "y", "yearly", "annually", "annual", "annum", "pa"},
    "percent": {"percent", "percents", "%", "pct"},
}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}
RATE_WORDS = {"hourly", "daily", "weekly", "monthly", "yearly", "annually", "annual", "annum"}
RATE_WORDS |= {"pa"}
RATE_MARKS = {"a", "an", "per", "each", "every", "/", "in"}
ROUGHLY = {"about", "approximately", "approx", "appx", "around", "roughly", "circa", "ca", "~"}
ROUGHLY |= {"etwa", "ungefähr", "environ", "unos", "cerca", "aproximadamente", "aprox"}
ROUGHLY |= {"około", "yaklaşik", "примерно", "около", "約"}
ROUGHLY |= {"≈", "so", "nearly", "almost", "total", "only", "just", "=", ":", "of", "."}
AT_LEAST = {"over", "above", "minimum", ">", "≥", "+", "plus", "min"}
AT_MOST = {"under", "below", "<", "≤", "maximum", "max"}
CONNECTORS = {"-", "to", "or"}
NUMBER_WORDS = {word: float(number) for number, word in enumerate(ONES)}
NUMBER_WORDS |= {"nil": 0.0, "nothing": 0.0, "dozen": 12.0}
TENS_WORDS = {word: float(10 * number) for number, word in enumerate(TENS, start=2)}
MONTHS = [
    *(["january", "february", "march", "april", "may", "june", "july", "august", "september"]),
    *(["october", "november", "december"]),
    *(["jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"]),
]
