// One text in this browser's own storage, under one name. The server says what it should be
// (`text`, null for nothing) and what it believes is there (`base`). Where something else is there,
// from an earlier visit or another tab, nothing is written: the server gets it, to join the two. The
// same where a text that stood there is gone: it was forgotten in another tab. Only a new `forget`
// removes whatever is there. After a failure the storage is left alone.
const NAME = "learning-rate-lab";
const here = { standing: null, forgotten: null, failed: false, settle: () => {} };

// Another tab has changed it. Only what the server said last counts: an earlier text, held to what
// is there now, would write back what was forgotten.
addEventListener("storage", (event) => {
  if (event.key === NAME || event.key === null) here.settle();
});

export default function ({ data, setTriggerValue }) {
  here.settle = () => {
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
  here.settle();
}
