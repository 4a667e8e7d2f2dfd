// Sliders and switches that move charts in the browser, without a word to the server.
//
// Each one of `data.sliders` drives the chart parameter of its name: it writes into the inputs that
// Vega makes for such parameters, in every chart inside the container `data.scope`. A chart that
// appears later, or is drawn anew, is brought up to date as soon as it is there.
//
// `data.loss` adds the loss of the line that two sliders make; `data.pad` lets one point at a chart
// instead of moving two sliders; `data.button` sends their values to the server, once, when pressed.

const instances = new WeakMap();
const NUMBER = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

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
  const extras = {};
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
    for (const { slider } of rows.values()) {
      const text = String(value(slider.name));
      const selector = `.st-key-${data.scope} .vega-bindings input[name="${slider.name}"]`;
      for (const target of document.querySelectorAll(selector)) {
        if (target.value === text) continue;
        target.value = text;
        target.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    showLoss();
  }

  function show({ slider, input, output }) {
    if (input.type === "checkbox") return;
    const index = place(input);
    const text = slider.texts.length ? slider.texts[index] : String(valueAt(slider, index));
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
    input.type = slider.count === 2 ? "checkbox" : "range";
    input.name = `slider-${slider.name}`;
    if (input.type === "checkbox") {
      label.className = "lrl-switch";
      label.append(input, title);
    } else {
      label.append(title, output, input);
    }
    root.appendChild(label);
    const row = { title, output, input };
    input.addEventListener("input", () => {
      show(row);
      schedule();
    });
    input.addEventListener("change", settle);
    return row;
  }

  function makeExtras() {
    if (data.loss && !extras.loss) {
      extras.loss = document.createElement("output");
      extras.loss.className = "lrl-loss";
      root.appendChild(extras.loss);
    }
    if (data.button && !extras.button) {
      extras.button = document.createElement("button");
      extras.button.type = "button";
      extras.button.addEventListener("click", choose);
      root.appendChild(extras.button);
    }
    if (extras.button) extras.button.textContent = data.button ?? "";
  }

  function choose() {
    const [x, y] = data.button_values;
    send("chosen", { w: value(x), b: value(y) });
  }

  // Where the pointer is, as values of the two sliders; null outside of the chart's plot.
  function point(event) {
    const chart = event.target.closest?.(`.st-key-figure_${data.pad.chart}`);
    const plot = chart?.querySelector("svg.marks .mark-group.role-frame.root > g > path.background");
    if (!plot) return false;
    const box = plot.getBoundingClientRect();
    const across = (event.clientX - box.left) / box.width;
    const up = (box.bottom - event.clientY) / box.height;
    if (across < 0 || across > 1 || up < 0 || up > 1) return false;
    const { x_low, x_high, y_low, y_high } = data.pad.bounds;
    put(data.pad.x, x_low + across * (x_high - x_low));
    put(data.pad.y, y_low + up * (y_high - y_low));
    schedule();
    return true;
  }

  function put(name, wanted) {
    const row = rows.get(name);
    row.input.value = Math.round((wanted - row.slider.low) / row.slider.step);
    show(row);
  }

  const onPointer = (event) => {
    if (data.pad && (event.pointerType === "mouse" || event.buttons)) point(event);
  };
  const onClick = (event) => {
    if (data.pad && point(event) && event.pointerType === "mouse") choose();
  };
  document.addEventListener("pointermove", onPointer);
  document.addEventListener("click", onClick);

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
      observer.disconnect();
      document.removeEventListener("pointermove", onPointer);
      document.removeEventListener("click", onClick);
      cancelAnimationFrame(scheduled);
      root.remove();
    },
  };
}

// Only what is new: to write is to change the page, and each change of it is looked at above.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
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

function readable(number) {
  return NUMBER.format(number);
}
