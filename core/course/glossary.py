"""The terms of the course, and the address of the page that introduces each.

In the order of the course: each is explained with earlier terms only. The explanations are in
``core/words/…/glossary.md``.
"""

GLOSSARY = {
    "step": "gradient-steps",
    "learning rate": "learning-rates",
    "parameter": "data",
    "residual": "data",
    "mean squared error": "data",
    "loss": "data",
    "true line": "data",
    "best fit": "data",
    "slope of the loss": "loss-surface",
    "gradient": "loss-surface",
    "gradient descent": "gradient-steps",
    "excess loss": "loss-surface",
    "ring": "loss-surface",
    "tape": "gradient-steps",
    "hyperparameter": "gradient-steps",
    "gradient step": "gradient-steps",
    "gap": "gradient-steps",
    "mini-batch": "gradient-steps",
    "decay": "gradient-steps",
    "curvature": "learning-rates",
    "overshoot": "learning-rates",
    "zigzag": "learning-rates",
    "explode": "learning-rates",
    "condition number": "learning-rates",
    "broadcasting": "mistakes",
    "hidden unit": "hot-dog",
    "cross-entropy": "hot-dog",
    "held out": "hot-dog",
    "range test": "hot-dog",
    "sharpness": "hot-dog",
}


def section(term: str) -> str:
    """Name the section of ``glossary.md`` that explains a term."""
    return f"glossary.{term.replace(' ', '_').replace('-', '_')}"
