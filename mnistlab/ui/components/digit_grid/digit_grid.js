// A grid of digits. Python sends the tiles; a press sends back the tile's index.
export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".grid")
  // Tiles that stay keep the focus.
  const tiles = JSON.stringify(data.tiles)
  if (list.tiles !== tiles) list.replaceChildren(...data.tiles.map(makeTile))
  list.tiles = tiles
  list.onclick = (event) => {
    const button = event.target.closest("button")
    if (!button) return
    list.pressed = button
    setTriggerValue("pressed", Number(button.dataset.index))
  }
  // A drawer that closes gives the focus back to what had it outside of this root.
  const host = list.getRootNode().host
  host.tabIndex = -1
  host.onfocus = (event) => event.target === host && list.pressed?.focus({ preventScroll: true })
}

function makeTile(tile) {
  const item = document.createElement("li")
  const button = document.createElement("button")
  button.type = "button"
  button.dataset.index = tile.index
  button.ariaLabel = tile.description
  button.title = tile.description
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
