// For those who do not see the page, or use it without a mouse. What has just ended is said by a
// screen reader, once: `data.sentence`, whenever `data.number` is another one. And who works with
// the keyboard goes into what a button opens, and goes on where they were when the button they
// pressed is no longer there. And for all: the browser's Back leads to the page before, a page
// opens at its top, and what one presses stays where it is.
const ID = "lrl-said";
const REACHED = "a[href], button, input, select, textarea, summary, [tabindex='0']";
const QUIET = 200; // milliseconds without a change: the page stands
const PAGE = "[data-testid=stMain]"; // what scrolls
const CONTENT = "[data-testid=stMainBlockContainer]";
let address; // of the page that is shown

export default function ({ data }) {
  if (data.page !== address) open(data.page);
  const region = document.getElementById(ID) ?? create();
  if (region.dataset.number === String(data.number)) return;
  region.dataset.number = data.number;
  if (!data.sentence) return;
  // Emptied first, so that the same sentence is said again.
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
  return region;
}

// Streamlit leaves a page scrolled as the one before it was, if the two come close to each other.
function open(page) {
  address = page;
  document.querySelector(CONTENT).style.minHeight = "";
  document.querySelector(PAGE).scrollTop = 0;
}

// A page whose end comes up, as something shorter stands in it than before, would take what was
// pressed down with it: it stays as long as it was down to the end of the window.
function keepPlace() {
  const hold = () => {
    const { scrollTop, clientHeight } = document.querySelector(PAGE);
    document.querySelector(CONTENT).style.minHeight = `${scrollTop + clientHeight}px`;
  };
  document.addEventListener("click", hold, { capture: true });
}

function keepFocus() {
  let order = []; // what the keyboard reaches, up to and with what it was on last
  let timer = 0;

  const isLost = () => {
    const last = order.at(-1);
    const isGone = last && (!last.isConnected || last.disabled);
    return isGone && [null, document.body, last].includes(document.activeElement);
  };
  const goOn = () => {
    if (!isLost()) return;
    const now = reached();
    const before = order.findLast((element) => now.includes(element));
    now[now.indexOf(before) + 1]?.focus({ preventScroll: true });
  };
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches(":focus-visible")) return (order = []);
    const all = reached();
    order = all.slice(0, all.indexOf(target) + 1);
  });
  document.addEventListener("pointerdown", () => (order = []));
  document.addEventListener("click", enter);
  new MutationObserver(() => {
    clearTimeout(timer);
    if (isLost()) timer = setTimeout(goOn, QUIET);
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });
}

// Streamlit makes a step of history of each change of a page's address, and of each half of an
// address on the way to another page.
function keepHistory() {
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const isHere = new URL(url, location).pathname === location.pathname;
    return isHere ? history.replaceState(state, title, url) : push(state, title, url);
  };
}

// What a button opens lies at the end of the document, and Tab comes to it last of all: a click
// that no pointer made goes there.
function enter({ target, detail }) {
  if (detail || !target.closest("[aria-haspopup=dialog]")) return;
  setTimeout(() => {
    const opened = document.querySelector("[data-testid=stPopoverBody]");
    if (!opened) return;
    opened.tabIndex = -1;
    opened.focus();
  });
}

// A chart's own buttons, shown while one points at it, are no place to go on from.
function reached() {
  return [...document.querySelectorAll(REACHED)].filter(
    (element) =>
      !element.disabled && element.checkVisibility() && !element.closest("[data-testid=stElementToolbar]"),
  );
}
