// A photo under the outlines of what was found in it. A press on an outline, a turn, a cut and a mark
// left out each send what counts now, as a whole.
const NONE = { turns: 0, box: null, excluded: [] }
const WIDEST = 2.5 // as its width in heights; a high photo stands in a square
const MANY = 50 // digits, which are written smaller
const SHORTEST = 8 // of a cut's sides, in the photo's pixels
const views = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  if (!views.has(parentElement)) views.set(parentElement, new PhotoView(parentElement))
  views.get(parentElement).receive(data, setStateValue)
}

class PhotoView {
  mode = "choose" // or "cut", or "leave-out"
  corner = null // where a cut under way began

  constructor(parent) {
    this.svg = parent.querySelector("svg")
    this.list = parent.querySelector(".list")
    this.svg.onpointerdown = (event) => this.begin(event)
    this.svg.onpointermove = (event) => this.follow(event)
    this.svg.onpointerup = (event) => this.end(event)
    this.svg.onpointercancel = () => this.drop()
    this.modes = [...parent.querySelectorAll("button[data-mode]")]
    for (const button of this.modes) button.onclick = () => this.switch(button.dataset.mode)
    parent.querySelector(".turn").onclick = () =>
      this.correct({ ...NONE, turns: (this.corrections.turns + 3) % 4 }) // clockwise
    this.again = parent.querySelector(".again")
    this.again.onclick = () => this.correct(NONE)
  }

  receive({ photo, found, chosen, corrections }, setStateValue) {
    Object.assign(this, { photo, found, chosen, corrections, setStateValue })
    if (this.corner === null) this.show()
  }

  switch(mode) {
    this.mode = this.mode === mode ? "choose" : mode
    this.show()
  }

  correct(corrections) {
    this.mode = "choose"
    this.corrections = corrections
    this.found = [] // until the server has looked again
    this.send(0)
  }

  press(number) {
    if (this.mode === "cut") return
    if (this.mode === "leave-out") return this.leaveOut(this.found[number].outlines)
    this.send(number)
  }

  send(chosen) {
    this.chosen = chosen
    this.setStateValue("view", { ...this.corrections, chosen })
    this.show()
  }

  leaveOut(outlines) {
    const excluded = [...this.corrections.excluded, ...outlines]
    this.correct({ ...this.corrections, excluded })
  }

  begin(event) {
    if (this.mode !== "cut" || !event.isPrimary || event.button !== 0) return
    event.preventDefault()
    this.svg.setPointerCapture(event.pointerId)
    this.corner = this.place(event)
  }

  follow(event) {
    if (this.corner === null) return
    this.show(toBox(this.corner, this.place(event)))
  }

  end(event) {
    if (this.corner === null) return
    const box = toBox(this.corner, this.place(event))
    this.corner = null
    const isBox = box[2] - box[0] >= SHORTEST && box[3] - box[1] >= SHORTEST
    isBox ? this.correct({ ...this.corrections, box }) : this.show()
  }

  drop() {
    this.corner = null
    this.show()
  }

  // The photo keeps its proportions, with empty room beside or above it.
  place({ clientX, clientY }) {
    const point = new DOMPoint(clientX, clientY).matrixTransform(this.svg.getScreenCTM().inverse())
    const { width, height } = this.photo
    return [Math.min(Math.max(Math.round(point.x), 0), width), Math.min(Math.max(Math.round(point.y), 0), height)]
  }

  show(box = this.corrections.box) {
    const { url, width, height } = this.photo
    const { turns, excluded } = this.corrections
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    this.svg.style.aspectRatio = Math.min(Math.max(width / height, 1), WIDEST)
    this.svg.dataset.mode = this.mode
    const image = make("image", { href: url, width, height })
    const marks = this.found.map((each, number) => this.makeMark(each, number))
    const outside = box ? [make("path", { class: "outside", d: frame(width, height, box) })] : []
    const left = make("path", { class: "excluded", d: excluded.map(draw).join(" ") })
    replaceChildren(this.svg, [image, ...outside, left, ...marks])
    replaceChildren(this.list, this.makeRows())
    for (const button of this.modes) button.setAttribute("aria-pressed", String(button.dataset.mode === this.mode))
    this.again.disabled = !turns && !this.corrections.box && excluded.length === 0
  }

  // Row under row, as the digits stand in the photo.
  makeRows() {
    const rows = new Map()
    this.found.forEach(({ text, row, description }, number) => {
      if (!text) return
      const button = document.createElement("button")
      Object.assign(button, { type: "button", textContent: text, title: description, onclick: () => this.press(number) })
      button.dataset.number = number
      button.setAttribute("aria-label", description)
      button.setAttribute("aria-pressed", String(number === this.chosen))
      if (!rows.has(row)) rows.set(row, document.createElement("div"))
      rows.get(row).append(button)
    })
    return [...rows.values()]
  }

  makeMark({ outlines, box, text, description }, number) {
    const isChosen = number === this.chosen
    const mark = make("g", {
      role: "button", tabindex: 0, class: isChosen ? "chosen" : "other", "data-number": number,
      "aria-label": description, "aria-pressed": isChosen,
    })
    const d = outlines.map(draw).join(" ")
    const side = Math.max(this.photo.width, this.photo.height)
    const size = Math.min(Math.max((box[3] - box[1]) / 3, side / (this.found.length > MANY ? 60 : 30)), side / 10)
    const label = make("text", { x: box[0], y: Math.max(box[1] - size / 5, size), "font-size": size })
    label.textContent = text
    mark.append(make("path", { class: "around", d }), make("path", { class: "outline", d }), label)
    mark.onclick = () => this.press(number)
    mark.onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return
      event.preventDefault()
      this.press(number)
    }
    return mark
  }
}

// The one that has the focus keeps it.
function replaceChildren(parent, children) {
  const focused = parent.getRootNode().activeElement
  const number = parent.contains(focused) ? focused.dataset.number : undefined
  parent.replaceChildren(...children)
  if (number !== undefined) parent.querySelector(`[data-number="${number}"]`)?.focus()
}

function make(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

function draw(outline) {
  return `M${outline.map(([x, y]) => `${x},${y}`).join("L")}Z`
}

function frame(width, height, [left, top, right, bottom]) {
  return `M0,0H${width}V${height}H0Z M${left},${top}V${bottom}H${right}V${top}Z`
}

function toBox([x, y], [otherX, otherY]) {
  return [Math.min(x, otherX), Math.min(y, otherY), Math.max(x, otherX), Math.max(y, otherY)]
}
