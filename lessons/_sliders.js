// Sliders that move charts in the browser, without a word to the server.
//
// Each slider of `data.sliders` drives the chart parameter of its name: it writes into the inputs
// that Vega makes for such parameters, in every chart inside the container `data.scope`. A chart
// that appears later, or is drawn anew, is brought up to date as soon as it is there.

const instances = new WeakMap();

export default function ({ data, parentElement }) {
  let instance = instances.get(parentElement);
  if (!instance) {
    instance = create(parentElement);
    instances.set(parentElement, instance);
  }
  instance.update(data);
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
  let data;
  let scheduled = 0;

  const schedule = () => {
    if (!scheduled) scheduled = requestAnimationFrame(push);
  };
  const observer = new MutationObserver(schedule);
  observer.observe(document.body, { childList: true, subtree: true });

  function push() {
    scheduled = 0;
    for (const { slider, input } of rows.values()) {
      const value = String(valueAt(slider, Number(input.value)));
      const selector = `.st-key-${data.scope} .vega-bindings input[name="${slider.name}"]`;
      for (const target of document.querySelectorAll(selector)) {
        if (target.value === value) continue;
        target.value = value;
        target.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }

  function show({ slider, input, output }) {
    const index = Number(input.value);
    const text = slider.texts.length ? slider.texts[index] : String(valueAt(slider, index));
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  }

  function makeRow(name) {
    const label = document.createElement("label");
    const title = document.createElement("span");
    const output = document.createElement("output");
    const input = document.createElement("input");
    input.type = "range";
    input.name = `slider-${name}`;
    label.append(title, output, input);
    root.appendChild(label);
    const row = { title, output, input };
    input.addEventListener("input", () => {
      show(row);
      schedule();
    });
    return row;
  }

  return {
    update(fresh) {
      data = fresh;
      for (const slider of data.sliders) {
        const row = rows.get(slider.name) ?? makeRow(slider.name);
        const isNew = !row.slider || row.slider.occasion !== slider.occasion;
        row.slider = slider;
        row.title.textContent = slider.label;
        row.input.max = slider.count - 1;
        if (isNew) row.input.value = slider.index;
        rows.set(slider.name, row);
        show(row);
      }
      schedule();
    },
    stop() {
      observer.disconnect();
      cancelAnimationFrame(scheduled);
      root.remove();
    },
  };
}

function valueAt(slider, index) {
  return Number((slider.low + index * slider.step).toPrecision(12));
}
