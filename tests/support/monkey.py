"""Monkey testing: seeded random actions in a learner's tab, and what has to hold after them.

By mouse, by keyboard alone, or by two fingers. Each action is drawn from what is on the page at
that time, so a seed repeats as far as the page does.
"""

import time
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

import pytest
from playwright.sync_api import Error

from tests.support.browser import CHANGES, Fingers, Place, Visit, serious_findings

# Each page, in states that show different controls.
STATES = {
    "": ("",),
    "data": ("data", "data?show=all&part=squares", "data?data=own&points=0_1~1_3~2_4"),
    "loss-surface": ("loss-surface", "loss-surface?show=all&part=bowl"),
    "gradient-steps": (
        "gradient-steps",
        "gradient-steps?show=all&run=200x0.1&part=fork",
        "gradient-steps?show=all&run=200x0.1~100x0.1b8&part=take&data=cars",
    ),
    "learning-rates": (
        "learning-rates",
        "learning-rates?show=all&part=challenges",
        "learning-rates?show=all&part=beat",
        "learning-rates?show=all&part=pins",
    ),
    "mistakes": ("mistakes", "mistakes?show=all&mistake=sum"),
    "hot-dog": ("hot-dog", "hot-dog?trained=true&net_rates=0.2&units=8&part=inside"),
    "report": ("report", "report?show=all&run=200x0.1&lrs=0.1&lrs=0.5"),
}

WILD_TEXTS = (
    "", " ", "0", "-1", "0.1", "0,05", "1.234,50", "1e308", "-1e308", "1e-320", "nan", "inf",
    "9" * 99, "0x10", "1_000", "½", "٣", "1e", "-", "0.1 0.2", "1,5,1,5", "200", "7",
    "a" * 3_000, "<script>alert(1)</script>", "{{ 7 * 7 }}", "$x^2$ `y` **z** :red[w]", "| a | b |",
    "\u202eabc", "🐒", "'; --",
)  # fmt: skip

# What a control is called, and where it is.
NAME = """window.nameOf = it => {
    const key = it.closest("[class*=st-key-]")?.className.match(/st-key-[\\w-]+/)?.[0] ?? "";
    const name = it.ariaLabel || it.innerText || it.textContent || it.name || it.placeholder || "";
    return `${it.tagName.toLowerCase()} "${name.trim().slice(0, 40)}" in .${key}`;
};"""
# The controls that can be seen and used, by kind, kept in the window. Links to other sites are left
# out.
FIND = """() => {
    const kinds = {
        link: "a[href]",
        option: "[role=option]",
        text: "input[type=text], textarea, input[role=combobox]",
        choice: "label:has([type=radio], [type=checkbox]), [role=radio]",
        slider: "input[type=range], [role=slider]",
        select: "select",
        chart: "[data-testid=stVegaLiteChart] :is(svg, canvas).marks",
        grid: "canvas[data-testid=data-grid-canvas]",
        button: "button, summary",
    };
    window.controls = {};
    const counts = {};
    for (const [kind, selector] of Object.entries(kinds)) {
        const found = [...document.querySelectorAll(selector)].filter(it => {
            const { width, height } = it.getBoundingClientRect();
            return width > 1 && height > 1 && it.checkVisibility() && !it.disabled
                && !(it.href && new URL(it.href, location).origin !== location.origin);
        });
        if (found.length) window.controls[kind] = found;
        if (found.length) counts[kind] = found.length;
    }
    return counts;
}"""
# The part of it that is on the screen, which two fingers may have enlarged, and what it is called;
# nothing if none is: it is gone, or in a menu that is folded away.
BRING = """([kind, index]) => {
    const it = window.controls[kind][index];
    const { top, bottom } = it.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) it.scrollIntoView({ block: "center" });
    const { scale, offsetLeft, offsetTop, width, height } = visualViewport;
    const box = it.getBoundingClientRect();
    const left = Math.max((box.left - offsetLeft) * scale, 0);
    const right = Math.min((box.right - offsetLeft) * scale, width * scale);
    const high = Math.max((box.top - offsetTop) * scale, 0);
    const low = Math.min((box.bottom - offsetTop) * scale, height * scale);
    if (!it.isConnected || right - left < 2 || low - high < 2) return null;
    return [left, high, right - left, low - high, nameOf(it)];
}"""
FOCUSED = """() => {
    const it = document.activeElement;
    return it && it !== document.body ? nameOf(it) : "";
}"""
IS_TEXT = "document.activeElement.matches('input[type=text], textarea, input[role=combobox]')"
HAS_FOCUS = "() => ![null, document.body].includes(document.activeElement)"
SECONDS_ON_A_PAGE = 15  # at most; links may lead to others meanwhile
SECONDS_TO_REST = 60  # *Play*, at its slowest, takes 20


