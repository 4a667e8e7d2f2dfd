"""The network's verdicts, names of curves, and images."""

import numpy as np
import pandas as pd

from core.figures import images
from core.figures.network import NAMED_BY, SYMBOLS, network_losses
from core.figures.palette import VERDICTS
from core.network.pictures import make_pictures
from core.network.runs import picture_losses, verdict, verdict_so_far
from core.parameters import MAX_NETWORKS
from tests.support.samples import NET_RATES, NETWORKS, STOPPED_NETWORKS, network
from tests.support.tables import frame

CALM = NETWORKS[1]


def test_verdicts_need_nothing_but_the_loss() -> None:
    assert [verdict(run) for run in NETWORKS] == ["slow", "good", "explodes", "explodes"]
    assert verdict(network([0.7, 0.3, 0.5, 0.2, 0.4, 0.1])) == "zigzag"
    assert verdict(network([0.7, 0.9, 0.66, 0.8, 0.7])) == "explodes"  # up and down, and nowhere


def test_of_a_run_that_goes_on_the_verdict_is_what_was_seen_so_far() -> None:
    def so_far(losses: list[float]) -> str:
        return verdict_so_far(network(losses, share=0.5))

    assert so_far([0.7]) == so_far([0.7, 0.69]) == "slow"
    assert so_far([0.7, 0.3, 0.1]) == "good"
    assert so_far([0.7, 0.3, 0.5, 0.2, 0.4, 0.1]) == "zigzag"
    assert so_far([0.7, 1.5, 0.1]) == "explodes"  # nothing that follows can undo it
    up_and_down = [0.7, 0.9, 0.66, 0.8, 0.7]
    assert so_far(up_and_down) == "zigzag"  # the end decides
    assert verdict_so_far(network(up_and_down)) == verdict(network(up_and_down)) == "explodes"
    assert [verdict_so_far(run) for run in NETWORKS] == [verdict(run) for run in NETWORKS]
    assert verdict_so_far(network([0.7], diverged_at=0)) == "explodes"


def test_an_explosion_that_was_seen_stays_one_however_the_run_goes_on() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        losses = rng.lognormal(0, 0.6, 24)
        told = [verdict_so_far(network(losses[:n], share=n / 25)) for n in range(1, 24)]
        if "explodes" in told:
            assert set(told[told.index("explodes") :]) == {"explodes"}
            assert verdict(network(losses)) == "explodes"


def test_growing_curves_have_the_colours_of_their_verdicts_so_far() -> None:
    growing = network_losses(STOPPED_NETWORKS, NET_RATES).tables
    kinds = [list(VERDICTS).index(verdict_so_far(run)) for run in STOPPED_NETWORKS]
    assert frame(growing["curves"]).groupby("rate")["kind"].first().tolist() == kinds
    assert list(growing["ends"]["kind"]) == kinds


def test_rates_of_one_verdict_bear_different_symbols() -> None:
    tables = network_losses([CALM, NETWORKS[0], CALM, CALM], NET_RATES).tables
    assert list(tables["ends"]["twin"]) == [0, 0, 1, 2]
    assert list(tables["ends"]["label"]) == ["0.001", "0.2", "● 10", "■ 100,000"]
    seen = frame(tables["symbols"]).groupby("rate")["twin"].unique()
    assert [list(twins) for twins in seen] == [[0], [0], [1], [2]]
    assert len(set(SYMBOLS)) == len(set(NAMED_BY)) == MAX_NETWORKS


def test_names_do_not_cover_each_other() -> None:
    ends = network_losses([CALM] * 4, NET_RATES).tables["ends"]
    assert list(ends["label"]) == ["0.001", "● 0.2", "■ 10", "▲ 100,000"]
    for values in (np.log(ends["label_loss"]), ends["label_accuracy"]):
        assert np.diff(np.sort(values)).min() > 0.03


def test_the_most_wrong_pictures_come_first() -> None:
    pictures = make_pictures(50, 0, 0.25)
    scores = np.random.default_rng(0).normal(size=50)
    losses = picture_losses(scores, pictures.truth)
    found, captions = images.most_wrong(pictures, losses, 3)
    assert [image.shape for image in found] == [(96, 96, 3)] * 3
    worst = int(np.argmax(losses))
    assert captions[0].startswith(f"{pictures.kinds[worst]}: ")
    assert np.array_equal(found[0][::4, ::4], pictures.pixels[worst])


def test_units_are_shown_on_the_side_they_speak_for() -> None:
    rows = images.unit_pictures(CALM)
    assert {side: count for side, (_, count) in rows.items()} == {
        "for": int((CALM.speaks_for > 0).sum()),
        "against": int((CALM.speaks_for <= 0).sum()),
    }
    strength = np.abs(CALM.speaks_for) * np.sqrt((CALM.looks_for**2).sum(axis=(1, 2, 3)))
    first = int(np.argmax(np.where(CALM.speaks_for > 0, strength, -1)))
    weights = CALM.looks_for[first]
    shown = rows["for"][0][: 24 * 4 : 4, : 24 * 4 : 4, :3].astype(float)
    expected = 127.5 + 127.5 * weights / np.abs(weights).max()
    np.testing.assert_allclose(shown, expected, atol=0.51)


def test_the_gallery_shows_every_kind() -> None:
    pictures = make_pictures(300, 0, 0.25)
    _, captions = images.gallery(pictures, 2)
    counts = pd.Series(captions).value_counts()
    assert counts["hot dog"] == 6
    assert (counts.drop("hot dog") == 2).all()
    assert len(counts) == 8
