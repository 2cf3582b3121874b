/** A kept message without the last known place of its car, which nobody keeps once the incident is over (rule 10): the text is as if none had been told. Pure. */
import { SPOT_WORDS } from './cap-words.ts'
import type { Item } from './item.ts'

/** Of a text as `messageText` writes it. */
export const saysPlace = (text: string): boolean => text.includes('lastKnown')

/** The same item where it says none. */
export function withoutPlace(item: Item): Item {
  if (!item.place) return item
  const clear = item.contentType.includes('json') ? jsonWithout : capWithout
  const { place: _, impersonal, ...rest } = item
  return { ...rest, body: clear(item.body), ...(impersonal === undefined ? {} : { impersonal: clear(impersonal) }) }
}

function jsonWithout(text: string): string {
  const { incident: { lastKnown: _, ...incident } = {}, ...message } = JSON.parse(text) as {
    readonly incident?: { readonly lastKnown?: unknown }
  }
  return JSON.stringify({ ...message, incident })
}

const WORDS = Object.values(SPOT_WORDS).map(each => each.lastKnown)
const PARAMETER = /^ *<parameter>\n *<valueName>lastKnown\w*<\/valueName>\n *<value>[^<]*<\/value>\n *<\/parameter>\n/gm
/** From the first on: a street's own name may hold anything. */
const SAID = new RegExp(` · (?:${WORDS.join('|')}) [^<]*(?=</description>)`, 'g')
const AREA = new RegExp(
  `^ *<area>\\n *<areaDesc>(?:${WORDS.join('|')}) [^<]*</areaDesc>\\n(?: *<circle>.*\\n)? *</area>\\n`,
  'gm'
)

/** Lines as `capMessage` writes them. */
function capWithout(text: string): string {
  const at = /<valueName>lastKnownPosition<\/valueName>\s*<value>([^<]*)</.exec(text)?.[1]
  const pressed = /<valueName>pressedPosition<\/valueName>\s*<value>([^<]*)</.exec(text)?.[1]
  const rest = text.replace(PARAMETER, '').replace(SAID, '').replace(AREA, '')
  // Of a version that put the area of the press where the car was then.
  return at === undefined || at === pressed || !rest.includes(`<circle>${at} `)
    ? rest
    : rest.replace(/^ *<area>\n *<areaDesc>[^<]*<\/areaDesc>\n *<circle>.*\n *<\/area>\n/gm, '')
}
