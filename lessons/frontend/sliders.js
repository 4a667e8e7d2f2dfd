// The component `chart_sliders`: sliders and switches that drive charts in the browser, without a
// request to the server.
//
// Each of `data.sliders` drives the Vega parameter of the same name: it sets the <input> that Vega
// makes for a bound parameter, in every chart inside the container `data.scope`. A parameter named
// `a_and_b` gets the values of both sliders, separated by a space. The document's changes are
// observed, so that a chart that is added or embedded anew gets the present values at once.
//
// Optional: `data.loss`, the loss of the line given by two sliders; `data.pad` (pad.js) and
// `data.hover` (hover.js), a chart to point at instead; `data.play` (player.js), the slider to
// animate; `data.told` (told.js), what the first slider's position means, or `data.told_gap`, the gap
// that two steps leave whose rates two sliders set; `data.buttons`, each of which sends all values to
// the server when pressed.
import { createHover } from "./hover.js";
import { exactly, readable } from "./numbers.js";
import { onDocumentChange, write } from "./observer.js";
import { moveByPad, touchAction, turnByPad } from "./pad.js";
import { createPlayer } from "./player.js";
import { followPointer } from "./pointer.js";
import { createTold } from "./told.js";

const instances = new WeakMap(); // by parent element: Streamlit calls again with new data

export default function ({ data, parentElement, setTriggerValue }) {
  let instance = instances.get(parentElement);
  if (!instance) {
    instance = create(parentElement);
    instances.set(parentElement, instance);
  }
  instance.update(data, setTriggerValue);
  return () => {
    instance.stop();
    instances.delete(parentElement);
  };
}

