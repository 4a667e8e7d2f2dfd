"""A wrong script, on Mistakes: find its line, say what happens, see it happen."""

import streamlit as st

from core import cache
from core.course.checks import Question, what_happens, worded
from core.course.mistakes import BOTH, MISTAKES, CodeLine, Mistake
from core.figures.loss import compared
from core.words import Markdown, Sentence
from lessons.state import quiz, visit
from lessons.state.progress import is_done, mark_done
from lessons.widgets.assist import announce
from lessons.widgets.code_lines import code_lines
from lessons.widgets.figure import draw
from lessons.widgets.page import text
from lessons.widgets.words import plain, say

NUMBERS = {key: number for number, key in enumerate(MISTAKES, start=1)}


def is_seen(mistake: Mistake) -> bool:
    """Tell whether the learner has seen what it does: said it, or asked to be shown."""
    return quiz.is_open(_question_about(mistake))


def _question_about(mistake: Mistake) -> str:
    return f"mistake {mistake.key}"


def _is_found(mistake: Mistake) -> bool:
    """Tell whether its line is found; one that was answered before one had to find it is."""
    known = is_seen(mistake) or mistake.key in _answers() or is_done(f"mistake:{mistake.key}")
    return known or quiz.is_open(_line_of(mistake)) or quiz.is_open(_shown_line_of(mistake))


def _line_of(mistake: Mistake) -> str:
    return f"line of {mistake.key}"


def _shown_line_of(mistake: Mistake) -> str:
    return f"shown line of {mistake.key}"


def _answers() -> dict[str, int]:
    answers: dict[str, int] = st.session_state.setdefault("mistakes_answers", {})
    return answers


def _clicked() -> dict[str, int]:
    """Return the number of the line that was last clicked, by mistake."""
    clicked: dict[str, int] = st.session_state.setdefault("clicked_lines", {})
    return clicked


def draw_wrong_script() -> None:
    """Draw the choice of a script, its code, and what is asked about it."""
    with st.container(key="find_line"):
        with st.container(key="line_picker"):
            st.pills(
                say("mistakes.scripts"),
                list(MISTAKES),
                format_func=_name,
                required=True,
                **visit.control("mistake"),
                label_visibility="collapsed",
            )
        mistake = MISTAKES[visit.get("mistake")]
        question = worded(what_happens(mistake, cache.noisy_line()), say)
        with st.container(horizontal=True, vertical_alignment="center", key="line_prompt"):
            _draw_prompt(mistake)
        with st.container(key="line_code"):
            _draw_code(mistake, question)
        if _is_found(mistake):
            with st.container(key="line_hand"):
                _draw_hand(mistake, question)


def _name(key: str) -> str:
    """Call a mistake by its number, with a tick if its question was answered."""
    return f"{'✓ ' if is_done(f'mistake:{key}') else ''}{NUMBERS[key]}"


def _draw_prompt(mistake: Mistake) -> None:
    """Ask for the line; once it is found, name the mistake."""
    if _is_found(mistake):
        st.markdown(say("mistakes.name", title=say(f"{mistake.section}_title")))
        return
    st.markdown(say("mistakes.find", aim=Sentence(f"mistakes.aim_{mistake.aim}")))
    st.button(
        say("shared.show_answer"),
        key="show_line",
        on_click=quiz.unlock,
        args=(_shown_line_of(mistake),),
    )


def _draw_code(mistake: Mistake, question: Question) -> None:
    """Draw the code: to click while its line is to be found, and with its repair once seen."""
    number, clicked = NUMBERS[mistake.key], _clicked().get(mistake.key)
    wrong = [CodeLine(BOTH, text) for text in mistake.wrong.splitlines()]
    if not _is_found(mistake):
        code_lines(
            "code_lines",
            wrong,
            label=plain("mistakes.code_to_find", number=number),
            marked=[clicked] if clicked else [],
            place=clicked,
            note=_judge(mistake, question, clicked) if clicked else "",
            kind="wrong",
            on_chosen=lambda chosen: _click(mistake, question, chosen),
        )
        return
    last = max(mistake.taken_out)
    is_beside = clicked in mistake.to_find - set(mistake.taken_out)
    code_lines(
        "code_lines",
        mistake.difference if is_seen(mistake) else wrong,
        label=plain(f"mistakes.code{'_repaired' if is_seen(mistake) else ''}", number=number),
        marked=mistake.taken_out,
        place=clicked if is_beside else last,
        note=_judge(mistake, question, clicked),
        kind="right",
    )


