// Which elements of a page are seen, what text is in them, and what they are called.
// Shadow roots are part of the page.

const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, ' +
  '[role=button], [role=tab], [role=checkbox], [role=radio], [role=switch], [role=slider], ' +
  '[role=option], [role=combobox], [role=gridcell][tabindex]'
const FIELDS = 'input:not([type=hidden], [type=file]), textarea, ' +
  ':is([role=combobox], [role=switch], [role=slider], [role=checkbox], [role=radio]):not(button)'
const SMALL_INPUTS = 'input:is([type=checkbox], [type=radio], [type=range])'
const TEXT_FIELDS = 'input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea'
const NO_TEXT = new Set(['STYLE', 'SCRIPT', 'TITLE', 'DESC', 'OPTION', 'NOSCRIPT', 'TEMPLATE'])

// The page stands still while it is judged, so that nothing is asked of it twice.
const memoize = (compute, known = new Map()) => (key) => {
  if (!known.has(key)) known.set(key, compute(key))
  return known.get(key)
}

function allElements(root = document.body) {
  return [...root.querySelectorAll('*')].flatMap((element) =>
    element.shadowRoot ? [element, ...allElements(element.shadowRoot)] : [element])
}

function parentOf(element) {
  return element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null
}

const ancestors = memoize((element) => {
  const found = []
  for (let each = parentOf(element); each; each = parentOf(each)) found.push(each)
  return found
})

function closest(element, selector) {
  return [element, ...ancestors(element)].find((each) => each.matches(selector))
}

const styleOf = memoize((element) => getComputedStyle(element))
const boxOf = memoize((element) => element.getBoundingClientRect())

const isSeen = memoize((element) => {
  const box = boxOf(element)
  return box.width > 0 && box.height > 0 && box.right > 0 && !isForScreenReaders(element) &&
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
})

// The usual ways to hide text from sight alone: all of it is clipped, or its box is a pixel.
function isForScreenReaders(element) {
  return [element, ...ancestors(element)].some((each) => {
    const { clipPath, overflowX } = styleOf(each)
    const { width, height } = boxOf(each)
    return clipPath === 'inset(50%)' || (overflowX === 'hidden' && width > 0 && Math.max(width, height) <= 2)
  })
}

function isDisabled(element) {
  return Boolean(closest(element, '[disabled], [aria-disabled=true]') ??
    closest(element, 'label')?.querySelector('[disabled]'))
}

function isIcon(element) {
  return Boolean(closest(element, '[data-testid=stIconMaterial]'))
}

// Each piece is a run of text with its lines' boxes; a field's text is not in the document.
function textPieces(elements) {
  return elements.filter(isSeen).flatMap((element) => {
    if (element instanceof SVGTextElement) return svgText(element)
    if (element.matches(TEXT_FIELDS)) return fieldText(element)
    return [...element.childNodes].flatMap((node) => nodeText(element, node))
  })
}

function svgText(element) {
  return element.textContent.trim() ? [piece(element, element.textContent, [boxOf(element)])] : []
}

function fieldText(element) {
  const text = element.value || element.placeholder
  if (!text) return []
  const { left, right, top, bottom } = boxOf(element)
  const middle = (top + bottom) / 2
  return [piece(element, text, [new DOMRect(left, middle, right - left, 1)])]
}

function nodeText(element, node) {
  const isText = node.nodeType === Node.TEXT_NODE && node.data.trim()
  if (!isText || NO_TEXT.has(element.tagName) || element instanceof SVGElement) return []
  const range = document.createRange()
  range.selectNodeContents(node)
  const lines = [...range.getClientRects()].filter((line) => line.width > 0)
  return lines.length ? [piece(element, node.data, lines)] : []
}

function piece(element, text, lines) {
  return { element, text: text.trim().replace(/\s+/g, ' ').slice(0, 40), lines }
}

function nameOf(element) {
  const keyed = closest(element, '[class*=st-key-]')
  const key = keyed?.className.match(/st-key-\S+/)?.[0]
  const id = element.dataset?.testid ?? element.getAttribute('class')?.split(' ').pop()
  const text = (element.getAttribute('aria-label') || element.textContent || '').trim()
  return [key && `.${key}`, element.tagName.toLowerCase() + (id ? `.${id}` : ''),
    text && `“${text.replace(/\s+/g, ' ').slice(0, 30)}”`].filter(Boolean).join(' ')
}
