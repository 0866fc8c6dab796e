"""How alike are two facilities' names, word by word: abbreviations, initials, legal forms, slips of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from daybreak.directory.rules.identity import fold
from daybreak.vocabulary.states import STATES

_SHORT = {
    "ctr": "center", "cntr": "center", "cente": "center", "cener": "center", "centre": "center", "cntrs": "center", "ctrs":
    "center", "svc": "service", "svcs": "service", "serv": "service", "servs": "service", "srvs": "service", "trt": "treatment",
    "trtmt": "treatment", "tx": "treatment", "treat": "treatment", "hosp": "hospital", "comm": "community", "cmty": "community",
    "assoc": "associate", "assocs": "associate", "associates": "associate", "assn": "association", "dept": "department",
    "rehab": "rehabilitation", "mtn": "mountain", "mt": "mountain", "ft": "fort", "st": "saint", "ste": "sainte", "behav":
    "behavioral", "behavorial": "behavioral", "counselling": "counseling", "counsel": "counseling", "counselor": "counseling",
    "psych": "psychiatric", "intl": "international", "inst": "institute", "univ": "university", "natl": "national", "prog":
    "program", "pgm": "program", "programme": "program", "med": "medical", "reg": "regional", "outpt": "outpatient", "inpt":
    "inpatient", "co": "county", "cnty": "county", "alc": "alcohol", "hlth": "health", "servic": "service", "csl": "counseling",
    "depend": "dependency", "chem": "chemical", "abus": "abuse", "subst": "substance", "meth": "methadone", "org":
    "organization", "orgn": "organization", "mgmt": "management", "sys": "system", "grp": "group", "addictions": "addiction",
    "womens": "women", "woman": "women", "mens": "men", "males": "men", "male": "men", "females": "women", "female": "women",
    "adolescents": "adolescent", "teens": "adolescent", "teen": "adolescent", "youths": "youth", "childrens": "children",
    "child": "children", "adults": "adult", "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "one": "1",
    "two": "2", "three": "3", "va": "veterans", "vamc": "veterans", "veteran": "veterans", "healthcare": "health", "wellcare":
    "wellness", "n": "north", "s": "south", "e": "east", "w": "west",
}  # fmt: skip
_DROPPED = frozenset({
    "of", "the", "and", "a", "an", "at", "for", "in", "on", "to", "by", "with", "dba", "aka", "inc", "incorporated", "llc",
    "lcc", "ltd", "pllc", "psc", "corp", "corporation", "company", "pc", "pa", "lp", "llp", "usa",
})  # fmt: skip
# What many facilities are called: such a word alone tells nobody apart.
_COMMON = frozenset({
    "dui", "dwi",
    "center", "service", "treatment", "health", "behavioral", "mental", "recovery", "counseling", "community", "program",
    "clinic", "substance", "abuse", "alcohol", "drug", "addiction", "outpatient", "inpatient", "residential", "rehabilitation",
    "medical", "hospital", "family", "county", "house", "home", "human", "social", "department", "system", "associate",
    "association", "group", "agency", "facility", "unit", "office", "site", "regional", "comprehensive", "psychological",
    "psychiatric", "therapy", "care", "council", "institute", "foundation", "management", "wellness", "solution", "resource",
    "network", "area", "region", "state", "national", "american", "new", "life", "hope", "chemical", "dependency", "dependence",
    "organization", "intensive", "school", "university", "prevention", "consultant", "education", "educational", "adult",
    "youth", "adolescent", "children", "women", "men", "veterans", "saint", "place", "north", "south", "east", "west",
    "northern", "southern", "eastern", "western", "central", "methadone", "opioid", "detox", "city", "valley", "support",
    "corporation", "ministry", "army", "salvation", "catholic", "charity", "lutheran", "first", "division", "society",
    "project", "crisis", "intervention", "professional", "development", "living",
})  # fmt: skip
_MARKS: dict[str, str] = {
    "women": "sex: women", "mother": "sex: women", "girl": "sex: women", "men": "sex: men", "boy": "sex: men",
    "fathers": "sex: men", "adolescent": "age: young", "youth": "age: young", "children": "age: young",
    "juvenile": "age: young", "adult": "age: adult", "senior": "age: adult", "north": "side: north", "south": "side: south",
    "east": "side: east", "west": "side: west", "northern": "side: north", "southern": "side: south",
    "eastern": "side: east", "western": "side: west", "northeast": "side: northeast", "northwest": "side: northwest",
    "southeast": "side: southeast", "southwest": "side: southwest", "outpatient": "kind: outpatient",
    "residential": "kind: residential", "inpatient": "kind: inpatient", "halfway": "kind: halfway", "detox": "kind: detox",
    "detoxification": "kind: detox", "methadone": "kind: methadone", "transitional": "kind: transitional",
    "prevention": "kind: prevention", "shelter": "kind: shelter",
}  # fmt: skip
_JOINED = re.compile(r"\bMH\s?/\s?MR\b", re.IGNORECASE)
# A state's two letters are its name, where they are no word of their own ("in", "or", "me", "co", "pa").
_STATES = {
    code.lower(): name.lower() for code, name in STATES.items()
    if " " not in name and code not in {"IN", "OR", "ME", "CO", "PA", "LA", "MA", "AL", "DE", "HI", "ID", "OK", "MD", "VA"}
}  # fmt: skip
_NUMBERED = "number: "
COMMON_WEIGHT, PLACE_WEIGHT = 0.25, 0.4
ENOUGH = 85.0


@lru_cache(maxsize=131072)
def name_words(text: str) -> tuple[str, ...]:
    """The words of a name in their full spelling, without small words, legal forms and plurals."""
    words = []
    for word in fold(_JOINED.sub("mhmr", text.replace(".org", " ")).replace("/", " ")).split():
        word = _STATES.get(word, _SHORT.get(word, word))
        if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = _SHORT.get(word[:-1], word[:-1])
        if word not in _DROPPED:
            words.append(word)
    return tuple(words) or tuple(fold(text).split())


@lru_cache(maxsize=131072)
def marks(text: str) -> frozenset[str]:
    """What sets one program of an organization apart from its sister: for whom, which side of town, which kind, which number."""
    found = set()
    for word in name_words(text):
        if word.isdigit() and len(word) < 4:
            found.add(_NUMBERED + word)
        elif word in _MARKS:
            found.add(_MARKS[word])
    return frozenset(found)


def marks_clash(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names speak of different things of one sort: women and men, east and west, house 1 and house 2."""
    sorts = {mark.partition(":")[0] for mark in one} & {mark.partition(":")[0] for mark in other}
    return any(
        not {mark for mark in one if mark.startswith(f"{sort}:")}
        & {mark for mark in other if mark.startswith(f"{sort}:")}
        for sort in sorts
    )