class Control(NamedTuple):
    """A control: its box on the screen, in pixels, and what it is called."""

    x: float
    y: float
    width: float
    height: float
    name: str


class Monkey:
    """Act at random in a tab, and look at it after every few actions.

    Parameters
    ----------
    tab : Visit
        Where it acts.
    seed : int
        The same seed acts in the same way, as long as the page shows the same.
    """

    way = ""

    def __init__(self, tab: Visit, seed: int) -> None:
        self.tab, self.page, self.seed = tab, tab.page, seed
        self.random = Random()
        self.done = 0
        self.actions: dict[Callable[[], None], int] = {
            self.go_back: 1,
            self.go_forward: 1,
            self.reload: 1,
        }
        self.page.add_init_script(NAME)
        self.page.on("filechooser", lambda _: None)  # so that no dialog opens
        self.page.on("popup", lambda other: other.close())

    def run(self, seconds: float) -> None:
        """Open one page after the other, in some order, and act there."""
        end = time.monotonic() + seconds
        stint = min(seconds / len(STATES), SECONDS_ON_A_PAGE)
        for number, path in enumerate(self._paths()):
            # What is done on a page does not depend on how much was done on the one before.
            self.random.seed(f"{self.seed} {self.way} {number}")
            self._note(f"open /{path}")
            self.page.goto(f"{self.tab.server}/{path}")
            self.look()
            until = min(time.monotonic() + stint, end)
            while time.monotonic() < until:
                for _ in range(self.random.randint(1, 4)):
                    self.act()
                self.look()
            self.rest()
            if time.monotonic() > end:
                break
        self.look_closely()

    def _paths(self) -> Iterator[str]:
        random = Random(f"{self.seed} {self.way}")
        while True:
            for page in random.sample(list(STATES), len(STATES)):
                yield random.choice(STATES[page])

    def act(self) -> None:
        """Do something."""
        weights = list(self.actions.values())
        self.random.choices(list(self.actions), weights)[0]()

    def look(self) -> None:
        """Wait until the page has answered; nothing may have gone wrong on it."""
        try:
            self.tab.drawn()
            self.tab.settle()
        except (AssertionError, Error) as error:
            self.fail(f"the page did not come to rest, or shows an exception: {error}")
        if self.tab.complaints:
            self.fail("\n".join(self.tab.complaints))

    def rest(self) -> None:
        """Wait until nothing changes any more, and nothing is asked of the server."""
        deadline = time.monotonic() + SECONDS_TO_REST
        while True:
            asked = self.tab.asked
            changed = self.page.evaluate(CHANGES)
            if not changed and self.tab.asked == asked:
                break
            if time.monotonic() > deadline:
                self.fail(f"the page never rests: {changed[:5]}")
        self.look()

    def look_closely(self) -> None:
        """Have axe look at the state it has come to."""
        findings = serious_findings(self.tab)
        if findings:
            self.fail("\n".join(map(str, findings)))

    def fail(self, why: str) -> None:
        """Fail the test, and tell how to come here again; pytest shows what was noted."""
        where = f"by {self.way}, SEED={self.seed}, after {self.done} actions, at {self.page.url}"
        pytest.fail(f"{why}\n{where}", pytrace=False)

    def _note(self, action: str) -> None:
        self.done += 1
        print(f"{self.way}: {action}", flush=True)

    def find(self, *kinds: str) -> Control | None:
        """Choose a control, of one of these kinds if any are given, and bring it into view."""
        counts = self.page.evaluate(FIND)
        there = [kind for kind in counts if not kinds or kind in kinds]
        if not there:
            return None
        kind = self.random.choice(there)
        found = self.page.evaluate(BRING, [kind, self.random.randrange(counts[kind])])
        return Control(*found) if found else None

    def point_in(self, control: Control) -> Place:
        """Choose a place in it, not at its very edge."""
        across, down = self.random.uniform(0.02, 0.98), self.random.uniform(0.02, 0.98)
        return control.x + across * control.width, control.y + down * control.height

    def anywhere(self) -> Place:
        size = self.page.viewport_size
        assert size is not None
        return self.random.uniform(1, size["width"]), self.random.uniform(1, size["height"])

    def type_something(self) -> None:
        """Replace what stands in the focused box, and leave it as people do."""
        text, key = self.random.choice(WILD_TEXTS), self.random.choice(("Enter", "Enter", "Tab"))
        self._note(f"type {text[:30]!r}, {key}")
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press(key)

    def go_back(self) -> None:
        self._note("Back")
        self.page.go_back()
        if self.page.url == "about:blank":  # what was there before the first page
            self.page.go_forward()

    def go_forward(self) -> None:
        self._note("Forward")
        self.page.go_forward()

    def reload(self) -> None:
        self._note("reload")
        self.page.reload()


