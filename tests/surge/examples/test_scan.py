"""Scans of small seeded data beside a plain twin, their chance under no cluster, and what bad input gets."""

from __future__ import annotations

import json
from itertools import product
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daybreak.config.command import main
from daybreak.surge.scan.answer import Cluster, clusters_of
from daybreak.surge.scan.dates import Unit, steps_of
from daybreak.surge.scan.inputs import Events, People, Places
from daybreak.surge.scan.study import Analysis, Limits, Model, Study, study_of

DAYS = 20
START = np.datetime64("2023-01-01")


def poisson_ratio(c: float, e: float, total: float) -> float:
    if c <= e or c < 2:
        return 0.0
    rest = (total - c) * log((total - c) / (total - e)) if c < total else 0.0
    return c * log(c / e) + rest


def bernoulli_ratio(c: float, n: float, total: float, people: float) -> float:
    if c < 2 or c * (people - n) <= (total - c) * n:
        return 0.0

    def part(x: float, of: float) -> float:
        return x * log(x / of) if x > 0 else 0.0

    inside = part(c, n) + part(n - c, n)
    outside = part(total - c, people - n) + part(people - n - total + c, people - n)
    return inside + outside - part(total, people) - part(people - total, people)


def events(place: np.ndarray, day: np.ndarray) -> Events:
    number = np.ones(len(place), np.int64)
    return Events(
        place.astype(np.int64), number, START + day.astype("timedelta64[D]"), Unit.DAY, ((),) * len(place)
    )


def made(seed: int, model: Model, analysis: Analysis) -> tuple[Study, float]:
    """A study of 12 places and 60 cases, and the largest ratio by brute force over every circle and window."""
    random = np.random.default_rng(seed)
    places = Places(tuple(f"p{n}" for n in range(12)), random.uniform(0, 10, (12, 2)))
    place, day = random.integers(0, 12, 60), random.integers(0, DAYS, 60)
    other, other_day = random.integers(0, 12, 90), random.integers(0, DAYS, 90)
    residents = random.integers(50, 500, 12).astype(np.float64)
    people = People(np.arange(12), np.full(12, 2023), residents, ((),) * 12)
    steps = steps_of(START, START + np.timedelta64(DAYS - 1, "D"), Unit.DAY, 1)
    study = study_of(
        model, analysis, places, steps, events(place, day), controls=events(other, other_day), people=people,
        degrees=False, limits=Limits(0.5, np.inf, 6),
    )  # fmt: skip
    counts = np.zeros((12, DAYS))
    np.add.at(counts, (place, day), 1)
    everyone = counts.copy()
    np.add.at(everyone, (other, other_day), 1)
    expected = 60 * residents[:, None] / residents.sum() / DAYS * np.ones((12, DAYS))
    size = {Model.PERMUTATION: counts, Model.POISSON: expected, Model.BERNOULLI: everyone}[model].sum(axis=1)
    windows = [(a, b) for a in range(DAYS) for b in range(a + 1, DAYS + 1) if b - a <= 6]
    if analysis is Analysis.PROSPECTIVE:
        windows = [(a, b) for a, b in windows if b == DAYS]
    if analysis is Analysis.SPATIAL:
        windows = [(0, DAYS)]
    best = 0.0
    for z in range(12):
        order = np.argsort(np.hypot(*(places.position - places.position[z]).T))
        for last in range(1, 13):
            inside = order[:last]
            if size[inside].sum() > 0.5 * size.sum() * (1 + 1e-9):
                break
            for a, b in windows:
                c = counts[inside, a:b].sum()
                if model is Model.BERNOULLI:
                    best = max(best, bernoulli_ratio(c, everyone[inside, a:b].sum(), 60, 150))
                elif model is Model.POISSON:
                    best = max(best, poisson_ratio(c, expected[inside, a:b].sum(), 60))
                else:
                    best = max(best, poisson_ratio(c, counts[inside].sum() * counts[:, a:b].sum() / 60, 60))
    return study, best


