// Asks the server for news of what this page watches: some time after the last answer is on
// the page, so that a slow server is never asked twice at once, and never while nobody looks.
const PATIENCE_MS = 15_000 // An answer that takes longer is lost, with the connection perhaps.
// A class that presses Train together would otherwise ask in step from then on, thirty pages
// at once and none between.
const SPREAD = 0.2

// A question that is asked between a press of a page's link and the first word from that page
// names the old page, and Streamlit (1.67) empties the new one for it. After Back the address
// tells at once that the page was left; after a link only when that word is there.
const CALM_MS = 6_000
const AWAY_MS = 30_000

const stops = new WeakMap()
const births = new WeakMap()
let leftAt = -CALM_MS

addEventListener("popstate", noteLeaving, true)
addEventListener("click", (event) => event.composedPath().some(isLink) && noteLeaving(), true)

function noteLeaving() {
  leftAt = performance.now()
}

function isLink(node) {
  return node.localName === "a"
}

export default function ({ data, parentElement, setTriggerValue }) {
  stops.get(parentElement)?.()
  if (!births.has(parentElement)) births.set(parentElement, noteBirth())
  const ask = () => setTriggerValue("tick", data.turn)
  const stop = askLater(ask, spread(data.seconds * 1000), births.get(parentElement))
  stops.set(parentElement, stop)
  return () => stops.get(parentElement)?.()
}

function noteBirth() {
  return { at: performance.now(), path: location.pathname }
}

function calmLeft(birth) {
  // What was born after the press belongs to the new page.
  const calm = leftAt > birth.at ? CALM_MS : 0
  const since = performance.now() - Math.max(leftAt, birth.at)
  return (location.pathname === birth.path ? calm : AWAY_MS) - since
}

function spread(milliseconds) {
  return milliseconds * (1 + SPREAD * (2 * Math.random() - 1))
}

function askLater(ask, milliseconds, birth) {
  let timer = setTimeout(askIfSeen, milliseconds)

  function askIfSeen() {
    document.removeEventListener("visibilitychange", askIfSeen)
    if (document.visibilityState === "hidden") {
      document.addEventListener("visibilitychange", askIfSeen)
      return
    }
    const calm = calmLeft(birth)
    if (calm <= 0) ask()
    timer = setTimeout(askIfSeen, calm > 0 ? calm : PATIENCE_MS)
  }

  return () => {
    clearTimeout(timer)
    document.removeEventListener("visibilitychange", askIfSeen)
  }
}