def _near(place: Place) -> str:
    return f"({place[0]:.0f}, {place[1]:.0f})"


class Mouse(Monkey):
    """Clicks, drags, turns its wheel, and types where it has clicked."""

    way = "mouse"

    def __init__(self, tab: Visit, seed: int) -> None:
        super().__init__(tab, seed)
        self.mouse = self.page.mouse
        self.actions |= {
            self.click: 30,
            self.type_into: 12,
            self.drag_in: 12,
            self.drag_anywhere: 3,
            self.double_click: 4,
            self.hover: 4,
            self.wheel: 4,
            self.press_key: 3,
        }

    def click(self) -> None:
        if control := self.find():
            place = self.point_in(control)
            self._note(f"click {control.name} at {_near(place)}")
            self.mouse.click(*place)

    def double_click(self) -> None:
        if control := self.find():
            place = self.point_in(control)
            self._note(f"double click {control.name} at {_near(place)}")
            self.mouse.dblclick(*place)

    def hover(self) -> None:
        if control := self.find():
            place = self.point_in(control)
            self._note(f"hover {control.name} at {_near(place)}")
            self.mouse.move(*place)

    def type_into(self) -> None:
        if control := self.find("text", "grid"):
            self._note(f"click {control.name}")
            self.mouse.click(*self.point_in(control))
            self.type_something()

    def drag_in(self) -> None:
        if control := self.find("slider", "chart"):
            self._drag(control.name, self.point_in(control), self.point_in(control))

    def drag_anywhere(self) -> None:
        self._drag("", self.anywhere(), self.anywhere())

    def _drag(self, name: str, start: Place, end: Place) -> None:
        self._note(f"drag {name} from {_near(start)} to {_near(end)}")
        self.mouse.move(*start)
        self.mouse.down()
        self.mouse.move(*end, steps=self.random.randint(1, 6))
        self.mouse.up()

    def wheel(self) -> None:
        turn = self.random.choice((-2_000, -300, 300, 2_000))
        self._note(f"wheel {turn}")
        self.mouse.move(*self.anywhere())
        self.mouse.wheel(0, turn)

    def press_key(self) -> None:
        key = self.random.choice(("Enter", "Escape", "Tab", "Space"))
        self._note(f"press {key}")
        self.page.keyboard.press(key)


