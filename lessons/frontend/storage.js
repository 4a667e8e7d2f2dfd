// The component `browser_storage`: one text in localStorage, kept in step with the server.
//
// The server sends the text that should be stored (`text`, null for none) and the one it believes to
// be stored (`base`). If something else is stored, written by an earlier visit or another tab, nothing
// is written: the server gets what was found (`found`), and merges the two. So it does if the text
// has been removed, in another tab. Only a new value of `forget` removes whatever is stored. After an
// error, such as a full or forbidden storage, the storage is not used again. Nor is it used before the
// page itself has drawn the component: a link can begin a training, which draws it earlier, and only
// the page's can tell the server what was found.
const NAME = "learning-rate-lab";
const here = {
  data: null, // the latest from the server, sent by the page or by a fragment of it
  tell: null, // the page's setTriggerValue: a fragment's does not outlive it
  standing: null, // what was stored when both sides last agreed
  forgotten: null, // the last `forget` that was obeyed
  failed: false,
};

// Another tab has changed the text. It is compared with the latest data: an earlier text would
// write back what has been forgotten meanwhile.
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
  if (here.failed || !here.tell) return;
  try {
    if (data.forget && data.forget !== here.forgotten) {
      localStorage.removeItem(NAME);
      here.forgotten = data.forget;
      here.standing = null;
    }
    const stored = localStorage.getItem(NAME);
    if (stored !== data.text) {
      const isRemoved = stored === null && here.standing !== null;
      const isUnknown = stored !== null && stored !== data.base;
      if (isRemoved || isUnknown) {
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
