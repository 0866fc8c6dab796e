"""What the brief of July 2013 says, what it must not know yet, and what it never tells to whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from daybreak.accounts.models import Agency, Agreement
from daybreak.events.actions.catalogue import Published, end_operation, note_figure, record_operation
from daybreak.events.actions.deliveries import undo_delivery
from daybreak.events.actions.feeds import open_feed
from daybreak.events.actions.prices import Worth, set_price
from daybreak.events.actions.staffing import Duty, add_post, assign
from daybreak.events.models import Delivery, Feed, Operation
from daybreak.events.rules.draft import SubstanceSeen
from daybreak.publishing.actions.demo import Filled
from daybreak.publishing.printing import printed
from daybreak.publishing.queries.briefs import brief_for
from daybreak.publishing.queries.gathering import NoBrief
from daybreak.publishing.rules.brief import Span, figures_in, plain, unaccounted
from daybreak.publishing.rules.kept import from_plain, to_plain
from tests.rooms.events.ledger import deliver, draft
from tests.rooms.publishing.reading import AUGUST, JULY, brief_at, read_brief, section_of, text_of, viewer_at

LATER = datetime(2013, 9, 2, 12, tzinfo=UTC)


def test_the_july_brief_says_what_was_known(lexington: Filled) -> None:
    brief = read_brief(JULY)
    assert [plain(one) for one in brief.lead] == [
        "160 heroin arrests from January 1 through July 11, 2013: more than in the previous two years combined "
        "(110 = 8 in 2011 + 102 in 2012).",
        "Operation Pandora: 77 arrests and 1,180 g of heroin since March 1, 2013. Street value: $235,900.20.",
        "28 heroin deaths from January 1 through June 30, 2013: up 27% over the 22 in all of 2012.",
    ]
    arrests = section_of(brief, "arrests")
    assert (
        "160 heroin arrests from January 1 through July 11, 2013: up 57% over the 102 in all of 2012."
        in arrests
    )
    assert "The periods are not equally long: 192 days against 731." in arrests
    assert "77 of them are arrests under Operation Pandora, counted from March 1, 2013." in arrests
    assert "9 agencies share data" in section_of(brief, "members")


def test_what_changed_in_the_week_is_said_beside_what_it_was(lexington: Filled) -> None:
    changes = section_of(read_brief(JULY), "changes")
    assert "Operation Pandora: arrests | 67 | 77" in changes
    assert "Operation Pandora: grams of heroin seized | 867 g | 1,180 g" in changes
    assert "Operation Pandora: retail value | not valued | $235,900.20" in changes
    assert "Heroin arrests, Division of Police, 2013 | 150 | 160" in changes
    assert "heroin deaths, Coroner" not in changes.lower()


def test_the_value_says_its_method_its_price_and_what_has_none(lexington: Filled) -> None:
    said = section_of(read_brief(JULY), "operations")
    assert "The exact mass is 1,179.501 g." in said
    assert "At a retail price of $200 a gram the street value is $235,900.20." in said
    assert "$133.33 a gram, it is $157,262.87" in said
    assert "1 of the exhibits has no value, which is not 0: no quantity was reported." in said
    exhibits = section_of(read_brief(JULY), "exhibits").splitlines()[1:]
    values = [row.split(" | ")[-1] for row in exhibits]
    assert values.count("not valued") == 1
    assert sum(Decimal(value.replace(",", "")) for value in values if value != "not valued") == Decimal(
        "235900.20"
    )


def test_the_day_before_the_last_seizure_knows_nothing_of_it(lexington: Filled) -> None:
    brief = read_brief(date(2013, 7, 11))
    said = text_of(brief)
    assert "Operation Pandora: 67 arrests and 867 g of heroin" in said
    assert "No retail price was known, so the exhibits are not valued. That is not 0." in said
    for later in ("77", "160", "1,180", "1,179.501", "235,900.20"):
        assert later not in figures_or_text(said), later


def figures_or_text(said: str) -> list[str]:
    """The numbers that a text prints, as printed."""
    return re.findall(r"\d(?:[\d,]*\d)?(?:\.\d+)?", said)


def test_a_year_later_both_counts_of_the_deaths_stand_side_by_side(lexington: Filled) -> None:
    brief = read_brief(AUGUST)
    conflicts = section_of(brief, "conflicts")
    for number in ("81", "86", "35", "44", "74"):
        assert re.search(rf"\| {number} \| July 31, 2014", conflicts), number
    assert "81 by Coroner, 86 by Kentucky Office of Drug Control Policy" in plain(brief.lead[0])
    assert "843 doses of naloxone" in section_of(brief, "health")
    assert "Division of Police was last heard on July 12, 2013. Nothing later is counted" in section_of(
        brief, "arrests"
    )
    assert not {"81", "86", "35", "44", "74", "843", "291"} & set(figures_or_text(text_of(read_brief(JULY))))


@pytest.mark.parametrize("agency", ["police", "mayors-alliance"])
def test_nothing_that_became_known_later_changes_a_byte(lexington: Filled, agency: str) -> None:
    before = {form: printed(brief_at(JULY, agency), form) for form in ("html", "md", "pdf")}
    learn_later()
    assert {form: printed(brief_at(JULY, agency), form) for form in before} == before
    after = printed(brief_at(date(2013, 9, 30), agency), "md").decode()
    assert "Operation Later" in after
    assert "999" in after


def learn_later() -> None:
    """Corrections, new rows of each kind, an undo, a figure, a price, an operation, staffing: all after July."""
    police, coroner = Agency.objects.get(slug="police"), Agency.objects.get(slug="coroner")
    arrests = Feed.objects.get(agency=police, slug="arrests")
    pandora = Operation.objects.get(slug="operation-pandora")
    heroin = {"county": "21067", "place": "county", "substances": (SubstanceSeen("heroin"),)}
    deliver(
        arrests,
        [draft(f"L{n}", on=datetime(2013, 7, 2, 15, tzinfo=UTC), **heroin) for n in range(5)],
        at=LATER,
    )
    deaths = Feed.objects.get(agency=coroner, slug="closed-cases")
    deliver(deaths, [draft("L", kind="death", on=datetime(2013, 6, 2, 15, tzinfo=UTC))], at=LATER)
    overdoses = open_feed(
        by="command:test", agency=coroner, slug="later", name="Later", health=True, at=LATER
    )
    deliver(overdoses, [draft("L", kind="overdose", on=datetime(2013, 6, 2, 15, tzinfo=UTC))], at=LATER)
    undo_delivery(
        by="command:test", delivery=Delivery.objects.get(file_name="arrests-2013-07-12.csv"), at=LATER
    )
    undo_delivery(
        by="command:test", delivery=Delivery.objects.get(file_name="seizures-2013-07-12.csv"), at=LATER
    )
    note_figure(
        by="command:test", agency=police, at=LATER,
        figure=Published("arrest", Decimal(999), date(2013, 1, 1), date(2013, 7, 11), "Fayette County", LATER.date(), "x",
                         substance="heroin", definition="Heroin-related arrests as the Division of Police counted them"),
    )  # fmt: skip
    price = Worth("heroin", "g", "retail", Decimal(900), date(2013, 3, 1), "x")
    set_price(by="command:test", agency=police, worth=price, at=LATER)
    record_operation(
        by="command:test", agency=police, name="Operation Later", started_on=date(2013, 1, 2), substance="cocaine", at=LATER
    )  # fmt: skip
    end_operation(by="command:test", operation=pandora, ended_on=date(2013, 8, 30), at=LATER)
    post = add_post(by="command:test", agency=police, unit="Later", title="Later", at=LATER)
    assign(
        by="command:test", post=post, duty=Duty(date(2013, 2, 1), Decimal(9), operation=pandora), at=LATER
    )  # fmt: skip


@pytest.mark.parametrize("day", [JULY, AUGUST, date(2013, 7, 11), date(2012, 6, 30)])
def test_every_number_of_the_release_is_a_number_of_the_brief(lexington: Filled, day: date) -> None:
    brief = read_brief(day)
    assert unaccounted(brief) == []
    assert len(brief.release) >= 4
    planted = replace(brief, release=(*brief.release, (Span("4,321 people were helped."),)))
    assert unaccounted(planted) == ["4321"]


def test_every_number_leads_to_its_definition_and_its_rows(lexington: Filled) -> None:
    brief = read_brief(JULY)
    page = printed(brief, "html").decode()
    anchors = set(re.findall(r'<li id="(n\d+)"', page))
    led_to = set(re.findall(r'href="#(n\d+)"', page))
    assert led_to
    assert led_to <= anchors
    for number in brief.numbers:
        assert number.definition
        assert number.origin != "published" or number.source, number
        assert number.origin != "computed" or all(brief.number(one) for one in number.of)
    counted = [one for one in brief.numbers if one.origin == "ledger" and one.query]
    assert len(counted) >= 8
    assert all(one.rows for one in counted)
    whole = next(one for one in brief.numbers if one.shown == "160" and one.origin == "ledger")
    assert sum(int(row.split(": ")[1].split(" ")[0]) for row in whole.rows) == 160


def test_no_printed_count_of_a_sentence_is_left_without_a_link(lexington: Filled) -> None:
    brief = read_brief(JULY)
    for sentence in brief.lead:
        loose = figures_in("".join(span.text for span in sentence if not span.number))
        assert set(loose) <= {"1", "11", "30", "2011", "2012", "2013"}, plain(sentence)


def test_few_deaths_are_not_printed_and_neither_is_what_would_tell_them(lexington: Filled) -> None:
    deaths = section_of(read_brief(JULY), "deaths")
    assert "Years with fewer than 10 are not printed: 2009, 2010, 2011." in deaths
    assert not {"3", "4", "5"} & set(figures_or_text(deaths))


@pytest.mark.parametrize("agency", ["police", "sheriff", "corrections", "county-attorney"])
def test_law_enforcement_gets_no_count_of_reports_about_the_living(lexington: Filled, agency: str) -> None:
    brief = read_brief(JULY, agency)
    assert "are in the ledger and not in this brief" in section_of(brief, "health")
    assert "counts" not in section_of(brief, "health")
    assert not [one for one in brief.numbers if re.search("overdoses|visits|naloxone", one.definition)]


def test_a_health_agency_counts_its_own(lexington: Filled) -> None:
    said = section_of(read_brief(JULY, "fire-ems"), "health")
    assert re.search(r"Division of Fire & Emergency Services counts \d+ overdoses from January 1", said)


def test_another_agencys_rows_are_gone_with_its_agreement(lexington: Filled) -> None:
    assert "1,180 g" in text_of(brief_at(JULY, "mayors-alliance"))
    assert "seizures-2013-04-05.csv" not in printed(brief_at(JULY, "mayors-alliance"), "html").decode()
    Agreement.objects.filter(giver__slug="police", receiver__slug="mayors-alliance").update(
        ends_on=date(2026, 1, 4)
    )
    brief = brief_at(JULY, "mayors-alliance")
    assert not [one for one in brief.numbers if one.origin == "ledger" and one.agency == "Division of Police"]
    assert "exhibits" not in {one.id for one in brief.sections}


def test_staffing_is_told_to_the_own_agency_and_to_whoever_may_see_it(lexington: Filled) -> None:
    assert "Operation Pandora: 6 posts" in section_of(read_brief(JULY), "staffing")
    for agency, role in (("mayors-alliance", "coordinator"), ("police", "officer")):
        assert "has no staffing that it may show" in section_of(read_brief(JULY, agency, role), "staffing")


@pytest.mark.parametrize("role", ["navigator", "provider", "administrator", "privacy-officer"])
def test_who_may_not_read_the_ledger_gets_no_brief(lexington: Filled, role: str) -> None:
    with pytest.raises(NoBrief):
        read_brief(JULY, "mayors-alliance", role)


def test_a_brief_of_a_day_to_come_or_against_a_later_day_is_refused(lexington: Filled) -> None:
    with pytest.raises(ValueError, match="future"):
        read_brief(date(2027, 1, 1))
    with pytest.raises(ValueError, match="before the day"):
        brief_for(viewer_at(), as_of=JULY, before=JULY, made_at=viewer_at().at)


def test_a_brief_that_was_kept_reads_as_it_was_made(lexington: Filled) -> None:
    brief = read_brief(JULY)
    assert from_plain(to_plain(brief)) == brief


@pytest.mark.parametrize("form", ["html", "md"])
def test_each_paper_carries_the_notice_and_all_numbers(lexington: Filled, form: str) -> None:
    text = printed(read_brief(JULY), form).decode()
    assert text.count("Synthetic data: every event here was invented for trying.") >= 2
    for shown in ("160", "102", "77", "$235,900.20", "1,179.501 g", "28", "22"):
        assert shown in text
    assert "{{" not in text
    assert not re.search(r"\b(None|Decimal|abuse[rd]|addicts?)\b", text)


def test_the_paper_is_a_tagged_pdf_of_its_day_with_its_own_fonts(lexington: Filled) -> None:
    made = printed(read_brief(JULY), "pdf")
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" in made
    assert b"LibertinusSerif" in made
    assert made == printed(read_brief(JULY), "pdf")


def test_an_empty_ledger_has_a_brief_that_says_so(lexington: Filled) -> None:
    brief = read_brief(date(2008, 1, 1))
    assert plain(brief.lead[0]) == "The ledger holds nothing yet that a brief could count."
    assert "No agreement between agencies was in force" in section_of(brief, "members")
    assert printed(brief, "pdf").startswith(b"%PDF-")
