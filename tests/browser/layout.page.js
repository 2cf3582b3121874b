/**
 * Runs in the page: what of its text is cut off, or lies on other text. Text that ends in "…" is allowed where its box says so
 * (text-overflow), but not on a button of the action bar: a command must be readable whole.
 */
;(() => {
  const TOLERANCE = 2
  const words = text => text.replace(/\s+/g, ' ').trim().slice(0, 40)
  const hidden = element =>
    !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
    element.closest('[aria-hidden="true"], .sr-only, .maplibregl-map, canvas, video') !== null

  /** The visible part of a text after every clipping ancestor, and whether one of them cuts it for good (it cannot be scrolled to). */
  function seen(element, box) {
    let cut = false
    let { left, right, top, bottom } = box
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at)
      const clip = at.getBoundingClientRect()
      const ellipsis = style.textOverflow === 'ellipsis' && !at.closest('.actions button')
      if (style.overflowX !== 'visible') {
        if (style.overflowX !== 'auto' && style.overflowX !== 'scroll' && !ellipsis)
          cut ||= left < clip.left - TOLERANCE || right > clip.right + TOLERANCE
        left = Math.max(left, clip.left)
        right = Math.min(right, clip.right)
      }
      if (style.overflowY !== 'visible') {
        if (style.overflowY !== 'auto' && style.overflowY !== 'scroll')
          cut ||= top < clip.top - TOLERANCE * 2 || bottom > clip.bottom + TOLERANCE * 2
        top = Math.max(top, clip.top)
        bottom = Math.min(bottom, clip.bottom)
      }
      if (style.position === 'fixed') break
    }
    // What still lies beyond the window can be scrolled to by nothing.
    cut ||= left < -TOLERANCE || right > innerWidth + TOLERANCE
    return { left, right, top, bottom, cut }
  }

  /** The opaque sheet a text lies on (a menu, a dialog): what it covers is hidden, not overlapped. */
  function sheetOf(element) {
    for (let at = element; at; at = at.parentElement) {
      const { position, backgroundColor } = getComputedStyle(at)
      const opaque = backgroundColor.startsWith('rgb(')
      if ((position === 'absolute' || position === 'fixed') && opaque) return at
    }
    return document.body
  }

  const faults = []
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!element || words(node.data) === '' || hidden(element)) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const box of range.getClientRects()) {
      const { cut, ...visible } = seen(element, box)
      if (visible.right - visible.left < 1.5 || visible.bottom - visible.top < 1.5) {
        // Scrolled away, or clipped to a single pixel on purpose (words for screen readers only).
        continue
      }
      if (cut) faults.push(`cut: "${words(node.data)}"`)
      texts.push({ text: words(node.data), element, sheet: sheetOf(element), ...visible })
    }
  }
  for (const [index, a] of texts.entries())
    for (const b of texts.slice(index + 1)) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left)
      // A line box is higher than its glyphs: lines that stand close touch, they do not overlap.
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - 4
      if (wide > TOLERANCE && high > TOLERANCE && a.element !== b.element && a.sheet === b.sheet)
        faults.push(`overlap: "${a.text}" and "${b.text}"`)
    }
  if (document.documentElement.scrollWidth > innerWidth)
    faults.push(`the page is ${document.documentElement.scrollWidth} px wide`)
  return [...new Set(faults)]
})()
