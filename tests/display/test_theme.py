"""Contrast by the definition of WCAG 2.2: text 4.5 to 1 (1.4.3), marks 3 to 1 (1.4.11)."""

import re
from pathlib import Path

import pytest

from toolkit.display import theme

CSS = (Path(theme.__file__).parent.parent / "pack" / "templates" / "page.css").read_text("utf-8")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    a, b = sorted((luminance(one), luminance(other)))
    return (b + 0.05) / (a + 0.05)


def variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def test_the_measure_of_contrast_is_the_published_one():
    # black on white is 21 to 1 and #777777 on white 4.48 to 1 (WCAG 2.2, understanding 1.4.3)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_marks_and_words_of_charts_stand_out(mode):
    ground = theme.PAPER[mode]
    for pair in (
        theme.INK,
        theme.MUTED,
        theme.TONES["us"],
        theme.TONES["better"],
        theme.TONES["worse"],
    ):
        assert contrast(pair[mode], ground) >= 4.5, pair
    for name, pair in theme.TONES.items():
        assert contrast(pair[mode], ground) >= 3, name


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_of_pages_stand_out(mode):
    light, dark = CSS.split("@media screen and (prefers-color-scheme: dark)", 1)
    seen = variables(light) | (
        variables(dark.split("/* drawn charts")[0]) if mode == "dark" else {}
    )
    for ground in ("paper", "raised"):
        for words in ("ink", "muted", "us", "gain", "harm", "even", "open"):
            assert contrast(seen[words], seen[ground]) >= 4.5, (words, ground)
    for badge in ("gain", "harm", "even"):
        assert contrast(seen[badge], seen[f"{badge}-ground"]) >= 4.5, badge
    assert contrast(seen["ink"], seen["hatch"]) >= 4.5


def test_each_drawn_colour_means_one_thing():
    light = [pair[0] for pair in theme.DRAWN]
    assert len(set(light)) == len(light)


def test_page_and_charts_share_their_colours():
    light, dark = CSS.split("@media screen and (prefers-color-scheme: dark)", 1)
    for i, block in enumerate((light, dark)):
        seen = variables(block.split("/* drawn charts")[0])
        assert (seen["paper"], seen["ink"], seen["muted"]) == (
            theme.PAPER[i],
            theme.INK[i],
            theme.MUTED[i],
        )
        assert (seen["us"], seen["gain"], seen["harm"]) == tuple(
            theme.TONES[t][i] for t in ("us", "better", "worse")
        )
