"""The figures of the benchmarks: how they are made, compared, and shown in the manual. Nothing is timed."""

from contextlib import ExitStack

import attrs
import pytest

from benchmarks import ratios
from benchmarks.measurements import MEASUREMENTS, program
from benchmarks.paired import CallCount, Measurement, Ratio, Work

LAST = Ratio("a lookup", "osvi.Client", "httpx.Client", ratio=0.9, least=0.8, most=1.1)


def test_a_ratio_is_the_median_of_the_rounds_with_the_least_and_the_most() -> None:
    now = 0.0

    def taking(*seconds: float) -> Work:
        each = iter(seconds)

        def work() -> None:
            nonlocal now
            now += next(each)

        return work

    def works(_: str, __: ExitStack) -> tuple[Work, Work]:
        return taking(99.0, 2.0, 9.0, 4.0), taking(99.0, 1.0, 3.0, 1.0)  # the first run is not timed

    measurement = Measurement("reading", "osvi", "json.loads", works, lambda: now)

    assert measurement.ratio("", rounds=3) == Ratio("reading", "osvi", "json.loads", 3.0, 2.0, 4.0)


def test_calls_are_those_of_python_and_of_c_without_those_of_the_first_run() -> None:
    def works(_: str, __: ExitStack) -> tuple[Work, Work]:
        first: list[int] = []

        def ours() -> None:
            if not first:
                first.extend(map(abs, range(99)))
            for number in (1, 2, 3):
                abs(number)

        return ours, lambda: None

    count = CallCount("reading", "osvi", "json.loads", works, times=1)

    assert count.ratio("") == Ratio("reading", "osvi", "json.loads", 2.5, 2.5, 2.5, [5, 2])


def test_a_program_is_timed_with_pyc_files_also_where_the_environment_forbids_them(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    program("import sys; print(sys.dont_write_bytecode)")()

    assert capfd.readouterr().out == "False\n"


@pytest.mark.parametrize(("ratio", "least"), [(0.1, 0.1), (0.9, 0.9), (1.19, 1.19), (1.5, 0.9)])
def test_less_than_a_third_is_no_growth_and_neither_is_what_some_rounds_do_not_show(ratio: float, least: float) -> None:
    assert list(ratios.grown([LAST], [attrs.evolve(LAST, ratio=ratio, least=least)])) == []


def test_growth_by_a_third_is_reported_with_both_figures() -> None:
    assert list(ratios.grown([LAST], [attrs.evolve(LAST, ratio=1.2, least=1.0)])) == [
        "a lookup: osvi.Client / httpx.Client: 1.2, and was 0.9 (+33%)"
    ]


def test_a_ratio_that_is_no_longer_measured_is_reported() -> None:
    assert list(ratios.grown([LAST], [])) == ["a lookup: osvi.Client / httpx.Client: 0.9, and no longer measured"]


def test_the_last_run_has_each_measurement_once() -> None:
    last, _ = ratios.read()

    assert [(ratio.task, ratio.ours, ratio.reference) for ratio in last] == [
        (one.task, one.ours, one.reference) for one in MEASUREMENTS
    ]
    assert len({ratio.name for ratio in last}) == len(last)


def test_the_manual_shows_the_last_run() -> None:
    page = ratios.PAGE.read_text(encoding="utf-8")
    last, machine = ratios.read()

    assert ratios.with_table(page, last, machine) == page
    assert ratios.with_table(page, [LAST], machine) != page
