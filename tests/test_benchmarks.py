"""The comparison of the benchmarks, and the committed results of their last run. Nothing is timed."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs
import pytest

from benchmarks import picture, ratios
from benchmarks.measure import Ratio, in_turn, repeated

LAST = Ratio("a lookup", "osvi.Client", "httpx.Client", ratio=0.9, least=0.8, most=1.1)


def test_a_ratio_is_the_median_of_the_rounds_with_minimum_and_maximum() -> None:
    costs = {"osvi": [2.0, 9.0, 4.0], "json.loads": [1.0, 3.0, 1.0]}

    assert Ratio.of("reading", "osvi", "json.loads", costs) == Ratio("reading", "osvi", "json.loads", 3.0, 2.0, 4.0)


def test_the_time_of_a_call_is_the_time_of_the_round_divided_by_the_calls() -> None:
    now = 0.0

    def lookup() -> None:
        nonlocal now
        now += 0.5

    costs = in_turn({"a lookup": repeated(lookup, 4)}, 3, lambda: now)

    assert costs == {"a lookup": [0.5, 0.5, 0.5]}


def test_written_ratios_are_read_back(tmp_path: Path) -> None:
    file = tmp_path / "ratios.json"
    file.write_text(ratios.text([LAST, attrs.evolve(LAST, task="another")], {"cores": 2}), encoding="utf-8")

    assert ratios.read(file) == [LAST, attrs.evolve(LAST, task="another")]
    assert json.loads(file.read_text(encoding="utf-8"))["machine"] == {"cores": 2}


@pytest.mark.parametrize("ratio", [0.1, 0.9, 1.19])
def test_less_than_a_third_is_no_growth(ratio: float) -> None:
    assert list(ratios.grown([LAST], [attrs.evolve(LAST, ratio=ratio, least=ratio)])) == []


def test_growth_that_some_rounds_do_not_show_does_not_count() -> None:
    assert list(ratios.grown([LAST], [attrs.evolve(LAST, ratio=1.5, least=0.9)])) == []


def test_growth_by_a_third_is_reported_with_both_figures() -> None:
    assert list(ratios.grown([LAST], [attrs.evolve(LAST, ratio=1.2, least=1.0)])) == [
        "a lookup: osvi.Client / httpx.Client: 1.2, and was 0.9 (+33%)"
    ]


def test_a_ratio_that_is_no_longer_measured_is_reported() -> None:
    assert list(ratios.grown([LAST], [])) == ["a lookup: osvi.Client / httpx.Client: 0.9, and no longer measured"]


def test_the_cost_of_other_libraries_is_not_compared() -> None:
    other = attrs.evolve(LAST, subject="requests")

    assert list(ratios.grown([other], [attrs.evolve(other, ratio=9.0, least=9.0)])) == []


def test_each_ratio_of_the_last_run_has_a_unique_name() -> None:
    names = [ratio.name for ratio in ratios.read()]

    assert len({*names}) == len(names) > 0


def test_the_picture_is_drawn_from_the_last_run() -> None:
    drawn = picture.draw(ratios.read(), ratios.last_machine())

    assert picture.FILE.read_text(encoding="utf-8") == drawn, "run python -m benchmarks --draw"
    ET.fromstring(drawn)  # noqa: S314 - our own