def _judge(mistake: Mistake, question: Question, clicked: int | None) -> str:
    """Say what is wrong with the code once that is found, and before, where to look further."""
    if clicked is not None and not _is_found(mistake):
        return plain("mistakes.not_here", number=clicked, is_below=clicked < min(mistake.to_find))
    is_own = quiz.is_open(_line_of(mistake)) and not quiz.is_open(_shown_line_of(mistake))
    return plain(f"mistakes.{'found' if is_own else 'shown'}", slip=question.text)


def _click(mistake: Mistake, question: Question, chosen: int) -> None:
    """Take a clicked line, and have its judgement announced."""
    _clicked()[mistake.key] = chosen
    if chosen in mistake.to_find:
        quiz.unlock(_line_of(mistake))
    announce(_line_of(mistake), chosen, _heard(_judge(mistake, question, chosen)), first=True)


def _heard(markdown: str) -> str:
    """Take out what marks words for the eye only."""
    return markdown.replace("`", "").replace("*", "")


def _draw_hand(mistake: Mistake, question: Question) -> None:
    """Ask what happens, answer what was said, and show what really does."""
    key, state = f"answer_{mistake.key}", st.session_state
    answered = _answers().get(mistake.key)
    if state.get(key) is None and answered is not None:  # restored by the browser
        state[key] = answered
    answer = st.radio(
        say("mistakes.say"),
        range(len(question.choices)),
        format_func=lambda choice: question.choices[choice].text,
        index=None,
        key=key,
    )
    with st.container(horizontal=True):
        st.button(
            say("shared.answer"),
            type="primary",
            key="check",
            disabled=answer is None,
            on_click=_answer,
            args=(mistake, question, answer),
        )
        if not is_seen(mistake):
            st.button(
                say("shared.show_answer"),
                key="show_outcome",
                on_click=quiz.unlock,
                args=(_question_about(mistake),),
            )
        elif following := _next_script(mistake):
            st.button(
                say("mistakes.next"),
                key="next_script",
                on_click=visit.choose,
                kwargs={"mistake": following},
            )
    if answered is not None and answer == answered:
        is_right = question.choices[answer].feedback is None
        (st.success if is_right else st.info)(_feedback(question, answer))
    if is_seen(mistake):
        _draw_outcome(mistake, question)


def _next_script(mistake: Mistake) -> str | None:
    """Find the next script that the learner has not seen yet, if any is left."""
    keys = list(MISTAKES)
    place = keys.index(mistake.key)
    return next((key for key in keys[place:] + keys[:place] if not is_seen(MISTAKES[key])), None)


def _feedback(question: Question, answer: int) -> Markdown:
    feedback = question.choices[answer].feedback
    if feedback is None:
        return say("mistakes.right")
    return say("mistakes.wrong", feedback=feedback)


def _answer(mistake: Mistake, question: Question, answer: int) -> None:
    """Record an answer, reveal what the code does, and have it announced."""
    _answers()[mistake.key] = answer
    quiz.unlock(_question_about(mistake))
    announce(_question_about(mistake), answer, _heard(_feedback(question, answer)), first=True)
    if question.choices[answer].feedback is None:
        mark_done(f"mistake:{mistake.key}")


def _draw_outcome(mistake: Mistake, question: Question) -> None:
    """Show what the wrong script really does, and say what that means."""
    outcome = cache.outcome(mistake.key)
    meaning = say("mistakes.means", meaning=question.because)
    if mistake.silent:
        _draw_losses(mistake)
        st.markdown(f"{meaning}\n\n{say('mistakes.prints')}")
        st.code(outcome.text, language=None, wrap_lines=True)
    else:
        st.markdown(say("mistakes.error"))
        st.code(outcome.text, language=None, wrap_lines=True)
        st.markdown(meaning)


def _draw_losses(mistake: Mistake) -> None:
    """Draw the losses of the wrong and of the repaired script."""
    wrong, repaired = (cache.outcome(mistake.key, version).losses for version in (False, True))
    st.markdown(say("mistakes.silent"))
    picture = compared(cache.noisy_line(), wrong, repaired)
    draw(picture)
    losses = picture.tables["losses"]
    drawn = losses["loss"][losses["version"] == "wrong"]
    if drawn[-1] > drawn[0]:
        st.caption(say("mistakes.cut"))


def tell_what_was_seen() -> None:
    """List the mistakes that were seen: those that speak, and those that are silent."""
    seen = [mistake for mistake in MISTAKES.values() if is_seen(mistake)]
    lists = []
    for kind, silent in (("errors", False), ("silent", True)):
        titles = [say(f"{mistake.section}_title") for mistake in seen if mistake.silent == silent]
        if titles:
            lists.append(say(f"mistakes.seen_{kind}", titles=titles))
    if lists:
        text("\n\n".join(lists))
