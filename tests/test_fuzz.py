import fuzz
import pytest


@pytest.mark.filterwarnings("ignore::osvi.SpecDriftWarning")
def test_mutated_answers_are_values_or_typed_errors() -> None:
    outcomes = fuzz.run(seconds=60, seed=20261124, most=600)

    # Each layer has been reached.
    assert {"ChatSession", "dict", "ContractError", "TransportError", "NotFoundError"} <= outcomes.keys()
