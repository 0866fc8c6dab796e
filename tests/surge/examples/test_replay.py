"""`daybreak surge replay`: a file of reference cases in, our results in R's conventions out."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from daybreak.surge.commands import main
from daybreak.surge.errors import BadInput
from daybreak.surge.replaying import replay
from daybreak.surge.replaying_controls import call_of_surveillance
from daybreak.surge.replaying_nowcasts import prior_of
from tests.surge.reference_files import bundled

EARS: dict[str, Any] = {
    "schema": "surveillance-parity/1",
    "algorithm": "earsC",
    "series": [
        {
            "name": "a",
            "start": [2020, 1],
            "freq": 52,
            "epochAsDate": False,
            "epoch": None,
            "observed": [2, 4] * 6,
        }
    ],
    "cases": [
        {"id": "a#1", "series": "a", "control": {"method": "C1"}, "range": [8, 9, 12], "alarm": "never read"}
    ],
}


def changed(**case: Any) -> dict[str, Any]:
    document = copy.deepcopy(EARS)
    document["cases"][0] |= case
    return document


def test_a_case_is_run_from_its_inputs_alone() -> None:
    result = replay(EARS)
    assert list(result) == ["a#1"]
    # seven values 2 4 2 4 2 4 2: mean 20/7, sd 1.0690; z(0.999) = 3.0902 (Hutwagner et al. 2003)
    assert result["a#1"]["upperbound"][0] == pytest.approx(
        20 / 7 + 3.090232306167813 * 1.0690449676496976, abs=1e-12
    )
    assert result["a#1"]["alarm"] == [False, False, False]


def test_results_need_no_results_in_the_file() -> None:
    with_them, without = bundled("earsC"), bundled("earsC")
    for case in without["cases"]:
        for name in ("alarm", "upperbound", "warnings", "error"):
            case.pop(name, None)
    assert replay(without) == replay(with_them)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"control": {"method": "C1", "alhpa": 0.1}}, "setting of ears-c1 must be one of: baseline"),
        ({"control": {"method": "C4"}}, "control method must be C1, C2 or C3"),
        ({"range": [0, 1]}, "range must be increasing rows from 1 to 12"),
        ({"range": [12, 13]}, "range must be increasing rows from 1 to 12"),
        ({"series": "b"}, "series of a case must be in the file, got 'b'"),
        ({"fn": "earsD"}, "fn must be one of: earsC"),
    ],
)
def test_a_case_that_r_would_take_for_another_is_refused(case: dict[str, Any], said: str) -> None:
    assert said in replay(changed(**case))["a#1"]["error"]


def test_a_misspelt_control_name_is_refused_for_every_function() -> None:
    for name in (
        "farrington",
        "farringtonFlexible",
        "cusum",
        "glrnb",
        "misc_outbreakP_bayes_rki_cdc",
        "rnssp",
    ):
        document = bundled(name)
        for case in document["cases"]:
            case["control"]["thersholdMethod"] = "delta"
        assert all("thersholdMethod" in result.get("error", "") for result in replay(document).values())


def test_a_file_of_another_shape_is_refused() -> None:
    with pytest.raises(BadInput, match="schema must be one of"):
        replay({"schema": "another/1"})
    with pytest.raises(BadInput, match="the file must have the part 'cases'"):
        replay({"schema": "surveillance-parity/1", "series": []})
    twice = changed()
    twice["cases"] *= 2
    with pytest.raises(BadInput, match="case ids must differ"):
        replay(twice)


def test_glrnb_of_dispersion_zero_is_the_poisson_method_and_of_none_estimates_it() -> None:
    assert call_of_surveillance("glrnb", {"alpha": 0, "c.ARL": 5}).method == "glr-poisson"
    assert call_of_surveillance("glrnb", {}).method == "glr-nb"
    assert call_of_surveillance("glrnb", {"alpha": 0.1}).method == "glr-nb"


def test_the_prior_of_a_nowcast_is_that_of_its_period() -> None:
    words = "poisgamma mean/var lambda 10/1000 (day) 8/400 (week)"
    assert (prior_of(words, "1 day").mean, prior_of(words, "1 week").variance) == (10, 400)
    assert prior_of("poisgamma mean/var lambda 6/90", "1 week").variance == 90
    with pytest.raises(BadInput, match="prior must be poisgamma"):
        prior_of("unif", "1 day")


def test_the_command_writes_all_results_and_fails_if_a_case_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fixture, out = tmp_path / "fixture.json", tmp_path / "out.json"
    fixture.write_text(json.dumps(EARS), encoding="utf-8")
    assert main(["replay", str(fixture), "--out", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8")) == replay(EARS)
    fixture.write_text(json.dumps(changed(control={"method": "C9"})), encoding="utf-8")
    assert main(["replay", str(fixture), "--out", str(out)]) == 1
    assert "case a#1: control method must be C1, C2 or C3" in capsys.readouterr().err
    assert "error" in json.loads(out.read_text(encoding="utf-8"))["a#1"]
