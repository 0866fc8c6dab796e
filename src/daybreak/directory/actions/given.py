"""What a person gives to be loaded: a file opened by its reader, with who says it and for which day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings

from daybreak.directory.readers import findtreatment, survey2015
from daybreak.directory.readers.csv import MappedList
from daybreak.directory.readers.geojson import mapped_features
from daybreak.directory.readers.mapping import ListMapping, saved_mapping
from daybreak.directory.readers.samhsa import Directory
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.rows import Row

READERS: Final = ("samhsa", "survey2015", "csv", "findtreatment", "geojson")
SAMHSA_CITATION = "SAMHSA; processed by GeoDa/OEPS, doi 10.5281/zenodo.5842465"
BUILT_IN = re.compile(rf"samhsa-directory-\d+|{survey2015.SLUG}|(?:earlier-)?{findtreatment.FAMILY}(?:-.*)?")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Given:
    """An opened file: who says it, for which day, and its rows."""

    slug: str
    title: str
    family: str
    as_of: date
    citation: str
    rows: Iterable[Row]
    codes_edition: int | None = None


def opened(
    data: bytes, name: str, reader: str, *, mapping: str = "", edition: int | None = None, as_of: date | None = None,
    slug: str = "",
) -> Given:  # fmt: skip
    """The file in ``data``, opened by ``reader``; raises UnusableFile. ``name`` is the file's name."""
    if reader == "samhsa":
        directory = Directory(data, file_name=name, edition=edition)
        year = directory.edition.year
        title = f"SAMHSA National Directory of Drug and Alcohol Abuse Treatment Facilities {year}"
        return Given(
            directory.edition.slug, title, "samhsa-directory", directory.edition.as_of, SAMHSA_CITATION,
            directory.rows(), year,
        )  # fmt: skip
    if reader == "survey2015":
        return Given(
            survey2015.SLUG, "Lexington provider survey 2015", survey2015.FAMILY, survey2015.AS_OF,
            "openlexington/gethelplex (provider survey, 2015), MIT", survey2015.Survey(data).rows(),
        )  # fmt: skip
    if reader == "findtreatment":
        return saved_locator(data, as_of=as_of, slug=slug)
    if reader not in {"csv", "geojson"}:
        raise UnusableFile(f"The reader must be one of {', '.join(READERS)}; got {reader!r}.")
    if not mapping:
        kind, parts = ("CSV", "columns") if reader == "csv" else ("GeoJSON file", "properties")
        raise UnusableFile(
            f"A {kind} needs --mapping NAME or --mapping FILE.toml that says what its {parts} mean."
        )
    known = saved_mapping(mapping, settings.DATA / "mappings")
    if BUILT_IN.fullmatch(known.slug):
        raise UnusableFile(
            f"The mapping's source.slug {known.slug!r} belongs to a list that Daybreak reads by itself. Choose another slug."
        )
    return _mapped(known, (MappedList if reader == "csv" else mapped_features)(data, known))


def _mapped(known: ListMapping, found: MappedList) -> Given:
    return Given(
        known.slug, known.title, known.family, known.as_of, known.citation, found.rows(), known.codes_edition
    )


def saved_locator(data: bytes, *, as_of: date | None, slug: str = "", title: str = "") -> Given:
    """Replies of FindTreatment.gov; ``as_of`` is the day on which they were fetched, which they do not tell themselves."""
    if as_of is None:
        raise UnusableFile(
            "A reply of FindTreatment.gov does not say of which day it is. Say on which day it was fetched: --as-of 2026-11-22."
        )
    chosen = slug or findtreatment.FAMILY
    if not _SLUG.fullmatch(chosen) or len(chosen) > 60:
        raise UnusableFile(
            "--slug must be lower-case letters, digits and hyphens, at most 60, such as findtreatment-ky."
        )
    return Given(
        chosen, title or "FindTreatment.gov", findtreatment.FAMILY, as_of, findtreatment.CITATION,
        findtreatment.Locator(data).rows(), findtreatment.CODES_EDITION,
    )  # fmt: skip
