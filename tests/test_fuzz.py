import fuzz
import pytest


@pytest.mark.filterwarnings("ignore::osvi.SpecDriftWarning")
def test_mutated_answers_are_values_or_typed_errors() -> None:
    outcomes = fuzz.run(seconds=60, seed=20261124, most=600)

    # That it was not all of one kind: each layer has had its say.
    assert {"ChatSession", "dict", "ContractError", "TransportError", "NotFoundError"} <= outcomes.keys()
