"""The colours of marks and words: each means one thing, in all charts, on light and dark alike."""

# All have a contrast of 4.2 to 1 with either background: so at least 3 to 1 remains where a mark is
# slightly transparent, or lies on the rings of a map.
POINT = MUTED = "#7B7B7B"
TRUE_LINE = "#188C65"
BEST_FIT = "#3381B9"
GUESS = "#D2530A"
ARROW = "#9E64B7"  # the one step that is looked into
PREDICTION = "#9B734E"  # what the learner thinks will come
# A verdict's two shades for words stand in WORDS, below.
VERDICTS = {"slow": "#9160E0", "good": "#0A8989", "zigzag": "#A07300", "explodes": "#E72878"}
# Text needs a contrast of 4.5 to 1, which no colour has on both backgrounds: hence two shades.
WORDS = {
    MUTED: ("#5E5E5E", "#ABABAB"),
    TRUE_LINE: ("#106B4D", "#35B98C"),
    BEST_FIT: ("#25638F", "#6FB1E0"),
    GUESS: ("#A23E06", "#F5864A"),
    ARROW: ("#7A4C8D", "#C79BDB"),
    PREDICTION: ("#77583B", "#C9A07C"),
    VERDICTS["slow"]: ("#6F49AE", "#B794F4"),
    VERDICTS["good"]: ("#066969", "#3DB8B8"),
    VERDICTS["zigzag"]: ("#7B5800", "#D1A23A"),
    VERDICTS["explodes"]: ("#B31D5C", "#FF7DAE"),
}
LINE_COLOURS = {"true line": TRUE_LINE, "best fit": BEST_FIT, "guess": GUESS}
LINE_DASHES = {"true line": [6, 4], "best fit": [1, 0], "guess": [1, 0]}
