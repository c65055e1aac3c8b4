// Follows runs by the server's websocket: `ui/stream.py`. While there is no word from it the page
// asks as it would without.
const SILENCE_MS = 12_000 // The server says something every five seconds.
const NOT_FOUND = 4404
const RETRIES_MS = [500, 2_000, 5_000, 15_000, 60_000]
const RETRY_MS = 50
const MOST_POINTS = 1_000 // Kept of a line; Vega has long drawn those before.
const NO_POINTS = { training: [], validation: [] }

class Stream {
  constructor(wanted, onNews) {
    this.name = nameOf(wanted)
    this.reached = { ...wanted.reached }
    this.points = {}
    this.parts = new Map()
    this.rows = new Map()
    this.failures = 0
    this.observer = new MutationObserver(() => this.draw())
    this.onVisibility = () => this.resume()
    document.addEventListener("visibilitychange", this.onVisibility)
    this.update(wanted, onNews)
    this.resume()
  }

  // Takes what a script run has brought.
  update(wanted, onNews) {
    this.wanted = wanted
    this.onNews = onNews
    this.draw()
  }

  get isAlive() {
    return this.socket?.readyState === WebSocket.OPEN && performance.now() < this.silentAt
  }

  resume() {
    if (document.visibilityState === "hidden") this.disconnect()
    else if (!this.socket) this.connect()
  }

  connect() {
    clearTimeout(this.timer)
    const socket = new WebSocket(addressOf(this.wanted.view, this.reached))
    this.socket = socket
    this.silentAt = performance.now() + SILENCE_MS
    this.timer = setTimeout(() => this.check(), SILENCE_MS)
    socket.onmessage = ({ data }) => this.socket === socket && this.receive(JSON.parse(data))
    socket.onclose = ({ code }) => this.socket === socket && this.retry(code === NOT_FOUND)
  }

  check() {
    if (performance.now() >= this.silentAt) this.retry()
    else this.timer = setTimeout(() => this.check(), this.silentAt - performance.now())
  }

  retry(isHopeless = false) {
    this.disconnect()
    if (isHopeless) return
    const pause = RETRIES_MS[Math.min(this.failures, RETRIES_MS.length - 1)]
    this.failures += 1
    this.timer = setTimeout(() => this.resume(), pause * (0.5 + Math.random()))
  }

  disconnect() {
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    // The console complains of one that is closed before it is open.
    if (socket?.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close()
    else socket?.close()
  }

  end() {
    this.disconnect()
    clearTimeout(this.again)
    this.observer.disconnect()
    document.removeEventListener("visibilitychange", this.onVisibility)
  }

  receive(news) {
    this.failures = 0
    this.silentAt = performance.now() + SILENCE_MS
    const { run, step, training = [], validation = [], parts = {} } = news
    if (!run) return
    this.reached[run] = step ?? this.reached[run]
    const { training: before, validation: validated } = this.points[run] ?? NO_POINTS
    this.points[run] = {
      training: [...before, ...training.map(toPoint)].slice(-MOST_POINTS),
      validation: [...validated, ...validation.map(toPoint)].slice(-MOST_POINTS),
    }
    for (const [name, part] of Object.entries(parts)) {
      if (Array.isArray(part)) this.rows.set(name, { rows: part })
      else this.parts.set(`${run} ${name}`, { step, html: part })
    }
    const isWhole = this.draw()
    if (!isWhole) this.drawAgain()
    this.onNews({ ...news, isWhole })
  }

  drawAgain() {
    clearTimeout(this.again)
    this.again = setTimeout(() => this.draw(), RETRY_MS) // a chart that Vega is drawing just now
  }

  // Returns whether all lines are in the page and on their axes.
  draw() {
    const drawn = [...this.rows].map(([plot, rows]) => {
      this.watch(document.querySelector(`.st-key-plot_${plot}`))
      return replaceRows(plot, rows)
    })
    const whole = this.wanted.lines.map((line) => {
      this.watch(document.querySelector(`.st-key-plot_${line.plot}`))
      return lengthen(line, this.points[line.run]?.[line.split] ?? [])
    })
    for (const [name, part] of this.parts) {
      replacePart(name, part)
      this.watch(findPart(name)?.parentElement)
    }
    this.observer.takeRecords() // of what was just drawn
    return [...drawn, ...whole].every(Boolean)
  }

  watch(element) {
    const what = { childList: true, subtree: true, attributes: true, attributeFilter: ["d"] }
    if (element) this.observer.observe(element, what)
  }
}

function nameOf({ view, reached }) {
  return JSON.stringify([view, Object.keys(reached)])
}

function toPoint([step, epoch, seconds, loss, accuracy]) {
  return { step, epoch, seconds, loss, accuracy }
}

function addressOf(view, reached) {
  // Beside the page, whatever path the server lies at.
  const address = new URL(`live/${view}`, document.baseURI)
  address.protocol = address.protocol.replace("http", "ws")
  for (const [run, step] of Object.entries(reached)) {
    address.searchParams.append("run", run)
    address.searchParams.append("after", step)
  }
  return address
}
