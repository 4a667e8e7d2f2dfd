// One text in this browser's own storage, under one name. The server says what it should be
// (`text`, null for nothing) and what it believes is there (`base`). Where something else is there,
// from an earlier visit or another tab, nothing is written: the server gets it, to join the two. Only
// a new `forget` removes whatever is there.
const NAME = "learning-rate-lab";
const here = { written: undefined, forgotten: null, complained: false };

export default function ({ data, setTriggerValue }) {
  const settle = () => {
    try {
      if (data.forget !== here.forgotten) {
        localStorage.removeItem(NAME);
        here.forgotten = data.forget;
      }
      const stored = localStorage.getItem(NAME);
      if (stored === data.text) here.written = stored;
      else if (stored !== data.base || data.text === here.written) setTriggerValue("found", { stored });
      else {
        if (data.text === null) localStorage.removeItem(NAME);
        else localStorage.setItem(NAME, data.text);
        here.written = data.text;
      }
    } catch {
      if (!here.complained) setTriggerValue("failed", true);
      here.complained = true;
    }
  };
  const listen = (event) => (event.key === NAME || event.key === null) && settle();
  settle();
  addEventListener("storage", listen);
  return () => removeEventListener("storage", listen);
}
