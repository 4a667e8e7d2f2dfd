"""The mistakes of ``make mutations`` can still be made: it takes long, and is not run every day."""

import pytest

from tests.mutations import MUTATIONS, ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_finds_its_place_and_its_tests(mutation: Mutation) -> None:
    text = (ROOT / "core" / f"{mutation.module}.py").read_text(encoding="utf-8")
    assert text.count(mutation.old) == 1
    assert mutation.new != mutation.old
    for tests in mutation.tests.split():
        assert (ROOT / "tests" / f"test_{tests}.py").is_file()
