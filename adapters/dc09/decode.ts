/** Content of a frame → reports, pure: Contact ID and SIA events with zone, partition and user, extended blocks, position and times. */
import type { GeoPoint } from '../../gateway/core/geo.ts'
import { isPlausible } from '../../gateway/core/geo.ts'
import { oneLine } from '../../gateway/core/plain-text.ts'
import { contactIdReport, counted, type Report, unknownReport } from '../kit/alarm-report.ts'
import { readGb18030 } from '../kit/gb18030.ts'
import { type Content, parseTime } from './frame.ts'
import { SIA_CODES } from './sia-codes.ts'

/** What the extended blocks say. */
export interface Extras {
  readonly position?: GeoPoint
  /** When it happened by the panel's clock (block H), UTC ms. */
  readonly occurredMs?: number
  /** Alarm text, location, site, building, room. */
  readonly words: readonly string[]
  readonly mac?: string
  /** A link to pictures or sound came; the link itself stays in the raw frame. */
  readonly hasVideo: boolean
}

/** More in one frame is no panel; alarms and tampers are taken beyond it, for the frame is acknowledged as a whole. */
const MAX_REPORTS = 32
const MAX_URGENT = 128
const MAX_TEXT = 120

/** `#acct|` in front is the account again. */
const PAYLOAD = /^(?:#[^|]*\|)?([\s\S]*)$/

/** The reports of an event frame; none when the frame says nothing. */
export function decodeReports(id: string, data: string): readonly Report[] {
  const payload = (PAYLOAD.exec(data)?.[1] ?? '').trim()
  if (payload === '') return []
  const reports = id === 'ADM-CID' ? contactId(payload) : siaEvents(payload)
  return reports.length > 0 ? reports : [unknownReport(`${id === 'ADM-CID' ? 'CID' : 'SIA'} ${readable(payload, 40)}`)]
}

/** `QXYZ GG CCC`, also in one piece and with the `18` and the check digit of the telephone form. */
const CONTACT =
  /^(?:[0-9A-F]{4}\s)?(?:(?:18|98)\s?(?=[136]))?([136])([0-9A-F]{3})\s?([0-9A-F]{2})\s?([0-9A-F]{3})[0-9A-F]?(?![0-9A-F])/i

function contactId(payload: string): readonly Report[] {
  const match = CONTACT.exec(payload)
  if (!match) return []
  const [whole, q = '1', event = '', group = '', number = ''] = match
  return [{ ...contactIdReport({ q, event, group, number }), text: asciiOf(payload.slice(whole.length)) }]
}

/** The tokens of SIA's event data, in any order: modifiers apply to the events after them, a text to the one before it. */
const TOKENS = /\^([^^]*)\^?|\|A?([^|]*)|([a-z]{2})([^A-Z/^|a-z]*)|([A-Z]{2})(\d*)(?:\*'([^']*)')?|[\s\S]/g

function siaEvents(payload: string): readonly Report[] {
  const reports: Report[] = []
  const modifiers = new Map<string, string>()
  const body = payload.replace(/^[NO](?=[a-z]{2}|[A-Z]{2}|\/)/, '')
  for (const [, caret, ascii, modifier, value, code, number = '', quoted] of body.matchAll(TOKENS)) {
    const words = readable(caret ?? ascii ?? quoted ?? '', MAX_TEXT)
    if (modifier !== undefined) modifiers.set(modifier, value ?? '')
    if (code !== undefined) reports.push(siaEvent(code, number, modifiers, words))
    else if (words !== '') textOfLast(reports, words)
  }
  return bounded(reports)
}

