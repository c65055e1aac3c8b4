// What may be wrong with a look. Each rule returns findings, “rule: element: value”.

const TARGET = 44
// Ten columns have no more room on a phone (WCAG 2.2, “target size (minimum)”).
const TARGET_IN_GRID = 24
const PIXEL = 1
// A line's box is higher than its letters by some of this share of their size.
const LEADING = 0.25

const PLOT_SHARE = 0.7

const RULES = { cut, outside, sideways, overlap, target, plot, text, line, control }

function audit(names) {
  const elements = allElements()
  const page = { elements, pieces: textPieces(elements), controls: findControls(elements) }
  return names.flatMap((name) => [...new Set(RULES[name](page).map(
    ([element, value]) => `${name}: ${nameOf(element)}: ${value}`))])
}

// Each control with what stands for it: a switch's or slider's own input may be hidden from sight.
function findControls(elements) {
  return elements.filter((element) => element.matches(CONTROLS)).flatMap((element) => {
    const isHidden = element.matches(SMALL_INPUTS) && !isSeen(element)
    const shown = isHidden ? closest(element, 'label') ?? ancestors(element).find(isSeen) : element
    return shown && isSeen(shown) ? [{ element, shown }] : []
  })
}

// Text that its box, or one around it, cuts off.

function cut({ pieces, elements }) {
  const shortened = elements.filter((element) => isSeen(element) && isShortened(element))
  // A list's field may show the beginning of a name that the list has whole.
  const byFields = pieces.filter(({ element }) =>
    element.matches(TEXT_FIELDS) && !element.matches('[role=combobox]') && isWider(element))
  return [
    ...shortened.map((element) => [element, `${element.scrollWidth} px in ${element.clientWidth}`]),
    ...byFields.map(({ element }) => [element, `${element.scrollWidth} px in ${element.clientWidth}`]),
    ...pieces.flatMap(cutBy),
  ]
}

function isShortened(element) {
  const style = styleOf(element)
  const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
  const isClamped = style.webkitLineClamp !== 'none' && element.scrollHeight > element.clientHeight + PIXEL
  return isClamped || (hasText && style.textOverflow === 'ellipsis' && style.overflowX !== 'visible' && isWider(element))
}

function isWider(element) {
  return element.clientWidth > 0 && element.scrollWidth > element.clientWidth + PIXEL
}

function cutBy({ element, text, lines }) {
  if (isIcon(element)) return []
  const slack = parseFloat(styleOf(element).fontSize) * LEADING
  for (const around of boxesAround(element)) {
    const { overflowX, overflowY } = styleOf(around)
    const box = boxOf(around)
    const hides = (overflow) => overflow === 'hidden' || overflow === 'clip'
    const isCut = lines.some((line) =>
      (hides(overflowX) && (line.left < box.left - PIXEL || line.right > box.right + PIXEL)) ||
      (hides(overflowY) && (line.top < box.top - slack || line.bottom > box.bottom + slack)))
    if (isCut) return [[element, `“${text}” by ${nameOf(around)}`]]
    if (/auto|scroll/.test(overflowX + overflowY)) return []
  }
  return []
}

// The boxes that may cut off what is in an element: not those that it is placed out of.
function boxesAround(element) {
  const found = []
  let isFree = false
  for (const each of [element, ...ancestors(element)]) {
    const { position, display } = styleOf(each)
    if (isFree && position === 'static') continue
    if (display !== 'contents' && !(display === 'inline' && !(each instanceof SVGElement))) found.push(each)
    if (position === 'fixed') break
    isFree = position === 'absolute'
  }
  return found
}

// Text that sticks out of the box it is in, or out of its drawing.

function outside({ pieces }) {
  return pieces.filter(({ element }) => !isIcon(element) && !closest(element, '[data-testid=stSlider]')).flatMap(({ element, text, lines }) => {
    const svg = element.ownerSVGElement
    const boxes = svg ? [svg] : boxesAround(element)
    for (const around of boxes) {
      if (/auto|scroll/.test(styleOf(around).overflowX)) break
      const box = boxOf(around)
      const [left, right] = [Math.min(...lines.map((line) => line.left)), Math.max(...lines.map((line) => line.right))]
      const by = Math.max(box.left - left, right - box.right)
      if (box.width > 0 && by > PIXEL) return [[element, `“${text}” by ${Math.round(by)} px out of ${nameOf(around)}`]]
      if (/hidden|clip/.test(styleOf(around).overflowX)) break
    }
    return []
  })
}

// What scrolls sideways, but for the row of links and Streamlit's grid of data.

function sideways({ elements }) {
  const main = document.querySelector('[data-testid=stMain]')
  return [document.documentElement, ...elements]
    .filter((element) => element === document.documentElement || element === main ||
      (isSeen(element) && /auto|scroll/.test(styleOf(element).overflowX)))
    .filter((element) => isWider(element) && !closest(element, '.st-key-small_screen_pages, [data-testid=stDataFrame]'))
    .map((element) => [element, `${element.scrollWidth} px in ${element.clientWidth}`])
}

