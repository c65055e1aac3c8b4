// The drawing pad. Strokes are SVG paths in coordinates of their own, 280 by 280, however large the
// pad is shown. While it is on the page the drawing here counts; the server's counts where it comes
// with a new turn.
const SIDE = 280
const CLOSEST = 0.4 // of two points kept, in these coordinates
const pads = new WeakMap()
let brushWidth = 20 // kept while the tab is open

export default function ({ data, parentElement, setStateValue }) {
  if (!pads.has(parentElement)) pads.set(parentElement, new Pad(parentElement))
  pads.get(parentElement).receive(data, setStateValue)
}

class Pad {
  strokes = []
  isFinished = false // the next stroke begins a new drawing
  pointer = null // of the stroke that is being drawn
  points = []

  constructor(parent) {
    this.svg = parent.querySelector("svg")
    this.svg.onpointerdown = (event) => this.begin(event)
    this.svg.onpointermove = (event) => this.follow(event)
    this.svg.onpointerup = (event) => this.end(event)
    this.svg.onpointercancel = (event) => this.end(event)
    parent.querySelector(".undo").onclick = () => this.change(this.strokes.slice(0, -1))
    parent.querySelector(".clear").onclick = () => this.change([])
    const brush = parent.querySelector("input")
    brush.value = brushWidth
    brush.oninput = () => (brushWidth = brush.valueAsNumber)
  }

  receive({ turn, objects, isFinished }, setStateValue) {
    this.setStateValue = setStateValue
    if (turn === this.turn) return
    this.turn = turn
    // Somebody quick draws on before the server has answered that the drawing is finished.
    const further = isFinished ? this.strokes.slice(objects.length) : []
    if (further.length > 0 || (isFinished && this.pointer !== null)) return this.change(further)
    this.pointer = null
    this.isFinished = isFinished
    this.show(objects)
  }

  begin(event) {
    if (this.pointer !== null || !event.isPrimary || event.button !== 0) return
    event.preventDefault() // no text is selected
    this.svg.setPointerCapture(event.pointerId)
    if (this.isFinished) this.strokes = []
    this.isFinished = false
    this.pointer = event.pointerId
    this.points = [this.place(event)]
    this.show(this.strokes)
  }

  follow(event) {
    if (event.pointerId !== this.pointer) return
    const events = event.getCoalescedEvents?.() ?? []
    for (const each of events.length > 0 ? events : [event]) {
      const point = this.place(each)
      const [x, y] = this.points.at(-1)
      if (Math.hypot(point[0] - x, point[1] - y) >= CLOSEST) this.points.push(point)
    }
    this.svg.lastChild.setAttribute("d", write(toCurves(this.points)))
  }

  end(event) {
    if (event.pointerId !== this.pointer) return
    this.pointer = null
    this.change([...this.strokes, this.stroke()])
  }

  change(strokes) {
    this.isFinished = false
    this.show(strokes)
    this.setStateValue("drawing", { turn: this.turn, objects: strokes })
  }

  show(strokes) {
    this.strokes = strokes
    const shown = this.pointer === null ? strokes : [...strokes, this.stroke()]
    this.svg.replaceChildren(...shown.map(makePath))
  }

  stroke() {
    return { path: toCurves(this.points), strokeWidth: brushWidth }
  }

  place({ clientX, clientY }) {
    const box = this.svg.getBoundingClientRect()
    return [round(((clientX - box.x) * SIDE) / box.width), round(((clientY - box.y) * SIDE) / box.height)]
  }
}

// Curves lead from the middle between two points to the middle between the next two.
function toCurves(points) {
  const curves = points.slice(0, -1).map((point, index) => ["Q", ...point, ...middle(point, points[index + 1])])
  return [["M", ...points[0]], ...curves, ["L", ...points.at(-1)]]
}

function middle([x, y], [nextX, nextY]) {
  return [round((x + nextX) / 2), round((y + nextY) / 2)]
}

function round(number) {
  return Math.round(number * 100) / 100
}

function makePath({ path, strokeWidth }) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "path")
  element.setAttribute("d", write(path))
  element.setAttribute("stroke-width", strokeWidth)
  return element
}

function write(path) {
  return path.flat().join(" ")
}