@pytest.mark.parametrize(
    ("model", "analysis"),
    # A permutation of dates says nothing of place alone: that pair is refused.
    [pair for pair in product(Model, Analysis) if pair != (Model.PERMUTATION, Analysis.SPATIAL)],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_best_ratio_is_that_of_a_search_by_brute_force(
    seed: int, model: Model, analysis: Analysis
) -> None:
    study, best = made(seed, model, analysis)
    found = clusters_of(study, replicates=0)
    assert (found[0].llr if found else 0.0) == pytest.approx(best, abs=1e-9)


def test_with_covariates_a_permutation_expects_by_stratum() -> None:
    random = np.random.default_rng(8)
    places = Places(tuple(f"p{n}" for n in range(6)), random.uniform(0, 10, (6, 2)))
    place, day = random.integers(0, 6, 80), random.integers(0, DAYS, 80)
    young = (place < 3) ^ (random.random(80) < 0.2)
    plain = events(place, day)
    strata = tuple(("young" if each else "old",) for each in young)
    given = Events(plain.place, plain.number, plain.date, plain.unit, strata)
    steps = steps_of(START, START + np.timedelta64(DAYS - 1, "D"), Unit.DAY, 1)
    study = study_of(Model.PERMUTATION, Analysis.PROSPECTIVE, places, steps, given, degrees=False)
    best = clusters_of(study, replicates=0)[0]
    inside = np.isin(place, [places.names.index(name) for name in best.locations])
    late = START + day.astype("timedelta64[D]") >= best.start
    expected = sum((inside & one).sum() * (late & one).sum() / one.sum() for one in (young, ~young))
    assert best.observed == (inside & late).sum()
    assert best.expected == pytest.approx(expected)
    assert best.llr == pytest.approx(poisson_ratio(best.observed, float(expected), 80))


def test_no_two_clusters_share_a_place() -> None:
    found = clusters_of(made(4, Model.POISSON, Analysis.RETROSPECTIVE)[0], replicates=0)
    members = [place for cluster in found for place in cluster.locations]
    assert len(found) > 1
    assert len(members) == len(set(members))
    assert [each.llr for each in found] == sorted((each.llr for each in found), reverse=True)


@pytest.mark.parametrize("model", list(Model))
def test_cores_and_parts_change_nothing_and_a_seed_repeats(model: Model) -> None:
    study, _ = made(5, model, Analysis.PROSPECTIVE)

    def answer(**how: Any) -> list[Cluster]:
        return clusters_of(study, replicates=150, sequential=False, **how)

    assert answer(seed=3) == answer(seed=3) == answer(seed=3, cores=2)
    assert answer(seed=3) != answer(seed=4)


@pytest.mark.parametrize("model", [Model.PERMUTATION, Model.BERNOULLI, Model.POISSON])
def test_without_a_cluster_p_is_as_often_small_as_it_says(model: Model) -> None:
    """Cases fall evenly here (the Poisson study is given the people that its cases ignore, so it is left out above)."""
    p = []
    for seed in range(60):
        random = np.random.default_rng([9, seed])
        places = Places(tuple(f"p{n}" for n in range(8)), random.uniform(0, 10, (8, 2)))
        people = People(np.arange(8), np.full(8, 2023), np.full(8, 100.0), ((),) * 8)
        steps = steps_of(START, START + np.timedelta64(DAYS - 1, "D"), Unit.DAY, 1)
        case = events(random.integers(0, 8, 50), random.integers(0, DAYS, 50))
        other = events(random.integers(0, 8, 50), random.integers(0, DAYS, 50))
        study = study_of(
            model, Analysis.RETROSPECTIVE, places, steps, case, controls=other, people=people, degrees=False
        )
        p.append(clusters_of(study, replicates=99, sequential=False, seed=seed)[0].p or 1.0)
    assert 0.35 < float(np.mean(p)) < 0.65
    assert np.mean(np.array(p) <= 0.1) < 0.23


def test_a_cluster_that_was_planted_is_found_with_its_days_and_recurrence() -> None:
    random = np.random.default_rng(2)
    places = Places(tuple(f"p{n}" for n in range(20)), random.uniform(0, 30, (20, 2)))
    place, day = random.integers(0, 20, 300), random.integers(0, DAYS, 300)
    place, day = np.append(place, np.full(15, 7)), np.append(day, np.full(15, DAYS - 1))
    steps = steps_of(START, START + np.timedelta64(DAYS - 1, "D"), Unit.DAY, 1)
    study = study_of(
        Model.PERMUTATION, Analysis.PROSPECTIVE, places, steps, events(place, day), degrees=False,
        limits=Limits(0.5, 5.0, 5),
    )  # fmt: skip
    best = clusters_of(study, replicates=999, sequential=False)[0]
    assert "p7" in best.locations
    assert (str(best.start), str(best.end)) == ("2023-01-20", "2023-01-20")
    assert best.p == 0.001
    assert best.recurrence_days == pytest.approx(1000)
    assert best.p_gumbel is not None
    assert best.p_gumbel < 0.001


def test_a_sequential_run_stops_early_where_nothing_is_to_be_found() -> None:
    study, _ = made(6, Model.PERMUTATION, Analysis.PROSPECTIVE)
    whole = clusters_of(study, replicates=999, sequential=False)[0].p
    early = clusters_of(study, replicates=999, sequential=True)[0].p
    assert whole is not None
    assert early is not None
    assert early == pytest.approx(whole, abs=0.12)
    assert early * 999 != pytest.approx(round(early * 999)), "stopped before the last replicate"


@pytest.mark.parametrize(
    ("lines", "words", "said"),
    [
        (
            "a 1 2023-01-05",
            "--start 2024-01-01 --end 2024-02-01",
            "--cases must hold a case within the study",
        ),
        ("zz 1 2023-01-05", "", "cases.cas, line 1, must begin with a place of the --geo file"),
        ("a x 2023-01-05", "", "cases.cas"),
        (
            "a 1 2023-01-05",
            "--max-population 0.9",
            "--max-population must be above 0 and at most 0.5, got 0.9",
        ),
        ("a 1 2023-01-05", "--end 2022-01-01", "--end must not be before --start"),
        ("a 1 2023-01-05", "--model poisson", "--population must be given for the Poisson model"),
        ("a 1 2023-01-05", "--model bernoulli", "--controls must be given for the Bernoulli model"),
        ("a 1", "", "--cases must have a date in each line"),
        ("a 1 2023-01-05", "--analysis spatial", "--model permutation must be asked about time"),
        (
            "a 1 2023-01-05 x",
            "--model bernoulli --controls {cases}",
            "--model bernoulli must have no covariates",
        ),
    ],
)
def test_bad_input_is_told_with_place_and_cure(
    lines: str, words: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cases.cas").write_text(lines + "\n")
    (tmp_path / "places.geo").write_text("a 38.0 -84.5\nb 38.1 -84.4\n")
    call = ["surge", "scan", "--model", "permutation", "--cases", str(tmp_path / "cases.cas")]
    call += [
        "--geo",
        str(tmp_path / "places.geo"),
        "--start",
        "2023-01-01",
        "--end",
        "2023-01-31",
        *words.format(cases=tmp_path / "cases.cas").split(),
    ]
    assert main(call) == 1
    assert said in capsys.readouterr().err


def test_the_command_prints_what_the_reference_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.csv").write_text(
        "id,cases,date\na,1,2023-01-05\nb,2,2023-01-09\na,5,2023-01-31\nc,4,2023-01-12\n"
    )
    (tmp_path / "g.csv").write_text("id,latitude,longitude\na,38.0,-84.5\nb,38.1,-84.4\nc,39.0,-84.0\n")
    words = "--model permutation --start 2023-01-01 --end 2023-01-31 --max-window 7 --replicates 99 --seed 1"
    files = ["--cases", str(tmp_path / "c.csv"), "--geo", str(tmp_path / "g.csv")]
    assert main(["surge", "scan", *files, *words.split()]) == 0
    best = json.loads(capsys.readouterr().out)["clusters"][0]
    assert best["locations"] == ["a"]
    assert (best["start"], best["end"], best["observed"]) == ("2023-01-31", "2023-01-31", 5)
    assert best["expected"] == pytest.approx(6 * 5 / 12)
    assert best["llr"] == pytest.approx(poisson_ratio(5, 2.5, 12))
    assert best["recurrence_days"] == pytest.approx(1 / best["p"])


def test_cases_outside_the_study_are_told_and_not_dropped_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.csv").write_text("id,cases,date\na,3,2022-12-31\na,2,2023-01-05\nb,2,2023-01-09\n")
    (tmp_path / "g.csv").write_text("id,latitude,longitude\na,38.0,-84.5\nb,38.1,-84.4\n")
    files = ["--cases", str(tmp_path / "c.csv"), "--geo", str(tmp_path / "g.csv")]
    words = "--model permutation --start 2023-01-01 --end 2023-01-31 --replicates 0"
    assert main(["surge", "scan", *files, *words.split()]) == 0
    assert capsys.readouterr().err == "3 cases before --start or after --end are left out.\n"
