"""Names that say a derivative, names that may, and names that say something else."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from gradcli.frontend.claims import Order, claimed_name
from gradcli.frontend.names import Reading, Targets, lone_kind, words_of
from gradcli.frontend.points import Asked
from gradcli.frontend.pyfile import load
from gradcli.frontend.targets import Target, find_named, find_targets

PARAMETERS = {"f": ("x", "y_true"), "log_lik": ("beta_0", "d"), "MSE": ("learnRate",)}
NAMES = ("f", "F", "sigmoid", "loss", "regularized_loss", "log_lik", "MSE", "ot")
TARGETS = Targets(NAMES, lambda name: PARAMETERS.get(name, ("z",)))


def targets(tmp_path: Path, text: str) -> dict[str, Target]:
    path = tmp_path / "user_file.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return {t.name: t for t in find_targets(load(str(path)), Asked())}


def function(name: str, parameters: str = "x=1.0") -> str:
    return f"def {name}({parameters}):\n    return 1.0\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("f_grad_x", ("f", "grad", "x")),
        ("sigmoidGradient", ("sigmoid", "Gradient")),
        ("gradMSELoss", ("grad", "MSE", "Loss")),
        ("L2Norm", ("L2", "Norm")),
        ("__x_", ("x",)),
        ("_", ()),
        ("ÄrgerÜber", ("Ärger", "Über")),
    ],
)
def test_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "target", "kind", "wrt"),
    [
        ("f_grad_x", "f", "gradient", "x"),
        ("grad_f_x", "f", "gradient", "x"),
        ("f_dx", "f", "gradient", "x"),
        ("d_f_dx", "f", "gradient", "x"),
        ("d_f_d_x", "f", "gradient", "x"),
        ("partial_x_f", "f", "gradient", "x"),
        ("f_grad_y_true", "f", "gradient", "y_true"),
        ("f_dy_true", "f", "gradient", "y_true"),
        ("derivative_of_f_with_respect_to_x", "f", "gradient", "x"),
        ("F_grad_z", "F", "gradient", "z"),
        ("grad_MSE_learnRate", "MSE", "gradient", "learnRate"),
        ("grad_log_lik_d", "log_lik", "gradient", "d"),
        ("log_lik_grad_beta_0", "log_lik", "gradient", "beta_0"),
        ("logLikGrad", "log_lik", "gradient", ""),
        ("mse_gradient", "MSE", "gradient", ""),
        ("sigmoidGradient", "sigmoid", "gradient", ""),
        ("sigmoid_dz", "sigmoid", "gradient", "z"),
        ("dSigmoid", "sigmoid", "gradient", ""),
        ("compute_sigmoid_gradient", "sigmoid", "gradient", ""),
        ("derivative_of_sigmoid", "sigmoid", "gradient", ""),
        ("nabla_sigmoid", "sigmoid", "gradient", ""),
        ("my_d_loss", "loss", "gradient", ""),
        ("gradRegularizedLoss", "regularized_loss", "gradient", ""),
        ("d2f", "f", "hessian", ""),
        ("f_hess_x", "f", "hessian", "x"),
        ("hess_vec_prod_f", "f", "hvp", ""),
        ("get_f_hvp", "f", "hvp", ""),
    ],
)
def test_names_of_which_every_word_is_understood(
    name: str, target: str, kind: str, wrt: str
) -> None:
    assert TARGETS.read(name) == Reading(target, kind, wrt)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("numerical_gradient_f", "f"),
        ("f_grad_approx", "f"),
        ("check_grad_f", "f"),
        ("grad_v2_f", "f"),
        ("f_grad_unknown", "f"),
        ("f_dx_dy_true", "f"),
        ("d2f_dx2", "f"),
        ("f_hess_grad", "f"),
        ("grad_prod_f", "f"),
        ("hess_f_dx", "f"),
        ("sigmoid_prime_prime", "sigmoid"),
        ("numerical_grad_regularized_loss", "regularized_loss"),
    ],
)
def test_names_that_may_say_a_derivative(name: str, target: str) -> None:
    said = TARGETS.read(name)
    assert said is not None
    assert (said.target, said.is_sure) == (target, False)


@pytest.mark.parametrize(
    "name",
    [
        *("dot", "f", "f_x", "sigmoid_diff", "f_delta", "f_score", "f_numerical", "f_d_model"),
        *("loss_with_gradient_penalty", "f_and_grad", "loss_no_grad", "f_grad_norm"),
        *("gradient_descent_f", "train_d_loss", "D_loss", "partial_f", "Fgrad", "g_grad"),
        "regularized_loss",
        "grad_f_" + "_".join("abcdefghijkl"),
    ],
)
def test_names_that_say_no_derivative(name: str) -> None:
    assert TARGETS.read(name) is None


def test_a_capital_d_before_a_small_name() -> None:
    assert claimed_name("Dsigmoid", {"sigmoid": 1}) == ("sigmoid", Order.GRADIENT)
    assert claimed_name("DLoss", {"Loss": 1}) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("grad", "gradient"),
        ("jac", "gradient"),
        ("computeGradient", "gradient"),
        ("get_derivative", "gradient"),
        ("hessian", "hessian"),
        ("hess_prod", "hvp"),
        ("prime", ""),
        ("gradient_descent", ""),
        ("f_grad", ""),
        ("score", ""),
    ],
)
def test_names_without_a_function(name: str, kind: str) -> None:
    assert lone_kind(name) == kind


def test_a_claim_by_words_is_no_target(tmp_path: Path) -> None:
    text = function("f", "x=1.0, y=2.0") + function("f_grad_y") + function("FGradient")
    found = targets(tmp_path, text + function("fGradientX") + function("f_hess_y"))
    assert list(found) == ["f", "FGradient", "fGradientX"]
    said = [(c.name, c.order, c.wrt) for c in found["f"].claims]
    assert said == [
        ("f_grad_y", Order.GRADIENT, ("y",)),
        ("f_hess_y", Order.HESSIAN, ("y",)),
    ]
    assert found["fGradientX"].skipped.startswith("looks like a derivative of `f`")


def test_what_may_be_a_derivative_is_skipped_with_the_cure(tmp_path: Path) -> None:
    text = function("f") + function("f_grad") + function("numerical_grad_f")
    found = targets(tmp_path, text + function("check_grad_f", "h") + function("f_hess_approx"))
    assert [c.name for c in found["f"].claims] == ["f_grad"]
    assert found["numerical_grad_f"].skipped == (
        "looks like a derivative of `f`; name it `grad_f` or mark it with `@gradcli.gradient_of`"
    )
    assert found["numerical_grad_f"].points == ()
    assert "name it `hess_f`" in found["f_hess_approx"].skipped
    # Without a point there is nothing to doubt.
    assert found["check_grad_f"].skipped == "no point for `h`"


def test_what_has_claims_or_points_of_its_own_is_no_derivative(tmp_path: Path) -> None:
    text = """
    import gradcli
    def f(x=1.0):
        return x
    def f_grad_smooth(x=1.0):
        return x
    def f_grad_smooth_grad(x=1.0):
        return 1.0
    @gradcli.case(x=2.0)
    def f_grad_rough(x):
        return x
    @gradcli.gradient_of(f)
    def f_grad_marked(x=1.0):
        return 1.0
    """
    found = targets(tmp_path, text)
    assert list(found) == ["f", "f_grad_smooth", "f_grad_rough"]
    assert not any(t.skipped for t in found.values())
    assert [c.name for c in found["f"].claims] == ["f_grad_marked"]


def test_a_claim_with_a_claim_is_checked_both_ways(tmp_path: Path) -> None:
    found = targets(tmp_path, function("f") + function("f_prime") + function("f_prime_prime"))
    assert {n: [c.name for c in t.claims] for n, t in found.items()} == {
        "f": ["f_prime"],
        "f_prime": ["f_prime_prime"],
    }


def test_a_way_to_differentiate_is_no_derivative(tmp_path: Path) -> None:
    text = function("f") + function("grad", "f, x=1.0") + function("compute_f_gradient", "f, x")
    found = targets(tmp_path, text)
    assert found["f"].claims == ()
    assert {found["grad"].skipped, found["compute_f_gradient"].skipped} == {"no point for `f`"}


def test_a_lone_name_claims_only_what_nothing_else_claims(tmp_path: Path) -> None:
    text = function("f") + function("f_grad") + function("grad") + function("hess")
    found = targets(tmp_path, text)
    assert [c.name for c in found["f"].claims] == ["f_grad", "hess"]
    assert found["grad"].skipped == (
        "looks like the gradient of `f`, which `f_grad` gives already; "
        "mark it with `@gradcli.gradient_of`"
    )


def test_a_lone_name_claims_the_only_function_with_a_point(tmp_path: Path) -> None:
    text = (
        function("f") + function("compute_gradient") + function("helper", "z") + "def main(): 1\n"
    )
    found = targets(tmp_path, text)
    assert [c.name for c in found["f"].claims] == ["compute_gradient"]
    found = targets(tmp_path, text + function("g"))
    assert found["compute_gradient"].skipped == (
        "looks like the gradient of one of `f`, `g`; mark it with `@gradcli.gradient_of`"
    )


@pytest.mark.parametrize("target", ["negloglik", "neg_log_lik", "nll", "log_loss", "EnergyOf"])
@pytest.mark.parametrize("name", ["score", "{}_score", "score_{}"])
def test_a_score_is_no_gradient_of_what_is_minimised(
    tmp_path: Path, target: str, name: str
) -> None:
    score = name.format(target)
    found = targets(tmp_path, function(target) + function(score))
    assert found[target].claims == ()
    assert "a score is the gradient of a log-likelihood" in found[score].skipped
    assert f"name it `grad_{target}`" in found[score].skipped


def test_a_score_of_a_likelihood_is_a_claim(tmp_path: Path) -> None:
    for score in ("score", "loglik_score"):
        found = targets(tmp_path, function("loglik") + function(score))
        assert [c.name for c in found["loglik"].claims] == [score]


def test_what_is_asked_for_by_name_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "user_file.py"
    path.write_text(function("f") + function("numerical_grad_f") + function("f_dx"))
    for name in ("numerical_grad_f", "f_dx"):
        found = find_named(load(str(path)), name, Asked())
        assert found is not None
        assert (found.name, len(found.points), found.skipped) == (name, 1, "")


def test_of_two_names_or_parameters_the_one_that_is_written() -> None:
    two = Targets(["Loss", "loss"], lambda name: ("a", "a_b", "x", "_x"))
    for name in ("Loss", "loss"):
        assert two.read(f"compute_{name}_grad") == Reading(name, "gradient")
    assert two.read("loss_grad_a_b") == Reading("loss", "gradient", "a_b")
    # `x` and `_x` are the same words.
    assert two.read("loss_grad_x") == Reading("loss", "gradient", is_sure=False)


def test_lone_names_are_no_targets_of_others(tmp_path: Path) -> None:
    text = "".join(function(name) for name in ("f", "g", "grad", "hess_of_grad", "score"))
    found = targets(tmp_path, text)
    assert not any(t.claims for t in found.values())
    assert [t.name for t in found.values() if t.skipped] == ["grad"]


def test_a_function_that_needs_more_than_its_target_is_no_claim(tmp_path: Path) -> None:
    text = function("sigmoid") + "h0 = 1.0\nx0 = 1.0\n" + function("sigmoidGradient", "x, h")
    assert not targets(tmp_path, text)["sigmoid"].claims
    taking = function("sigmoid") + "x0 = 1.0\n" + function("sigmoidGradient", "x, dout")
    assert [c.name for c in targets(tmp_path, taking)["sigmoid"].claims] == ["sigmoidGradient"]


def test_a_score_beside_a_claim_and_a_gradient_that_comes_along(tmp_path: Path) -> None:
    text = function("negloglik") + function("negloglik_grad") + function("score")
    assert "of a log-likelihood" in targets(tmp_path, text)["score"].skipped
    text = "import gradcli\n@gradcli.returns_value_and_gradient\n" + function("f")
    found = targets(tmp_path, text + function("grad"))
    assert "which `f` gives already" in found["grad"].skipped