class Keyboard(Monkey):
    """Never touches the mouse; what has the focus must not lose it to nothing."""

    way = "keyboard"

    KEYS = (
        *("Enter",) * 5, *("Space",) * 5, *("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft") * 2,
        "Escape", "Home", "End", "PageUp", "PageDown", "Backspace", "Delete",
    )  # fmt: skip

    def __init__(self, tab: Visit, seed: int) -> None:
        super().__init__(tab, seed)
        self.actions |= {self.tab_on: 40, self.press: 40, self.type: 8}
        self.held = ""  # what had the focus when a key was pressed

    def tab_on(self) -> None:
        key, times = self.random.choice(("Tab", "Tab", "Shift+Tab")), self.random.randint(1, 12)
        for _ in range(times):
            self.page.keyboard.press(key)
        self.held = ""  # Tab may leave the page
        self._note(f"{key} {times} times, to {self.page.evaluate(FOCUSED) or 'nothing'}")

    def press(self) -> None:
        self.held = self.page.evaluate(FOCUSED)
        key = self.random.choice(self.KEYS)
        self._note(f"press {key} on {self.held or 'nothing'}")
        self.page.keyboard.press(key)

    def type(self) -> None:
        if self.page.evaluate(IS_TEXT):
            self.held = self.page.evaluate(FOCUSED)
            self._note(f"in {self.held}:")
            self.type_something()

    def reload(self) -> None:
        self.held = ""
        super().reload()

    def look(self) -> None:
        super().look()
        if self.held:
            try:
                self.page.wait_for_function(HAS_FOCUS, timeout=2_000)
            except Error:
                self.fail(f"the focus, which {self.held} had, is lost")
        self.held = ""


class TwoFingers(Monkey):
    """Taps, swipes, pinches, and two controls at once, on a phone."""

    way = "fingers"

    def __init__(self, tab: Visit, seed: int) -> None:
        super().__init__(tab, seed)
        self.fingers = Fingers(tab)
        self.actions |= {
            self.tap: 30,
            self.type_into: 8,
            self.drag_in: 12,
            self.swipe: 8,
            self.pinch: 6,
            self.drag_two: 8,
            self.tap_two: 6,
        }

    def tap(self) -> None:
        if control := self.find():
            place = self.point_in(control)
            self._note(f"tap {control.name} at {_near(place)}")
            self.fingers.drag((place, place), moves=0)

    def type_into(self) -> None:
        if control := self.find("text", "grid"):
            place = self.point_in(control)
            self._note(f"tap {control.name}")
            self.fingers.drag((place, place), moves=0)
            self.type_something()

    def drag_in(self) -> None:
        if control := self.find("slider", "chart"):
            self._drag(control.name, (self.point_in(control), self.point_in(control)))

    def swipe(self) -> None:
        self._drag("", (self.anywhere(), self.anywhere()))

    def pinch(self) -> None:
        """Move two fingers apart in a chart, or towards each other."""
        if control := self.find("chart"):
            middle, start, end = (self.point_in(control) for _ in range(3))
            mirrored = [(2 * middle[0] - x, 2 * middle[1] - y) for x, y in (start, end)]
            self._drag(f"{control.name} with two", (start, end), (mirrored[0], mirrored[1]))

    def drag_two(self) -> None:
        """Drag two controls at the same time."""
        self._two("drag", moves=8)

    def tap_two(self) -> None:
        """Put a finger on each of two controls at the same time."""
        self._two("tap", moves=0)

    def _two(self, what: str, moves: int) -> None:
        kinds = ("slider", "chart") if moves else ()
        one, other = self.find(*kinds), self.find(*kinds)
        if one and other:
            self._note(f"{what} {one.name} and {other.name}")
            self.fingers.drag(
                *((self.point_in(it), self.point_in(it)) for it in (one, other)), moves=moves
            )

    def _drag(self, name: str, *ways: tuple[Place, Place]) -> None:
        told = ", ".join(f"from {_near(start)} to {_near(end)}" for start, end in ways)
        self._note(f"drag {name} {told}")
        self.fingers.drag(*ways, moves=self.random.randint(1, 8))


MONKEYS = (Mouse, Keyboard, TwoFingers)
