// The component `code_lines`: a script as numbered lines, which are buttons while one of them is to be
// found. Tab leads to one line, and the arrow keys from line to line.
//
// Each of `data.lines` has a sign: − and + for lines that a repair takes out and puts in. The latter
// have no number. `data.marked` are the numbers of lines to mark, `data.note` is shown below the line
// `data.place`, and `data.kind` says how both look.
const WORDS = /(#.*)|\b(import|as|for|in|with|if)\b|\b(\d[\d.]*)/g;
const KINDS = ["comment", "keyword", "number"];

const instances = new WeakMap(); // by parent element: Streamlit calls again with new data

export default function ({ data, parentElement, setTriggerValue }) {
  let instance = instances.get(parentElement);
  if (!instance) {
    instance = create(parentElement);
    instances.set(parentElement, instance);
  }
  instance.update(data, (number) => setTriggerValue("chosen", number));
  return () => instances.delete(parentElement);
}

function create(parent) {
  const root = parent.appendChild(document.createElement("div"));
  root.className = "lrl-lines";
  root.setAttribute("role", "group");
  root.addEventListener("keydown", walk);
  root.addEventListener("click", ({ target }) => {
    const line = target.closest("button");
    if (!line) return;
    stopAt(line);
    choose(Number(line.dataset.number));
  });
  const note = document.createElement("p");
  let choose;
  let drawn;

  return {
    update(data, send) {
      choose = send;
      root.setAttribute("aria-label", data.label);
      const shape = JSON.stringify([data.lines, data.is_open]);
      if (shape !== drawn) {
        root.replaceChildren(...rowsOf(data));
        const first = root.querySelector("button");
        if (first) stopAt(first);
        drawn = shape;
      }
      mark(root, note, data);
    },
  };
}

function rowsOf({ lines, is_open }) {
  let number = 0;
  return lines.map(([sign, text]) => {
    if (sign !== "+") number += 1;
    return makeRow(sign, text, sign === "+" ? "" : number, is_open);
  });
}

function makeRow(sign, text, number, isOpen) {
  const row = document.createElement(text && isOpen ? "button" : "div");
  row.className = "lrl-line";
  row.dataset.number = number;
  row.dataset.sign = sign;
  const gutter = document.createElement("span");
  gutter.className = "lrl-gutter";
  gutter.textContent = text && `${sign.trim()}${number}`;
  const indent = document.createElement("span");
  indent.className = "lrl-indent";
  indent.textContent = text.match(/^ */)[0];
  const code = document.createElement({ "−": "del", "+": "ins" }[sign] ?? "span");
  code.append(...coloured(text.trim()));
  row.append(gutter, indent, code);
  return row;
}

function coloured(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(WORDS)) {
    const word = document.createElement("span");
    word.className = KINDS[match.slice(1).findIndex(Boolean)];
    word.textContent = match[0];
    parts.push(text.slice(end, match.index), word);
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

function mark(root, note, { marked, place, note: words, kind }) {
  const rows = [...root.querySelectorAll(".lrl-line")];
  for (const row of rows) {
    row.dataset.kind = marked.includes(Number(row.dataset.number)) ? kind : "";
  }
  note.remove();
  const row = rows.findLast(({ dataset }) => Number(dataset.number) === place);
  if (!row || !words) return;
  note.className = "lrl-note";
  note.dataset.kind = kind;
  note.replaceChildren(...words.split("`").map((part, index) => (index % 2 ? codeOf(part) : part)));
  row.after(note);
}

function codeOf(text) {
  const code = document.createElement("code");
  code.textContent = text;
  return code;
}

// Make one line the stop of the Tab key.
function stopAt(line) {
  for (const other of line.parentElement.querySelectorAll("button")) other.tabIndex = -1;
  line.tabIndex = 0;
}

function walk(event) {
  const lines = [...event.currentTarget.querySelectorAll("button")];
  const now = lines.indexOf(event.target);
  const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: lines.length - 1 }[event.key];
  if (now < 0 || !lines[to]) return;
  event.preventDefault();
  stopAt(lines[to]);
  lines[to].focus();
}
