/** JSON text of an immutable record, made once: the same incident goes to the store, into the feed's row and to every console. */

const made = new WeakMap<object, string>()

/** As JSON.stringify. The value must not change afterwards. */
export function jsonOf(value: object): string {
  const known = made.get(value)
  if (known !== undefined) return known
  const text = textOf(value)
  made.set(value, text)
  return text
}

/** A feed body that only wraps an incident takes over its text. */
function textOf(value: object): string {
  const { type, incident } = value as { type?: unknown; incident?: unknown }
  if (type === 'incident' && typeof incident === 'object' && incident !== null && Object.keys(value).length === 2) {
    return `{"type":"incident","incident":${jsonOf(incident)}}`
  }
  return JSON.stringify(value)
}
