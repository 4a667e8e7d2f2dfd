// One MutationObserver for all components. Streamlit loads the script of each component as a module
// of its own, and what these share can only be a property of the window.
export function onDocumentChange(listener) {
  window.lrlListeners ??= observe(new Set());
  window.lrlListeners.add(listener);
  return () => window.lrlListeners.delete(listener);
}

function observe(listeners) {
  const observer = new MutationObserver(() => listeners.forEach((listener) => listener()));
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  return listeners;
}

// Set an element's text only if it differs: setting the same text is a change of the document, too.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
