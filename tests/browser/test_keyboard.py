"""The whole course by keyboard alone: no mouse, and nothing that a script does for the learner."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator

from core.course.checks import CHECKS
from core.datasets import Line, make_noisy_line
from core.runs import LESSON_START
from tests.support.browser import Visit, Visits
from tests.support.course import QUESTIONS, TITLES
from tests.support.questions import in_words


class Keyboard:
    """A learner's hands, with nothing but keys under them."""

    def __init__(self, tab: Visit) -> None:
        self.tab, self.page = tab, tab.page

    def find(self, role: Any, name: str) -> Locator:  # noqa: ANN401
        """Find a control by what a screen reader calls it, or how that begins."""
        return self.page.get_by_role(role, name=re.compile(f"^{re.escape(name)}")).first

    def go_to(self, target: Locator, by: str = "Tab") -> None:
        """Press Tab until one is there, or at one of them."""
        for presses in range(150):
            self.page.keyboard.press(by)
            if presses % 20 == 0:  # looking for it takes longer than a press
                target.evaluate_all("them => { window.wanted = them; }")
            if self.page.evaluate("window.wanted.includes(document.activeElement)"):
                return
        pytest.fail(f"{by} does not lead to {target}")

    def press(self, *keys: str, until: Locator) -> None:
        """Press keys, and wait for what comes of it; the keyboard must then still be somewhere."""
        for key in keys:
            self.page.keyboard.press(key)
        until.wait_for()
        self.page.wait_for_function(
            """() => document.querySelector("[data-test-script-state=notRunning]")
                  && ![null, document.body].includes(document.activeElement)"""
        )

    def use(
        self, role: str, name: str, *keys: str, until: Locator | None = None, by: str = "Tab"
    ) -> None:
        """Go to a control and press keys there."""
        control = self.find(role, name)
        self.go_to(control, by)
        self.press(*(keys or ["Enter"]), until=until or control)

    def type(self, role: str, name: str, text: str, until: Locator) -> None:
        self.go_to(self.find(role, name))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        self.press("Enter", until=until)

    def pull(self, name: str, *keys: str, key: str) -> None:
        """Move a slider; its picture moves with it."""
        before = self.tab.picture(key)
        self.use("slider", name, *keys)
        self.page.wait_for_function(
            "([key, before]) => document.querySelector("
            "`.st-key-figure_${key} svg.marks`).innerHTML !== before",
            arg=[key, before],
        )

    def text(self, words: str) -> Locator:
        return self.page.get_by_text(words).first

    def answer_the_prediction(self, name: str) -> None:
        """Choose the first answer, or leave the sliders where they are, and check it."""
        prompt = self.page.locator(f".st-key-predict_{name}")
        if prompt.get_by_role("radio").count():
            self.go_to(prompt.get_by_role("radio"))
            self.press("Space", until=prompt.locator("[type=radio]:checked"))
        done = prompt.locator(f".st-key-fold_{name} button")  # what leads on
        self.use("button", "Check", until=done)
        assert done.evaluate("it => it === document.activeElement")

    def open_part(self, page: str, place: int, until: Locator) -> None:
        """Open a part under *Go deeper*."""
        parts = self.page.locator(f".st-key-deeper_{page}").get_by_role("radio")
        self.go_to(parts.first)
        self.press(*["ArrowRight"] * place, "Space", until=until)

    def answer_the_questions(self, address: str) -> None:
        link = dict(parse_qsl(urlsplit(self.page.url).query))
        start = Line(
            *(float(link.get(f"start_{name}", getattr(LESSON_START, name))) for name in "wb")
        )
        questions = [in_words(make, make_noisy_line(), start) for make in CHECKS[address]]
        first = self.page.locator(f".st-key-check_{address}_0 input").first
        self.use("switch", "Check yourself", "Space", until=first)
        answers = self.page.locator("[data-testid=stAlert]", has_text="Right.")
        for place, question in enumerate(questions):
            group = self.page.locator(f".st-key-check_{address}_{place}")
            self.go_to(group.get_by_role("radio"))
            right = next(i for i, choice in enumerate(question.choices) if choice.feedback is None)
            self.press("Space", *["ArrowDown"] * right, until=answers.nth(place))
        self.text("three questions ✓").wait_for()

    def go_on(self, address: str) -> None:
        """Follow the link to the next lesson."""
        self.use("link", f"Next: {TITLES[address]}", until=self.find("heading", QUESTIONS[address]))
        self.tab.settle()


