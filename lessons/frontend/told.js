// What the position of a slider means, in large: words, a number, more words, and a tag below. The
// words depend on the kind of the position; the number is that of the position, and `{2}` in the words
// stands for its third text.
import { write } from "./observer.js";

export function createTold(root) {
  const box = root.appendChild(document.createElement("p"));
  box.className = "lrl-told";
  const parts = ["span", "strong", "span", "em"].map((tag) => box.appendChild(document.createElement(tag)));

  return {
    show({ kinds, positions }, place) {
      const [kind, number] = positions[place];
      const [before, after, tag] = kinds[kind].map((words) =>
        words.replace(/\{(\d)\}/g, (_, index) => positions[place][index]));
      box.dataset.kind = kind;
      const texts = [before, number, after, tag];
      parts.forEach((part, index) => write(part, texts[index]));
      return texts.join(" ");
    },
  };
}
