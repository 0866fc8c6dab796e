"""Are two places of different lists the same? Compares names, streets, phones and points; every part says what it found."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import exp, log

from daybreak.directory.rules.identity import fold
from daybreak.directory.rules.matching_names import best_likeness, likeness, marks, marks_clash, name_words
from daybreak.directory.rules.matching_streets import Street, read_street, street_level, units_level
from daybreak.directory.rules.matching_weights import DOUBTFUL, GUARDS, LIKELIHOODS, PRIOR_ODDS, SURE
from daybreak.vocabulary.gazetteer import miles_between

# A number that more places than this give is a hotline or a head office: it says who, not where.
SHARED_LINE = 3
# So much likelier (natural logarithm of the odds) must a pair be than the next one of the same list.
CLEAR_LEAD = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """One location as far as matching needs it.

    ``name`` is its organization's or own name, ``programs`` the names of its services where they are not the same;
    ``sources`` are the lists that name it. ``exact_point`` tells whether the point is the place's own, not its ZIP's.
    """

    id: Hashable
    name: str
    programs: tuple[str, ...]
    street: str
    street_2: str
    city: str
    state: str
    zip: str
    latitude: float | None
    longitude: float | None
    exact_point: bool
    phones: frozenset[str]
    sources: frozenset[str]

    @property
    def full_names(self) -> tuple[str, ...]:
        """The name alone, and with each program behind it."""
        return (self.name, *(f"{self.name} {program}" for program in self.programs[:4]))

    @property
    def area(self) -> str:
        """Town and state, folded."""
        return fold(f"{self.city} {self.state}")

    @property
    def road(self) -> Street:
        """The address taken apart."""
        return read_street(self.street, self.street_2)


@dataclass(frozen=True, slots=True)
class Judged:
    """Two places compared: what came out, how likely they are the same (0..1), and what follows.

    ``verdict`` is same, doubtful or different; ``levels`` is what was compared → what came out. Where the addresses alone
    leave no chance, the names are missing there, and ``score`` is the most that it could be.
    """

    first: Place
    second: Place
    levels: Mapping[str, str]
    score: float
    verdict: str

    @property
    def reasons(self) -> list[dict[str, object]]:
        """One entry a comparison: what, its outcome, and its weight (natural logarithm of the likelihood ratio)."""
        return [
            {"compared": compared, "level": level, "weight": round(_weight(compared, level), 2)}
            for compared, level in self.levels.items()
        ]


def judged(one: Place, other: Place, line_uses: Mapping[str, int]) -> Judged:
    """Compare, weigh, decide. A list that names two places means two: such pairs are never the same without a person.

    Names are compared last, and only where the addresses leave a chance: they cost the most.
    """
    where = address_comparison(one, other, line_uses)
    best = likelihood({**where, **_BEST_NAMES})
    if best < DOUBTFUL or (one.sources & other.sources and not is_guarded({**where, **_BEST_NAMES})):
        return Judged(one, other, where, best, "different")
    levels = {"name": name_level(one, other), "program": program_level(one, other), **where}
    score = likelihood(levels)
    verdict = "different"
    if score >= DOUBTFUL and "clash" not in (levels["name"], levels["program"]):
        sure = score >= SURE and is_guarded(levels)
        sister = bool(one.sources & other.sources)
        verdict = {(True, True): "doubtful", (True, False): "same", (False, False): "doubtful"}.get(
            (sure, sister), "different"
        )
    return Judged(one, other, levels, score, verdict)


_BEST_NAMES = {"name": "same", "program": "same"}


def likelihood(levels: Mapping[str, str]) -> float:
    """How likely two places with these outcomes are the same, 0..1."""
    total = log(PRIOR_ODDS) + sum(_weight(compared, level) for compared, level in levels.items())
    return 1.0 / (1.0 + exp(-total))


def is_guarded(levels: Mapping[str, str]) -> bool:
    """Whether one of the guards lets the pair pass."""
    return any(all(levels[compared] in wanted for compared, wanted in guard.items()) for guard in GUARDS)


def _weight(compared: str, level: str) -> float:
    same, different = LIKELIHOODS[compared][level]
    return log(same / different)


def comparison(one: Place, other: Place, line_uses: Mapping[str, int]) -> dict[str, str]:
    """What was compared → what came out, all of it."""
    return {
        "name": name_level(one, other),
        "program": program_level(one, other),
        **address_comparison(one, other, line_uses),
    }


def address_comparison(one: Place, other: Place, line_uses: Mapping[str, int]) -> dict[str, str]:
    """Street, unit, phone and place. ``line_uses`` is phone number → at how many streets it is given."""
    roads = one.road, other.road
    return {
        "street": street_level(*roads),
        "unit": units_level(*roads),
        "phone": phone_level(one, other, line_uses),
        "place": place_level(one, other),
    }


def name_level(one: Place, other: Place) -> str:
    """same, near, within (one is part of the other), alike, partly, little or none; clash where men meets women and so on."""
    area = one.area if one.area == other.area else f"{one.area} {other.area}"
    both, shorter, told = best_likeness(one.full_names, other.full_names, area)
    if both < 1.0 and marks_clash(marks(one.name), marks(other.name)):
        return "clash"
    if both >= 0.999:
        return "same" if told or len(name_words(one.name)) > 1 else "alike"
    if both >= 0.85 and (told or min(len(name_words(one.name)), len(name_words(other.name))) > 2):
        return "near"
    if shorter >= 0.9 and told:
        return "within"
    if both >= 0.6:
        return "alike" if told else "partly"
    if both >= 0.35:
        return "partly" if told else "little"
    return "little" if told or both >= 0.2 else "none"


def program_level(one: Place, other: Place) -> str:
    """same, other, clash (women's, men's), or unknown where one of the two is the organization itself."""
    if not (one.programs and other.programs):
        return "unknown"
    best, clash = 0.0, True
    for first, second in product(one.programs, other.programs):
        both, shorter, told = likeness(first, second, one.area)
        best = max(best, both, shorter if told else 0.0)
        clash = clash and marks_clash(marks(first), marks(second))
    if best >= 0.85:
        return "same"
    return "clash" if clash else "other" if best < 0.5 else "unknown"


def phone_level(one: Place, other: Place, line_uses: Mapping[str, int]) -> str:
    """same, shared-line (a number that many places give), other, or unknown."""
    if not (one.phones and other.phones):
        return "unknown"
    common = one.phones & other.phones
    if not common:
        return "other"
    return "same" if min(line_uses.get(number, 1) for number in common) <= SHARED_LINE else "shared-line"


def place_level(one: Place, other: Place) -> str:
    """here (200 yards), near (half a mile), zip, town, miles-off, far, or unknown."""
    if one.exact_point and other.exact_point:
        miles = distance(one, other)
        if miles is not None:
            if miles <= 0.12:
                return "here"
            if miles <= 0.5:
                return "near"
            if miles > 25:
                return "far"
            if miles > 3:
                return "miles-off"
    if one.zip and one.zip == other.zip:
        return "zip"
    return "town" if one.area and one.area == other.area else "elsewhere"


def distance(one: Place, other: Place) -> float | None:
    """Miles between the two points; None where one is not known."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return miles_between(one.latitude, one.longitude, other.latitude, other.longitude)


