"""The guided path: at most seven questions, each can be skipped, and the answers make the search that they say."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client

from daybreak.public.forms import Answers, BadQuestion, read_answers
from daybreak.public.queries.question import Question
from daybreak.public.rules.guide import ANSWERS, FOLLOWS, STEPS
from daybreak.vocabulary.needs import needs

client = Client()


def answered(query: str) -> Answers:
    return read_answers(QueryDict(query))


def test_there_are_at_most_seven_questions() -> None:
    assert len(STEPS) == 7
    assert set(ANSWERS) - set(FOLLOWS) == set(STEPS) - {"near"}


def test_every_answer_means_needs_that_exist() -> None:
    meant = {need for answers in ANSWERS.values() for found in answers.values() for need in found}
    assert meant <= set(needs())
    assert "detox" not in meant, "focus groups found a question about detox confusing"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ()),
        ("who=woman&pregnant=yes", ("women", "pregnant")),
        ("who=man&pregnant=yes", ("men",)),
        ("pay=medicaid&plan=humana", ("medicaid", "plan-humana")),
        ("pay=self&plan=humana", ("self-pay",)),
        ("age=18-25", ("young-adults", "adults")),
        ("kind=unsure&medication=none", ()),
        ("kind=medication&medication=start", ("medication",)),
        ("who=woman&who=man", ("men",)),
        ("also=rides&also=spanish", ("rides", "spanish")),
    ],
)
def test_answers_make_a_search(query: str, wanted: tuple[str, ...]) -> None:
    question = answered(query).question()
    assert question.needs == wanted
    assert question.ask == (("all",) if wanted else ()), (
        "a place that does not say is shown, with what to ask"
    )


@pytest.mark.parametrize("query", ["step=0", "step=9", "step=x", "who=robot", "plan=none", "near=a%00"])
def test_answers_that_no_question_has_are_refused(query: str) -> None:
    with pytest.raises(BadQuestion):
        answered(query)


def test_skipping_every_question_ends_at_the_results(town: Any) -> None:
    path, seen = "/guide", []
    for _ in range(12):
        answer = client.get(path)
        if answer.status_code == 302:
            break
        page = answer.content.decode()
        seen.append(re.search(r"<legend><h1>(.*?)</h1>", page)[1])  # type: ignore[index]
        skip = re.search(r'<a class="btn quiet" href="([^"]*)"', page)
        assert skip
        path = skip[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 7
    assert answer["Location"] == "/find?"
    assert client.get(answer["Location"]).status_code == 200


def test_the_form_carries_earlier_answers_and_back_keeps_them(town: Any) -> None:
    page = client.get("/guide?step=3&who=woman&pregnant=yes&age=26-64&kind=stay&near=40507").content.decode()
    form = page[page.index("<form") : page.index("</form>")]
    unseen = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    assert unseen == [
        ("who", "woman"), ("pregnant", "yes"), ("age", "26-64"), ("near", "40507"), ("step", "4"),
    ]  # fmt: skip
    assert '<input type="radio" name="kind" value="stay" checked>' in form
    back = re.search(r'<a href="([^"]*step=2)">Back</a>', form)
    assert back
    assert "kind=stay" in back[1]


def test_the_last_answer_leads_to_the_search(town: Any) -> None:
    answer = client.get("/es/guide?step=8&who=woman&pay=medicaid&kind=stay&near=40507")
    assert answer.status_code == 302
    where = urlsplit(answer["Location"])
    assert where.path == "/es/find"
    assert parse_qs(where.query) == {
        "near": ["40507"], "need": ["women", "residential", "hospital", "medicaid"], "ask": ["all"],
    }  # fmt: skip
    assert "Hilltop" in client.get(answer["Location"]).content.decode()


def test_the_count_so_far_is_the_count_of_its_results(town: Any) -> None:
    page = client.get("/guide?step=3&who=woman").content.decode()
    found = re.search(r'<a href="(/find[^"]*)">Show (\d+) places? now</a>', page)
    assert found
    results = client.get(found[1].replace("&amp;", "&")).content.decode()
    assert f"{found[2]} place" in re.search(r"<h1>(.*?)</h1>", results, re.DOTALL)[1]  # type: ignore[index]


def test_no_answer_is_an_open_search() -> None:
    assert answered("").question() == Question()
