/** JSON text of an immutable record, made once: the same incident goes to the store, into the feed's row and to every console. */

/** All of them ask within the time of a sync. Kept for as long as its incident is open, a text would be a third of what a storm keeps of it. */
const MOST_KEPT = 1_024
const made = new Map<object, string>()

/** As JSON.stringify. The value must not change afterwards. */
export function jsonOf(value: object): string {
  const known = made.get(value)
  if (known !== undefined) return known
  const text = textOf(value)
  made.set(value, text)
  if (made.size > MOST_KEPT) forgetOldest()
  return text
}

function forgetOldest(): void {
  const oldest = made.keys().next()
  if (!oldest.done) made.delete(oldest.value)
}

/** A feed body that only wraps an incident takes over its text. */
function textOf(value: object): string {
  const { type, incident } = value as { type?: unknown; incident?: unknown }
  if (type === 'incident' && typeof incident === 'object' && incident !== null && Object.keys(value).length === 2) {
    return `{"type":"incident","incident":${jsonOf(incident)}}`
  }
  return JSON.stringify(value)
}
