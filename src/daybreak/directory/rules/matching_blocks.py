"""Which pairs of places are worth comparing: those that share a phone, a street, or a telling word in one area."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence

from daybreak.directory.rules.matching import Place
from daybreak.directory.rules.matching_names import is_distinctive, name_words

# A block with more members is a common word in a large town or a national hotline: it says nothing.
LARGEST_BLOCK = 60
_CELLS_PER_DEGREE = 200  # about a third of a mile


def candidate_pairs(
    places: Sequence[Place], among: Collection[Hashable] | None = None
) -> Iterator[tuple[Place, Place]]:
    """Pairs of positions' places that share a block, each once; with ``among`` only those with a member in it."""
    blocks: dict[tuple[object, ...], list[int]] = {}
    for at, place in enumerate(places):
        for key in set(_keys(place)):
            blocks.setdefault(key, []).append(at)
    wanted = None if among is None else [place.id in among for place in places]
    met: set[int] = set()
    size = len(places)
    for members in blocks.values():
        if not 1 < len(members) <= LARGEST_BLOCK:
            continue
        for position, first in enumerate(members):
            for second in members[position + 1 :]:
                if wanted is None or wanted[first] or wanted[second]:
                    met.add(first * size + second)
    for code in sorted(met):
        first, second = divmod(code, size)
        yield places[first], places[second]


def _keys(place: Place) -> Iterator[tuple[object, ...]]:
    words = {word for name in (place.name, *place.programs) for word in name_words(name)}
    telling = [word for word in words if is_distinctive(word)]
    road, area = place.road, place.area
    for number in place.phones:
        yield "phone", number
    if road.number and road.name:
        yield "street", road.number, road.name.split()[0], place.zip or area
        yield "town street", road.number, road.name.split()[0], area
    if road.box:
        yield "box", road.box, place.zip or area
    for word in telling:
        if place.zip:
            yield "zip", place.zip, word[:5]
        if place.city:
            yield "town", area, word[:5]
    initials = "".join(word[0] for word in name_words(place.name))
    if len(initials) > 2:
        yield "initials", area, initials
    for word in telling:
        if 2 < len(word) < 7:
            yield "initials", area, word
    if place.exact_point and place.latitude is not None and place.longitude is not None:
        row, column = int(place.latitude * _CELLS_PER_DEGREE), int(place.longitude * _CELLS_PER_DEGREE)
        # A point near the edge of its cell has its neighbours in the next one.
        for down in (0, 1):
            for right in (0, 1):
                yield "cell", row + down, column + right, road.number or name_words(place.name)[0]
