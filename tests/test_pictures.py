"""The pictures are the same for the same seed, half hot dogs, and no accident of drawing."""

import numpy as np
import pytest

from core.network.pictures import HOT_DOG, PAINTERS, SIZE, make_pictures


def test_the_same_seed_gives_the_same_pictures_and_another_seed_others() -> None:
    once, again, other = (make_pictures(40, seed, 0.5) for seed in (3, 3, 4))
    assert np.array_equal(once.pixels, again.pixels)
    assert np.array_equal(once.kinds, again.kinds)
    assert not np.array_equal(once.pixels, other.pixels)


def test_about_half_are_hot_dogs_and_every_kind_is_there() -> None:
    pictures = make_pictures(2_000, 0, 0.25)
    assert pictures.pixels.shape == (2_000, SIZE, SIZE, 3)
    assert pictures.rows.shape == (2_000, SIZE * SIZE * 3)
    assert 0.46 < pictures.truth.mean() < 0.54
    assert set(pictures.kinds.tolist()) == set(PAINTERS)
    assert np.array_equal(pictures.truth == 1, pictures.kinds == HOT_DOG)


def test_the_order_says_nothing() -> None:
    truth = make_pictures(2_000, 0, 0.25).truth
    assert abs(np.corrcoef(truth[1:], truth[:-1])[0, 1]) < 0.09
    assert abs(truth[:1_000].mean() - truth[1_000:].mean()) < 0.09  # four standard deviations


def test_no_single_pixel_and_no_mean_colour_gives_a_hot_dog_away() -> None:
    pictures = make_pictures(2_000, 0, 0.25)
    truth = pictures.truth == 1
    for numbers in (pictures.rows, pictures.pixels.mean(axis=(1, 2))):
        ordered = np.sort(numbers, axis=0)
        cuts = ordered[:: len(ordered) // 20]
        best = max(
            max(share, 1 - share)
            for cut in cuts
            for share in ((numbers > cut) == truth[:, np.newaxis]).mean(axis=0)
        )
        assert best < 0.85


@pytest.mark.parametrize("kind", PAINTERS)
def test_a_thing_covers_a_good_part_of_its_picture_and_lies_within_it(kind: str) -> None:
    clean = make_pictures(800, 0, 0.0)
    pixels = clean.pixels[clean.kinds == kind].astype(float)
    corner = pixels[:, :1, :1]
    differs = (np.abs(pixels - corner).max(axis=3) > 40).mean(axis=(1, 2))
    assert 0.03 < np.median(differs) < 0.7


def test_clutter_makes_neighbouring_pixels_differ_more() -> None:
    def roughness(clutter: float) -> float:
        pixels = make_pictures(200, 0, clutter).pixels.astype(float)
        return float(np.abs(np.diff(pixels, axis=2)).mean())

    assert roughness(0.0) < roughness(0.5) < roughness(1.0)