function create(parent) {
  const root = document.createElement("div");
  root.className = "lrl-sliders";
  parent.appendChild(root);
  const rows = new Map(); // by name: the slider and its elements
  const extras = { buttons: [] };
  let data;
  let send;
  let scheduled = 0;
  let solved = false;

  const player = createPlayer({ makeButton, root, slider: () => rows.get(data.play.slider).input, move: playTo });
  const hover = createHover({ value, index, move });
  const stopFollowing = followPointer({
    target: () => data.pad ?? data.hover,
    onPress: () => rows.forEach(remember),
    onCancel: () => rows.forEach(restore),
    onMove: follow,
    onClick: click,
  });
  const stopObserving = onDocumentChange(schedule);

  function value(name) {
    const row = rows.get(name);
    return valueAt(row.slider, indexOf(row.input));
  }

  function index(name) {
    return indexOf(rows.get(name).input);
  }

  // To the place nearest to a value.
  function move(name, wanted) {
    const row = rows.get(name);
    const place = Math.round((wanted - row.slider.low) / row.slider.step);
    row.input.value = Math.min(place, row.slider.count - 1);
    show(row);
    schedule();
  }

  function playTo(wanted) {
    move(data.play.slider, wanted);
  }

  // A played slider that is not drawn goes back to its right end.
  function rest() {
    const played = data.play && rows.get(data.play.slider);
    if (played?.slider.is_hidden) move(data.play.slider, Infinity);
  }

  function remember(row) {
    row.before = row.input.value;
  }

  function valueBefore(name) {
    const { slider, before } = rows.get(name);
    return valueAt(slider, Number(before));
  }

  function restore(row) {
    row.input.value = row.before;
    show(row);
    schedule();
  }

  function schedule() {
    if (!scheduled) scheduled = requestAnimationFrame(push);
  }

  function push() {
    scheduled = 0;
    for (const target of document.querySelectorAll(`.st-key-${data.scope} .vega-bindings input`)) {
      const names = target.name.split("_and_");
      if (!names.every((name) => rows.has(name))) continue;
      const text = names.map(value).join(" ");
      if (target.value === text) continue;
      target.value = text;
      target.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (data.loss) write(extras.loss, `${data.loss.label}: ${readable(loss())}`);
  }

  function show({ slider, input, output }) {
    if (input.type === "checkbox") return;
    const place = indexOf(input);
    const text = slider.texts[place] ?? exactly(valueAt(slider, place));
    write(output, text);
    const told = tell(slider, place);
    input.setAttribute("aria-valuetext", told ? `${text}: ${told}` : text);
  }

  function tell(slider, place) {
    if (data.told && slider.name === data.sliders[0].name) {
      return extras.told.show(data.told.kinds, ...data.told.positions[place]);
    }
    if (!data.told_gap?.rates.every((name) => rows.has(name))) return "";
    const { kinds, bounds } = data.told_gap;
    const number = gap();
    const [kind] = bounds.find(([, most]) => most === null || number <= most);
    return extras.told.show(kinds, kind, readable(number));
  }

  // By the closed form; see ToldGap in lessons/widgets/sliders.py.
  function gap() {
    const { rates, along, across, condition, floor } = data.told_gap;
    const left = (error, zero) =>
      rates.reduce((rest, name) => rest * (1 - condition ** ((value(name) - zero) / floor)), error);
    return Math.hypot(left(along, floor), left(across, 0));
  }

  function loss() {
    return lossOf(data.loss.fold, value(data.loss.w), value(data.loss.b));
  }

  function isSolved() {
    if (data.told_gap) return gap() <= data.told_gap.bounds[0][1];
    return Boolean(data.loss?.bound) && loss() <= data.loss.bound;
  }

  // Tell the server once when the loss is at most `data.loss.bound`, or the gap at most its first
  // bound: only on `change`, when a slider is released, not for each value it passes.
  function checkBound() {
    if (solved || !isSolved()) return;
    solved = true;
    send("solved", values());
  }

  function values() {
    return Object.fromEntries([...rows.keys()].map((name) => [name, value(name)]));
  }

  function choose(button) {
    player.pause();
    send("chosen", { button, ...values() });
  }

  function follow(place, event, pressedAt) {
    if (data.pad) {
      const steer = data.pad.turns ? turnByPad : moveByPad;
      if (place) steer(data.pad, place, pressedAt, move, valueBefore);
      return;
    }
    if (place) player.pause();
    hover.follow(data.hover, place, event);
  }

  // A click in a pad presses the first button, unless one drags there.
  function click(place, event, isDrag) {
    follow(place, event, null);
    if (data.pad && !isDrag && data.buttons.length) choose(data.buttons[0].name);
  }

  function makeRow(slider) {
    const label = document.createElement("label");
    const title = document.createElement("span");
    const output = document.createElement("output");
    const input = document.createElement("input");
    input.type = slider.is_switch ? "checkbox" : "range";
    input.name = `slider-${slider.name}`;
    if (input.type === "checkbox") {
      label.className = "lrl-switch";
      label.append(input, title);
    } else {
      // A <label> belongs to the first labelable element in it, and <output> is one: after the
      // input. Screen readers get its text as the input's aria-valuetext.
      label.append(title, input, output);
      output.setAttribute("aria-hidden", "true");
    }
    root.appendChild(label);
    const row = { label, title, output, input };
    input.addEventListener("input", (event) => {
      if (event.isTrusted) {
        player.pause();
        if (row.slider.name !== data.play?.slider) rest();
      }
      show(row);
      schedule();
    });
    input.addEventListener("change", checkBound);
    // Touch moves a slider on pointerdown. If the browser then takes the gesture for scrolling, it
    // fires pointercancel.
    input.addEventListener("pointerdown", () => remember(row));
    input.addEventListener("pointercancel", () => restore(row));
    return row;
  }

  function updateRow(slider) {
    const row = rows.get(slider.name) ?? makeRow(slider);
    const isNew = row.slider?.occasion !== slider.occasion;
    row.slider = slider;
    row.title.textContent = slider.label;
    row.label.hidden = slider.is_hidden;
    if (row.input.type === "range") row.input.max = slider.count - 1;
    if (isNew) {
      player.pause();
      hover.forget();
      row.input.value = slider.index;
      row.input.checked = slider.index === 1;
      solved = false;
    }
    rows.set(slider.name, row);
    show(row);
  }

  function updateExtras() {
    if (data.loss && !extras.loss) {
      extras.loss = document.createElement("output");
      extras.loss.className = "lrl-loss";
      root.appendChild(extras.loss);
    }
    const target = data.pad ?? data.hover;
    if (target && !extras.style) {
      extras.style = root.appendChild(document.createElement("style"));
      extras.style.textContent = touchAction(target);
    }
    if (data.play) player.draw(data.play.words);
    data.buttons.forEach(({ label }, place) => {
      extras.buttons[place] ??= makeButton(() => choose(data.buttons[place].name));
      write(extras.buttons[place], label);
    });
    extras.buttons.splice(data.buttons.length).forEach((button) => button.remove());
  }

  function makeButton(act) {
    const button = document.createElement("button");
    button.type = "button";
    button.addEventListener("click", act);
    root.appendChild(button);
    return button;
  }

  return {
    update(fresh, setTriggerValue) {
      data = fresh;
      send = setTriggerValue;
      if (data.told || data.told_gap) extras.told ??= createTold(root);
      data.sliders.forEach(updateRow);
      updateExtras();
      schedule();
    },
    stop() {
      player.pause();
      stopObserving();
      stopFollowing();
      cancelAnimationFrame(scheduled);
      root.remove();
    },
  };
}

function indexOf(input) {
  return input.type === "checkbox" ? Number(input.checked) : Number(input.value);
}

function valueAt(slider, index) {
  return Number((slider.low + index * slider.step).toPrecision(12));
}

// ‖R·(w, b, −1)ᵀ‖², from the data's QR factor; see core.datasets.Dataset.fold.
function lossOf([r00, r01, r02, r11, r12, r22], w, b) {
  return (r00 * w + r01 * b - r02) ** 2 + (r11 * b - r12) ** 2 + r22 ** 2;
}
