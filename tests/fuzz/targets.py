"""What must hold for every file, whatever its bytes: a reader uses it or refuses it in words, and the books add up.

Shared by the test that replays the kept corpus and by `script/bench fuzz`, which looks for new inputs.
"""

from __future__ import annotations

import json
import tempfile
import tomllib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from daybreak.directory.actions.given import opened
from daybreak.directory.actions.hsds_loading import load_hsds
from daybreak.directory.actions.loading import Reconciliation, load_file
from daybreak.directory.actions.meetings import load_meetings
from daybreak.directory.readers.mapping import mapping_from
from daybreak.directory.readers.meeting_guide import read_feed
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.readers.taxonomies import read_terms
from daybreak.directory.rules import identity
from daybreak.directory.rules.repairs import mended
from daybreak.directory.rules.rows import Refused

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)
ROOT = Path(__file__).resolve().parents[2]
BETWEEN_TABLES = b"\x1c\n"
# Every so-manieth input is loaded for real as well, twice, and rolled back; reading alone is a hundred times faster.
LOADED_ONE_IN = 100


@dataclass(frozen=True)
class Reader:
    """One reader under test: ``check`` raises where something does not hold. ``seeds`` are real files, cut short."""

    check: Callable[[bytes, bool], None]
    seeds: Callable[[], list[bytes]]
    words: tuple[str, ...] = field(default=())


def chosen(data: bytes) -> bool:
    """Whether this input is one of those that are loaded as well."""
    return zlib.crc32(data) % LOADED_ONE_IN == 0


def _in_words(refusal: UnusableFile) -> None:
    """A refusal says what is wrong with the file; one that blames the database is a fault of ours."""
    if not str(refusal) or "fault in Daybreak" in str(refusal):
        raise AssertionError(f"refused without words: {refusal}")


def rows_add_up(data: bytes, load: bool, *, reader: str, **options: Any) -> None:
    """Each row of a table is a listing or is refused, in order; nothing is lost."""
    try:
        given = opened(data, "fuzz", reader, **options)
        rows = list(given.rows)
    except UnusableFile as refusal:
        _in_words(refusal)
        return
    assert [row.row for row in rows] == list(range(1, len(rows) + 1)), "a row was lost or counted twice"
    for row in rows:
        number, line = row.row, row.line
        found = mended(row)
        assert (found.row, found.line) == (number, line)
        if isinstance(found, Refused):
            assert found.reason
            continue
        assert found.name
        assert len(found.digest(given.as_of)) == 64
        assert identity.location_key(found)
        assert len(identity.record_key(found, 0)) == 64
        assert found.latitude is None or -90 <= found.latitude <= 90
    if load and rows:
        _loaded_twice(data, partial(load_file, reader=reader, **options), len(rows))


def _loaded_twice(
    data: bytes, load: Callable[..., Reconciliation], read: int | None, name: str = "fuzz.csv"
) -> None:
    """The load's books add up to what was read, and the same file again changes nothing."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            first, again = (load(by="fuzz", at=AT, path=path) for _ in range(2))
        except UnusableFile as refusal:
            _in_words(refusal)
            return
        finally:
            transaction.set_rollback(True)
        assert read is None or first.read == read
        assert first.read == again.read
        assert (again.loaded, again.updated) == (0, 0), "the same file again changed something"
        assert again.quarantined == first.quarantined


def hsds_adds_up(data: bytes, load: bool, *, name: str) -> None:
    """An HSDS document is refused as a whole, or each of its objects is in the books."""
    del load  # an HSDS document is never read without being loaded
    _loaded_twice(data, partial(load_hsds, as_of=DAY, slug="fuzz"), None, name)


def tables_add_up(data: bytes, load: bool) -> None:
    """The same for a package of CSV tables: each part begins with its table's name in a line."""
    del load
    with tempfile.TemporaryDirectory() as folder:
        for part in data.split(BETWEEN_TABLES):
            name, _, table = part.partition(b"\n")
            plain = "".join(
                letter for letter in name.decode("ascii", "ignore") if letter.isalpha() or letter == "_"
            )
            (Path(folder) / f"{plain[:40] or 'services'}.csv").write_bytes(table)
        with transaction.atomic():
            try:
                load_hsds(by="fuzz", at=AT, path=Path(folder), as_of=DAY, slug="fuzz")
            except UnusableFile as refusal:
                _in_words(refusal)
            finally:
                transaction.set_rollback(True)


def terms_add_up(data: bytes, load: bool) -> None:
    """Each term follows its parent, and no code stands twice."""
    del load
    try:
        terms, _ = read_terms(data)
    except UnusableFile:
        return
    met = {""}
    for term in terms:
        assert term.parent in met
        assert term.code not in met
        met.add(term.code)


def meetings_add_up(data: bytes, load: bool) -> None:
    """Each entry of a feed of meetings is in the books, and the same feed again changes nothing."""
    try:
        entries, refused = read_feed(data)
    except UnusableFile as refusal:
        _in_words(refusal)
        return
    numbers = sorted([entry.number for entry in entries] + [row.row for row in refused])
    assert numbers == list(range(1, len(numbers) + 1)), "an entry was lost or counted twice"
    for entry in entries:
        assert entry.drafts or entry.repeats
        assert all(draft.columns["in_person"] or draft.columns["online"] for draft in entry.drafts)
    if load:
        with transaction.atomic():
            try:
                first, again = (
                    load_meetings(by="fuzz", at=AT, data=data, name="fuzz.json", slug="fuzz")
                    for _ in range(2)
                )
                assert first.read == again.read == len(numbers)
                assert (again.loaded, again.updated, again.retired) == (0, 0, 0), (
                    "the same feed again changed something"
                )
            except UnusableFile as refusal:
                _in_words(refusal)
            finally:
                transaction.set_rollback(True)


