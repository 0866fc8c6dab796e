"""Imports a taxonomy: the open one that ships with us, or one that this installation has a licence for."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from daybreak.audit.actions import record
from daybreak.directory.actions.failures import said_in_full
from daybreak.directory.models import Taxonomy, TaxonomyTerm
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.readers.taxonomies import RefusedTerm, Term, read_terms

# Ids follow from the taxonomy's name and the term's code, so that two installations give a term the same one.
_IDS = uuid.UUID("5f3b1a52-6f0a-5c55-9d0c-6d1d8e1f7a10")


@dataclass(frozen=True, slots=True)
class ImportedTerms:
    """What became of every term: read = loaded + updated + unchanged + refused; ``absent`` are no longer in the file."""

    taxonomy: str
    loaded: int
    updated: int
    unchanged: int
    absent: int
    refused: tuple[RefusedTerm, ...]

    @property
    def read(self) -> int:
        """How many terms the file has."""
        return self.loaded + self.updated + self.unchanged + len(self.refused)


def import_taxonomy(
    *, by: str, at: datetime, data: bytes, name: str, version: str = "", description: str = "", licence: str = "",
    shared: bool = True,
) -> ImportedTerms:  # fmt: skip
    """Read the terms of ``data`` into the taxonomy ``name``; the same file again changes nothing.

    Terms that the file no longer has stay, since services may carry them. Raises UnusableFile, having changed nothing.
    """
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise UnusableFile("A taxonomy must have a name of 1 to 200 letters.")
    terms, refused = read_terms(data)
    with said_in_full("The import"), transaction.atomic():
        if shared and Taxonomy.objects.filter(name=name, shared=False).exists():
            raise UnusableFile(
                f"The list {name!r} is licensed to this installation alone: import it with --licensed. If its licence has "
                "become an open one, import it under another name."
            )
        told = {
            "description": description or name, "version": version, "licence": licence, "shared": shared,
        }  # fmt: skip
        taxonomy, _ = Taxonomy.objects.update_or_create(
            name=name, defaults=told, create_defaults=told | {"id": uuid.uuid5(_IDS, name)}
        )
        counts = _write(taxonomy, terms)
        done = ImportedTerms(name, *counts, refused=tuple(refused))
        detail = {
            "read": done.read, "loaded": done.loaded, "updated": done.updated, "unchanged": done.unchanged,
            "refused": len(refused), "shared": shared, "sha256": hashlib.sha256(data).hexdigest(),
        }  # fmt: skip
        record(by=by, at=at, action="import-taxonomy", subject=name, detail=detail)
    return done


def _write(taxonomy: Taxonomy, terms: list[Term]) -> tuple[int, int, int, int]:
    """Loaded, updated, unchanged, absent."""
    known = {term.code: term for term in TaxonomyTerm.objects.filter(taxonomy=taxonomy)}
    ids = {code: term.id for code, term in known.items()}
    new: list[TaxonomyTerm] = []
    changed: list[TaxonomyTerm] = []
    for term in terms:
        parent = ids[term.parent] if term.parent else None
        found = known.get(term.code)
        if found is None:
            made = TaxonomyTerm(
                id=uuid.uuid5(_IDS, f"{taxonomy.name}\n{term.code}"), taxonomy=taxonomy, code=term.code, name=term.name,
                description=term.description, parent_id=parent,
            )  # fmt: skip
            ids[term.code] = made.id
            new.append(made)
        elif (found.name, found.description, found.parent_id) != (term.name, term.description, parent):
            found.name, found.description, found.parent_id = term.name, term.description, parent
            changed.append(found)
    TaxonomyTerm.objects.bulk_create(new, batch_size=500)
    TaxonomyTerm.objects.bulk_update(changed, ["name", "description", "parent"], batch_size=500)
    absent = len(known.keys() - {term.code for term in terms})
    return len(new), len(changed), len(terms) - len(new) - len(changed), absent
