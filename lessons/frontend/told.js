// What the positions of sliders mean, in large: words, a number, more words, a tag, and a line below.
// The words depend on the kind; `{2}` in them stands for the third text of the position, and so on.
import { write } from "./observer.js";

export function createTold(root) {
  const box = root.appendChild(document.createElement("p"));
  box.className = "lrl-told";
  const parts = ["span", "strong", "span", "em", "span"].map((tag) => box.appendChild(document.createElement(tag)));

  return {
    show(kinds, ...position) {
      const [kind, number] = position;
      const [before, after, tag, below = ""] = kinds[kind].map((words) =>
        words.replace(/\{(\d)\}/g, (_, index) => position[index]));
      box.dataset.kind = kind;
      const texts = [before, number, after, tag, below];
      parts.forEach((part, index) => write(part, texts[index]));
      return texts.join(" ").trim();
    },
  };
}
