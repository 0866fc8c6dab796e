"""What stands of what sources said of some services: records, codes, yes and no, as HSDS attributes and metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from daybreak.directory.queries.hsds.rows import Row, as_kept, rows_of, text_id
from daybreak.directory.queries.hsds.terms import Term, Terms
from daybreak.directory.rules.hsds_ids import attribute_id, metadata_id
from daybreak.directory.rules.hsds_shapes import OURS, Shape, ours, stated
from daybreak.directory.rules.standing import Said, standing_facts, standing_sources

_REMEMBERED = 10_000
LISTED, BEFORE = "listed", "not listed"
# The day of a fact is nearly always its source's own. Expressions, unlike columns, cost no conversion on SQLite.
_FACTS = (
    "SELECT f.service_id, f.need, CASE WHEN f.answer THEN 1 ELSE 0 END, f.source_id, f.said, "
    "CASE WHEN f.date = s.as_of THEN NULL ELSE f.date END FROM directory_fact f "
    "JOIN directory_source s ON s.id = f.source_id WHERE f.service_id IN (ids)"
)


@dataclass(slots=True)
class Spoken:
    """All that was said of one service that stands, by rows of the database."""

    records: list[Row] = field(default_factory=list)
    facts: list[Row] = field(default_factory=list)
    attributes: list[Row] = field(default_factory=list)


class Statements:
    """What stands for the services of one batch; ``standing_service`` maps a member's id to the service that stands."""

    def __init__(self, terms: Terms, members: Sequence[Any], standing_service: dict[Any, str]) -> None:
        self.terms = terms
        self._spoken: dict[str, Spoken] = {key: Spoken() for key in standing_service.values()}
        for row in rows_of(
            "SELECT service_id, source_id, key, digest, row, line, merged, location_id FROM directory_record "
            "WHERE service_id IN (ids)",
            members,
        ):
            self._spoken[standing_service[row[0]]].records.append(row)
        self._members, self._standing = members, standing_service

    def read_all(self) -> None:
        """Read codes and facts as well, which lists do not need."""
        for row in rows_of(
            _FACTS,
            self._members,
        ):
            self._spoken[self._standing[row[0]]].facts.append(row)
        for row in rows_of(
            "SELECT service_id, term_id, source_id, kept FROM directory_attribute WHERE service_id IN (ids)",
            self._members,
        ):
            self._spoken[self._standing[row[0]]].attributes.append(row)

    def standing(self, service: str) -> frozenset[str]:
        """The sources that count."""
        spoke = {self.terms.slugs[row[1]] for row in self._spoken[service].records}
        return standing_sources(spoke, self.terms.editions)

    def newest_day(self, service: str) -> date | None:
        """The newest day for which a source that counts speaks."""
        return max((self.terms.editions[slug].as_of for slug in self.standing(service)), default=None)

    def attributes(self, service: str) -> list[Shape]:
        """Codes, then each stated yes, then each stated no."""
        standing = self.standing(service)
        found = [*self._codes(service, standing), *self._answers(service, standing)]
        found.sort(key=itemgetter(0))
        return [shape for _, shape in found]

    def _codes(self, service: str, standing: frozenset[str]) -> Iterator[tuple[int, Shape]]:
        for slug, term, kept in self._newest_codes(service, standing):
            own = _attribute(service, term, slug, self._said_so(slug, ""))
            words = as_kept(kept)
            yield (
                term.rank,
                stated("attribute", own | {"id": words.get("id", own["id"])}, words) if words else own,
            )

    def _newest_codes(self, service: str, standing: frozenset[str]) -> Iterator[tuple[str, Term, Any]]:
        """Each term once: from the newest source that counts."""
        stored, slugs, editions = self.terms.stored, self.terms.slugs, self.terms.editions
        held: dict[str, tuple[date, str, Term, Any]] = {}
        for _, term_id, source_id, kept in self._spoken[service].attributes:
            slug, term = slugs[source_id], stored.get(term_id)
            if slug not in standing or term is None:
                continue
            if len(standing) == 1:  # nearly every service: one source, so nothing to weigh
                yield slug, term, kept
            elif term.id not in held or (editions[slug].as_of, slug) > held[term.id][:2]:
                held[term.id] = (editions[slug].as_of, slug, term, kept)
        yield from (entry[1:] for entry in held.values())

    def _answers(self, service: str, standing: frozenset[str]) -> Iterator[tuple[int, Shape]]:
        of_need = self.terms.of_need
        for need, answer, slug, words, day in self._standing_answers(service, standing):
            mine = self._said_so(slug, words)
            if day is not None:
                mine = mine | {"date": str(day)}
            term = of_need[need, answer]
            yield term.rank, _attribute(service, term, slug, mine)

    def _said_so(self, slug: str, words: str) -> Shape:
        """One and the same object for all attributes that say no more: most say the same few things."""
        mine = self.terms.said_so.get((slug, words))
        if mine is None:
            mine = {"source": slug, "said": words} if words else {"source": slug}
            if len(self.terms.said_so) < _REMEMBERED:
                self.terms.said_so[slug, words] = mine
        return mine

    def _standing_answers(
        self, service: str, standing: frozenset[str]
    ) -> Iterator[tuple[str, bool, str, str, Any]]:
        slugs, found = self.terms.slugs, self._spoken[service].facts
        if len(standing) == 1:
            for _, need, answer, source_id, words, day in found:
                if slugs[source_id] in standing:
                    yield need, answer == 1, slugs[source_id], words, day
            return
        days = {(row[1], slugs[row[3]]): row[5] for row in found}
        said = [Said(row[1], row[2] == 1, slugs[row[3]], row[4]) for row in found]
        for need, fact in standing_facts(said, standing, self.terms.editions).items():
            yield need, fact.answer, fact.source, fact.said, days[need, fact.source]

    def metadata(self, service: str) -> list[Shape]:
        """One entry a source that counts: since when it lists the service."""
        found = []
        for slug in sorted(self.standing(service)):
            source = self.terms.citations[slug]
            found.append(
                {
                    "id": metadata_id(service, slug), "resource_id": service, "resource_type": "service",
                    "last_action_date": source.as_of.isoformat(), "last_action_type": LISTED, "field_name": "service",
                    "previous_value": BEFORE, "replacement_value": source.citation or source.title, "updated_by": slug,
                }
            )  # fmt: skip
        return found

    def sources(self, slugs: Iterable[str]) -> list[Shape]:
        """The editions of these sources, so that whoever loads them weighs them as we do."""
        found = []
        for slug in sorted(slugs):
            source = self.terms.citations[slug]
            pairs = [
                ("slug", slug), ("title", source.title), ("family", source.family), ("as_of", source.as_of.isoformat()),
                ("citation", source.citation or None),
            ]  # fmt: skip
            found.append(ours(pairs))
        return found

    def spoke(self, service: str) -> set[str]:
        """Every source with a record, whether it still counts or not."""
        return {self.terms.slugs[row[1]] for row in self._spoken[service].records}

    def records(self, service: str, standing_place: dict[Any, str]) -> list[Shape]:
        """The rows that the service was made from; folded places under the place that stands."""
        found = [
            {
                "source": self.terms.slugs[source], "key": key, "digest": digest, "row": row, "line": line,
                "merged": bool(merged), "location_id": standing_place.get(place) or text_id(place),
            }
            for _, source, key, digest, row, line, merged, place in self._spoken[service].records
        ]  # fmt: skip
        return sorted(found, key=lambda shape: (shape["source"], shape["row"], shape["key"]))


def _attribute(service: str, term: Term, slug: str, mine: Shape) -> Shape:
    return {
        "id": attribute_id(service, term.id, slug),
        "link_id": service,
        "taxonomy_term_id": term.id,
        "link_entity": "service",
        "taxonomy_term": term.shape,
        OURS: mine,
    }
