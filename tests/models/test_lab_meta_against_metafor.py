"""Every number of a meta-analysis against metafor 3.8-1 under R 4.2.2.

The constants were printed by R with ``control = list(threshold = 1e-14, tol = 1e-14)``, so that
metafor's own iterations stop at the optimum; "as metafor stops" has its default 1e-5. Data: trials
of St John's wort (dat.linde2005, 24 of 26 with counts, log risk ratio, ½ where a cell is empty)
and of BCG against tuberculosis (dat.bcg), both from r-cran-metadat 1.2-0.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twofold.lab.meta.bias import begg, egger, trim_and_fill
from twofold.lab.meta.effects import Effects, effects
from twofold.lab.meta.heterogeneity import spread, tau2, tau2_se
from twofold.lab.meta.influence import influence
from twofold.lab.meta.pooled import cumulative, one_left_out, pool, prediction
from twofold.lab.meta.reading import read_trials
from twofold.lab.meta.regression import indicators, regress
from twofold.lab.meta.table import Trials

pytestmark = pytest.mark.real_data

# tau² and its standard error, the pooled effect and its standard error, I² and H², standard error
# after Hartung and Knapp
ESTIMATORS = {
    "FE": (0, None, 0.339256026473, 0.0455681098167, 72.7610728559, 3.67121654501, None),
    "DL": (0.139023626841, 0.068810575238, 0.554734022929, 0.0994873013018, 72.7610728559, 3.67121654501, 0.116182749558),
    "HE": (0.248405976463, 0.303208137758, 0.601726420543, 0.123362502779, 82.6776898254, 5.77290205475, 0.122861409678),
    "HS": (0.125496603772, 0.0581265588812, 0.546327780711, 0.0960098116863, 70.6857200238, 3.41130671063, 0.115030093436),
    "HSk": (0.13311971103, 0.0636023239838, 0.551169967897, 0.0979888869105, 71.8925689214, 3.55777800257, 0.115692636738),
    "SJ": (0.335158214624, 0.115626703832, 0.624777661753, 0.13892768743, 86.5587240885, 7.43976990417, 0.126317853051),
    "SJIT": (0.24498819501, 0.106551160053, 0.600633610041, 0.122700951467, 82.4783725122, 5.70723239433, 0.122700951467),
    "ML": (0.17583508732, 0.0748939092826, 0.57397189191, 0.108251852284, 77.1612134535, 4.37851633651, 0.118865874679),
    "REML": (0.192444793519, 0.0826461711743, 0.581307036599, 0.111930996035, 78.7127933172, 4.69765721215, 0.119906613261),
    "EB": (0.24498819501, 0.106551160053, 0.600633610041, 0.122700951467, 82.4783725122, 5.70723239433, 0.122700951467),
    "PM": (0.24498819501, 0.106551160053, 0.600633610041, 0.122700951467, 82.4783725122, 5.70723239433, 0.122700951467),
    "PMM": (0.257443049645, 0.110743647121, 0.604535418791, 0.125091629608, 83.1835024223, 5.94654145656, 0.123275159308),
}  # fmt: skip

MODERATED = {  # BCG by latitude: intercept, slope, their standard errors, tau², its error, I², R²
    "DL": (0.259543712434, -0.0292287387552, 0.232307473393, 0.00673301083957, 0.0633005024264, 0.0548251478566, 64.2079595766, 79.4984944502),
    "HE": (0.203115006215, -0.0281767595987, 0.372114466367, 0.0105618511391, 0.209048026359, 0.170711964616, 85.5582288335, 36.3752216589),
    "HS": (0.287256156218, -0.029551123193, 0.17707143397, 0.00520882518934, 0.0290849078999, 0.0162884567732, 45.1831795471, 87.2637313127),
    "HSk": (0.278563507407, -0.0294747684022, 0.194170486727, 0.00568056384661, 0.0382497885311, 0.0228937088024, 52.0150683556, 84.6491153696),
    "SJ": (0.198271729163, -0.0280713689568, 0.388705846243, 0.0110142439804, 0.231843716119, 0.119533780646, 86.7906259925, 32.8992242476),
    "ML": (0.282107173896, -0.0295093353885, 0.187184556334, 0.00548773630754, 0.0343514424812, 0.0280141801206, 49.328850185, 87.7328604131),
    "EB": (0.221915964507, -0.0285645258944, 0.317473696547, 0.00907018887118, 0.142131941473, 0.0974985635157, 80.1112838826, 55.3140399535),
    "PMM": (0.215601360091, -0.028437995742, 0.334435400006, 0.0095336439313, 0.161555108764, 0.107194640294, 82.0737880239, 52.9525922376),
}  # fmt: skip

EGGER = {  # statistic, p, limit and its interval
    ("se", "mixed"): (5.15505335907, 2.53558716707e-07, -0.119938770285, -0.372525986137, 0.132648445566),
    ("se", "weighted"): (4.707724286, 0.000107161668226, -0.19601114467, -0.465596826185, 0.0735745368438),
    ("variance", "mixed"): (2.1227223178, 0.0337771277046, 0.470852614306, 0.262913097939, 0.678792130673),
    ("variance", "weighted"): (2.14434000397, 0.0433085052425, 0.269979305983, 0.08876048351, 0.451198128455),
    ("1/n", "mixed"): (2.22066668322, 0.0263735456166, 0.182753246618, -0.204337092322, 0.569843585557),
    ("1/n", "weighted"): (2.47674000569, 0.0214265659426, 0.0464290904198, -0.24840010834, 0.34125828918),
    ("1/sqrt(n)", "mixed"): (2.47975077573, 0.0131474241819, -0.26537293771, -0.940872882593, 0.410127007173),
    ("1/sqrt(n)", "weighted"): (2.62130572753, 0.0155909781726, -0.302769810176, -0.835806040897, 0.230266420544),
}  # fmt: skip

FILLED = {  # missing, standard error of it, pooled, its standard error, tau²
    ("L0", "DL"): (9, 3.06161136987, 0.264948582311, 0.10818726852, 0.247274801059),
    ("L0", "FE"): (9, 3.03785657448, 0.213320736561, 0.0429855391569, 0),
    ("R0", "DL"): (8, 4.24264068712, 0.303664803322, 0.107569706838, 0.23146388468),
    ("R0", "FE"): (11, 4.89897948557, 0.190462146692, 0.0422201138341, 0),
}


@pytest.fixture(scope="module")
def wort(shared_data: Path) -> Effects:
    trials = read_trials(
        shared_data / "meta/metadat-depression/metadat_dat.linde2005.csv",
        {
            "label": "study",
            "events1": "ai",
            "total1": "n1i",
            "events2": "ci",
            "total2": "n2i",
            "year": "year",
        },
    )
    return effects(trials, "RR", zeros="half where zero, silent kept")


@pytest.fixture(scope="module")
def bcg(shared_data: Path) -> Trials:
    path = shared_data / "meta/metadat-depression/metadat_bcg.csv"
    columns = {"label": "author", "events1": "tpos", "rest1": "tneg", "events2": "cpos", "rest2": "cneg",
               "ablat": "ablat", "year": "year", "group": "alloc", "estimate": "yi", "se": "vi"}  # fmt: skip
    found = read_trials(path, columns, {"kind": "estimates"})
    return Trials(
        found.label, "estimates", {**found.numbers, "se": np.sqrt(found.numbers["se"])}, found.words
    )


def close(ours: object, theirs: object, within: float = 1e-10) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=within, atol=within)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ESTIMATORS)
def test_each_estimator_of_tau2_gives_metafors_figures(method: str, wort: Effects) -> None:
    t2, t2_se, estimate, se, i2, h2, hk = ESTIMATORS[method]
    y, v = wort.y, wort.v
    found = pool(y, v, method, test="z")
    close([found.tau2, found.estimate, found.se], [t2, estimate, se])
    left = spread(y, v, found.tau2, method)
    close([left.i2, left.h2, left.q], [i2, h2, 84.4379805353])
    if t2_se is not None:
        close(tau2_se(y, v, np.asarray(t2), method), t2_se)
        close(pool(y, v, method, test="HK").se, hk)


def test_the_general_q_estimator_gives_metafors_tau2(wort: Effects) -> None:
    close(tau2(wort.y, wort.v, "GENQ"), 0.220795096006)  # weights 1/√v


@pytest.mark.parametrize(
    ("method", "printed"),
    [("ML", 0.1758361564), ("REML", 0.1924472751), ("EB", 0.2449893110)],
    ids=["ML", "REML", "EB"],
)
def test_stopped_where_metafor_stops_the_digits_are_metafors(
    method: str, printed: float, wort: Effects
) -> None:
    """``metafor_reference.txt`` has these ten digits; the sixth one is off the optimum."""
    assert float(tau2(wort.y, wort.v, method, tolerance=1e-5)) == pytest.approx(printed, abs=6e-11)


def test_intervals_are_metafors(wort: Effects) -> None:
    y, v = wort.y, wort.v
    knapp = pool(y, v, test="HK")
    close([knapp.low, knapp.high], [0.333261308537, 0.829352764662])
    assert knapp.p == pytest.approx(6.80262632636e-05, rel=1e-9)
    floor = pool(y, v, test="HK with floor")
    close([floor.se, floor.low, floor.high], [0.119906613261, 0.333261308537, 0.829352764662])
    close(prediction(pool(y, v, test="z"), "normal"), [-0.306046697995, 1.46866077119])
    close(prediction(knapp, "t, k-1"), [-0.359471478875, 1.52208555207])
    left = spread(y, v, knapp.tau2, "REML")
    close([left.tau2_low, left.tau2_high], [0.0927058221086, 0.692848687297])
    close([left.i2_low, left.i2_high], [64.045082422, 93.013089356])


def test_what_each_trial_carries_is_metafors(wort: Effects, bcg: Trials) -> None:
    found = influence(wort.y, wort.v)
    close(found.residual[:3], [1.856047953, 1.429512362, 0.5047754671], 1e-9)
    close(found.dffits[:3], [0.3913664189, 0.2811556914, 0.06793071393], 1e-9)
    close(found.cook[:3], [0.1450205721, 0.07666333173, 0.004668225396], 1e-9)
    close(found.covariance_ratio[:3], [0.9149055285, 0.9629128339, 1.049897902], 1e-9)
    close(found.dfbetas[:3, 0], [0.4028134327, 0.2855783541, 0.0676537562], 1e-9)
    close(found.hat[:3], [0.02448210706, 0.02452835628, 0.02831663533], 1e-9)
    close(found.q[:3], [77.28287576, 79.65918888, 83.09494937], 1e-9)
    y, v = bcg.numbers["estimate"], bcg.numbers["se"] ** 2
    found = influence(y, v)
    close(found.cook[-3:], [0.05807815595, 0.06343341626, 0.122812904], 1e-9)
    close(found.tau2[-3:], [0.3404882878, 0.3081622148, 0.3037333664], 1e-9)


def test_one_trial_left_out_and_one_added_are_metafors(wort: Effects) -> None:
    left = one_left_out(wort.y, wort.v, test="z")
    close(left.values[[0, 1, -1], 0], [0.538681959707, 0.550315421254, 0.610771575339])
    close(left.tau2[[0, 1, -1]], [0.165224803122, 0.177032697553, 0.206737730118])
    order = np.argsort(wort.trials.numbers["year"], kind="stable")
    grown = [one.estimate for one in cumulative(wort.y, wort.v, order)]
    close(grown[:3] + grown[-2:], [1.84582669, 1.707011556, 1.39913531, 0.6107715753, 0.5813070366], 1e-9)  # fmt: skip


@pytest.mark.parametrize("how", EGGER, ids=["-".join(one) for one in EGGER])
def test_eggers_regression_is_metafors_regtest(how: tuple[str, str], wort: Effects) -> None:
    found = egger(wort.y, wort.v, predictor=how[0], model=how[1], n=wort.n)
    ours = [found.statistic, found.p, found.limit, found.limit_low, found.limit_high]
    np.testing.assert_allclose(ours, EGGER[how], rtol=2e-10)


def test_beggs_rank_test_is_metafors_ranktest(wort: Effects, bcg: Trials) -> None:
    close(begg(wort.y, wort.v), (0.514492753623, 0.000271385010519), 1e-11)
    pair = begg(bcg.numbers["estimate"], bcg.numbers["se"] ** 2)
    close(pair, (0.025641025641, 0.952361907961))


@pytest.mark.parametrize("how", FILLED, ids=["-".join(one) for one in FILLED])
def test_trim_and_fill_is_metafors(how: tuple[str, str], wort: Effects) -> None:
    missing, se, estimate, its_se, t2 = FILLED[how]
    found = trim_and_fill(wort.y, wort.v, how[1], estimator=how[0])
    assert (found.missing, found.side) == (missing, "left")
    close(found.missing_se, se)
    close([found.pooled.estimate, found.pooled.se, found.pooled.tau2], [estimate, its_se, t2])


def test_trim_and_fill_by_reml_is_metafors_as_far_as_metafor_iterates(
    wort: Effects, bcg: Trials
) -> None:
    """Inside ``trimfill`` metafor stops at 1e-5, which moves its seventh digit."""
    found = trim_and_fill(wort.y, wort.v)
    assert (found.missing, found.side) == (9, "left")
    assert found.pooled.estimate == pytest.approx(0.270572757094, abs=1e-7)
    assert trim_and_fill(wort.y, wort.v, side="right").missing == 0
    turned = trim_and_fill(bcg.numbers["estimate"], bcg.numbers["se"] ** 2)
    assert (turned.missing, turned.side) == (1, "right")
    assert turned.pooled.estimate == pytest.approx(-0.65708280076, abs=1e-7)
    close(turned.missing_se, 2.45279864318, 1e-8)


@pytest.mark.parametrize("method", MODERATED)
def test_meta_regression_is_metafors_for_each_estimator(method: str, bcg: Trials) -> None:
    line = regress(
        bcg.numbers["estimate"], bcg.numbers["se"] ** 2, {"ablat": bcg.numbers["ablat"]}, method
    )
    c = line.coefficients
    ours = [*c.values, *c.se, line.left.tau2, line.left.tau2_se, line.left.i2, line.r2]
    close(ours, MODERATED[method], 1e-9)


def test_two_moderators_and_words_are_tested_as_in_metafor(bcg: Trials) -> None:
    y, v = bcg.numbers["estimate"], bcg.numbers["se"] ** 2
    columns = {name: bcg.numbers[name] for name in ("ablat", "year")}
    line = regress(y, v, columns)
    close(line.coefficients.values, [-3.5453530199, -0.0280113294442, 0.00190748044748])
    close(line.coefficients.p, [0.903016414176, 0.00619833850438, 0.896641791428])
    close([line.moderators, line.moderators_p], [12.2044868792, 0.00223784162116])
    close([line.left.tau2, line.r2, line.left.i2], [0.110784696947, 64.6330147355, 71.9773177793])
    knapp = regress(y, v, columns, test="HK")
    close(knapp.coefficients.se, [32.2563394835, 0.0113456775207, 0.0162788048736])
    close([knapp.moderators, knapp.moderators_p], [4.96494755589, 0.0318035012857])
    words = regress(y, v, indicators(bcg.words["group"]))
    close([words.moderators, words.moderators_p], [1.76751140193, 0.413228032757])


def test_effects_are_escalcs() -> None:
    counts = Trials(
        ("a", "b", "c", "d"), "events",
        {"events1": [0, 3, 0, 12], "total1": [20, 30, 25, 40], "events2": [4, 5, 0, 12], "total2": [21, 29, 30, 41]},
    )  # fmt: skip
    kept = "half where zero, silent kept"
    ratio = effects(counts, "OR", zeros=kept)
    close(ratio.y, [-2.35544858255, -0.628608659422, 0.179048231449, 0.0350913198113])
    close(ratio.v, [2.32814556717, 0.612037037037, 4.07200257152, 0.236863711002])
    risk = effects(counts, "RR", zeros=kept)
    close(risk.y, [-2.1507045617, -0.544727175442, 0.175890666464, 0.0246926125904])
    close(risk.v, [2.12914862915, 0.465517241379, 3.92928039702, 0.117276422764])
    every = effects(counts, "OR", zeros="half to all")  # without the third, which says nothing
    close(every.y, [-2.35544858255, -0.567498010865, 0.0344861760712])
    close(effects(counts, "RD").v[[0, 1, 3]], [0.00734261958752, 0.0079202509328, 0.0102992592969])
    means = Trials(
        ("a", "b"), "means",
        {"mean1": [5, 3], "sd1": [2, 1.5], "total1": [10, 40], "mean2": [6, 3.5], "sd2": [2.5, 1.2], "total2": [12, 44]},
    )  # fmt: skip
    standardised = effects(means, "SMD")
    close(standardised.y, [-0.420327701681, -0.366694801715])
    close(standardised.v, [0.187348682806, 0.048527660094])
    close(effects(means, "MD").v, [0.920833333333, 0.0889772727273])
    arms = Trials(("a", "b"), "arm events", {"events": [0, 5], "total": [20, 30]})
    close(effects(arms, "LOGIT").y, [-3.7135720667, -1.60943791243])
