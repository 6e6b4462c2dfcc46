from authz import Engine
from authz.matrix import MATRIX, render


def test_the_committed_matrix_is_that_of_the_policy(engine: Engine) -> None:
    assert MATRIX.read_text("utf-8") == render(engine), "run python -m authz.matrix"
