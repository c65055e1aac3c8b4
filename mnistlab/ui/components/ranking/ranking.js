// A table of lines. Python sends its rows; a press sends back the pressed row's id, or null.
export default function (component) {
  const { data, parentElement, setStateValue } = component
  const table = parentElement.querySelector("table")
  const kept = JSON.stringify([data.heads, data.rows.map((row) => row.id)])
  // Rows that stay keep their elements, so that focus and a press under way stay too.
  if (table.dataset.rows !== kept) {
    table.replaceChildren(makeHead(data.heads), makeBody(data))
    table.dataset.rows = kept
  }
  table.setAttribute("aria-label", data.title)
  data.rows.forEach((row, at) => fill(table.tBodies[0].rows[at], row))
  table.onclick = (event) => {
    const button = event.target.closest("button")
    if (!button) return
    const { id } = button.closest("tr").dataset
    const now = button.getAttribute("aria-pressed") === "true" ? null : id
    showPressed(table, now)
    setStateValue("pressed", now)
  }
  showPressed(table, data.pressed)
}

function makeHead(titles) {
  const head = document.createElement("thead")
  const row = head.insertRow()
  row.append(...titles.map((title) => makeElement("th", title, { scope: "col" })))
  return head
}

function makeBody({ rows }) {
  const body = document.createElement("tbody")
  for (const { id, cells } of rows) {
    const row = body.insertRow()
    row.dataset.id = id
    row.insertCell()
    const name = makeElement("th", "", { scope: "row" })
    const button = makeElement("button", "", { type: "button" })
    button.append(...["i", "span", "em", "small"].map((tag) => makeElement(tag, "")))
    name.append(button)
    row.append(name, ...cells.map(() => makeElement("td", "")))
  }
  return body
}

function makeElement(tag, text, attributes = {}) {
  const element = document.createElement(tag)
  element.textContent = text
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return element
}

function fill(row, { rank, style, name, further, state, cells }) {
  const [sign, ...words] = row.querySelector("button").children
  sign.className = `lab-sign lab-sign-${style}`
  setTexts(words, [name, further, state])
  setTexts([row.cells[0], ...[...row.cells].slice(2)], [rank, ...cells])
}

function setTexts(elements, texts) {
  elements.forEach((element, at) => {
    if (element.textContent !== texts[at]) element.textContent = texts[at]
  })
}

function showPressed(table, id) {
  for (const row of table.tBodies[0].rows) {
    row.querySelector("button").setAttribute("aria-pressed", String(row.dataset.id === id))
  }
}
