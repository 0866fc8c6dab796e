"""Which places and services appear as one, once pairs are known to be the same: nothing is merged away, only shown together."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from daybreak.directory.rules.identity import fold_name


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places that are the same; ``decided`` by a person, else by the rules with this score (0..1)."""

    first: Hashable
    second: Hashable
    score: float
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """A service as far as folding needs it.

    ``place_name`` is the name of the place's organization; ``sources`` speak of the service; ``since`` is the oldest day
    for which one of them speaks. ``tie`` is what an installation has in common with any other that read the same files.
    """

    id: Hashable
    place: Hashable
    name: str
    place_name: str
    sources: frozenset[str]
    since: date
    tie: str

    @property
    def key(self) -> str:
        """Its folded name; "" where it is the organization itself."""
        name = fold_name(self.name)
        return "" if name == fold_name(self.place_name) else name


def joined_groups(
    pairs: Iterable[Pair],
    different: Collection[tuple[Hashable, Hashable]],
    sources: Mapping[Hashable, frozenset[str]] | None = None,
) -> list[list[Hashable]]:
    """The groups of two and more that ``pairs`` join, people's decisions first, then the surest.

    A pair that would bring two members together of which ``different`` says that they are not the same is passed over.
    So is a pair of the rules that would bring two places of one source together, where ``sources`` are given: a list that
    names two places means two.
    """
    apart: dict[Hashable, set[Hashable]] = {}
    for one, other in different:
        apart.setdefault(one, set()).add(other)
        apart.setdefault(other, set()).add(one)
    group_of: dict[Hashable, list[Hashable]] = {}
    ordered = sorted(
        pairs, key=lambda pair: (not pair.decided, -pair.score, str(pair.first), str(pair.second))
    )
    for pair in ordered:
        group = group_of.setdefault(pair.first, [pair.first])
        joining = group_of.setdefault(pair.second, [pair.second])
        if group is joining or any(apart.get(member, _NOBODY) & set(joining) for member in group):
            continue
        if sources is not None and not pair.decided and _said_by(group, sources) & _said_by(joining, sources):
            continue
        group += joining
        for member in joining:
            group_of[member] = group
    unique = {id(group): group for group in group_of.values() if len(group) > 1}
    return list(unique.values())


_NOBODY: frozenset[Hashable] = frozenset()


def _said_by(members: Iterable[Hashable], sources: Mapping[Hashable, frozenset[str]]) -> set[str]:
    return {slug for member in members for slug in sources.get(member, frozenset())}


def folded_services(services: Iterable[Offered]) -> list[list[Offered]]:
    """The services of one group of places, each list being one service; the first of a list is the one that stands.

    Services of different sources with the same folded name, or which are the organization itself, are one. Where one
    source has two of a name they say different things, and nobody knows to which of them another source's belongs: then
    all of that name stay apart.
    """
    by_key: dict[str, list[Offered]] = {}
    for service in sorted(services, key=lambda service: (service.since, service.tie, str(service.id))):
        by_key.setdefault(service.key, []).append(service)
    folded: list[list[Offered]] = []
    for same in by_key.values():
        slugs = [slug for service in same for slug in service.sources]
        if len(slugs) == len(set(slugs)):
            folded.append(same)
        else:
            folded += [[service] for service in same]
    return folded
