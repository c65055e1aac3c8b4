// Requests a rerun some time after the last one is on the page, so that a slow server never has two
// requests at once, and never while the tab is hidden. While runs are followed by a stream, only
// what that can't bring is a reason for one.
const PATIENCE_MS = 15_000 // An answer that takes longer is lost, perhaps with the connection.
// Random pauses, since pages that start together would otherwise send all requests at once.
const SPREAD = 0.2

// A request between the press of a page's link and the server's first answer from that page names
// the old page, and Streamlit (1.67) then empties the new one. After Back the address changes at
// once; after a link only with that answer.
const CALM_MS = 6_000
const AWAY_MS = 30_000
const HELD_MS = 1_000

const stops = new WeakMap()
const streams = new WeakMap()
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
  const timer = askLater(ask, spread(data.seconds * 1000), births.get(parentElement), () =>
    streams.get(parentElement)?.isAlive,
  )
  stops.set(parentElement, timer.stop)
  followStream(parentElement, data.stream, timer.askAt)
  return () => {
    stops.get(parentElement)?.()
    followStream(parentElement, null)
  }
}

function followStream(root, wanted, askAt) {
  const [stream, shownAt] = [streams.get(root), performance.now()]
  const onNews = (news) => {
    const at = dueAt(news, wanted, shownAt)
    if (at !== null) askAt(at)
  }
  if (wanted && stream?.name === nameOf(wanted)) stream.update(wanted, onNews)
  else {
    stream?.end()
    streams.delete(root)
    if (wanted) streams.set(root, new Stream(wanted, onNews))
  }
}

// When a script run is due for what is new; null if the page shows all of it without one.
function dueAt({ run, over, lacks, training, validation, isWhole }, wanted, shownAt) {
  const isFirst = training?.length && !wanted.reached[run]
  if (over || lacks || isFirst) return performance.now()
  if (wanted.is_whole && isWhole && !validation?.length) return null
  const now = performance.now() + wanted.spread * 1000 * Math.random()
  return Math.max(now, shownAt + wanted.seconds * 1000)
}

function noteBirth() {
  return { at: performance.now(), path: location.pathname }
}

function calmLeft(birth) {
  // A ticker created after the press belongs to the new page.
  const calm = leftAt > birth.at ? CALM_MS : 0
  const since = performance.now() - Math.max(leftAt, birth.at)
  return (location.pathname === birth.path ? calm : AWAY_MS) - since
}

function spread(milliseconds) {
  return milliseconds * (1 + SPREAD * (2 * Math.random() - 1))
}

function askLater(ask, milliseconds, birth, isHeld) {
  let timer = setTimeout(askIfNotHeld, milliseconds)
  let at = Infinity

  function askIfNotHeld() {
    if (isHeld()) timer = setTimeout(askIfNotHeld, HELD_MS)
    else askIfSeen()
  }

  function askIfSeen() {
    document.removeEventListener("visibilitychange", askIfSeen)
    if (document.visibilityState === "hidden") {
      document.addEventListener("visibilitychange", askIfSeen)
      return
    }
    const calm = calmLeft(birth)
    if (calm <= 0) ask()
    at = -Infinity
    timer = setTimeout(askIfSeen, calm > 0 ? calm : PATIENCE_MS)
  }

  return {
    askAt(due) {
      if (due >= at) return
      at = due
      clearTimeout(timer)
      timer = setTimeout(askIfSeen, due - performance.now())
    },
    stop() {
      clearTimeout(timer)
      document.removeEventListener("visibilitychange", askIfSeen)
    },
  }
}