def is_distinctive(word: str) -> bool:
    """Whether the word tells facilities apart."""
    return word not in _COMMON and len(word) > 1


def _weight(word: str, place_words: frozenset[str]) -> float:
    if word in _COMMON:
        return COMMON_WEIGHT
    return PLACE_WEIGHT if word in place_words else 1.0


@lru_cache(maxsize=262144)
def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) >= 4:
        if one.startswith(other) or other.startswith(one):
            return 0.9
        ratio = fuzz.ratio(one, other)
        if ratio >= ENOUGH:
            return ratio / 100.0
    return 0.0


def _initials(words: tuple[str, ...], others: tuple[str, ...]) -> dict[str, set[str]]:
    """Which words of ``words`` are the initials of a run of ``others``: "bhg" of "behavioral health group"."""
    found: dict[str, set[str]] = {}
    letters = "".join(word[0] for word in others)
    for word in words:
        if 2 < len(word) < 7 and word.isalpha() and word in letters and word not in others:
            start = letters.index(word)
            found[word] = set(others[start : start + len(word)])
    return found


@lru_cache(maxsize=131072)
def likeness(one: str, other: str, place: str) -> tuple[float, float, bool]:
    """(how much of both names agrees, how much of the shorter one does, whether a telling word agrees), each 0..1.

    ``place`` is the town and state: words that stand there say little in a name.
    """
    first, second = name_words(one), name_words(other)
    if first == second or sorted(first) == sorted(second):
        return 1.0, 1.0, any(is_distinctive(word) for word in first)
    if "".join(first) == "".join(second):
        return 1.0, 1.0, True
    place_words = frozenset(place.split())
    short_first, short_second = _initials(first, second), _initials(second, first)
    told = False
    covered = []
    for words, others, own, theirs in (
        (first, second, short_first, short_second), (second, first, short_second, short_first),
    ):  # fmt: skip
        spelled = set().union(*theirs.values()) if theirs else set()
        reached = total = 0.0
        for word in dict.fromkeys(words):
            weight = _weight(word, place_words)
            if word in others or word in own or word in spelled:
                best = 1.0
            else:
                best = max([_alike(word, x) for x in others], default=0.0)
            told = told or (best > 0.0 and weight == 1.0 and is_distinctive(word)) or word in own
            reached, total = reached + weight * best, total + weight
        covered.append(reached / total if total else 0.0)
    both = 2 * covered[0] * covered[1] / (covered[0] + covered[1]) if sum(covered) else 0.0
    return both, max(covered), told


def best_likeness(ones: Iterable[str], others: Iterable[str], place: str) -> tuple[float, float, bool]:
    """The best of all pairs of names."""
    theirs = tuple(others)
    found = [likeness(one, other, place) for one in ones for other in theirs]
    return max(
        found, key=lambda entry: (entry[0] + 0.5 * entry[1] * entry[2], entry), default=(0.0, 0.0, False)
    )
