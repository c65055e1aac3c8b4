// A confusion matrix of buttons. Python sends the numbers and what is chosen; a press sends back
// [label, prediction], where null stands for any.
const DIGITS = [...Array(10).keys()]
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".matrix")
  if (!root.firstChild) build(root)
  fill(root, data)
  const chosen = JSON.stringify(data.chosen)
  mark(root, chosen)
  announce(root, chosen)
  root.onclick = (event) => {
    const cell = event.target.closest("[data-cell]")?.dataset.cell
    if (!cell) return
    mark(root, isMarked(root, cell) ? "" : cell)
    setTriggerValue("pressed", JSON.parse(cell))
  }
}

function build(root) {
  const table = make("table", { role: "grid", ariaLabel: "Confusion matrix, true label by prediction" })
  const titles = make("caption", { ariaHidden: "true" })
  titles.append(make("span", {}, "↓ True label"), make("span", {}, "Predicted →"))
  const head = table.createTHead().insertRow()
  head.append(make("td"), ...DIGITS.map((digit) => heading("col", digit, [null, digit])))
  const accuracy = make("th", { scope: "col", className: "accuracy" })
  accuracy.append(make("span", {}, "Correct "), "%")
  head.append(accuracy)
  const body = table.createTBody()
  for (const label of DIGITS) {
    const cells = DIGITS.map((prediction) => wrap("td", button([label, prediction])))
    body.insertRow().append(heading("row", label, [label, null]), ...cells, make("td", { className: "accuracy" }))
  }
  table.prepend(titles)
  table.onkeydown = move
  table.addEventListener("focusin", (event) => reach(table, event.target))
  reach(table, body.querySelector("td button"))
  const status = make("div", { className: "status", role: "status" })
  root.append(table, status, make("div", { className: "pairs", role: "group", ariaLabel: "Most frequent mistakes" }))
}

function fill(root, { rows, columns, pairs }) {
  const { tHead, tBodies } = root.querySelector("table")
  tHead.querySelectorAll("button").forEach((one, digit) => name(one, columns[digit]))
  rows.forEach(({ name: rowName, accuracy, cells }, label) => {
    const row = tBodies[0].rows[label]
    name(row.querySelector("th button"), rowName)
    row.lastChild.textContent = accuracy
    row.querySelectorAll("td button").forEach((one, prediction) => {
      const { count, shade, name: cellName } = cells[prediction]
      name(one, cellName)
      one.replaceChildren(make("span", {}, count || ""))
      one.style.setProperty("--shade", `${100 * shade}%`)
      one.classList.toggle("correct", label === prediction)
    })
  })
  const chips = pairs.map(([label, prediction, count]) => {
    const chip = button([label, prediction])
    name(chip, rows[label].cells[prediction].name)
    chip.textContent = `${label} → ${prediction}: ${count.toLocaleString("en")}`
    return chip
  })
  const shown = root.querySelector(".pairs")
  if (shown.textContent !== chips.map((chip) => chip.textContent).join("")) shown.replaceChildren(...chips)
}

// Show the buttons of one cell as pressed.
function mark(root, cell) {
  for (const one of root.querySelectorAll("[data-cell]")) one.ariaPressed = String(one.dataset.cell === cell)
}

// Say which images are shown, once they are.
function announce(root, cell) {
  const text = root.querySelector(`[data-cell="${cell}"]`)?.ariaLabel ?? "All mistakes"
  const status = root.querySelector(".status")
  if (status.textContent !== text) status.textContent = text
}

function isMarked(root, cell) {
  return root.querySelector(`[data-cell="${cell}"]`).ariaPressed === "true"
}

// Arrow keys move within the matrix, which the Tab key leaves.
function move(event) {
  const step = STEPS[event.key]
  if (!step) return
  event.preventDefault()
  const from = event.target.closest("td, th")
  const row = event.currentTarget.rows[from.parentElement.rowIndex + step[0]]
  row?.cells[from.cellIndex + step[1]]?.querySelector("button")?.focus()
}

function reach(table, target) {
  for (const one of table.querySelectorAll("button")) one.tabIndex = one === target ? 0 : -1
}

function heading(scope, digit, cell) {
  const pressed = button(cell)
  pressed.textContent = digit
  const element = wrap("th", pressed)
  element.scope = scope
  return element
}

function button(cell) {
  const element = make("button", { type: "button" })
  element.dataset.cell = JSON.stringify(cell)
  return element
}

function wrap(tag, child) {
  const element = make(tag)
  element.append(child)
  return element
}

function name(element, text) {
  element.ariaLabel = text
  element.title = text
}

function make(tag, properties = {}, text = "") {
  return Object.assign(document.createElement(tag), properties, { textContent: text })
}
