// A button that prints the page, or saves it as a PDF.
export default function ({ data, parentElement }) {
  let button = parentElement.querySelector("button");
  if (!button) {
    button = parentElement.appendChild(document.createElement("button"));
    // A name that was just typed reaches the page, by way of the server, before it is printed.
    button.onclick = () => setTimeout(() => window.print(), 500);
  }
  button.textContent = data.label;
}
