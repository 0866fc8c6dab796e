"""Finds the places that several lists name, and takes down what people decide about them; nothing is ever merged away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from daybreak.audit.actions import record
from daybreak.directory.models import Match, Record
from daybreak.directory.queries.matching import places_to_match
from daybreak.directory.rules.folding import Pair, joined_groups
from daybreak.directory.rules.matching import Judged, Place, judged, line_uses, settled
from daybreak.directory.rules.matching_blocks import candidate_pairs

_BATCH = 500
# Any number that nothing else locks: two searches for pairs take turns.
_MATCHING = 5_720_250_402
Members = tuple[UUID, UUID]


class UndecidableMatch(ValueError):
    """There is no such pair, or nothing to decide or undo; the sentence says which, and the cure."""


@dataclass(frozen=True, slots=True)
class Found:
    """How the pairs stand after a search: ``same`` and ``doubtful`` by the rules, ``decided`` by people, ``changed`` now."""

    places: int
    compared: int
    same: int
    doubtful: int
    decided: int
    changed: int


def find_matches(*, by: str, at: datetime, source: str = "") -> Found:
    """Compare places and keep the pairs that are, or may be, the same; what people decided is left as it is.

    ``source`` (a slug): only pairs with a place that this source names are looked for anew, which is what a load needs.
    """
    with transaction.atomic():
        _take_turns()
        places = {place.id: place for place in places_to_match() if isinstance(place.id, UUID)}
        uses = line_uses(places.values())
        stored = {(match.first_id, match.second_id): match for match in Match.objects.all()}
        among: Collection[UUID] | None = None
        if source:
            among = set(Record.objects.filter(source__slug=source).values_list("location_id", flat=True))
        compared = 0
        pairs: dict[Members, Judged] = {}
        for one, other in _pairs(places, among, stored):
            compared += 1
            verdict = judged(one, other, uses)
            if verdict.verdict != "different":
                pairs[_members(one, other)] = verdict
        people = {members: match for members, match in stored.items() if match.decided_by}
        states = _states(pairs, people, places)
        changed = _write(states, pairs, stored, at)
        found = Found(
            len(places), compared, sum(state == Match.State.SAME for state in states.values()),
            sum(state == Match.State.DOUBTFUL for state in states.values()), len(people), changed,
        )  # fmt: skip
        if changed:
            detail = {
                name: getattr(found, name) for name in ("places", "same", "doubtful", "decided", "changed")
            }
            record(by=by, at=at, action="find-matches", subject=source, detail=detail)
    return found


def decide_match(*, by: str, at: datetime, match: int, same: bool) -> Match:
    """A person says that the two are the same, or are not. No rule overturns it; `undo_decision` does."""
    _require_name(by)
    with transaction.atomic():
        pair = _locked(match)
        wanted = Match.State.SAME if same else Match.State.DIFFERENT
        if pair.decided_by and pair.state == wanted:
            raise UndecidableMatch(f"Match {match} is decided already: {pair.state}. Undo it, or leave it.")
        if not pair.decided_by:
            pair.before = pair.state
        pair.state, pair.decided_by, pair.decided_at = wanted, by, at
        pair.save()
        record(by=by, at=at, action="decide-match", subject=str(match), detail=_told(pair))
    return pair


def undo_decision(*, by: str, at: datetime, match: int) -> Match:
    """Back to the state before people decided; from then on the rules may speak again."""
    _require_name(by)
    with transaction.atomic():
        pair = _locked(match)
        if not pair.decided_by:
            raise UndecidableMatch(f"Nobody has decided match {match}, so there is nothing to undo.")
        told = {**_told(pair), "to": pair.before}
        pair.state, pair.before, pair.decided_by, pair.decided_at = pair.before, "", "", None
        pair.save()
        record(by=by, at=at, action="undo-match", subject=str(match), detail=told)
    return pair


def _take_turns() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MATCHING])


def _pairs(
    places: dict[UUID, Place], among: Collection[UUID] | None, stored: Collection[Members]
) -> list[tuple[Place, Place]]:
    """The pairs to compare: those that share a block, and those that were kept before."""
    found = {
        _members(one, other): (one, other) for one, other in candidate_pairs(list(places.values()), among)
    }
    for members in stored:
        if members not in found and members[0] in places and members[1] in places:
            found[members] = (places[members[0]], places[members[1]])
    return list(found.values())


def _members(one: Place, other: Place) -> Members:
    """The two ids in the order in which a match keeps them."""
    if not (isinstance(one.id, UUID) and isinstance(other.id, UUID)):
        raise TypeError(f"Places of the directory must have UUIDs; got {type(one.id).__name__}.")
    return (one.id, other.id) if one.id < other.id else (other.id, one.id)


def _states(
    pairs: dict[Members, Judged], people: dict[Members, Match], places: dict[UUID, Place]
) -> dict[Members, str]:
    """What the rules say of each pair, once what people said and who belongs to whom is weighed."""
    verdicts = {
        _members(pair.first, pair.second): pair
        for pair in settled(pairs.values())
        if _members(pair.first, pair.second) not in people
    }
    joined = [Pair(*members, pair.score) for members, pair in verdicts.items() if pair.verdict == "same"]
    joined += [
        Pair(*members, match.score, decided=True)
        for members, match in people.items()
        if match.state == Match.State.SAME
    ]
    different = [members for members, match in people.items() if match.state == Match.State.DIFFERENT]
    sources = {place.id: place.sources for place in places.values()}
    group_of = {
        member: number
        for number, group in enumerate(joined_groups(joined, different, sources))
        for member in group
    }
    return {
        members: Match.State.SAME
        if pair.verdict == "same" and group_of.get(members[0], -1) == group_of.get(members[1], -2)
        else Match.State.DOUBTFUL
        for members, pair in verdicts.items()
    }


def _write(
    states: dict[Members, str], pairs: dict[Members, Judged], stored: dict[Members, Match], at: datetime
) -> int:
    """Insert, update and remove the pairs of the rules; returns how many changed."""
    new, changed = [], []
    for members, state in states.items():
        pair, known = pairs[members], stored.get(members)
        score, reasons = round(pair.score, 6), pair.reasons
        if known is None:
            new.append(
                Match(
                    first_id=members[0],
                    second_id=members[1],
                    state=state,
                    score=score,
                    reasons=reasons,
                    found_at=at,
                )
            )
        elif (known.state, known.score, known.reasons) != (state, score, reasons):
            known.state, known.score, known.reasons, known.found_at = state, score, reasons, at
            changed.append(known)
    gone = [match.pk for members, match in stored.items() if members not in states and not match.decided_by]
    Match.objects.bulk_create(new, batch_size=_BATCH)
    Match.objects.bulk_update(changed, ["state", "score", "reasons", "found_at"], batch_size=_BATCH)
    for start in range(0, len(gone), _BATCH):
        Match.objects.filter(pk__in=gone[start : start + _BATCH]).delete()
    return len(new) + len(changed) + len(gone)


def _locked(number: int) -> Match:
    found = Match.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise UndecidableMatch(f"There is no match {number}. See `daybreak review` for those that wait.")
    return found


def _require_name(by: str) -> None:
    if not by.strip():
        raise UndecidableMatch("A decision must say who took it; got no name. Add --by NAME.")


def _told(pair: Match) -> dict[str, object]:
    return {
        "state": pair.state,
        "before": pair.before,
        "first": str(pair.first_id),
        "second": str(pair.second_id),
    }
