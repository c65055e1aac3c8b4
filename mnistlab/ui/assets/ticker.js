// Asks the server for news of what this page watches: some time after the last answer is on
// the page, so that a slow server is never asked twice at once, and never while nobody looks.
const PATIENCE_MS = 15_000 // An answer that takes longer is lost, with the connection perhaps.

const stops = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  stops.get(parentElement)?.()
  const stop = askLater(() => setTriggerValue("tick", data.turn), data.seconds * 1000)
  stops.set(parentElement, stop)
  return () => stops.get(parentElement)?.()
}

function askLater(ask, milliseconds) {
  let timer = setTimeout(askIfSeen, milliseconds)

  function askIfSeen() {
    document.removeEventListener("visibilitychange", askIfSeen)
    if (document.visibilityState === "hidden") {
      document.addEventListener("visibilitychange", askIfSeen)
      return
    }
    ask()
    timer = setTimeout(askIfSeen, PATIENCE_MS)
  }

  return () => {
    clearTimeout(timer)
    document.removeEventListener("visibilitychange", askIfSeen)
  }
}
