// Removes the canvas's own toolbar, which even when invisible covers the top right corner of the
// pad and intercepts strokes there. The page has its own buttons.
const STYLE = ".dc-toolbar { display: none !important }"
const LOOK_EVERY_MS = 50

export default function () {
  const timer = setInterval(() => {
    const canvas = [...document.querySelectorAll(".st-key-pad *")].find(hasToolbar)
    if (canvas === undefined) return
    clearInterval(timer)
    const style = document.createElement("style")
    style.textContent = STYLE
    canvas.shadowRoot.append(style)
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

function hasToolbar(element) {
  return element.shadowRoot?.querySelector(".dc-toolbar") != null
}
