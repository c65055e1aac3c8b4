// Draws pushed points and parts into the page. A chart's line is lengthened in Vega's own path, so
// that it looks as Vega draws it; once Vega has drawn it anew, it is lengthened again before the
// browser paints. Vega's (6.2) view and rows are reached from what its SVG elements are bound to.
const FURTHEST = 10_000 // Pixels; SVG has no 10³⁴.

const ownPaths = new WeakMap()
const drawnPaths = new WeakMap()
const drawnParts = new WeakMap()

// Returns whether the line is in the page, and all its points are on its axes.
function lengthen(line, points) {
  const measured = points
    .filter((point) => point[line.measure] !== null)
    .map((point) => [point[line.by] * line.per, point[line.measure]])
  const path = findPath(line)
  if (!path) return measured.length === 0
  const { mark } = path.__data__
  const last = mark.items[mark.items.length - 1].datum[line.field]
  const further = measured.filter(([at]) => at > last + 1e-9)
  const view = mark.group.context.dataflow
  const [x, y] = [view.scale("x"), view.scale("y")]
  const pixels = further.map(([at, value]) => `L${round(x(at))},${round(y(value))}`)
  setPath(path, pixels.filter((pixel) => !pixel.includes("NaN")).join(""))
  return further.every(([at, value]) => isOn(x, at) && isOn(y, value))
}

function isOn(scale, value) {
  const ends = scale.domain()
  return value >= Math.min(...ends) - 1e-9 && value <= Math.max(...ends) + 1e-9
}

function findPath({ plot, row }) {
  const paths = document.querySelectorAll(`.st-key-plot_${plot} .mark-line path`)
  return [...paths].find((path) => {
    const datum = path.__data__?.mark?.items[0]?.datum
    return datum && Object.entries(row).every(([field, value]) => datum[field] === value)
  })
}

function setPath(path, further) {
  const now = path.getAttribute("d") ?? ""
  if (now !== drawnPaths.get(path)) ownPaths.set(path, now) // as Vega has drawn it
  const wanted = further ? ownPaths.get(path).replace(/Z$/, "") + further : ownPaths.get(path)
  drawnPaths.set(path, wanted)
  if (wanted !== now) path.setAttribute("d", wanted)
}

function round(pixel) {
  return Math.max(-FURTHEST, Math.min(FURTHEST, pixel)).toFixed(2)
}

// Draws a chart's rows anew, unless those in it show as many points: Streamlit (1.67) replaces them
// all with those of a script run, which may be older. Rows drawn in one view are not for the next,
// which may have other axes. Returns whether the chart is in the page.
function replaceRows(plot, chart) {
  const group = document.querySelector(`.st-key-plot_${plot} .mark-group.root > g`)
  const view = group?.__data__?.context?.dataflow
  if (!view) return false
  chart.view ??= view
  const isNewer = countPoints(view.data("rows")) < countPoints(chart.rows)
  if (isNewer && chart.view === view) view.data("rows", chart.rows).runAsync()
  return true
}

function countPoints(rows) {
  return rows[0]?.points ?? rows.length
}

function findPart(name) {
  return document.querySelector(`[data-live="${CSS.escape(name)}"]`)
}

// Replaces a part's content, unless it is there, or a script run has brought newer one.
function replacePart(name, part) {
  const element = findPart(name)
  if (!element || Number(element.dataset.step) > part.step) return
  if (drawnParts.get(element) === part) return
  const fresh = document.createElement("template")
  fresh.innerHTML = part.html
  element.dataset.step = part.step
  renew(element, fresh.content)
  drawnParts.set(element, part)
}

// Changes only what differs, so that what is selected, unfolded or read out stays so.
function renew(node, fresh) {
  const [now, then] = [[...node.childNodes], [...fresh.childNodes]]
  if (now.length !== then.length || now.some((child, at) => child.nodeName !== then[at].nodeName)) {
    node.replaceChildren(...then)
    return
  }
  now.forEach((child, at) => renewNode(child, then[at]))
}

function renewNode(node, fresh) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.data !== fresh.data) node.data = fresh.data
    return
  }
  for (const { name } of [...node.attributes]) {
    if (name !== "open" && !fresh.hasAttribute(name)) node.removeAttribute(name)
  }
  for (const { name, value } of fresh.attributes) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value)
  }
  renew(node, fresh)
}
