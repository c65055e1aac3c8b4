// A grid of digits. Python sends the tiles; a press sends back the tile's index.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const list = parentElement.querySelector(".grid")
  list.replaceChildren(...data.tiles.map((tile) => makeTile(tile, setTriggerValue)))
}

function makeTile(tile, setTriggerValue) {
  const item = document.createElement("li")
  const button = document.createElement("button")
  button.type = "button"
  button.dataset.index = tile.index
  button.setAttribute("aria-label", tile.description)
  button.title = tile.description
  button.onclick = () => setTriggerValue("pressed", tile.index)
  const image = document.createElement("img")
  image.src = tile.image
  image.alt = ""
  button.append(image, makeReading(tile), makeLine("note", tile.note))
  if (tile.mark) button.append(makeLine("mark", tile.mark))
  item.append(button)
  return item
}

function makeReading(tile) {
  const line = makeLine("reading", "")
  const label = document.createElement("b")
  const prediction = document.createElement("b")
  label.textContent = tile.label
  prediction.textContent = tile.prediction
  line.append(label, " → ", prediction)
  return line
}

function makeLine(kind, text) {
  const line = document.createElement("span")
  line.className = kind
  line.textContent = text
  return line
}
