/** JSON text of an immutable record, made once: the same incident goes to the store, into the feed's row and to every console. */

/** All of them ask within the time of a sync. Kept for as long as its incident is open, a text would be a third of what a storm keeps of it. */
const MOST_KEPT = 1_024
/** Of all that is kept, characters: a long incident has a hundred thousand in each of its versions. */
const MOST_CHARACTERS = 8_000_000
const made = new Map<object, string>()
let characters = 0

/** As JSON.stringify. The value must not change afterwards. */
export function jsonOf(value: object): string {
  const known = made.get(value)
  if (known !== undefined) return known
  const text = textOf(value)
  made.set(value, text)
  characters += text.length
  while (made.size > MOST_KEPT || characters > MOST_CHARACTERS) forgetOldest()
  return text
}

function forgetOldest(): void {
  for (const [value, text] of made) {
    made.delete(value)
    characters -= text.length
    return
  }
}

/** A feed body that only wraps an incident takes over its text. */
function textOf(value: object): string {
  const { type, incident } = value as { type?: unknown; incident?: unknown }
  if (type === 'incident' && typeof incident === 'object' && incident !== null && Object.keys(value).length === 2) {
    return `{"type":"incident","incident":${jsonOf(incident)}}`
  }
  return JSON.stringify(value)
}
