// A button that prints the page, or saves it as a PDF.
export default function ({ data, parentElement }) {
  let button = parentElement.querySelector("button");
  if (!button) {
    button = parentElement.appendChild(document.createElement("button"));
    let isTyping = false;
    button.onpointerdown = () => (isTyping = document.activeElement.matches("input"));
    button.onclick = () => printOnceDone(isTyping ? performance.now() + LONGEST : 0);
  }
  button.textContent = data.label;
}

const LONGEST = 3000; // milliseconds to wait for the page to take in a name that was just typed

// The name reaches the page by way of the server: wait for the run of the script that shows it.
function printOnceDone(until, hasRun = false) {
  const isRunning = Boolean(document.querySelector('[data-test-script-state="running"]'));
  const waits = isRunning || (!hasRun && performance.now() < until);
  if (waits) setTimeout(() => printOnceDone(until, hasRun || isRunning), 20);
  else setTimeout(() => window.print(), 100); // what has arrived is drawn
}