/** Of too many the alarms and tampers are kept before the rest; that something was left out is an alarm of its own. */
function bounded(reports: readonly Report[]): readonly Report[] {
  if (reports.length <= MAX_REPORTS) return reports
  const urgent = reports.filter(({ kind }) => kind === 'alarm' || kind === 'tamper').slice(0, MAX_URGENT)
  const room = Math.max(0, MAX_REPORTS - urgent.length)
  const others = new Set(reports.filter(({ kind }) => kind !== 'alarm' && kind !== 'tamper').slice(0, room))
  const kept = new Set([...urgent, ...others])
  const left = reports.length - kept.size
  const inOrder = reports.filter(report => kept.has(report))
  if (left === 0) return inOrder
  const text = { zh: `一帧事件过多，未读 ${left} 条`, en: `Too many events in one frame, ${left} not read` }
  return [...inOrder, unknownReport('SIA …', { text })]
}

function siaEvent(code: string, number: string, modifiers: ReadonlyMap<string, string>, words: string): Report {
  const row = SIA_CODES[code]
  const area = modifiers.get('ri')
  const base = {
    code: `SIA ${code}`,
    partition: area && !/^0*$/.test(area) ? area : undefined,
    user: modifiers.get('id') || undefined,
    text: words || undefined
  }
  if (!row) return unknownReport(base.code, { ...base, zone: number || undefined })
  return {
    ...base,
    row,
    kind: row.kind,
    qualifier: row.restore ? 'restore' : 'new',
    still: false,
    ...counted(row, number),
    ...(row.counts === 'area' && !/^0*$/.test(number) ? { partition: number } : {})
  }
}

function textOfLast(reports: Report[], words: string): void {
  const last = reports.at(-1)
  if (last)
    reports[reports.length - 1] = {
      ...last,
      text: typeof last.text === 'string' ? `${last.text} ${words}`.slice(0, MAX_TEXT) : words
    }
}

function asciiOf(rest: string): string | undefined {
  const [, caret, ascii] = /\^([^^]*)\^?|\|A?([^|]*)/.exec(rest) ?? []
  return readable(caret ?? ascii ?? '', MAX_TEXT) || undefined
}

/** Latin1 of the wire to text: UTF-8 when it is that, else GB18030, as Chinese panels write. */
function readable(latin1: string, max: number): string {
  if (latin1 === '') return ''
  const bytes = Buffer.from(latin1, 'latin1')
  const utf8 = bytes.toString('utf8')
  const text = utf8.includes('\ufffd') ? readGb18030(bytes) : utf8
  return oneLine(text).replace(/\s+/g, ' ').trim().slice(0, max)
}

const NO_EXTRAS: Extras = { words: [], hasVideo: false }

/** Blocks of DC-09 5.5.2 as far as they say something to an operator. */
export function decodeExtras({ blocks }: Pick<Content, 'blocks'>): Extras {
  if (blocks.length === 0) return NO_EXTRAS
  const first = (id: string) => blocks.find(block => block.id === id)?.value
  const lon = degrees(first('X'), 'EW')
  const lat = degrees(first('Y'), 'NS')
  return {
    position:
      lat !== undefined && lon !== undefined && isPlausible({ lat, lon }) ? { lat, lon, datum: 'wgs84' } : undefined,
    occurredMs: parseTime(first('H')),
    words: ['I', 'L', 'S', 'O', 'R'].map(id => readable(first(id) ?? '', MAX_TEXT)).filter(text => text !== ''),
    mac: first('M'),
    hasVideo: first('V') !== undefined
  }
}

/** `119E37.0080` (degrees, letter, minutes), `E119.6168` or a signed number of degrees. */
function degrees(text: string | undefined, letters: 'EW' | 'NS'): number | undefined {
  const match = new RegExp(
    `^([+-]?\\d{1,3}(?:\\.\\d+)?)([${letters}])?(\\d{1,2}(?:\\.\\d+)?)?$|^([${letters}])(\\d{1,3}(?:\\.\\d+)?)$`
  ).exec(text ?? '')
  if (!match) return undefined
  const [, whole, letter, minutes, before, decimal] = match
  const value = Number(whole ?? decimal) + Number(minutes ?? 0) / 60
  return (letter ?? before) === letters[1] ? -value : value
}
