"""Who may see which rows, how precisely, and in which fields."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from daybreak.accounts.rules.agencies import SHARED_FIELDS
from daybreak.events.actions.deliveries import end_delivery
from daybreak.events.models import Event
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.counting import Window, series
from daybreak.events.queries.listing import each_event, events_page
from daybreak.events.queries.places import areas
from daybreak.events.queries.released import released_cells
from daybreak.events.queries.rows import handle_of
from daybreak.events.queries.single import event_history
from tests.people import Cast
from tests.rooms.events.desk import AT, CANARIES, FAYETTE, Desk, local
from tests.rooms.events.ledger import deliver, draft, feed

EVERY_FIELD = tuple(SHARED_FIELDS)
MAY = Window(date(2013, 5, 1), date(2013, 5, 31), "month")


def rows_of(cast: Cast, who: str, at: datetime = AT, **asked: Any) -> list[Any]:
    return list(each_event(cast.viewer(who, at=at), Asked(**asked), most=1000))


def test_the_own_agency_sees_its_rows_and_nobody_elses(cast: Cast, desk: Desk) -> None:
    assert {row.agency for row in rows_of(cast, "officer")} == {"police"}
    assert {row.agency for row in rows_of(cast, "clerk")} == {"coroner"}
    assert len(rows_of(cast, "officer")) == 22


@pytest.mark.parametrize("who", ["administrator", "privacy", "navigator", "provider", "stranger"])
def test_who_may_not_see_the_ledger_sees_no_row_even_with_agreements(
    cast: Cast, desk: Desk, who: str
) -> None:
    for giver in ("police", "fire", "coroner"):
        for receiver in ("mayor", "helpline", "clinic"):
            for kind in ("arrest", "overdose", "death", "seizure"):
                cast.agree(giver, receiver, kind, *EVERY_FIELD, place="block", time="minute")
    viewer = cast.viewer(who, at=AT)
    assert rows_of(cast, who) == []
    assert series(viewer, kind="arrest", window=MAY, at=AT) == []
    assert released_cells(viewer, kind="overdose", years=[2013], at=AT) == []


def test_an_agreement_opens_a_kind_from_its_first_day_to_its_last_and_not_the_day_after(
    cast: Cast, desk: Desk
) -> None:
    cast.agree("police", "health", "arrest", starts_on=date(2013, 7, 10), ends_on=date(2013, 7, 15))
    last_minute = datetime.fromisoformat("2013-07-15T23:59:59-04:00")
    assert len(rows_of(cast, "epidemiologist", at=last_minute)) == 20
    assert rows_of(cast, "epidemiologist", at=last_minute + timedelta(seconds=1)) == []
    assert rows_of(cast, "epidemiologist", at=datetime.fromisoformat("2013-07-09T23:59:59-04:00")) == []
    assert {row.kind for row in rows_of(cast, "epidemiologist")} == {"arrest"}


def test_fields_that_are_not_shared_are_emptied_and_named(cast: Cast, desk: Desk) -> None:
    cast.agree("police", "health", "arrest", "substances")
    row = rows_of(cast, "epidemiologist")[0]
    assert row.substances
    assert row.charges == ()
    assert row.operation == ""
    assert row.file_name == ""
    assert row.line is None
    assert {"charges", "operation", "record", "place"} <= set(row.hidden)


def test_places_and_times_are_coarsened_to_what_the_agreement_says(cast: Cast, desk: Desk) -> None:
    cast.agree("police", "health", "arrest", place="county", time="month")
    for row in rows_of(cast, "epidemiologist"):
        assert (row.place, row.block, row.zip, row.county) == ("county", "", "", FAYETTE)
        assert (row.day, row.precision, row.clock) == (date(2013, 6, 1), "month", "")
        assert row.latitude is None
        assert row.known_from == date(2013, 7, 1)


def test_two_agreements_are_never_mixed_into_more_than_either_gives(cast: Cast, desk: Desk) -> None:
    cast.agree(
        "police", "health", "arrest", "charges", "substances", "operation", place="county", time="month"
    )
    cast.agree("police", "health", "arrest", place="zip", time="day")
    row = rows_of(cast, "epidemiologist")[0]
    assert row.zip == "40508"
    assert row.charges == ()
    assert row.substances == ()


@pytest.mark.parametrize(
    "filters",
    [
        {"zip": "40508"},
        {"substance": "heroin"},
        {"operation": "operation-pandora"},
        {"words": "Limestone"},
        {"words": "218A.1412"},
        {"fatal": False},
        {"certainty": "suspected"},
    ],
)
def test_a_filter_on_something_hidden_finds_nothing(cast: Cast, desk: Desk, filters: dict[str, Any]) -> None:
    cast.agree("police", "health", "arrest", place="county", time="month")
    assert rows_of(cast, "epidemiologist", **filters) == []
    page = events_page(cast.viewer("epidemiologist", at=AT), Asked(**filters))
    assert page.mute == (("Division of Police", "arrest"),)


def test_days_inside_a_shared_month_cannot_be_told_apart_by_filtering(cast: Cast, desk: Desk) -> None:
    cast.agree("police", "health", "arrest", place="county", time="month")
    every = len(rows_of(cast, "epidemiologist"))
    assert every == 20
    for day in range(1, 31):
        on = date(2013, 6, day)
        # A window is answered by the first day of the month only, whichever days hold the rows.
        expected = every if day == 1 else 0
        assert len(rows_of(cast, "epidemiologist", since=on, until=on)) == expected


def test_the_order_of_a_shared_month_says_nothing_about_its_days(cast: Cast, desk: Desk) -> None:
    cast.agree("police", "health", "arrest", place="county", time="month")
    records = [Event.objects.get(pk=pk).occurred_on.day for pk in _numbers(rows_of(cast, "epidemiologist"))]
    assert len(records) == 20
    assert records not in (sorted(records), sorted(records, reverse=True))


def _numbers(rows: list[Any]) -> list[int]:
    from daybreak.events.queries.rows import number_of

    return [number_of(row.handle) or 0 for row in rows]


def test_counts_of_days_are_refused_where_only_months_are_shared(cast: Cast, desk: Desk) -> None:
    cast.agree("police", "health", "arrest", place="county", time="month")
    viewer = cast.viewer("epidemiologist", at=AT)
    for period in ("day", "week"):
        window = Window(date(2013, 6, 3), date(2013, 6, 9), period)
        assert series(viewer, kind="arrest", window=window, at=AT) == []
    months = series(viewer, kind="arrest", window=Window(date(2013, 6, 5), date(2013, 6, 6), "month"), at=AT)
    assert [one.counts for one in months] == [(20,)]
    assert series(viewer, kind="arrest", window=MAY, at=AT, zip_code="40508") == []
    assert series(viewer, kind="arrest", window=MAY, at=AT, substances=("heroin",)) == []
    assert areas(viewer, kind="arrest", by="zip", period="month", day=date(2013, 6, 1), at=AT) == []


def test_an_event_of_nobodys_business_answers_as_if_it_did_not_exist(cast: Cast, desk: Desk) -> None:
    arrest = Event.objects.filter(kind="arrest").first()
    assert arrest is not None
    handle = handle_of(arrest.pk)
    assert event_history(cast.viewer("officer", at=AT), handle) is not None
    assert event_history(cast.viewer("clerk", at=AT), handle) is None
    assert event_history(cast.viewer("officer", at=AT), handle_of(10**12)) is None
    assert event_history(cast.viewer("officer", at=AT), arrest.record) is None


@pytest.mark.parametrize("who", ["officer", "analyst", "lead"])
class TestLawEnforcement:
    """What a health source says about the living: counts in released cells, and nothing else, whatever is agreed."""

    @pytest.fixture(autouse=True)
    def agreed(self, cast: Cast, desk: Desk) -> None:
        cast.agree("fire", "police", "overdose", *EVERY_FIELD, place="block", time="minute")
        cast.agree("coroner", "police", "death", *EVERY_FIELD, place="block", time="minute")

    def test_no_row_of_the_living_is_listed(self, cast: Cast, who: str) -> None:
        assert {row.kind for row in rows_of(cast, who)} == {"arrest", "seizure", "death"}
        assert rows_of(cast, who, kinds=("overdose",)) == []
        assert rows_of(cast, who, agency="fire") == []

    def test_no_filter_of_address_or_time_brings_one_out(self, cast: Cast, who: str) -> None:
        attempts: list[dict[str, Any]] = [
            {"zip": "40502"},
            {"words": "Canary"},
            {"words": "Third"},
            {"since": date(2013, 6, 5), "until": date(2013, 6, 5)},
            {"zip": "40502", "since": date(2013, 6, 5), "until": date(2013, 6, 5)},
            {"substance": "heroin", "zip": "40502"},
            {"certainty": "suspected"},
            {"fatal": False},
            {"county": FAYETTE},
            {"as_of": AT + timedelta(days=1)},
        ]
        for filters in attempts:
            assert all(row.agency != "fire" for row in rows_of(cast, who, **filters)), filters

    def test_no_event_of_the_living_opens_by_its_handle(self, cast: Cast, who: str) -> None:
        viewer = cast.viewer(who, at=AT)
        for event in Event.objects.filter(kind="overdose"):
            assert event_history(viewer, handle_of(event.pk)) is None

    def test_no_exact_count_of_the_living_comes_out(self, cast: Cast, who: str) -> None:
        viewer = cast.viewer(who, at=AT)
        for measure, period in product(
            ("events", "fatal", "doses"), ("day", "week", "month", "quarter", "year")
        ):
            window = Window(date(2013, 1, 1), date(2013, 7, 15), period)
            assert series(viewer, kind="overdose", window=window, at=AT, measure=measure) == []
            assert series(viewer, kind="overdose", window=window, at=AT, substances=("heroin",)) == []

    def test_released_cells_hold_ten_or_more_and_never_an_hour_a_block_or_a_substance(
        self, cast: Cast, who: str
    ) -> None:
        (one,) = released_cells(cast.viewer(who, at=AT), kind="overdose", years=[2013], at=AT)
        assert one.cells
        assert all(cell.people >= 10 for cell in one.cells)
        assert {(cell.time, cell.place) for cell in one.cells} <= {
            ("day", "zip"),
            ("month", "zip"),
            ("month", "county"),
            ("year", "county"),
        }
        assert ("2013-06-04", "40508", 12) in {
            (cell.since.isoformat(), cell.zip, cell.people) for cell in one.cells
        }
        assert not any(cell.zip in {"40502", "40511"} for cell in one.cells)

    def test_an_agreement_tightens_the_cells_and_its_end_takes_them_away(self, cast: Cast, who: str) -> None:
        from daybreak.accounts.models import Agreement

        Agreement.objects.filter(kind="overdose").update(place="county", time="month")
        (one,) = released_cells(cast.viewer(who, at=AT), kind="overdose", years=[2013], at=AT)
        assert {(cell.time, cell.place) for cell in one.cells} <= {("month", "county"), ("year", "county")}
        Agreement.objects.filter(kind="overdose").update(ends_on=date(2013, 7, 14))
        assert released_cells(cast.viewer(who, at=AT), kind="overdose", years=[2013], at=AT) == []

    def test_areas_of_a_map_are_released_cells(self, cast: Cast, who: str) -> None:
        viewer = cast.viewer(who, at=AT)
        (one,) = areas(viewer, kind="overdose", by="zip", period="month", day=date(2013, 5, 9), at=AT)
        assert not one.whole
        assert {(area.code, area.count) for area in one.areas} == {("40508", 30)}
        assert (
            areas(
                viewer,
                kind="overdose",
                by="zip",
                period="month",
                day=date(2013, 5, 9),
                at=AT,
                substance="heroin",
            )
            == []
        )


def test_rows_of_the_living_need_their_own_permission_even_for_health(cast: Cast, desk: Desk) -> None:
    cast.agree("fire", "health", "overdose", *EVERY_FIELD, place="block", time="minute")
    cast.agree("fire", "mayor", "overdose", *EVERY_FIELD, place="block", time="minute")
    assert any(CANARIES[0] == row.block for row in rows_of(cast, "epidemiologist"))
    assert all(row.restricted for row in rows_of(cast, "epidemiologist"))
    assert rows_of(cast, "coordinator") == []
    assert released_cells(cast.viewer("coordinator", at=AT), kind="overdose", years=[2013], at=AT)[0].cells


def test_cells_are_kept_while_a_delivery_is_filed_and_made_anew_when_it_ends(cast: Cast, desk: Desk) -> None:
    cast.agree("fire", "mayor", "overdose", *EVERY_FIELD, place="block", time="minute")
    viewer = cast.viewer("coordinator", at=AT)

    def told() -> tuple[set[tuple[object, ...]], bool]:
        with CaptureQueriesContext(connection) as asked:
            (one,) = released_cells(viewer, kind="overdose", years=[2013], at=AT)
        counted = any("events_tally" in each["sql"] for each in asked.captured_queries)
        return {(cell.since, cell.zip, cell.people) for cell in one.cells}, counted

    before, _ = told()
    source = feed("runs", agency="fire", kind="fire-ems", health=True)
    more = [
        draft(f"more-{n}", kind="overdose", on=local(6, 4), zip="40508", county=FAYETTE) for n in range(11)
    ]
    filing = deliver(source, more, at=AT - timedelta(hours=1), end=False)
    assert told() == (before, False), "nothing that is not ended is counted, and nothing was made anew"
    end_delivery(by="test", delivery=filing, at=AT)
    after, counted = told()
    assert counted
    assert (date(2013, 6, 4), "40508", 23) in after - before


def test_a_coroner_feed_that_is_marked_as_health_is_withheld_from_police(cast: Cast, desk: Desk) -> None:
    cast.agree("coroner", "police", "death", *EVERY_FIELD, place="block", time="minute")
    assert len(rows_of(cast, "analyst", kinds=("death",))) == 3
    desk.deaths.health = True
    desk.deaths.save()
    assert rows_of(cast, "analyst", kinds=("death",)) == []


def test_the_list_goes_on_after_each_page_and_shows_every_row_once(cast: Cast, desk: Desk) -> None:
    cast.agree("police", "health", "arrest", place="county", time="month")
    cast.agree("police", "health", "seizure", "exhibits")
    cast.agree("fire", "health", "overdose", place="zip", time="week")
    cast.agree("coroner", "health", "death", place="county", time="quarter")
    viewer = cast.viewer("epidemiologist", at=AT)
    whole = [row.handle for row in events_page(viewer, Asked(), limit=500).rows]
    assert len(whole) == 20 + 2 + 46 + 3
    for limit in (1, 7, 50):
        handles, after = [], None
        while True:
            page = events_page(viewer, Asked(), after=after, limit=limit)
            handles += [row.handle for row in page.rows]
            after = page.next
            if after is None:
                break
        assert handles == whole
    days = [row.day for row in events_page(viewer, Asked(), limit=500).rows]
    assert days == sorted(days, reverse=True)


def test_a_days_rows_stand_by_the_clock_where_it_may_be_seen_and_pages_still_lose_none(
    cast: Cast, desk: Desk
) -> None:
    deliver(
        feed("beat"),
        [
            draft(f"b{hour}", on=datetime(2013, 7, 1, 4 + hour, tzinfo=UTC), occurred_precision="minute")
            for hour in range(18)
        ],
        at=AT,
    )
    viewer = cast.viewer("officer", at=AT)
    day = Asked(kinds=("arrest",), since=date(2013, 7, 1), until=date(2013, 7, 1))
    clocks = [row.clock for row in events_page(viewer, day).rows]
    assert len(set(clocks)) >= 18
    assert clocks == sorted(clocks, reverse=True)
    first = events_page(viewer, day, limit=2)
    second = events_page(viewer, day, after=first.next, limit=50)
    assert {row.handle for row in (*first.rows, *second.rows)} == {
        row.handle for row in events_page(viewer, day).rows
    }


def test_local_days_and_clocks_are_those_of_the_city(cast: Cast, desk: Desk) -> None:
    row = next(row for row in rows_of(cast, "officer", kinds=("arrest",)) if row.day == date(2013, 6, 3))
    assert row.clock == "22:15"
    assert local(6, 3, 22, 15).hour == 2
