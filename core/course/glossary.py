"""The words of the course: what each means, in two sentences, and which page shows it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A word's meaning, and the address of the page that shows it."""

    meaning: str
    page: str


# In the order in which the course meets them: each is told in words that were met before.
GLOSSARY = {
    "step": Entry(
        "One move of the line, in the direction in which it gets less wrong. A run is many of "
        "them, one after the other.",
        "gradient-steps",
    ),
    "learning rate": Entry(
        "The number that says how large the steps are. You choose it: too small and the line "
        "creeps, too large and each step jumps farther past the points than the last.",
        "learning-rates",
    ),
    "parameter": Entry(
        "A number that the steps change. A line has two: its slope w and its intercept b.",
        "data",
    ),
    "residual": Entry(
        "How far a line passes above or below a point, measured straight up or down. In the "
        "picture it is the thin bar between the two.",
        "data",
    ),
    "mean squared error": Entry(
        "The average of the squared residuals. Squaring makes points above and below count alike, "
        "and large misses count most.",
        "data",
    ),
    "loss": Entry(
        "One number that says how wrong a line is. Here it is the mean squared error, in units of "
        "y, squared.",
        "data",
    ),
    "true line": Entry(
        "The line that the lesson's own points are scattered around. For real measurements nobody "
        "knows one.",
        "data",
    ),
    "best fit": Entry(
        "The line with the lowest loss on the points at hand. On them no other line beats it, not "
        "even the true line.",
        "data",
    ),
    "slope of the loss": Entry(
        "How fast the loss rises when one number grows a little and the other stays. Below 0 it "
        "says that the loss falls.",
        "loss-surface",
    ),
    "gradient": Entry(
        "The slopes of the loss along all parameters, together: here along w and along b. It "
        "points to where the loss rises fastest, so a step goes the other way.",
        "loss-surface",
    ),
    "gradient descent": Entry(
        "A way to the lowest loss in many small steps, each against the gradient. It works for the "
        "two parameters of a line as for thousands of them.",
        "gradient-steps",
    ),
    "excess loss": Entry(
        "The loss of a line minus the lowest loss there is, that of the best fit. At the best fit "
        "it is 0.",
        "loss-surface",
    ),
    "ring": Entry(
        "A closed curve on the map through all lines with the same loss, also called a contour. "
        "From one ring to the next one inwards the excess loss falls to a quarter.",
        "loss-surface",
    ),
    "tape": Entry(
        "TensorFlow's `GradientTape`: it writes down what is computed while it is open. From that "
        "record it works out gradients.",
        "gradient-steps",
    ),
    "hyperparameter": Entry(
        "A number that decides how a loop learns, and that the loop does not learn itself. The "
        "learning rate is one, and so is the number of steps.",
        "gradient-steps",
    ),
    "gradient step": Entry(
        "One round of the loop: predict, measure the loss, ask for the gradient, move w and b. The "
        "move is learning rate × gradient, subtracted.",
        "gradient-steps",
    ),
    "gap": Entry(
        "How far a line is from the best fit: the root mean square of the vertical distances "
        "between the two, over the data's x. It is the root of the excess loss, in units of y.",
        "gradient-steps",
    ),
    "mini-batch": Entry(
        "A few points, drawn at random, that stand for all of them in one step. That is cheaper, "
        "but each draw pulls towards the lines that fit its own points best, so the line jitters.",
        "gradient-steps",
    ),
    "decay": Entry(
        "A learning rate that shrinks as the steps go by: here rate / (1 + decay × step). Large "
        "steps for the long way, small ones to settle.",
        "gradient-steps",
    ),
    "curvature": Entry(
        "How quickly the slope of the loss changes along a direction. Where it changes least and "
        "where most it is λ₁ and λ₂, the *eigenvalues* of the bowl.",
        "learning-rates",
    ),
    "overshoot": Entry(
        "A step that passes the lowest point and ends on the other side. Above the rate 1/λ₂ every "
        "step does so across the valley.",
        "learning-rates",
    ),
    "zigzag": Entry(
        "To land on the other side of the valley at every step, but always less far out. It "
        "happens at rates between 1/λ₂ and 2/λ₂.",
        "learning-rates",
    ),
    "explode": Entry(
        "To land farther out across the valley at every step, until the loss grows without end; "
        "also called to diverge. Above the limit, 2/λ₂, a run off across the valley does so; at "
        "the limit it jumps for ever, equally far.",
        "learning-rates",
    ),
    "condition number": Entry(
        "λ₂/λ₁: how many times stronger the bowl curves across the valley than along it. The "
        "larger it is, the more steps even the fastest rate needs in the long run.",
        "learning-rates",
    ),
    "broadcasting": Entry(
        "How arrays of different shapes are stretched to fit each other, without a word. It turns "
        "(100, 1) minus (100,) into 10,000 differences.",
        "mistakes",
    ),
    "hidden unit": Entry(
        "A part of a network that weighs all numbers of a picture, adds them up, and passes on "
        "what is above 0. Its weights show what it looks for.",
        "hot-dog",
    ),
    "cross-entropy": Entry(
        "The loss for yes-or-no answers: −log of the probability given to the truth, averaged. "
        "Near 0 when sure and right, without end when sure and wrong.",
        "hot-dog",
    ),
    "held out": Entry(
        "Kept away from the training, so that no step ever sees it. What a network gets right "
        "there, it has not learned by heart.",
        "hot-dog",
    ),
    "range test": Entry(
        "A short run in which the learning rate is raised at every step until the loss explodes. "
        "From its curve one reads a rate to begin with.",
        "hot-dog",
    ),
    "sharpness": Entry(
        "The curvature of a network's loss along the direction in which it curves most, at the "
        "present weights. It is what λ₂ is for a line, but it changes as the network learns.",
        "hot-dog",
    ),
}
