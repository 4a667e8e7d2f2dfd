// The button Play and, where it has a word, the choice of its speed: a slider moves by itself from its left end, or from
// where it stands, and stops at its right end.
import { write } from "./observer.js";

const SECONDS = { slow: 20, medium: 8, fast: 3 }; // from end to end

export function createPlayer({ makeButton, root, slider, move }) {
  let words;
  let button;
  let speed;
  let timer = 0;

  function draw(said) {
    if (button) return;
    words = said;
    button = makeButton(() => (timer ? pause() : play()));
    button.textContent = words.play;
    if (!words.speed) return;
    speed = document.createElement("select");
    speed.setAttribute("aria-label", words.speed);
    for (const [name, seconds] of Object.entries(SECONDS)) speed.add(new Option(words[name], seconds));
    speed.value = SECONDS.medium;
    root.appendChild(speed);
  }

  function play() {
    const last = Number(slider().max);
    let at = Number(slider().value) >= last ? 0 : Number(slider().value);
    let before = performance.now();
    // With "reduce motion" set: eight still pictures, one a second.
    const isReduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const frame = (now) => {
      if (!isReduced || now - before >= 1000 || at === 0) {
        const share = isReduced ? 1 / 8 : (now - before) / 1000 / Number(speed?.value ?? SECONDS.fast);
        at += Math.max(share * last, isReduced ? 1 : 0);
        before = now;
        move(Math.min(at, last));
      }
      if (at >= last) pause();
      else timer = requestAnimationFrame(frame);
    };
    write(button, words.pause);
    timer = requestAnimationFrame(frame);
  }

  function pause() {
    cancelAnimationFrame(timer);
    timer = 0;
    if (button) write(button, words.play);
  }

  return { draw, pause };
}
