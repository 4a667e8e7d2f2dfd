// One text in this browser's own storage, under one name. The server says what it should be
// (`text`, null for nothing) and what it believes is there (`base`). Where something else is there,
// from an earlier visit or another tab, nothing is written: the server gets it, to join the two. The
// same where a text that stood there is gone: it was forgotten in another tab. Only a new `forget`
// removes whatever is there. After a failure the storage is left alone.
const NAME = "learning-rate-lab";
const here = {
  data: null, // what the server said last, by way of the page or of a part of it that ran alone
  tell: null, // the page's way to the server: a part's goes with the part
  standing: null,
  forgotten: null,
  failed: false,
};

// Another tab has changed it. Only what the server said last counts: an earlier text, held to what
// is there now, would write back what was forgotten.
addEventListener("storage", (event) => {
  if (event.key === NAME || event.key === null) settle();
});

export default function ({ data, setTriggerValue }) {
  here.data = data;
  if (!data.in_part) here.tell = setTriggerValue;
  settle();
}

function settle() {
  const { data } = here;
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
        here.tell("found", { stored });
        return;
      }
      if (data.text === null) localStorage.removeItem(NAME);
      else localStorage.setItem(NAME, data.text);
    }
    here.standing = data.text;
  } catch {
    here.failed = true;
    here.tell("failed", true);
  }
}
