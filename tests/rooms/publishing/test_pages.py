"""The pages of briefs: who makes and reads them, who gets 404, and that a kept brief never outlives an agreement."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from daybreak.accounts.models import Agreement, User
from daybreak.audit.models import Entry
from daybreak.publishing.actions.demo import Filled
from daybreak.publishing.models import Copy, MadeBrief
from tests.people import sign_in

DAYS = {"as_of": "2013-07-15", "before": "2013-07-08"}


def somebody(role: str, agency: str) -> Client:
    """The browser of the demonstration's person of that role."""
    return sign_in(Client(), User.objects.get(email=f"{role}@{agency}.example"))


def make(client: Client) -> MadeBrief:
    """Make the July brief at the desk."""
    answer = client.post(reverse("brief_make"), DAYS)
    assert answer.status_code == 302, answer.content.decode()[:500]
    made = MadeBrief.objects.latest("made_at")
    assert answer.headers["Location"] == reverse("brief", args=[made.public_id])
    return made


def test_an_analyst_makes_a_brief_reads_it_and_takes_its_files(lexington: Filled) -> None:
    analyst = somebody("analyst", "police")
    made = make(analyst)
    page = analyst.get(reverse("brief", args=[made.public_id])).content.decode()
    for said in (
        "$235,900.20",
        "1,180 g",
        "Synthetic data",
        "more than in the previous two years combined",
        "6</a> posts",
    ):
        assert said in page
    assert "<style" not in page
    assert 'style="' not in page
    for form, kind in (("pdf", "application/pdf"), ("html", "text/html"), ("md", "text/markdown")):
        file = analyst.get(reverse("brief_file", args=[made.public_id, form]))
        assert file.headers["Content-Type"].startswith(kind)
        assert file.headers["Content-Disposition"] == f'attachment; filename="brief-2013-07-15.{form}"'
        assert len(file.content) > 10_000
    listed = analyst.get(reverse("briefs")).content.decode()
    assert reverse("brief", args=[made.public_id]) in listed
    entry = Entry.objects.get(action="brief-made")
    assert entry.subject == f"brief:{made.public_id}"
    assert entry.actor.startswith("person:")


def test_changes_are_told_since_a_week_before_where_no_day_is_chosen(lexington: Filled) -> None:
    answer = somebody("analyst", "police").post(reverse("brief_make"), {"as_of": "2013-07-15", "before": ""})
    assert answer.status_code == 302
    made = MadeBrief.objects.get(as_of="2013-07-15")
    assert f"{made.before}" == "2013-07-08"


def test_an_officer_reads_without_staffing_and_makes_none(lexington: Filled) -> None:
    made = make(somebody("analyst", "police"))
    officer = somebody("officer", "police")
    page = officer.get(reverse("brief", args=[made.public_id])).content.decode()
    assert "1,180 g" in page
    assert "has no staffing that it may show" in page
    assert "Detective" not in page
    assert Copy.objects.filter(brief=made).count() == 2
    assert officer.post(reverse("brief_make"), DAYS).status_code == 404
    assert "Make the brief" not in officer.get(reverse("briefs")).content.decode()


@pytest.mark.parametrize(
    ("role", "agency"),
    [("coordinator", "mayors-alliance"), ("agency-lead", "sheriff"), ("epidemiologist", "health-department")],
)
def test_another_agency_never_finds_it(lexington: Filled, role: str, agency: str) -> None:
    made = make(somebody("analyst", "police"))
    other = somebody(role, agency)
    assert other.get(reverse("brief", args=[made.public_id])).status_code == 404
    assert other.get(reverse("brief_file", args=[made.public_id, "pdf"])).status_code == 404
    assert str(made.public_id) not in other.get(reverse("briefs")).content.decode()


@pytest.mark.parametrize(
    ("role", "agency"),
    [
        ("navigator", "health-department"),
        ("provider", "health-department"),
        ("administrator", "county-attorney"),
        ("privacy-officer", "commonwealths-attorney"),
    ],
)
def test_who_has_no_part_in_briefs_gets_404(lexington: Filled, role: str, agency: str) -> None:
    made = make(somebody("analyst", "police"))
    nobody = somebody(role, agency)
    for path in (reverse("briefs"), reverse("brief", args=[made.public_id])):
        assert nobody.get(path).status_code == 404
        assert Client().get(path).status_code == 404
    assert nobody.post(reverse("brief_make"), DAYS).status_code == 404


def test_a_kept_brief_shows_nothing_of_an_agreement_that_ended(lexington: Filled) -> None:
    coordinator = somebody("coordinator", "mayors-alliance")
    made = make(coordinator)
    path = reverse("brief", args=[made.public_id])
    assert "The exact mass is" in coordinator.get(path).content.decode()
    Agreement.objects.filter(giver__slug="police").update(ends_on=date(2013, 12, 31))
    page = coordinator.get(path).content.decode()
    assert "The exact mass is" not in page
    assert "Exhibits of Operation Pandora" not in page


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"as_of": "2099-01-01", "before": "2013-07-08"}, "must not lie in the future"),
        ({"as_of": "2013-07-15", "before": "2013-07-15"}, "must be before the day of the brief"),
        ({"as_of": "July", "before": "2013-07-15"}, "must be a date such as"),
        ({"as_of": "", "before": "2013-07-15"}, "Choose a day."),
    ],
)
def test_days_that_make_no_sense_come_back_with_the_cure(
    lexington: Filled, days: dict[str, str], said: str
) -> None:
    answer = somebody("analyst", "police").post(reverse("brief_make"), days)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not MadeBrief.objects.exists()
