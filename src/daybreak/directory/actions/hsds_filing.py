"""Writes the drafts of an HSDS document into our tables, a batch at a time, and touches only what differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from daybreak.directory.actions.bookkeeping import batches
from daybreak.directory.actions.books import FARTHEST_EAST
from daybreak.directory.actions.hsds_tables import SAID, SERVICE, SHARED, WITHIN, Table, Values
from daybreak.directory.actions.hsds_terms import Glossary
from daybreak.directory.models import Location, Organization, Program, Record, Service, Source
from daybreak.directory.rules.hsds_ids import hsds_id
from daybreak.directory.rules.hsds_in import stand_in_id
from daybreak.directory.rules.hsds_in_draft import Draft, SourceSaid
from daybreak.directory.rules.hsds_in_facts import TermSaid
from daybreak.directory.rules.hsds_in_parts import Row, Unfit
from daybreak.directory.rules.hsds_shapes import AS_IT_CAME

BATCH = 250
_NAMED = {"organization": Organization, "program": Program, "location": Location}


class Filing:
    """One load. ``source`` is the list's own, ``at`` the load's one moment."""

    def __init__(self, source: Source, *, at: datetime) -> None:
        self.source, self.at = source, at
        self.sources = {known.slug: known for known in Source.objects.all()}
        self.glossary = Glossary()

    def file(self, drafts: Sequence[Draft]) -> list[str | Unfit]:
        """Write one batch; for each draft what became of it (loaded, updated, unchanged), or why it cannot stand."""
        batch = _Batch(self, drafts)
        outcomes: list[str | Unfit] = []
        fit: list[Draft] = []
        for draft in drafts:
            try:
                batch.check(draft)
            except Unfit as problem:
                outcomes.append(problem)
            else:
                fit.append(draft)
                outcomes.append("")
        changed, new = batch.write(fit)
        told = iter(fit)
        for number, outcome in enumerate(outcomes):
            if outcome == "":
                key = next(told).id
                outcomes[number] = "loaded" if key in new else "updated" if key in changed else "unchanged"
        return outcomes

    def source_of(self, slug: str, said: SourceSaid | None) -> Source:
        """The source with this slug, known or new; raises Unfit where nobody says what it is."""
        known = self.sources.get(slug)
        if known is None:
            if said is None:
                raise Unfit(
                    "/x_daybreak/sources",
                    f"must hold the source {slug[:60]!r}, which a part of this service names",
                )
            known = self.sources[slug] = Source.objects.create(
                slug=slug, title=said.title, family=said.family, as_of=said.as_of, citation=said.citation
            )
        elif said is not None and said.family != known.family:
            raise Unfit(
                "/x_daybreak/sources",
                f"name {slug!r} of the family {said.family!r}; here it belongs to {known.family!r}. Two lists share one name",
            )
        elif said is not None and said.as_of > known.as_of:
            known.title, known.as_of, known.citation = said.title, said.as_of, said.citation
            known.save()
        return known


class _Batch:
    """What the database holds of what some drafts speak of."""

    def __init__(self, filing: Filing, drafts: Sequence[Draft]) -> None:
        self.filing = filing
        self.services = {
            row["id"]: row for row in SERVICE.held(id__in=[d.id for d in drafts if d.entity == "service"])
        }
        self.shared: dict[str, dict[UUID, Values]] = {}
        for entity, table in SHARED.items():
            ids = {row.id for draft in drafts for row in draft.rows.get(entity, ())}
            self.shared[entity] = {row["id"]: row for row in table.held(id__in=list(ids))}
        self.known: dict[str, set[UUID]] = {}
        for entity, model in _NAMED.items():
            named = {key for draft in drafts for _, kind, key in draft.references if kind == entity}
            named |= {row.values["owner"] for draft in drafts for row in draft.rows.get("location", ())
                      if entity == "organization" and "owner" in row.values}  # fmt: skip
            found = model._default_manager.filter(id__in=list(named)).values_list("id", flat=True)
            self.known[entity] = set(found) | set(self.shared[entity])
        spoken = Record.objects.filter(service_id__in=list(self.services)).values_list(
            "service_id", "source_id"
        )
        self.spoke: dict[UUID, set[int]] = defaultdict(set)
        for service, source in spoken:
            self.spoke[service].add(source)
        self.keys = self._keys_elsewhere(drafts)
        wanted = [row.values["match_key"] for draft in drafts for row in draft.rows.get("location", ())]
        self.match_keys = dict(Location.objects.filter(match_key__in=wanted).values_list("match_key", "id"))
        self.changed: set[UUID] = set()

    def _keys_elsewhere(self, drafts: Sequence[Draft]) -> dict[tuple[int, str], UUID]:
        """Records that the database has under keys that the drafts name."""
        keys = {row.values["key"] for draft in drafts for row in draft.rows.get("record", ())}
        found = Record.objects.filter(key__in=list(keys)).values_list("source_id", "key", "service_id")
        return {(source, key): service for source, key, service in found}

    def check(self, draft: Draft) -> None:
        """Raise Unfit where the draft cannot stand beside what the database holds."""
        for pointer, entity, key in draft.references:
            if key not in self.known[entity]:
                raise Unfit(
                    pointer,
                    f"names a {entity} that neither this object nor the directory holds. Embed it, or load it first",
                )
        if draft.entity == "service" and not draft.ours:
            others = self.spoke.get(draft.id, set()) - {self.filing.source.pk}
            if draft.id in self.services and others:
                raise Unfit(
                    "/id",
                    "belongs to a service of another list already. Every service needs an id of its own",
                )
        self._not_of_tomorrow(draft)
        for row in draft.rows.get("location", ()):
            held = self.shared["location"].get(row.id)
            if held and "match_key" not in row.given and held["match_key"] != f"hsds {row.id}":
                raise Unfit(
                    "/service_at_locations",
                    f"name the location {row.id}, which belongs to another list already",
                )
        said = {source.slug: source for source in draft.sources}
        for source in draft.sources:
            self.filing.source_of(source.slug, source)
        for entity in SAID - {"attribute"}:
            for row in draft.rows.get(entity, ()):
                if isinstance(row.values["source"], str):
                    row.values["source"] = self.filing.source_of(
                        row.values["source"], said.get(row.values["source"])
                    ).pk
        for row in draft.rows.get("record", ()):
            holder = self.keys.get((row.values["source"], row.values["key"]), draft.id)
            if holder != draft.id:
                raise Unfit("/x_daybreak/records", f"name a row that belongs to the service {holder} here: that list was loaded "
                            "into this directory already, under ids of its own")  # fmt: skip
            self.keys[row.values["source"], row.values["key"]] = draft.id
        self._terms(draft, said)
        for entity in _NAMED:
            self.known[entity] |= {row.id for row in draft.rows.get(entity, ())}

    def _not_of_tomorrow(self, draft: Draft) -> None:
        """Raise Unfit for a day that has not come yet anywhere: what it dates would never grow old."""
        today = (self.filing.at + FARTHEST_EAST).date()
        days = [("/x_daybreak/sources", source.as_of) for source in draft.sources]
        days += [("/phones", row.values["confirmed_on"]) for row in draft.rows.get("phone", ())]
        days += [("/attributes", row.values["date"]) for row in draft.rows.get("fact", ())]
        days += [("/assured_date", row.values["assured_date"]) for row in draft.rows.get("service", ())]
        for pointer, spoke in days:
            if spoke is not None and spoke > today:
                raise Unfit(
                    pointer, f"must not be of a day that has not come yet ({spoke}); correct assured_date"
                    f"{'' if draft.ours else ' or last_modified'}",
                )  # fmt: skip

    def _terms(self, draft: Draft, said: dict[str, SourceSaid]) -> None:
        rows: dict[tuple[UUID, int], Row] = {}
        for stated in draft.attributes:
            source = self.filing.source_of(stated.source, said.get(stated.source)).pk
            if isinstance(stated.term, TermSaid):
                term, _ = self.filing.glossary.term(stated.term)
                if term.pk != stated.term.id:
                    kept = stated.kept.setdefault(AS_IT_CAME, {})
                    kept.setdefault("taxonomy_term_id", [None, str(stated.term.id)])
                    kept["taxonomy_term"] = [None, dict(stated.term.whole)]
            elif (known := self.filing.glossary.terms.get(stated.term)) is not None:
                term = known
            else:
                raise Unfit(f"{stated.pointer}/taxonomy_term_id", "names a term that is not known here. Embed taxonomy_term, or "
                            "load the list of terms first")  # fmt: skip
            values = {"service": draft.id, "term": term.pk, "source": source}
            rows.setdefault((term.pk, source), Row(values, stated.kept))
        draft.rows["attribute"] = list(rows.values())

    def write(self, drafts: Sequence[Draft]) -> tuple[set[UUID], set[UUID]]:
        """Write all; the ids of the drafts that changed something, and of those that are new."""
        of_row: dict[UUID, set[UUID]] = defaultdict(set)
        for draft in drafts:
            for entity in SHARED:
                for row in draft.rows.get(entity, ()):
                    of_row[row.id].add(draft.id)
        new = {draft.id for draft in drafts if draft.entity == "service" and draft.id not in self.services}
        new |= {
            draft.id
            for draft in drafts
            if draft.entity == "organization" and draft.id not in self.shared["organization"]
        }
        for entity, table in SHARED.items():
            rows = [row for draft in drafts for row in draft.rows.get(entity, ())]
            for key in self._shared(entity, table, rows):
                self.changed |= of_row[key]
        plain = self._services([draft for draft in drafts if draft.entity == "service"])
        for entity, table in WITHIN.items():
            self._within(entity, table, drafts)
        self._touch(plain)
        self._drop_stand_ins(drafts)
        return self.changed, new

    def _shared(self, entity: str, table: Table, rows: Iterable[Row]) -> set[UUID]:
        """Organizations, programs, places: what a document says of them is added to what is known; ids of the changed."""
        held = self.shared[entity]
        new: dict[UUID, Values] = {}
        changed: dict[UUID, Values] = {}
        for row in rows:
            values, given = dict(row.values), set(row.given)
            if entity == "location":
                self._owned(row, values)
            before = new.get(row.id) or changed.get(row.id) or held.get(row.id)
            if before is None:
                new[row.id] = values | {"kept": row.kept or None}
                continue
            after = before | {name: values[name] for name in given - {"match_key"} if name in values}
            after["kept"] = {**(before["kept"] or {}), **row.kept} or None
            if any(after[name] != before[name] for name in table.columns):
                (new if row.id in new else changed)[row.id] = after
        table.insert(list(new.values()))
        # Two services may say it differently; what counts is what stands at the end.
        changed = {
            key: row for key, row in changed.items() if any(row[n] != held[key][n] for n in table.columns)
        }
        for key, values in changed.items():
            columns = {
                name if name not in {"organization"} else "organization_id": values[name]
                for name in table.columns
            }
            table.model._default_manager.filter(pk=key).update(**columns)
        return set(changed)

    def _owned(self, row: Row, values: Values) -> None:
        owner = values.pop("owner", None)
        if owner in self.known["organization"]:
            values["organization"] = owner
        elif owner is not None:
            row.came("organization_id", str(values["organization"]), str(owner))
        if self.match_keys.setdefault(values["match_key"], row.id) != row.id:
            values["match_key"] = f"hsds {row.id}"

    def _services(self, drafts: Sequence[Draft]) -> dict[UUID, Values]:
        """Write the services; gives those that came without a moment of their last change, as they stand."""
        new, plain = [], {}
        for draft in drafts:
            row = draft.rows["service"][0]
            before = self.services.get(draft.id)
            after = {"published": True} | row.values | {"kept": row.kept or None}
            if before is not None and not draft.whole:
                after = before | {name: row.values[name] for name in row.given | {"organization"}}
                after["kept"] = {**(before["kept"] or {}), **row.kept} or None
            if before is not None:
                after["published"] = before["published"]
            if after["last_modified"] is None:
                after["last_modified"] = before["last_modified"] if before else self.filing.at
                plain[draft.id] = after
            if before is None:
                new.append(after)
                self.changed.add(draft.id)
            elif any(after[name] != before[name] for name in SERVICE.columns):
                columns = {
                    n if n not in {"organization", "program"} else f"{n}_id": after[n]
                    for n in SERVICE.columns
                }
                Service.objects.filter(pk=draft.id).update(**columns)
                self.changed.add(draft.id)
        SERVICE.insert(new)
        return plain

    def _touch(self, plain: dict[UUID, Values]) -> None:
        """A changed service whose publisher names no moment of its change has changed now."""
        known = [key for key in plain if key in self.changed and key in self.services]
        Service.objects.filter(pk__in=known).update(last_modified=self.filing.at)

    def _within(self, entity: str, table: Table, drafts: Sequence[Draft]) -> None:
        """Make the rows of one table what the drafts say, within what they speak of whole."""
        wanted = [(draft, row) for draft in drafts for row in draft.rows.get(entity, ())]
        held = self._held(entity, table, drafts, [row for _, row in wanted])
        after: dict[tuple[Any, ...], tuple[Draft, Values]] = {}
        for draft, row in wanted:
            self._claim(entity, table, row, held, after)
            values = row.values | ({"kept": row.kept or None} if "kept" in table.columns else {})
            after.setdefault(table.named(values), (draft, values))
        gone, new = [], []
        for key, (draft, values) in after.items():
            before = held.get(key)
            if before is None or _differs(entity, draft, table, before, values):
                new.append(values)
                self.changed.add(draft.id)
                gone += [before["pk"]] if before else []
        scopes = self._scopes(entity, drafts)
        for key, before in held.items():
            speaker = next(
                (scopes[name, before[name]] for name in table.owners if (name, before.get(name)) in scopes),
                None,
            )
            if key not in after and speaker is not None and self._may_go(entity, speaker, before):
                gone.append(before["pk"])
                self.changed.add(speaker.id)
        for some in batches(gone):
            table.model._default_manager.filter(pk__in=some).delete()
        table.insert(new)

    def _held(
        self, entity: str, table: Table, drafts: Sequence[Draft], rows: list[Row]
    ) -> dict[tuple[Any, ...], Values]:
        """Rows of the database that the drafts speak of, by scope or by id."""
        found: list[Values] = []
        for column in ("service", "location"):
            ids = [key for (name, key) in self._scopes(entity, drafts) if name == column]
            if ids and column in table.owners:
                alone = (
                    {"service__isnull": True} if column == "location" and "service" in table.owners else {}
                )
                found += table.held(**{f"{column}_id__in": ids}, **alone)
        if table.key == ("id",):
            found += table.held(
                id__in=[key for row in rows for key in (row.id, _another_id(entity, table, row))]
            )
        elif entity == "record":
            found += table.held(key__in=[row.values["key"] for row in rows])
        else:
            found += table.held(service_id__in=list({row.values["service"] for row in rows}))
        return {table.named(row): row for row in found}

    @staticmethod
    def _scopes(entity: str, drafts: Sequence[Draft]) -> dict[tuple[str, UUID], Draft]:
        return {
            (column, key): draft for draft in drafts for kind, column, key in draft.scopes if kind == entity
        }

    def _claim(
        self,
        entity: str,
        table: Table,
        row: Row,
        held: dict[tuple[Any, ...], Values],
        after: dict[tuple[Any, ...], Any],
    ) -> None:
        """Give a row another id where its own is taken: publishers put one phone under many services."""
        if table.key != ("id",):
            return
        before, claimed = held.get((row.id,)), after.get((row.id,))
        if claimed is not None:  # a place of several services says the same each time
            taken = any(claimed[1].get(name) != row.values.get(name) for name in table.owners)
        else:
            taken = before is not None and table.owner(before) != table.owner(row.values)
        if taken:
            clone = _another_id(entity, table, row)
            row.came("id", str(clone), str(row.id))
            row.values["id"] = clone

    def _may_go(self, entity: str, draft: Draft, before: Values) -> bool:
        """Whether the draft speaks for whoever said this."""
        if entity not in SAID:
            return True
        known = {source.pk: source for source in self.filing.sources.values()}
        if not draft.ours:
            return bool(before["source"] == self.filing.source.pk)
        return known[before["source"]].family in {source.family for source in draft.sources}

    def _drop_stand_ins(self, drafts: Sequence[Draft]) -> None:
        """A place that stood in for a service's own is gone when the service names one."""
        gone = [stand_in_id(draft.id) for draft in drafts if draft.entity == "service" and draft.whole]
        Location.objects.filter(id__in=gone, services_here__isnull=True, records__isnull=True).delete()


def _another_id(entity: str, table: Table, row: Row) -> UUID:
    """The id that a row gets where its own is taken: the same one at every load."""
    owners = [str(row.values.get(name)) for name in table.owners]
    return UUID(hsds_id(entity, *owners, str(row.id)))


def _differs(entity: str, draft: Draft, table: Table, before: Values, values: Values) -> bool:
    """Whether a row says something else; where a row of somebody else's list stands in its file says nothing."""
    columns = set(table.columns)
    if entity == "record" and not draft.ours:
        columns -= {"row", "line"}
    return any(before[name] != values.get(name) for name in columns)
