"""Attributes that the law protects most: what a model tells of age, sex or origin of people."""

import re
from collections.abc import Iterable

# Words of labels, in the lists that people are sorted into by data sets such as PETA, PA-100K and FairFace.
_AGE = (
    "age|aged|adult|baby|boy|child|children|elderly|girl|infant|kid|old|over60|senior|teen|teenager|young|"
    "toddler"
)
_SEX = "boy|female|gender|girl|lady|male|man|men|sex|woman|women"
_ORIGIN = (
    "african|arab|asian|caucasian|ethnicity|ethnic|european|hispanic|indian|latino|origin|race|skin|skintone|"
    "muslim|hijab|turban"
)
_WORDS = frozenset(f"{_AGE}|{_SEX}|{_ORIGIN}".split("|"))
# An age in years, alone or as a range: `age18-60`, `20-29`, `less15`, `AgeOver60`.
_YEARS = re.compile(r"(?:age|over|less|under|above|below)\D?\d+|\d+\s?(?:-|to|–)\s?\d+")


def sensitive(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the labels of a model that tell age, sex or origin."""
    return tuple(label for label in labels if _tells(label))


def sensitive_warning(labels: Iterable[str]) -> str:
    """Return what the user is to know of labels that tell age, sex or origin."""
    return (
        f"the model of attributes tells {', '.join(labels)}: sorting people by age, sex or origin is "
        "profiling, and origin is data of a special category: it takes an assessment and a legal basis "
        "(GDPR, articles 9, 22 and 35); the AI Act (article 5) forbids to derive race from biometric data"
    )


def _tells(label: str) -> bool:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-./]+", " ", label).casefold()
    return bool(_WORDS.intersection(spaced.split()) or _YEARS.search(label.casefold()))