def line_uses(places: Iterable[Place]) -> dict[str, int]:
    """Phone number → at how many streets it is given."""
    streets: dict[str, set[tuple[str, str]]] = {}
    for place in places:
        road = place.road
        for number in place.phones:
            streets.setdefault(number, set()).add((road.number, road.name))
    return {number: len(places_here) for number, places_here in streets.items()}


def settled(pairs: Iterable[Judged]) -> list[Judged]:
    """The pairs, with those made doubtful that have a rival.

    A list names a place once. Where a place is as like one entry of another list as it is like a second entry of that list,
    nobody can tell by rule which of the two it is.
    """
    known = list(pairs)
    best: dict[tuple[Hashable, str], list[float]] = {}
    for pair in known:
        if pair.verdict == "same":
            for here, there in ((pair.first, pair.second), (pair.second, pair.first)):
                for source in there.sources:
                    best.setdefault((here.id, source), []).append(pair.score)
    crowded = {key: sorted(scores)[-2:] for key, scores in best.items() if len(scores) > 1}

    def has_rival(pair: Judged) -> bool:
        for here, there in ((pair.first, pair.second), (pair.second, pair.first)):
            for source in there.sources:
                top = crowded.get((here.id, source))
                if top and (_odds(pair.score) - _odds(top[0]) < CLEAR_LEAD or pair.score < top[1]):
                    return True
        return False

    return [
        replace(pair, verdict="doubtful") if pair.verdict == "same" and has_rival(pair) else pair
        for pair in known
    ]


def _odds(score: float) -> float:
    return log(score / (1.0 - score))