def mapping_is_whole(data: bytes, load: bool) -> None:
    """A mapping is used or refused in words."""
    del load
    try:
        content = tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return
    try:
        known = mapping_from(content, "fuzz.toml")
    except UnusableFile as refusal:
        _in_words(refusal)
        return
    assert known.slug


def _cut(path: str, lines: int = 6, *, at: int = 0) -> bytes:
    kept = (settings.DATA / path).read_bytes().splitlines(keepends=True)
    return b"".join([*kept[:1], *kept[1 + at : 1 + at + lines]])


def _fixture(path: str) -> bytes:
    return (ROOT / "tests" / "fixtures" / path).read_bytes()


SAMHSA = "samhsa/samhsa_directory_2015_geocoded.csv"
MEMBERS = (
    '"id"', '"name"', '"status"', '"phones"', '"attributes"', '"service_at_locations"', '"location"', '"addresses"',
    '"taxonomy_term"', '"contents"', '"x_daybreak"', '"organization"', '"schedules"', "null", "[]", "{}", "1e999",
)  # fmt: skip
READERS: dict[str, Reader] = {
    "samhsa": Reader(
        partial(rows_add_up, reader="samhsa", edition=2015),
        lambda: [_cut(SAMHSA, at=at) for at in (0, 500, 5000)],
        ("Name1", "Keys", '"', ",", "Hotlines:/(877)/", "Intake:", "*"),
    ),
    "survey2015": Reader(
        partial(rows_add_up, reader="survey2015"),
        lambda: [
            b"".join(
                (settings.DATA / "lexington/provider_survey_2015.csv")
                .read_bytes()
                .splitlines(keepends=True)[:8]
            )
        ],
        ("Q12", "Q46", '"'),
    ),
    "csv": Reader(
        partial(rows_add_up, reader="csv", mapping="samhsa-mh-2020"),
        lambda: [_cut("kentucky/samhsa_mh_KY.csv"), _cut("kentucky/samhsa_mh_KY.csv", at=100)],
        ("name1", "street1", '"', "NA"),
    ),
    "findtreatment": Reader(
        partial(rows_add_up, reader="findtreatment", as_of=DAY),
        lambda: [_first_rows(_fixture("findtreatment/locator_sample.json"), 2)],
        ('"frid"', '"rows"', '"services"', '"f2"', '"f3"', "; ", "null", "1e999"),
    ),
    "geojson": Reader(
        partial(rows_add_up, reader="geojson", mapping="samhsa-locator-2019"),
        lambda: [_first_features((settings.DATA / "kentucky/locator_2019_KY.geojson").read_bytes(), 2)],
        ('"type"', '"Feature"', '"geometry"', '"Point"', '"coordinates"', '"properties"', "\x1e", "null"),
    ),
    "hsds-json": Reader(partial(hsds_adds_up, name="services.json"), lambda: _hsds_seeds(), MEMBERS),
    "hsds-ndjson": Reader(
        partial(hsds_adds_up, name="services.ndjson"),
        lambda: [b"\n".join(b" ".join(seed.split()) for seed in _hsds_seeds()[:2])],
        MEMBERS,
    ),
    "hsds-csv": Reader(tables_add_up, lambda: [_package()], ("id", "service_id", "link_id", '"')),
    "meetings": Reader(
        meetings_add_up,
        lambda: [_fixture("meetings/synthetic_feed.json")],
        (
            '"slug"',
            '"day"',
            '"time"',
            '"types"',
            '"attendance_option"',
            '"formatted_address"',
            '"conference_url"',
            "null",
        ),
    ),
    "taxonomy": Reader(
        terms_add_up,
        lambda: [
            b"code,name,description,parent\nA,Above,,\nA.1,Below,Under it,A\n",
            (settings.DATA / "taxonomy/open_eligibility/taxonomy.xml").read_bytes()[-3000:],
            b"<taxonomy><services><top_level id='1' title='A'><second_level id='2' title='B'/></top_level></services></taxonomy>",
        ],
        ("top_level", "second_level", "title=", "id="),
    ),
    "mapping": Reader(
        mapping_is_whole,
        lambda: [path.read_bytes() for path in sorted((settings.DATA / "mappings").glob("*.toml"))[:3]],
        ("[source]", "[columns]", "[[facts]]", "[constants]", "slug", "as_of"),
    ),
}


def _first_rows(data: bytes, count: int) -> bytes:
    reply = json.loads(data)
    return json.dumps(reply | {"rows": reply["rows"][:count]}).encode()


def _first_features(data: bytes, count: int) -> bytes:
    document = json.loads(data)
    return json.dumps(document | {"features": document["features"][:count]}).encode()


def _hsds_seeds() -> list[bytes]:
    return [
        path.read_bytes() for path in sorted((ROOT / "tests/fixtures/hsds").rglob("service*full*.json"))[:3]
    ]


def _package() -> bytes:
    folder = next(path.parent for path in sorted((ROOT / "tests/fixtures/hsds").rglob("services.csv")))
    tables = sorted(folder.glob("*.csv"))
    return BETWEEN_TABLES.join(table.stem.encode() + b"\n" + table.read_bytes() for table in tables)
