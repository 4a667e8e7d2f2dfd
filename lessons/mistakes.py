"""The page Mistakes, which asks what it looks like when the code is wrong."""

import streamlit as st

from core import cache
from core.course.mistakes import MISTAKES, Mistake
from core.figures.loss import compared
from core.runs import LESSON_START
from lessons.state import quiz, visit
from lessons.state.progress import is_done, mark_done
from lessons.widgets.assist import announce
from lessons.widgets.check import check as check_yourself
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, heading, next_lesson, open_lesson, takeaway, text

state = st.session_state
answers: dict[str, int] = state.setdefault("mistakes_answers", {})


def question_about(mistake: Mistake) -> str:
    """Return the quiz's key for a mistake."""
    return f"mistake {mistake.key}"


def check(mistake: Mistake, answer: int) -> None:
    """Record an answer, and reveal what the code does."""
    answers[mistake.key] = answer
    quiz.unlock(question_about(mistake))
    if mistake.choices[answer].feedback is None:
        mark_done(f"mistake:{mistake.key}")


def title(key: str) -> str:
    """Call a mistake by its name, with a mark if its question was answered."""
    return f"{'✓ ' if is_done(f'mistake:{key}') else ''}{MISTAKES[key].title}"


def draw_losses(mistake: Mistake) -> None:
    """Draw the losses of the wrong and of the repaired loop."""
    wrong, repaired = (cache.outcome(mistake.key, version).losses for version in (False, True))
    st.markdown("**The loss tells**: the wrong loop, and dashed the repaired one")
    picture = compared(cache.noisy_line(), wrong, repaired)
    draw(picture)
    drawn = picture.tables["losses"].query("version == 'wrong'")["loss"]
    if drawn.iloc[-1] > drawn.iloc[0]:
        st.caption("The curve of the wrong loop is cut where it leaves the picture.")


open_lesson("mistakes")
text(
    "Everybody who writes this loop slips somewhere. Here are ten wrong versions; the first three "
    "happened live, in the video lesson that this course follows. Choose one, read the code, **say "
    "what will happen**, and then see what TensorFlow really does with it."
)
glossary("broadcasting", "tape", "gradient", "learning rate", "best fit")
st.pills("Mistake", list(MISTAKES), format_func=title, required=True,
         **visit.control("mistake"), label_visibility="collapsed")  # fmt: skip
key = visit.get("mistake")
mistake = MISTAKES[key]

left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown(f"## {mistake.title}\n\n{mistake.slip}", anchors=False)
    st.code(mistake.wrong, language="python", line_numbers=True)
with right:
    if state.get(f"answer_{key}") is None and key in answers:  # restored by the browser
        state[f"answer_{key}"] = answers[key]
    answer = st.radio(
        "What will happen?",
        range(len(mistake.choices)),
        format_func=lambda choice: mistake.choices[choice].text,
        index=None,
        key=f"answer_{key}",
    )
    with st.container(horizontal=True):
        st.button("Check", type="primary", key="check", disabled=answer is None,
                  on_click=check, args=(mistake, answer))  # fmt: skip
        if not quiz.is_open(question_about(mistake)):
            st.button("Show me", key="show_outcome", on_click=quiz.unlock,
                      args=(question_about(mistake),))  # fmt: skip
    if key in answers and answers[key] == answer:
        feedback = mistake.choices[answer].feedback
        said = "That is what happens." if feedback is None else f"Not so. {feedback}"
        (st.info if feedback else st.success)(said)
        announce(f"mistake {key}", answer, said, first=True)

if quiz.is_open(question_about(mistake)):
    outcome = cache.outcome(key)
    heading("What really happens")
    left, right = st.columns([3, 2], gap="large")
    with left:
        if mistake.silent:
            st.markdown("**It runs to the end, and does not complain.** Its `print` shows:")
        else:
            st.markdown("**It stops with an error:**")
        st.code(outcome.text, language=None, wrap_lines=True)
        if mistake.silent:
            draw_losses(mistake)
    with right:
        st.markdown(f"**What it means.** {mistake.meaning}")
        st.markdown("**The repair**")
        st.code(mistake.difference(), language="diff", wrap_lines=True)

seen = [one for one in MISTAKES.values() if quiz.is_open(question_about(one))]
words = (
    "Some of the ten stop with an error. The others run to the end, and their result is wrong."
    + (f" You have seen {len(seen)} of the ten." if seen else "")
)
for kind, silent in (("Stop with an error", False), ("Run, and are wrong", True)):
    titles = [one.title for one in seen if one.silent == silent]
    if titles:
        words += f"\n\n**{kind}:** {' · '.join(titles)}"
heading("Errors that speak, mistakes that are silent", words)
numbers_behind_charts()
takeaway(
    "An error is a help: read its last line, then look for the cause, which may be some lines "
    "above. The mistakes to fear are those that run. Only the numbers give them away: draw the "
    "loss, and be suspicious when it grows, stops too high, or begins too low."
)
check_yourself("mistakes", cache.noisy_line(), LESSON_START)
next_lesson("mistakes")