@pytest.mark.long
def test_the_course_can_be_taken_by_keyboard_alone(visit: Visits) -> None:
    keys = Keyboard(visit(""))
    keys.pull("Learning rate", "ArrowRight", key="first")
    keys.use("link", "Data", by="Shift+Tab", until=keys.find("heading", "How wrong"))
    keys.tab.settle()
    on_data(keys)
    keys.go_on("loss-surface")
    on_loss_surface(keys)
    keys.go_on("gradient-steps")
    on_gradient_steps(keys)
    keys.go_on("learning-rates")
    on_learning_rates(keys)
    keys.go_on("mistakes")
    on_mistakes(keys)
    keys.go_on("hot-dog")
    on_hot_dog(keys)


def on_data(keys: Keyboard) -> None:
    dialog = keys.page.get_by_role("dialog")
    points = keys.find("textbox", "points")
    keys.use("button", "How it is made", until=points)
    keys.type("textbox", "points", "50", keys.text("50 points scattered"))
    keys.press("Escape", until=keys.find("button", "How it is made"))
    keys.use("button", "How it is made", until=points, by="Shift+Tab")
    keys.type("textbox", "points", "100", keys.text("100 points scattered"))
    keys.press("Escape", until=keys.find("button", "How it is made"))
    keys.answer_the_prediction("data")
    keys.use(
        "button", "Now find a better one by hand", until=keys.find("button", "Show me the best fit")
    )
    keys.pull("w", "ArrowRight", key="guess")
    keys.pull("b", "PageUp", key="guess")
    keys.use("button", "Show me the best fit", until=keys.text("is the lowest there is"))
    keys.use("button", "Words on this page", until=dialog.get_by_text("Residual."))
    assert dialog.evaluate("it => it === document.activeElement")
    keys.press("Escape", until=keys.find("button", "Words on this page"))
    dialog.wait_for(state="hidden")
    keys.answer_the_questions("data")


def on_loss_surface(keys: Keyboard) -> None:
    keys.answer_the_prediction("loss-surface")
    keys.press("Enter", until=keys.find("slider", "w"))
    keys.pull("w", "ArrowRight", key="surface")
    keys.use("button", "Start the descent here")
    keys.page.wait_for_url("**start_w=**")
    keys.open_part("loss_surface", 1, until=keys.find("slider", "Turn"))
    keys.pull("Turn", "ArrowLeft", key="bowl")
    keys.answer_the_questions("loss-surface")


def on_gradient_steps(keys: Keyboard) -> None:
    keys.pull("left end", "ArrowUp", key="predicted")
    keys.pull("right end", "ArrowDown", key="predicted")
    keys.answer_the_prediction("gradient-steps")
    keys.press("Enter", until=keys.find("button", "Run 200 steps"))
    undo = keys.find("button", "Undo")
    keys.use("button", "Run 200 steps", until=keys.find("button", "Continue 200 steps"))
    step = keys.page.locator(".st-key-step_slider output")
    keys.use("button", "+10 steps", until=step.filter(has_text=re.compile("^210:")))
    keys.go_to(undo)
    keys.press("Enter", until=step.filter(has_text=re.compile("^200:")))
    keys.pull("Step", "Home", "ArrowRight", key="loss")
    keys.use("button", "Play", until=keys.find("button", "Pause"))
    keys.press("Enter", until=keys.find("button", "Play"))
    keys.use("button", "Go back to this step", until=keys.find("button", "Fork: 200 steps"))
    keys.use("button", "Fork: 200 steps", until=keys.text("The fork is"), by="Shift+Tab")
    keys.use("button", "Start over", until=keys.find("button", "Run 200 steps"))
    keys.answer_the_questions("gradient-steps")


