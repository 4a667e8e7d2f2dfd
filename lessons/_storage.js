// One text in this browser's own storage, under one name. The server says what it should be
// (`text`, null for nothing) and what it believes is there (`base`). Where something else is there,
// from an earlier visit or another tab, nothing is written: the server gets it, to join the two. The
// same where a text that stood there is gone: it was forgotten in another tab. Only a new `forget`
// removes whatever is there. After a failure the storage is left alone.
const NAME = "learning-rate-lab";
const here = { standing: null, forgotten: null, failed: false };

export default function ({ data, setTriggerValue }) {
  const settle = () => {
    if (here.failed) return;
    try {
      if (data.forget && data.forget !== here.forgotten) {
        localStorage.removeItem(NAME);
        here.forgotten = data.forget;
        here.standing = null;
      }
      const stored = localStorage.getItem(NAME);
      if (stored !== data.text) {
        const gone = stored === null && here.standing !== null;
        const strange = stored !== null && stored !== data.base;
        if (gone || strange) {
          setTriggerValue("found", { stored });
          return;
        }
        if (data.text === null) localStorage.removeItem(NAME);
        else localStorage.setItem(NAME, data.text);
      }
      here.standing = data.text;
    } catch {
      here.failed = true;
      setTriggerValue("failed", true);
    }
  };
  const listen = (event) => (event.key === NAME || event.key === null) && settle();
  settle();
  addEventListener("storage", listen);
  return () => removeEventListener("storage", listen);
}