// Text over other text, controls over controls or over text that is not theirs.

function overlap({ pieces, controls }) {
  const texts = pieces.filter(({ element }) => !element.matches(TEXT_FIELDS)).flatMap(({ element, text, lines }) =>
    lines.map((line) => part(element, letters(element, line), `“${text}”`, true)))
  // A link within a sentence may be broken over two lines.
  const boxes = controls.flatMap(({ shown }) => [...shown.getClientRects()].map((box) => part(shown, box, nameOf(shown), false)))
  const parts = [...texts, ...boxes].filter(({ box }) => box.right - box.left > 0).sort((a, b) => a.box.top - b.box.top)
  return parts.flatMap((one, place) => {
    const found = []
    for (const other of parts.slice(place + 1)) {
      if (other.box.top > one.box.bottom - 2 * PIXEL) break
      if (meet(one.box, other.box) && !belong(one, other)) found.push([one.element, `${one.name} and ${other.name}`])
    }
    return found
  })
}

function part(element, box, name, isText) {
  return { element, box: visiblePart(element, box), name, isText, layer: layerOf(element) }
}

// A line's box without the room above and below its letters.
function letters(element, line) {
  const middle = (line.top + line.bottom) / 2
  const half = Math.min(line.height / 2, parseFloat(styleOf(element).fontSize) * 0.4)
  return { left: line.left, right: line.right, top: middle - half, bottom: middle + half }
}

function visiblePart(element, box) {
  let { left, right, top, bottom } = box
  for (const around of boxesAround(element).slice(1)) {
    if (styleOf(around).overflowX === 'visible') continue
    const outer = boxOf(around)
    left = Math.max(left, outer.left)
    right = Math.min(right, outer.right)
    if (closest(around, '[data-testid=stMain]') !== around) {
      top = Math.max(top, outer.top)
      bottom = Math.min(bottom, outer.bottom)
    }
  }
  return { left, right, top, bottom }
}

// What floats over the page: it may well lie over it.
function layerOf(element) {
  return closest(element, 'header, dialog, [role=dialog], [role=tooltip], [role=listbox], [data-baseweb=popover], [data-testid=stElementToolbar]') ?? null
}

function meet(one, other) {
  return Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2 * PIXEL &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2 * PIXEL
}

function belong(one, other) {
  if (one.layer !== other.layer || one.element === other.element) return true
  if (contains(one.element, other.element) || contains(other.element, one.element)) return !(one.isText && other.isText)
  const sameControl = (selector) => closest(one.element, selector) && closest(one.element, selector) === closest(other.element, selector)
  return !(one.isText && other.isText) && sameControl('[data-baseweb=select], [data-baseweb=input], label, [data-testid=stSlider]')
}

function contains(outer, inner) {
  return ancestors(inner).includes(outer)
}

// What is too small for a finger, but for a link within a sentence.

function target({ controls }) {
  const free = controls.filter(({ element }) =>
    !isDisabled(element) && !isWithinSentence(element) && !isPartOfField(element) && !hasButton(element, controls))
  return free.flatMap(({ element, shown }) => {
    const label = element.matches('input, select, textarea') && closest(element, 'label')
    const boxes = [shown, label].filter(Boolean).map(boxOf)
    const least = closest(element, '[role=grid]') ? TARGET_IN_GRID : TARGET
    const fits = boxes.some((box) => Math.min(box.width, box.height) >= least - 0.5)
    const size = boxes.map((box) => `${Math.round(box.width)}×${Math.round(box.height)}`).join(', ')
    return fits ? [] : [[element, size]]
  })
}

// What is as small as the photo shows it, and a button of the same name besides.
function hasButton(element, controls) {
  const name = element.getAttribute('aria-label')
  return element instanceof SVGElement && controls.some(({ element: other }) =>
    other.matches('button') && other.getAttribute('aria-label') === name)
}

// A slider's knob and a list's arrow: all of the field around them takes the press.
function isPartOfField(element) {
  return element.type === 'range' || element.matches('[role=group]:has(> [role=combobox]) > button')
}

function isWithinSentence(element) {
  const around = parentOf(element)
  return element.matches('a') && styleOf(element).display === 'inline' &&
    around.textContent.trim().length > element.textContent.trim().length
}

// A chart that leaves too much of its room to what is neither its plot nor the name of a line.

function plot({ elements }) {
  const isDrawn = (svg) => svg.querySelector('.mark-line path[d]') // or it waits for its lines' names
  const charts = elements.filter((element) => element.matches('svg.marks') && isSeen(element))
  return charts.filter(isDrawn).flatMap((svg) => {
    const plots = [...svg.querySelectorAll('.mark-group path.background')].map(boxOf)
    const { width, height } = plots.sort((one, other) => other.width - one.width)[0]
    const names = [...svg.querySelectorAll('.mark-text.role-mark text')].map((name) => boxOf(name).width)
    const share = ((width + Math.max(0, ...names)) * height) / (boxOf(svg).width * boxOf(svg).height)
    return share < PLOT_SHARE ? [[svg, `${(share * 100).toFixed(1)} %`]] : []
  })
}