def on_learning_rates(keys: Keyboard) -> None:
    keys.answer_the_prediction("learning-rates")
    keys.use("button", "Now move the rate yourself", until=keys.find("slider", "Learning rate"))
    keys.pull("Learning rate", "ArrowRight", key="ball")
    # A rate that is typed, where a mouse would click on the ruler.
    rate = keys.page.locator("[data-testid=stMultiSelect]").get_by_text("0.2", exact=True)
    keys.type("combobox", "Learning rates", "0.2", until=rate)
    keys.page.wait_for_url("**lrs=0.2*")
    keys.page.keyboard.press("Escape")
    keys.pull("Step", "ArrowLeft", "ArrowLeft", key="rate_losses")
    parts = keys.page.locator(".st-key-deeper_learning_rates").get_by_role("radio")
    keys.go_to(parts.first)
    keys.press(*["ArrowRight"] * 5, "Space", until=keys.find("button", "Pin this run"))
    keys.use("button", "Pin this run", until=keys.text("1 run pinned"))
    keys.go_to(parts.nth(5), "Shift+Tab")
    keys.press("ArrowRight", "Space", until=keys.find("textbox", "Your rate"))
    keys.type("textbox", "Your rate", "0.5", keys.text("0.5 converges"))
    keys.answer_the_questions("learning-rates")


def on_mistakes(keys: Keyboard) -> None:
    mistakes = keys.page.locator(".st-key-mistake").get_by_role("radio")
    keys.go_to(mistakes.first)
    lines = keys.page.locator("button.lrl-line")
    wrong = keys.page.locator("button.lrl-line", has_text="tf.constant(0.0)")
    keys.press("ArrowRight", "ArrowRight", "Space", until=wrong)
    keys.go_to(lines)
    keys.press("Home", "ArrowDown", "Enter", until=keys.text("Line 2 can stay as it is."))
    assert keys.page.evaluate("document.activeElement.dataset.number") == "2"
    # To line 8; empty lines are no stops.
    keys.press(*["ArrowDown"] * 4, "Enter", until=keys.text("Found. w and b are made"))
    answers = keys.page.locator(".st-key-answer_constant").get_by_role("radio")
    answers.first.wait_for()
    if not answers.evaluate_all("them => them.includes(document.activeElement)"):
        keys.go_to(answers)
    keys.press("Space", until=keys.page.locator(".st-key-answer_constant input:checked"))
    keys.use("button", "Check", until=keys.text("It stops with an error:"))


def on_hot_dog(keys: Keyboard) -> None:
    rates = keys.find("combobox", "Learning rates")
    keys.go_to(rates)
    keys.press("Backspace", until=rates)
    keys.page.wait_for_function(
        "() => new URLSearchParams(location.search).getAll('net_rates').length === 2"
    )
    keys.page.keyboard.press("Escape")
    keys.go_to(keys.page.locator(".st-key-network_guess").get_by_role("radio"))
    keys.press("Space", until=keys.page.locator(".st-key-network_guess input:checked"))
    keys.use("button", "Train", until=keys.find("button", "Predict again, with another seed"))
    parts = keys.page.locator(".st-key-deeper_hot_dog").get_by_role("radio")
    keys.go_to(parts.first)
    keys.press("Space", until=keys.find("button", "Script"))
    keys.press("ArrowRight", "Space", until=keys.text("Units that speak for a hot dog"))


# Whether one sees where the focus is: a ring or a border changes when it leaves, and it is there.
IS_SEEN = """async () => {
    const it = document.activeElement;
    const around = [];
    for (let one = it; one && around.length < 6; one = one.parentElement) around.push(one);
    const look = async () => {
        await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        await Promise.allSettled(it.getAnimations().map(one => one.finished));
        return JSON.stringify(around.map(getComputedStyle).map(
            style => [style.outline, style.boxShadow, style.borderColor]));
    };
    const opaque = around.every(one => Number(getComputedStyle(one).opacity) > 0.5);
    const focused = await look();
    const elsewhere = document.body.appendChild(document.createElement("button"));
    elsewhere.focus({ preventScroll: true });
    const left = await look();
    it.focus({ preventScroll: true });
    elsewhere.remove();
    const { top, bottom } = it.getBoundingClientRect();
    return opaque && focused !== left && top < innerHeight && bottom > 0;
}"""


def test_the_focus_is_seen_wherever_tab_leads(visit: Visits) -> None:
    tab = visit(motion="reduce")
    for path in ("data?show=all", "mistakes?show=all"):
        tab.open(path)
        unseen, stops = [], 0
        while True:
            tab.page.keyboard.press("Tab")
            it = tab.page.evaluate_handle("document.activeElement")
            if it.evaluate("it => it === document.body"):
                break
            stops += 1
            if not tab.page.evaluate(IS_SEEN):
                unseen.append(it.evaluate("it => it.outerHTML.slice(0, 90)"))
        assert unseen == []
        assert stops > 15
