"""Taxonomies come in whole, open or licensed, and a term's parent is always there."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from daybreak.audit.models import Entry
from daybreak.directory.actions.taxonomies import import_taxonomy
from daybreak.directory.models import Taxonomy, TaxonomyTerm
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.readers.taxonomies import read_terms
from daybreak.vocabulary.needs import needs

AT = datetime(2026, 11, 22, tzinfo=UTC)
FOLDER = settings.DATA / "taxonomy" / "open_eligibility"


def test_open_eligibility_has_385_terms_of_which_two_share_an_id() -> None:
    terms, refused = read_terms((FOLDER / "taxonomy.xml").read_bytes())
    by_code = {term.code: term for term in terms}
    assert (len(terms), len(by_code), refused) == (385, 385, [])
    assert by_code["1206"].name == "Medical Care"
    assert by_code["1206-primary-care"].name == "Primary Care"
    assert by_code["1180"].name == "Detox"
    assert by_code[by_code["1180"].parent].name == "Addiction & Recovery"
    assert by_code["1106"].description.startswith("Services for medical care")
    assert by_code["20050"].name == "Substance Dependency"


def test_every_line_of_the_crosswalk_names_a_term_and_a_need() -> None:
    codes = {term.code for term in read_terms((FOLDER / "taxonomy.xml").read_bytes())[0]}
    with (FOLDER / "needs.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 20
    assert {row["id"] for row in rows} <= codes
    assert {row["need"] for row in rows} <= set(needs())


@pytest.mark.django_db
def test_the_bundled_one_comes_in_once_and_is_audited() -> None:
    out = StringIO()
    call_command("taxonomy", "import", "open-eligibility", "--json", stdout=out)
    first = json.loads(out.getvalue())
    assert (first["read"], first["loaded"], first["unchanged"], first["refused"]) == (385, 385, 0, [])
    again = StringIO()
    call_command("taxonomy", "import", "open-eligibility", "--json", stdout=again)
    assert json.loads(again.getvalue())["unchanged"] == 385
    taxonomy = Taxonomy.objects.get(name="Open Eligibility")
    assert taxonomy.shared
    assert taxonomy.licence == "CC BY-SA 3.0 Unported"
    detox = TaxonomyTerm.objects.get(taxonomy=taxonomy, code="1180")
    assert detox.parent is not None
    assert detox.parent.code == "1178"
    assert Entry.objects.filter(action="import-taxonomy", subject="Open Eligibility").count() == 2


@pytest.mark.django_db
def test_a_licensed_list_is_marked_and_its_faults_are_named(tmp_path: Path) -> None:
    path = tmp_path / "licensed.csv"
    path.write_text(
        "Term code;Term name;Definition;Parent code\nA;Above;;\nA.1;Below;Under it;A\nB;Lost;;Z\nA;Again;;\n;None;;\n"
        "C;Circle;;D\nD;Circle;;C\n"
    )
    out = StringIO()
    call_command(
        "taxonomy", "import", str(path), "--name", "Licensed list", "--licensed", "--json", stdout=out
    )
    done = json.loads(out.getvalue())
    assert (done["read"], done["loaded"]) == (7, 2)
    reasons = {each["line"]: each["reason"] for each in done["refused"]}
    assert set(reasons) == {4, 5, 6, 7, 8}
    assert "'Z' is not in the file" in reasons[4]
    assert "below itself" in reasons[7]
    assert not Taxonomy.objects.get(name="Licensed list").shared


@pytest.mark.django_db
def test_a_changed_name_updates_and_a_missing_term_stays() -> None:
    import_taxonomy(by="test", at=AT, data=b"code,name\nA,One\nB,Two\n", name="Ours")
    done = import_taxonomy(by="test", at=AT, data=b"code,name\nA,First\nC,Three\n", name="Ours")
    assert (done.loaded, done.updated, done.unchanged, done.absent) == (1, 1, 0, 1)
    assert set(TaxonomyTerm.objects.filter(taxonomy__name="Ours").values_list("name", flat=True)) == {
        "First", "Two", "Three",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "no DOCTYPE"),
        (b"<taxonomy><services>", "cannot be read"),
        (b"<taxonomy><services><top_level title='x'/></services></taxonomy>", "an id and a title"),
        (b"code,label of it\nA,B\n", "must hold name"),
        (b"<a/>", "no term"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_no_taxonomy_is_refused_in_words(data: bytes, told: str) -> None:
    with pytest.raises(UnusableFile, match=told):
        read_terms(data)


def test_the_command_says_what_is_missing() -> None:
    with pytest.raises(CommandError, match="Say what to import"):
        call_command("taxonomy", "import")


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["", *"ABCDE"])), max_size=8))
def test_whatever_the_parents_say_each_term_is_kept_or_refused_and_follows_its_parent(
    pairs: list[tuple[str, str]],
) -> None:
    data = "code,name,parent\n" + "".join(f"{code},N,{parent}\n" for code, parent in pairs)
    try:
        terms, refused = read_terms(data.encode())
    except UnusableFile:
        return
    assert len(terms) + len(refused) == len(pairs)
    met = {""}
    for term in terms:
        assert term.parent in met
        met.add(term.code)
