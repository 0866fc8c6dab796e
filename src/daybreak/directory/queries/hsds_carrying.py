"""Which services carry a term today: the same statements stand here as in what goes out, without reading whole services."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection

from daybreak.directory.queries.folds import Folds
from daybreak.directory.queries.hsds.rows import BATCH, rows, rows_of, stored_id
from daybreak.directory.queries.hsds.terms import Terms
from daybreak.directory.rules.hsds_ids import NEEDS, NEEDS_STATED_NO
from daybreak.directory.rules.standing import Said, standing_facts, standing_sources

Stated = tuple[str, bool]


class Carrying:
    """Answers for one request; ``standing`` maps a service in the database's own form to the service that stands."""

    def __init__(self, terms: Terms, standing: Mapping[Any, str], together: Folds) -> None:
        self.terms, self.standing, self.folds = terms, standing, together
        self._members: dict[str, list[Any]] = {}
        for member, service in standing.items():
            self._members.setdefault(service, []).append(member)

    def any_of(self, term_ids: Collection[str]) -> set[str]:
        """The services that carry at least one of these terms; a term that is not shared or unknown is carried by none."""
        need_of = {term.id: pair for pair, term in self.terms.of_need.items()}
        shared = [term for term in term_ids if term in self.terms.carried]
        stored = [stored_id(term) for term in shared if term not in need_of]
        return self._with_codes(stored) | self._with_answers(
            {need_of[term] for term in shared if term in need_of}
        )

    def any_in(self, taxonomy_id: str) -> set[str]:
        """The services that carry any term of a taxonomy."""
        if taxonomy_id in {NEEDS, NEEDS_STATED_NO}:
            wanted = taxonomy_id == NEEDS
            return self._with_answers({pair for pair in self.terms.of_need if pair[1] == wanted})
        return self.any_of(
            [key for key, shape in self.terms.terms.items() if shape.get("taxonomy_id") == taxonomy_id]
        )

    def _with_codes(self, stored: list[Any]) -> set[str]:
        said: dict[str, set[str]] = {}
        for start in range(0, len(stored), BATCH):
            for service, source in rows_of(
                "SELECT DISTINCT service_id, source_id FROM directory_attribute WHERE term_id IN (ids)",
                stored[start : start + BATCH],
            ):
                if service in self.standing:
                    slug = self.terms.sources[source].slug
                    said.setdefault(self.standing[service], set()).add(slug)
        counts = self._sources_that_count(said)
        return {service for service, slugs in said.items() if slugs & counts[service]}

    def _with_answers(self, wanted: set[Stated]) -> set[str]:
        """Services of which one of these answers stands: with one source what it says, else what the rule lets stand."""
        if not wanted:
            return set()
        said: dict[str, set[str]] = {}
        for answer in (True, False):
            needs = sorted(need for need, said_so in wanted if said_so is answer)
            for service, source in self._saying(needs, answer):
                if service in self.standing:
                    slug = self.terms.sources[source].slug
                    said.setdefault(self.standing[service], set()).add(slug)
        counts = self._sources_that_count(said)
        found = {service for service, slugs in said.items() if slugs & counts[service]}
        weighed = [service for service in found if len(counts[service]) > 1]
        return found - set(weighed) | self._weighed(weighed, wanted, counts)

    def _saying(self, needs: list[str], answer: bool) -> Iterable[tuple[Any, ...]]:
        """Service and source of every stated answer of that kind to one of these needs."""
        truth = "answer" if answer else "NOT answer"
        for start in range(0, len(needs), BATCH):
            part = needs[start : start + BATCH]
            marks = ", ".join(["%s"] * len(part))
            yield from rows(
                f"SELECT DISTINCT service_id, source_id FROM directory_fact WHERE {truth} AND need IN ({marks})",  # noqa: S608
                part,
            )

    def _weighed(
        self, services: list[str], wanted: set[Stated], counts: Mapping[str, frozenset[str]]
    ) -> set[str]:
        """Those of these services of which, several sources weighed, one of the answers stands."""
        members = {member: service for service in services for member in self._members[service]}
        facts: dict[str, list[Said]] = {}
        ids = list(members)
        for start in range(0, len(ids), BATCH):
            for service, need, answer, source in rows_of(
                "SELECT service_id, need, answer, source_id FROM directory_fact WHERE service_id IN (ids)",
                ids[start : start + BATCH],
            ):
                said = Said(need, bool(answer), self.terms.sources[source].slug)
                facts.setdefault(members[service], []).append(said)
        found = set()
        for service, spoken in facts.items():
            stands = standing_facts(spoken, counts[service], self.terms.editions)
            if any((need, fact.answer) in wanted for need, fact in stands.items()):
                found.add(service)
        return found

    def _sources_that_count(self, services: Iterable[str]) -> dict[str, frozenset[str]]:
        """The sources that count for each of these services, by all of its records."""
        members = {member: service for service in services for member in self._members[service]}
        spoke: dict[str, set[str]] = {service: set() for service in members.values()}
        for service, source in _records(list(members)):
            if service in members:
                spoke[members[service]].add(self.terms.sources[source].slug)
        held: dict[frozenset[str], frozenset[str]] = {}
        found = {}
        for service, slugs in spoke.items():
            key = frozenset(slugs)
            if key not in held:
                held[key] = standing_sources(key, self.terms.editions)
            found[service] = held[key]
        return found


def _records(members: list[Any]) -> Iterable[tuple[Any, ...]]:
    """Service and source of the records of these services; of all records where many are asked for, which is quicker."""
    if len(members) > 4 * BATCH:
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT service_id, source_id FROM directory_record")
            yield from cursor.fetchall()
        return
    for start in range(0, len(members), BATCH):
        yield from rows_of(
            "SELECT DISTINCT service_id, source_id FROM directory_record WHERE service_id IN (ids)",
            members[start : start + BATCH],
        )
