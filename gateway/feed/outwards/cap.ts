/** CAP 1.2 (OASIS Common Alerting Protocol) messages of an incident; pure. Section numbers are those of the standard. */
import type { Incident } from '../../core/incident.ts'
import type { OutwardEvent, SinkSettings } from '../../core/outwards.ts'
import {
  CATEGORY,
  CLASS_WORDS,
  DISPOSITION_WORDS,
  type Language,
  STATE_WORDS,
  streetWords,
  URGENCY
} from './cap-words.ts'
import { rounded } from './view.ts'

/** An earlier message, as `references` names it (3.2.1). */
export interface CapReference {
  readonly identifier: string
  readonly sentMs: number
}

export interface CapSite {
  /** No blank, comma, `<` or `&` (3.2.1). */
  readonly sender: string
  readonly name: string
  readonly centre: string
  readonly timeZone: string
  /** A simulated town: whatever it sends is an exercise. */
  readonly demo: boolean
}

export interface CapMessage {
  readonly identifier: string
  readonly sentMs: number
  readonly event: OutwardEvent
  readonly references: readonly CapReference[]
}

type Node = readonly [name: string, content: string | readonly Node[]]

const LANGUAGES = ['zh-CN', 'en-US'] as const satisfies readonly Language[]
const EXPIRES_MS = 24 * 3_600_000
const STATUS = { actual: 'Actual', exercise: 'Exercise', test: 'Test' } as const
const SCOPE = { public: 'Public', restricted: 'Restricted', private: 'Private' } as const

/** `incident` undefined: a try of the line, with status Test. */
export function capMessage(
  site: CapSite,
  sink: Pick<SinkSettings, 'scope' | 'addresses' | 'restriction' | 'status' | 'personal'>,
  message: CapMessage,
  incident: Incident | undefined
): string {
  const taken = message.event === 'cancelled' && message.references.length > 0
  const later = message.references.length > 0
  const head: Node[] = [
    ['identifier', message.identifier],
    ['sender', site.sender],
    ['sent', capTime(message.sentMs, site.timeZone)],
    ['status', message.event === 'test' ? 'Test' : site.demo ? 'Exercise' : STATUS[sink.status]],
    ['msgType', taken ? 'Cancel' : later ? 'Update' : 'Alert'],
    ['scope', SCOPE[sink.scope]],
    ...(sink.scope === 'restricted' ? [['restriction', sink.restriction] as const] : []),
    ...(sink.scope === 'private' ? [['addresses', sink.addresses.map(quoted).join(' ')] as const] : []),
    ...(taken ? [['note', DISPOSITION_WORDS['zh-CN'][incident?.disposition ?? 'test']] as const] : []),
    ...(later ? [['references', message.references.map(each => referenceOf(site, each)).join(' ')] as const] : []),
    ...(incident ? [['incidents', incident.number] as const] : [])
  ]
  const infos: Node[] = LANGUAGES.map(language => [
    'info',
    incident ? info(site, sink, message, incident, language) : testInfo(site, language)
  ])
  const body = [...head, ...infos].map(node => written(node, '  ')).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">\n${body}</alert>\n`
}

/** In the order of the schema (3.2.2). */
function info(
  site: CapSite,
  sink: Pick<SinkSettings, 'scope' | 'personal'>,
  { event, sentMs }: CapMessage,
  incident: Incident,
  language: Language
): readonly Node[] {
  const over = event === 'resolved' || event === 'cancelled' || event === 'closed'
  const what = CLASS_WORDS[language][incident.alarmClass]
  const personal = sink.personal && sink.scope !== 'public'
  const { subject } = incident
  const place = subject.gridCell?.name ?? site.name
  const who = personal ? [subject.name, subject.address, subject.phone].filter(Boolean).join(' · ') : ''
  const state = STATE_WORDS[language][incident.state]
  const outcome = incident.disposition === undefined ? [] : [DISPOSITION_WORDS[language][incident.disposition]]
  return [
    ['language', language],
    ...CATEGORY[incident.alarmClass].map((each): Node => ['category', each]),
    ['event', what],
    ['responseType', over ? 'AllClear' : 'Monitor'],
    ['urgency', over ? 'Past' : URGENCY[incident.priority]],
    ['severity', incident.priority <= 1 ? 'Severe' : incident.priority === 2 ? 'Moderate' : 'Minor'],
    ['certainty', certaintyOf(incident)],
    ['effective', capTime(sentMs, site.timeZone)],
    ['onset', capTime(incident.openedAtMs, site.timeZone)],
    ['expires', capTime(sentMs + EXPIRES_MS, site.timeZone)],
    ['senderName', site.centre],
    ['headline', `${what} · ${place} · ${state}`],
    ['description', [what, place, who, state, ...outcome].filter(Boolean).join(' · ')],
    ...(sink.scope === 'public' ? [] : inner(incident)),
    ['area', area(sink.scope, personal, incident, personal ? (whereOf(incident, language) ?? place) : place)]
  ]
}

