// Rules of contrast: text, lines and controls that are hard to tell from what is around them.

const TEXT_CONTRAST = 4.5
const SHAPE_CONTRAST = 3

function text({ pieces }) {
  return pieces.filter(({ element }) => !isDisabled(element)).flatMap((piece) => {
    const { element, text } = piece
    const ratio = contrastOfText(piece)
    const least = isIcon(element) ? SHAPE_CONTRAST : TEXT_CONTRAST
    return ratio < least - 0.01 ? [[element, `${ratio.toFixed(2)} of “${text}”`]] : []
  })
}

const LINES = 'svg.marks :is(.mark-line, .mark-symbol, .mark-trail) path, svg.marks .role-mark.mark-rule line'

function line({ elements }) {
  // The ghost of a chart shows nothing yet.
  const lines = elements.filter((element) => element.matches(LINES) && isSeen(element) && !closest(element, '[class*=ghost]'))
  return lines.flatMap((element) => {
    const ratio = contrastOfShape(element)
    const group = element.parentElement
    return ratio < SHAPE_CONTRAST - 0.01 ? [[element.ownerSVGElement, `${ratio.toFixed(2)} of ${group.getAttribute('class')}`]] : []
  })
}

// A button's label says enough that it is one (WCAG 2.2, “non-text contrast”); a field has none.
function control({ controls }) {
  const fields = controls.filter(({ element }) => element.matches(FIELDS) && !isDisabled(element) && !isNative(element))
  return fields.flatMap(({ element, shown }) => {
    const ratio = Math.max(...fieldParts(element, shown).map(contrastOfShape))
    return ratio < SHAPE_CONTRAST - 0.01 ? [[element, ratio.toFixed(2)]] : []
  })
}

// Its colours are the browser's own.
function isNative(element) {
  return element.matches(SMALL_INPUTS) && isSeen(element) && styleOf(element).appearance !== 'none'
}

// A field's outline may be drawn by a box around it, a switch's or slider's by one in its place.
function fieldParts(element, shown) {
  if (element !== shown) return [shown, ...shown.querySelectorAll('*')].filter(isSeen)
  return [element, ancestors(element).slice(0, 6).find(hasBorder)].filter(Boolean)
}

function hasBorder(element) {
  return parseFloat(styleOf(element).borderBottomWidth) > 0 && parse(styleOf(element).borderBottomColor)[3] > 0
}
