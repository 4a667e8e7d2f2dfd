// A button that prints the page, or saves it as a PDF.
export default function ({ data, parentElement }) {
  let button = parentElement.querySelector("button");
  if (!button) {
    button = parentElement.appendChild(document.createElement("button"));
    button.onclick = () => setTimeout(printOnceDone, 500);
  }
  button.textContent = data.label;
}

// A name that was just typed reaches the page, by way of the server, before it is printed.
function printOnceDone() {
  if (document.querySelector('[data-test-script-state="running"]')) setTimeout(printOnceDone, 100);
  else window.print();
}
