// The colours that are painted: those of styles, mixed with all that lies below them.

const WHITE = [1, 1, 1, 1]
const NOTHING = [0, 0, 0, 0]
const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })

// Colours are [red, green, blue, alpha] from 0 to 1, the first three multiplied by alpha.
const parse = memoize((text) => {
  if (text === 'none') return NOTHING
  pixel.clearRect(0, 0, 1, 1)
  pixel.fillStyle = text
  pixel.fillRect(0, 0, 1, 1)
  const [red, green, blue, alpha] = [...pixel.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
  return [red * alpha, green * alpha, blue * alpha, alpha]
})

function fade(colour, opacity) {
  return colour.map((part) => part * opacity)
}

function over(above, below) {
  return above.map((part, place) => part + below[place] * (1 - above[3]))
}

// What `colour`, painted inside `element` around the point `at`, looks like on the page.
function onPage(colour, element, at = middleOf(boxOf(element))) {
  const isDrawn = element instanceof SVGElement
  let seen = isDrawn ? onDrawing(colour, element) : colour
  const start = isDrawn ? element.ownerSVGElement ?? element : element
  let isScrolled = false // to where the point now is
  for (const each of [start, ...ancestors(start)]) {
    const style = styleOf(each)
    isScrolled ||= /auto|scroll/.test(style.overflowY)
    if (isScrolled || hasPoint(boxOf(each), at)) seen = over(seen, parse(style.backgroundColor))
    seen = fade(seen, Number(style.opacity))
  }
  return over(seen, WHITE)
}

function middleOf(box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

function hasPoint(box, { x, y }) {
  return box.left <= x && x <= box.right && box.top <= y && y <= box.bottom
}

function onDrawing(colour, element) {
  let seen = fade(colour, opacityInDrawing(element))
  for (const shape of shapesBelow(element)) {
    if (seen[3] > 0.999) break
    const filling = fade(parse(styleOf(shape).fill), Number(styleOf(shape).fillOpacity))
    seen = over(seen, fade(filling, opacityInDrawing(shape)))
  }
  return seen
}

function opacityInDrawing(element) {
  let opacity = 1
  for (let each = element; each && each.tagName !== 'svg'; each = each.parentElement)
    opacity *= Number(styleOf(each).opacity)
  return opacity
}

const shapesOf = memoize((svg) => [...svg.querySelectorAll('path, rect, circle, ellipse, polygon')]
  .filter((shape) => styleOf(shape).fill !== 'none' && isSeen(shape)))

// The shapes that lie below an element's middle, the nearest first.
function shapesBelow(element) {
  const middle = DOMPoint.fromPoint(middleOf(boxOf(element)))
  return shapesOf(element.ownerSVGElement ?? element).filter((shape) =>
    shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING &&
    shape.isPointInFill(middle.matrixTransform(shape.getScreenCTM().inverse()))).reverse()
}

function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

// WCAG 2.2, “relative luminance”.
function luminance(colour) {
  const [red, green, blue] = colour.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrastOfText({ element, lines: [line] }) {
  const at = middleOf(line)
  return contrast(onPage(textColour(element), element, at), onPage(NOTHING, element, at))
}

function textColour(element) {
  if (element instanceof SVGElement)
    return fade(parse(styleOf(element).fill), Number(styleOf(element).fillOpacity))
  const isEmptyField = element.matches(TEXT_FIELDS) && !element.value
  return parse((isEmptyField ? getComputedStyle(element, '::placeholder') : styleOf(element)).color)
}

// The most visible of an element's outline and filling. A drawing's marks often lie on each other,
// so that they are compared with what lies below the drawing.
function contrastOfShape(element) {
  const around = onPage(NOTHING, element.ownerSVGElement ?? parentOf(element))
  return Math.max(...shapeColours(element).map((colour) => contrast(colour, around)))
}

function shapeColours(element) {
  const style = styleOf(element)
  if (!(element instanceof SVGElement)) {
    const border = parseFloat(style.borderBottomWidth) > 0 ? parse(style.borderBottomColor) : NOTHING
    return [border, NOTHING].map((colour) => onPage(colour, element))
  }
  const stroke = fade(parse(style.stroke), Number(style.strokeOpacity))
  const filling = fade(parse(style.fill), Number(style.fillOpacity))
  return [stroke, filling].map((colour) =>
    onPage(fade(colour, opacityInDrawing(element)), element.ownerSVGElement ?? element))
}