function testInfo(site: CapSite, language: Language): readonly Node[] {
  const word = language === 'zh-CN' ? '线路测试' : 'Line test'
  return [
    ['language', language],
    ['category', 'Other'],
    ['event', word],
    ['urgency', 'Unknown'],
    ['severity', 'Unknown'],
    ['certainty', 'Unknown'],
    ['senderName', site.centre],
    ['headline', `${word} · ${site.name}`],
    ['area', [['areaDesc', site.name]]]
  ]
}

/** What partners sort by; nothing here names a person. */
function inner(incident: Incident): readonly Node[] {
  const parameters = {
    priority: String(incident.priority),
    alarmClass: incident.alarmClass,
    sourceKind: incident.sourceKind,
    state: incident.state,
    presses: String(incident.presses),
    duress: String(incident.duress)
  }
  return Object.entries(parameters).map(
    ([name, value]): Node => [
      'parameter',
      [
        ['valueName', name],
        ['value', value]
      ]
    ]
  )
}

/** The public learns a kilometre, partners 100 m, who is trusted with the address the place itself. */
function area(scope: SinkSettings['scope'], personal: boolean, { position }: Incident, place: string): readonly Node[] {
  const words: Node = ['areaDesc', place]
  if (!position) return [words]
  const open = scope === 'public'
  const point = personal ? position : rounded(position, open ? 2 : 3)
  return [words, ['circle', `${point.lat},${point.lon} ${personal ? 0.05 : open ? 1 : 0.1}`]]
}

/** A vehicle's address is its firm's, and whoever pressed away from home is not there: the street, or nothing. */
function whereOf({ subject, fix }: Incident, language: Language): string | undefined {
  if (fix || subject.kind === 'vehicle') return fix?.street && streetWords(fix.street, language)
  return subject.address === '' ? undefined : subject.address
}

function certaintyOf(incident: Incident): string {
  if (incident.reportedAtMs !== undefined || incident.disposition?.startsWith('real')) return 'Observed'
  return incident.unverified ? 'Possible' : 'Likely'
}

function referenceOf(site: CapSite, { identifier, sentMs }: CapReference): string {
  return `${site.sender},${identifier},${capTime(sentMs, site.timeZone)}`
}

/** An address with a blank in it stands in quotes (3.2.1). */
function quoted(address: string): string {
  return /\s/.test(address) ? `"${address}"` : address
}

/** `2026-11-22T03:12:31+08:00`; a zone of UTC is written `-00:00`, never `Z` (3.3.2). */
export function capTime(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...({ timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const),
    ...({ second: '2-digit', hourCycle: 'h23', timeZoneName: 'longOffset' } as const)
  }).formatToParts(ms)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find(each => each.type === type)?.value ?? ''
  const offset = part('timeZoneName')
    .replace('GMT', '')
    .replace(/^(\+00:00)?$/, '-00:00')
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`
}

function written([name, content]: Node, indent: string): string {
  if (typeof content === 'string') return `${indent}<${name}>${escaped(content)}</${name}>\n`
  const inside = content.map(node => written(node, `${indent}  `)).join('')
  return `${indent}<${name}>\n${inside}${indent}</${name}>\n`
}

/** Characters that XML 1.0 forbids are left out: one bad name must not make the message unreadable. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
