"""Public counts of people from health sources stand still between two days of release, whatever arrives in between."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from daybreak.events.models import Feed
from daybreak.events.queries.rows import local_zone
from daybreak.publishing.actions.demo import Filled
from daybreak.publishing.rules.brief import Brief
from daybreak.publishing.rules.monthly import last_month, next_release, release_of
from tests.rooms.events.ledger import deliver, draft
from tests.rooms.publishing.reading import brief_at, section_of


@pytest.mark.parametrize(
    ("day", "release", "following"),
    [
        ("2013-07-14", "2013-06-15", "2013-07-15"),
        ("2013-07-15", "2013-07-15", "2013-08-15"),
        ("2013-01-03", "2012-12-15", "2013-01-15"),
        ("2013-12-31", "2013-12-15", "2014-01-15"),
        ("2013-01-31", "2013-01-15", "2013-02-15"),
    ],
)
def test_a_release_is_on_the_fifteenth(day: str, release: str, following: str) -> None:
    assert release_of(date.fromisoformat(day)) == date.fromisoformat(release)
    assert next_release(date.fromisoformat(day)) == date.fromisoformat(following)


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("2013-07-12", "2013-06-30"),  # the feed told of days of July: July is not over
        ("2013-06-30", "2013-06-30"),
        ("2013-06-29", "2013-05-31"),  # June was not told of whole
        ("2013-01-01", "2012-12-31"),
    ],
)
def test_a_release_counts_through_the_last_whole_month(until: str, last: str) -> None:
    assert last_month(date(2013, 7, 15), date.fromisoformat(until)) == date.fromisoformat(last)


def people(brief: Brief) -> dict[str, str]:
    """The numbers of deaths and of reports about the living, by what they count and in which days."""
    return {
        f"{one.definition} {one.since} {one.until}": one.shown
        for one in brief.numbers
        if one.origin == "ledger" and one.id in text_ids(brief)
    }


def text_ids(brief: Brief) -> set[str]:
    """The numbers that stand in the sections about people."""
    sections = [one for one in brief.sections if one.id in {"deaths", "health"}]
    return {span.number for one in sections for sentence in one.sentences for span in sentence if span.number}


@pytest.mark.parametrize(
    ("agency", "feed", "kind"), [("coroner", "closed-cases", "death"), ("fire-ems", "runs", "overdose")]
)
def test_a_report_that_comes_late_moves_no_count_before_the_next_release(
    lexington: Filled, agency: str, feed: str, kind: str
) -> None:
    source = Feed.objects.get(agency__slug=agency, slug=feed)
    zone = local_zone()
    for number, on in enumerate((date(2013, 4, 3), date(2013, 7, 16))):
        late = draft(f"late-{number}", kind=kind, on=datetime(on.year, on.month, on.day, 12, tzinfo=zone))
        deliver(source, [late], at=datetime(2013, 7, 17, 9, tzinfo=zone), name=f"late-{number}.csv")
    days = [date(2013, 7, 15) + timedelta(days=number) for number in range(0, 32, 3)]
    told = [people(brief_at(day, agency)) for day in [*days[:-1], date(2013, 8, 14), date(2013, 8, 15)]]
    assert told[0], "the brief counts people at all"
    assert all(one == told[0] for one in told[:-1])
    assert told[-1] != told[0], "and the release of August tells of them"


def test_the_brief_says_when_its_counts_of_people_were_drawn(lexington: Filled) -> None:
    said = section_of(brief_at(date(2013, 7, 20), "coroner"), "deaths")
    assert "here as July 15, 2013 began" in said
    assert "the next are drawn on August 15, 2013" in said


def test_an_agency_that_was_first_heard_after_the_release_is_named_and_not_counted(lexington: Filled) -> None:
    agency = Feed.objects.get(agency__slug="coroner", slug="closed-cases").agency
    other = Feed.objects.create(agency=agency, slug="other", name="Other", health=True)
    agency.feeds.exclude(pk=other.pk).update(active=False)
    zone = local_zone()
    deaths = [
        draft(f"n{number}", kind="ed-visit", on=datetime(2013, 7, 1, 12, tzinfo=zone)) for number in range(40)
    ]
    deliver(other, deaths, at=datetime(2013, 7, 17, 9, tzinfo=zone), name="new.csv")
    said = section_of(brief_at(date(2013, 7, 20), "coroner"), "health")
    assert said.count("are counted from August 15, 2013 on") == 1
    assert "Visits of Coroner are counted from" in said
    assert "40" not in said
