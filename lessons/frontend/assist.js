// The component `assist`: accessibility and navigation that Streamlit lacks, on every page.
//
// `data.sentence` is announced to screen readers through a live region whenever `data.number` has
// changed. Keyboard focus moves into a popover that opens, and to the next element when the focused
// one is removed or disabled. The browser's Back goes to the page before, a page opens scrolled to
// its top and with a phone's menu closed, and a page that gets shorter does not move what was
// clicked. Text boxes of the parameters `data.not_negative` open the number pad of a touch screen.
import { onDocumentChange } from "./observer.js";

const ID = "lrl-said";
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']";
const QUIET = 200; // milliseconds without a change, after which the page counts as rendered
const PAGE = "[data-testid=stMain]"; // the element that scrolls
const CONTENT = "[data-testid=stMainBlockContainer]";
let address; // of the page that is shown
let notNegative = [];

export default function ({ data }) {
  if (data.page !== address) open(data.page);
  notNegative = data.not_negative;
  const region = document.getElementById(ID) ?? create();
  if (region.dataset.number === String(data.number)) return;
  region.dataset.number = data.number;
  if (!data.sentence) return;
  // A live region announces changes only: emptied first, it announces the same sentence again.
  region.textContent = "";
  setTimeout(() => (region.textContent = data.sentence), QUIET);
}

function create() {
  const region = document.createElement("div");
  region.id = ID;
  region.setAttribute("role", "status");
  document.body.append(region);
  keepFocus();
  keepHistory();
  keepPlace();
  chooseKeyboards();
  onDocumentChange(chooseKeyboards);
  return region;
}

// The class of a box is its parameter's name, and what its value is kept for.
function chooseKeyboards() {
  for (const box of document.querySelectorAll(".stTextInput input:not([inputmode])")) {
    const [, name] = box.closest("[class*=st-key-]")?.className.match(/st-key-(\w+)/) ?? [];
    box.inputMode = notNegative.includes(name) ? "decimal" : "text";
  }
}

// Streamlit keeps the scroll position of the page before, where both pages are about equally long.
function open(page) {
  address = page;
  document.querySelector(CONTENT).style.minHeight = "";
  document.querySelector(PAGE).scrollTop = 0;
  // On a phone the menu would go on covering the page that was chosen in it.
  document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}

// When the content gets shorter than the scroll position allows, the browser scrolls up, and what
// was clicked moves down. A minimum height down to the window's lower edge prevents that.
function keepPlace() {
  const hold = () => {
    const { scrollTop, clientHeight } = document.querySelector(PAGE);
    document.querySelector(CONTENT).style.minHeight = `${scrollTop + clientHeight}px`;
  };
  document.addEventListener("click", hold, { capture: true });
}

// When the focused element is removed or disabled, focus what followed it in the tab order.
function keepFocus() {
  let order = []; // the focusable elements up to and with the one that was focused last
  let timer = 0;

  const isLost = () => {
    const last = order.at(-1);
    const isGone = last && (!last.isConnected || last.disabled);
    return isGone && [null, document.body, last].includes(document.activeElement);
  };
  const goOn = () => {
    if (!isLost()) return;
    const now = focusable();
    const before = order.findLast((element) => now.includes(element));
    now[now.indexOf(before) + 1]?.focus({ preventScroll: true });
  };
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches(":focus-visible")) return (order = []);
    const all = focusable();
    order = all.slice(0, all.indexOf(target) + 1);
  });
  document.addEventListener("pointerdown", () => (order = []));
  document.addEventListener("click", enter);
  onDocumentChange(() => {
    clearTimeout(timer);
    if (isLost()) timer = setTimeout(goOn, QUIET);
  });
}

// Streamlit adds an entry to the history for each change of the query string, and two on the way to
// another page. Entries for the present path are replaced instead.
function keepHistory() {
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const isHere = new URL(url, location).pathname === location.pathname;
    return isHere ? history.replaceState(state, title, url) : push(state, title, url);
  };
}

// A popover is appended to the end of the document, last in the tab order. A click by the keyboard
// (its `detail` is 0) moves the focus into it.
function enter({ target, detail }) {
  if (detail || !target.closest("[aria-haspopup=dialog]")) return;
  setTimeout(() => {
    const opened = document.querySelector("[data-testid=stPopoverBody]");
    if (!opened) return;
    opened.tabIndex = -1;
    opened.focus();
  });
}

// Without the toolbars of charts, which are shown on hover only.
function focusable() {
  return [...document.querySelectorAll(FOCUSABLE)].filter(
    (element) =>
      !element.disabled && element.checkVisibility() && !element.closest("[data-testid=stElementToolbar]"),
  );
}
