"""A counsellor's line and the table beside it, on a small directory that can be worked out by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from daybreak.public.rules.shorthand import written_out
from daybreak.vocabulary.shorthand import shorthand

client = Client()


def text(path: str) -> str:
    return client.get(path).content.decode()


def programs(page: str) -> list[str]:
    """The part of the page of each program, in order."""
    return re.findall(r'<article class="program".*?</article>', page, re.DOTALL)


def names(page: str) -> list[str]:
    return re.findall(r'id="open-\d"[^>]*>([^<]*)</a>', page)


def under(program: str, heading: str) -> str:
    """What stands under one heading of a program, without tags."""
    part = re.search(rf"<h4>{heading}</h4>(.*?)(?:<h4>|<p class=\"seen\">)", program, re.DOTALL)
    assert part
    return " ".join(re.sub(r"<[^>]*>", " ", part[1]).split())


def test_three_programs_with_those_that_leave_least_to_ask_first(town: Any) -> None:
    page = text("/calls?q=40507+detox+medicaid")
    assert names(page) == ["Limestone House", "Riverside", "Hilltop"]
    first, second, third = programs(page)
    assert under(first, "Fits") == "Yes Detox (2015) Yes Medicaid (2015)"
    assert under(second, "Fits") == "Yes Detox (2026)"
    assert under(second, "Ask").startswith("Ask Medicaid")
    assert under(third, "Ask").startswith("Ask Detox"), "the kind of help weighs more than who pays"


def test_where_too_few_are_near_farther_ones_fill_up_and_say_so(town: Any) -> None:
    parts = programs(text("/calls?q=41010+detox"))
    assert ["Farther" in part for part in parts] == [False, False, True]
    assert "Farther than 25 miles" in under(parts[2], "Does not fit")


def test_a_stated_no_is_said_and_never_counted_as_a_yes(town: Any) -> None:
    page = text("/calls?q=40507+residential+pregnant")
    assert "Hilltop" not in names(page), "it says no to pregnant people"
    assert "No program fits" in page or all("Yes Pregnant" not in part for part in programs(page))


def test_old_numbers_have_their_year_and_cannot_be_tapped(town: Any) -> None:
    page = text("/calls?q=40507+detox")
    assert "859-555-0101" in page
    assert "from 2015, not checked since" in page
    assert set(re.findall(r'href="tel:([^"]*)"', page)) == {"911", "988", "18338594357", "+18595550102"}


def test_the_part_is_the_same_as_in_the_whole_page(town: Any) -> None:
    part, whole = text("/calls?q=40507+detox&part=1"), text("/calls?q=40507+detox")
    assert part.strip() in whole
    assert "<html" not in part


def test_the_line_may_ask_this_site_only(town: Any) -> None:
    answer = client.get("/calls?q=40507+detox")
    assert answer["Cache-Control"] == "no-store"
    assert "connect-src 'self'" in answer["Content-Security-Policy"].split("; ")


@pytest.mark.parametrize(
    "path", ["/calls?q=40507+x", "/calls/compare", "/packet?near=40507", "/text?q=x", "/es/calls"]
)
def test_nothing_about_a_caller_is_kept_in_a_cache(town: Any, path: str) -> None:
    assert client.get(path)["Cache-Control"] == "no-store"


def test_kept_places_stay_ticked_over_a_new_search(town: Any) -> None:
    lime, hill = town.ids["Limestone House"], town.ids["Hilltop"]
    page = text(f"/calls?q=40507+residential&place={lime}&place={hill}")
    ticked = set(re.findall(r'name="place" value="([^"]*)" id="[^"]*" checked', page))
    assert ticked == {lime, hill}


def test_what_does_not_exist_any_more_is_said(town: Any) -> None:
    gone = "00000000-0000-4000-8000-000000000000"
    assert "1 place that you kept is no longer listed" in text(f"/calls/compare?place={gone}")


def test_a_wrong_id_gets_an_error_that_does_not_repeat_it(town: Any) -> None:
    answer = client.get("/calls/compare?place=Jane+Roe")
    assert answer.status_code == 400
    assert "must be the id of a place" in answer.content.decode()
    assert "Jane" not in answer.content.decode()


def rows(page: str) -> dict[str, tuple[bool, list[str]]]:
    """The table: row header → whether it is marked, and the cells as text."""
    found = {}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL):
        head = re.search(r'<th scope="row">(.*?)</th>', row, re.DOTALL)
        if head:
            cells = [
                " ".join(re.sub(r"<[^>]*>", " ", cell).split())
                for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
            ]
            name = re.sub(r"<span.*", "", head[1], flags=re.DOTALL).strip()
            found[name] = ("Differs" in head[1], cells)
    return found


def test_the_table_says_yes_no_and_not_stated_with_the_year(town: Any) -> None:
    ids = "&".join(f"place={town.ids[name]}" for name in ("Limestone House", "Riverside", "Hilltop"))
    table = rows(text(f"/calls/compare?q=40507+detox&{ids}"))
    assert table["Detox"] == (True, ["Yes 2015", "Yes 2026", "not stated"])
    assert table["Methadone"] == (True, ["No 2015", "Yes 2026", "not stated"])
    assert table["Pregnant"] == (True, ["not stated", "not stated", "No 2015"])
    assert next(iter(table)) == "Where"
    assert "1.2" in table["Where"][1][0] or "mile" in table["Where"][1][0]
    few = rows(text(f"/calls/compare?q=40507+detox&{ids}&rows=different"))
    assert all(marked for name, (marked, _) in few.items() if name not in {"Where", "Call", "Listed"})


def test_the_same_place_twice_differs_in_nothing(town: Any) -> None:
    lime = town.ids["Limestone House"]
    table = rows(text(f"/calls/compare?place={lime}&place={lime}"))
    assert not any(marked for marked, _ in table.values())


def test_a_fourth_place_is_named_not_dropped(town: Any) -> None:
    page = text("/calls/compare?" + "&".join(f"place={one}" for one in town.ids.values()))
    assert page.count('<th scope="col">') == 4
    assert "Left out: " in page


def test_short_words_are_written_out_and_said() -> None:
    said, found = written_out("40507 detox MCD f, m", shorthand("en"))
    assert said == "40507 detox medicaid woman, man"
    assert [one.short for one in found] == ["MCD", "f", "m"]
    assert written_out("40507 m", shorthand("es"))[0] == "40507 mujer"


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_short_word_means_something_to_the_lexicon(language: str) -> None:
    from daybreak.public.queries.asking import lexicon

    for short, words in shorthand(language).items():
        heard = lexicon().understand(f"40507 {words}")
        assert heard.needs, (short, words)
