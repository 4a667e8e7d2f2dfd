// Sliders and switches that move charts in the browser, without a word to the server.
//
// Each one of `data.sliders` drives the chart parameter of its name: it writes into the inputs that
// Vega makes for such parameters, in every chart inside the container `data.scope`. A parameter
// named `a_and_b` takes the values of both sliders, with a space between them. A chart that appears
// later, or is drawn anew, is brought up to date as soon as it is there.
//
// `data.loss` adds the loss of the line that two sliders make; `data.pad` lets one point at a chart
// (or, with `drag`, press and drag there) instead of moving its sliders; `data.hover` lets one point
// along a chart instead of moving one: by a mouse without pressing, by a finger as it drags;
// `data.play` adds a button that moves one by itself; each of `data.buttons` sends all values to the
// server, once, when pressed.

const instances = new WeakMap();
const SPEEDS = [["slow", 20], ["medium", 8], ["fast", 3]]; // seconds from end to end
const FOUR_DIGITS = new Intl.NumberFormat("en-US", {
  maximumSignificantDigits: 4, maximumFractionDigits: 0, roundingPriority: "morePrecision",
});
const ALL_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 12 });
const POWERS = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";

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
  const rows = new Map();
  const extras = { buttons: [] };
  const player = { timer: 0, at: 0 };
  let hovered = null;
  let press = null; // while a pointer that was put down in the chart of `pad` or `hover` is down
  let data;
  let send;
  let scheduled = 0;
  let solved = false;

  const schedule = () => {
    if (!scheduled) scheduled = requestAnimationFrame(push);
  };
  const observer = new MutationObserver(schedule);
  observer.observe(document.body, { childList: true, subtree: true });

  const value = (name) => {
    const { slider, input } = rows.get(name);
    return valueAt(slider, place(input));
  };

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
    showLoss();
  }

  function show({ slider, input, output }) {
    if (input.type === "checkbox") return;
    const index = place(input);
    const text = slider.texts[index] ?? exactly(valueAt(slider, index));
    write(output, text);
    input.setAttribute("aria-valuetext", text);
  }

  function showLoss() {
    if (!data.loss) return;
    const loss = lossOf(data.loss.fold, value(data.loss.w), value(data.loss.b));
    write(extras.loss, `${data.loss.label}: ${readable(loss)}`);
  }

  function settle() {
    const { loss } = data;
    if (!loss?.bound || solved) return;
    const reached = lossOf(loss.fold, value(loss.w), value(loss.b));
    if (reached <= loss.bound) {
      solved = true;
      send("solved", { w: value(loss.w), b: value(loss.b) });
    }
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
      // A label names the first thing in it that can be named, an output too; and what this one
      // shows, the slider says itself.
      label.append(title, input, output);
      output.setAttribute("aria-hidden", "true");
    }
    root.appendChild(label);
    const row = { title, output, input };
    input.addEventListener("input", (event) => {
      if (event.isTrusted) pause();
      show(row);
      schedule();
    });
    input.addEventListener("change", settle);
    // A finger moves a slider as soon as it is put down. Where the browser then takes the gesture for
    // scrolling, it cancels the pointer.
    input.addEventListener("pointerdown", () => (row.before = input.value));
    input.addEventListener("pointercancel", () => putBack(row));
    return row;
  }

  function makeExtras() {
    if (data.loss && !extras.loss) {
      extras.loss = document.createElement("output");
      extras.loss.className = "lrl-loss";
      root.appendChild(extras.loss);
    }
    if (target() && !extras.style) {
      extras.style = root.appendChild(document.createElement("style"));
      extras.style.textContent = styleOf(target());
    }
    if (data.play && !extras.play) makePlayer();
    data.buttons.forEach(({ label }, index) => {
      extras.buttons[index] ??= makeButton(() => choose(data.buttons[index].name));
      write(extras.buttons[index], label);
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

  function choose(button) {
    pause();
    send("chosen", { button, ...Object.fromEntries([...rows.keys()].map((n) => [n, value(n)])) });
  }

  // Play: from the left end, or from where the slider stands; at the right end it stops.
  function makePlayer() {
    extras.play = makeButton(() => (player.timer ? pause() : play()));
    write(extras.play, "Play");
    extras.speed = document.createElement("select");
    extras.speed.setAttribute("aria-label", "Speed");
    for (const [label, seconds] of SPEEDS) extras.speed.add(new Option(label, seconds));
    extras.speed.value = SPEEDS[1][1];
    root.appendChild(extras.speed);
  }

  function play() {
    const { input } = rows.get(data.play);
    const last = Number(input.max);
    player.at = Number(input.value) >= last ? 0 : Number(input.value);
    let before = performance.now();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const frame = (now) => {
      // Who asked for less motion gets a few still pictures instead of a film.
      if (!calm || now - before >= 1000 || player.at === 0) {
        const share = calm ? 1 / 8 : (now - before) / 1000 / Number(extras.speed.value);
        player.at += Math.max(share * last, calm ? 1 : 0);
        before = now;
        put(data.play, Math.min(player.at, last));
        schedule();
      }
      if (player.at >= last) pause();
      else player.timer = requestAnimationFrame(frame);
    };
    write(extras.play, "Pause");
    player.timer = requestAnimationFrame(frame);
  }

  function pause() {
    cancelAnimationFrame(player.timer);
    player.timer = 0;
    if (extras.play) write(extras.play, "Play");
  }

  function putBack(row) {
    row.input.value = row.before;
    show(row);
    schedule();
  }

  // Along a chart whose x axis is that of the steps: the slider follows the pointer, and goes back
  // to where it stood when the pointer leaves; a click keeps it.
  function hover(event) {
    const place = placeOf(event);
    if (!place) {
      if (hovered !== null) put(data.hover.slider, hovered);
      hovered = null;
      return;
    }
    pause();
    const { low, high, steps, slider, log } = data.hover;
    // On a log axis step 0 stands where 1/2 would.
    const [left, right] = [low, high].map((step) => (value(log) ? Math.log(Math.max(step, 0.5)) : step));
    const there = left + place.across * (right - left);
    const wanted = value(log) ? Math.exp(there) : there;
    const found = nearest(steps, wanted);
    // A finger leaves no pointer behind that could go away.
    if (event.pointerType !== "mouse") hovered = null;
    else if (event.type === "click") hovered = found;
    else hovered ??= Number(rows.get(slider).input.value);
    put(slider, found);
    schedule();
  }

  function point(event) {
    const place = placeOf(event);
    if (!place) return false;
    const { x_low, x_high, y_low, y_high } = data.pad.bounds;
    const { x, y, y_right } = data.pad;
    if (x) put(x, x_low + place.across * (x_high - x_low));
    // What is dragged stays the same, also where the pointer gets to the other half.
    const upright = y_right && (press?.place ?? place).across > 0.5 ? y_right : y;
    if (upright) put(upright, y_low + place.up * (y_high - y_low));
    schedule();
    return true;
  }

  // Where the pointer is in the chart one points at; while it is down, outside counts as the edge.
  function placeOf(event) {
    return placeIn(target().chart, event, press !== null);
  }

  function put(name, wanted) {
    const row = rows.get(name);
    row.input.value = Math.round((wanted - row.slider.low) / row.slider.step);
    show(row);
    schedule();
  }

  const target = () => data.pad ?? data.hover;
  const drags = (event) => data.pad?.drag || event.pointerType !== "mouse";
  const follow = (event) => {
    if (data.pad) point(event);
    else hover(event);
  };
  const onDown = (event) => {
    if (!target() || !drags(event) || !event.isPrimary || event.button) return;
    press = null;
    const place = placeOf(event);
    if (!place) return;
    for (const row of rows.values()) row.before = row.input.value;
    press = { id: event.pointerId, place };
    // What is under the pointer may be drawn anew and be gone; the figure stays.
    figureOf(target().chart, event).setPointerCapture(event.pointerId);
  };
  const onMove = (event) => {
    if (!target()) return;
    if (press ? press.id === event.pointerId : !drags(event)) follow(event);
  };
  const onUp = (event) => {
    if (press?.id === event.pointerId) press = null;
  };
  const onCancel = (event) => {
    if (press?.id !== event.pointerId) return;
    press = null;
    for (const row of rows.values()) putBack(row);
  };
  const onClick = (event) => {
    if (!target() || !placeOf(event)) return;
    follow(event);
    if (data.pad && !drags(event) && data.buttons.length) choose(data.buttons[0].name);
  };
  const listeners = {
    pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onCancel, click: onClick,
  };
  for (const [type, listen] of Object.entries(listeners)) document.addEventListener(type, listen);

  return {
    update(fresh, setTriggerValue) {
      data = fresh;
      send = setTriggerValue;
      for (const slider of data.sliders) {
        const row = rows.get(slider.name) ?? makeRow(slider);
        const isNew = !row.slider || row.slider.occasion !== slider.occasion;
        row.slider = slider;
        row.title.textContent = slider.label;
        if (row.input.type === "range") row.input.max = slider.count - 1;
        if (isNew) {
          pause();
          hovered = null;
          row.input.value = slider.index;
          row.input.checked = slider.index === 1;
          solved = false;
        }
        rows.set(slider.name, row);
        show(row);
      }
      makeExtras();
      schedule();
    },
    stop() {
      pause();
      observer.disconnect();
      for (const [type, listen] of Object.entries(listeners)) {
        document.removeEventListener(type, listen);
      }
      cancelAnimationFrame(scheduled);
      root.remove();
    },
  };
}

// Only what is new: to write is to change the page, and each change of it is looked at above.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A finger that moves up or down in a chart scrolls the page, but not where one drags upright.
// Chromium heeds this for an SVG as a whole only.
function styleOf({ chart, drag, y }) {
  const panning = drag && y ? "" : "pan-y ";
  return `.st-key-figure_${chart} svg { touch-action: ${panning}pinch-zoom; }`;
}

const PLOT = "svg.marks .mark-group.role-frame.root > g > path.background";

function figureOf(key, event) {
  return event.target.closest?.(`.st-key-figure_${key}`);
}

// Where the pointer is in a chart's plot, as shares of its width and height. Outside of it there is
// no place, or with `clamped` that at the edge.
function placeIn(key, event, clamped) {
  const plot = figureOf(key, event)?.querySelector(PLOT);
  if (!plot) return null;
  const box = plot.getBoundingClientRect();
  const across = (event.clientX - box.left) / box.width;
  const up = (box.bottom - event.clientY) / box.height;
  if (clamped) return { across: within(across), up: within(up) };
  return across === within(across) && up === within(up) ? { across, up } : null;
}

function within(share) {
  return Math.min(Math.max(share, 0), 1);
}

// The place in an ascending list of the number nearest to the wanted one.
function nearest(numbers, wanted) {
  let low = 0;
  let high = numbers.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) low = middle;
    else high = middle;
  }
  return wanted - numbers[low] < numbers[high] - wanted ? low : high;
}

function place(input) {
  return input.type === "checkbox" ? Number(input.checked) : Number(input.value);
}

function valueAt(slider, index) {
  return Number((slider.low + index * slider.step).toPrecision(12));
}

// ‖R·(w, b, −1)ᵀ‖², from the data's fold; see core.datasets.Dataset.fold.
function lossOf([r00, r01, r02, r11, r12, r22], w, b) {
  return (r00 * w + r01 * b - r02) ** 2 + (r11 * b - r12) ** 2 + r22 ** 2;
}

// A slider's place: in full where four digits do not tell it.
function exactly(number) {
  const told = Number(number.toPrecision(4)) === number;
  return told ? readable(number) : ALL_DIGITS.format(number).replace("-", "−");
}

// With four digits, as core.words.writing.readable writes it.
function readable(number) {
  const size = Math.abs(number);
  if (size === 0 || (1e-6 <= size && size < 1e7)) {
    return FOUR_DIGITS.format(number).replace("-", "−");
  }
  const [digits, power] = number.toExponential(3).split("e");
  const raised = [...power.replace("+", "")].map((sign) => POWERS["-0123456789".indexOf(sign)]);
  return `${digits}×10${raised.join("")}`.replace("-", "−");
}
