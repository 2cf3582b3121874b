/** CAP 1.2 (OASIS Common Alerting Protocol) messages of an incident; pure. Section numbers are those of the standard. */
import { nameIn } from '../../core/called.ts'
import { distanceM, type GeoPoint } from '../../core/geo.ts'
import type { Incident } from '../../core/incident.ts'
import type { OutwardEvent, SinkSettings } from '../../core/outwards.ts'
import {
  CATEGORY,
  CLASS_WORDS,
  DISPOSITION_WORDS,
  type Language,
  motionWords,
  SPOT_WORDS,
  STATE_WORDS,
  streetWords,
  URGENCY
} from './cap-words.ts'
import { type OutwardPosition, rounded } from './view.ts'

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

/** Farther from the press its present place is an area of its own, as on the screens. */
const MOVED_M = 60

/** `incident` undefined: a try of the line, with status Test. `present`: where its vehicle is now. */
export function capMessage(
  site: CapSite,
  sink: Pick<SinkSettings, 'scope' | 'addresses' | 'restriction' | 'status' | 'personal'>,
  message: CapMessage,
  incident: Incident | undefined,
  present?: OutwardPosition
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
    incident ? info(site, sink, message, { incident, present, language }) : testInfo(site, language)
  ])
  const body = [...head, ...infos].map(node => written(node, '  ')).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">\n${body}</alert>\n`
}

/** In the order of the schema (3.2.2). */
function info(
  site: CapSite,
  sink: Pick<SinkSettings, 'scope' | 'personal'>,
  { event, sentMs }: CapMessage,
  { incident, present: told, language }: Told
): readonly Node[] {
  const over = event === 'resolved' || event === 'cancelled' || event === 'closed'
  const what = begun(CLASS_WORDS[language][incident.alarmClass])
  const personal = sink.personal && sink.scope !== 'public'
  const { subject } = incident
  const place = subject.gridCell?.name ?? site.name
  const address = subject.kind === 'vehicle' ? '' : subject.address
  const who = personal ? [nameIn(subject, language), address, subject.phone].filter(Boolean).join(' · ') : ''
  const present = sink.scope === 'public' ? undefined : told
  const spots = sink.scope === 'public' ? [] : spotsOf(site, { incident, present, language }, personal)
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
    [
      'description',
      [what, place, who, state, ...outcome, ...spots.map(each => each.words)].filter(Boolean).join(' · ')
    ],
    ...(sink.scope === 'public' ? [] : [...inner(incident), ...spots.flatMap(each => each.parameters)]),
    ...areasOf(site, sink.scope, { incident, present, language }, personal)
  ]
}

/** With a capital, as a sentence begins. */
const begun = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** What one message says of a place. */
interface Told {
  readonly incident: Incident
  readonly present: OutwardPosition | undefined
  readonly language: Language
}

/** Where it was pressed; of a vehicle that has driven on also where it was last, marked as that: cell and address of the incident are those of the press. */
function areasOf(site: CapSite, scope: SinkSettings['scope'], told: Told, personal: boolean): readonly Node[] {
  const { incident, present, language } = told
  const { position, subject } = incident
  const at = position && shownTo(scope, personal, position)
  const place = subject.gridCell?.name ?? [site.name, at && `${at.lat}, ${at.lon}`].filter(Boolean).join(' ')
  const pressed = area(scope, personal, at, personal ? (whereOf(incident, language) ?? place) : place)
  const isThere = present && position && distanceM(position, present.point) <= MOVED_M
  if (!present || isThere) return [pressed]
  const now = shownTo(scope, personal, present.point)
  const street = personal && present.street ? streetWords(present.street, language) : undefined
  const where = street ?? present.gridCell ?? `${now.lat}, ${now.lon}`
  const time = capTime(present.atMs, site.timeZone).slice(11, 19)
  return [pressed, area(scope, personal, now, `${SPOT_WORDS[language].lastKnown} ${where} ${time}`)]
}

/** Where it pressed and where it was last, in words and for machines; of whoever moves only. */
function spotsOf(site: CapSite, { incident, present, language }: Told, personal: boolean): readonly Spot[] {
  const { fix } = incident
  if (!fix || incident.subject.kind !== 'vehicle') return []
  const spots = { pressed: fix, ...(present ? { lastKnown: present } : {}) }
  return Object.entries(spots).map(([name, at]) => {
    const time = capTime(at.atMs, site.timeZone)
    const where = personal && at.street ? [streetWords(at.street, language)] : []
    const { lat, lon } = personal ? at.point : rounded(at.point, 3)
    const facts = {
      ...{ [`${name}Position`]: `${lat},${lon}`, [`${name}Time`]: time },
      ...(at.speedKmh === undefined ? {} : { [`${name}SpeedKmh`]: String(Math.round(at.speedKmh)) }),
      ...(at.headingDeg === undefined ? {} : { [`${name}HeadingDeg`]: String(Math.round(at.headingDeg)) })
    }
    const said = [...where, time.slice(11, 19), ...motionWords(at, language)].join(' ')
    return {
      words: `${SPOT_WORDS[language][name as keyof typeof spots & string]} ${said}`,
      parameters: parametersOf(facts)
    }
  })
}

interface Spot {
  readonly words: string
  readonly parameters: readonly Node[]
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
  return parametersOf({
    priority: String(incident.priority),
    alarmClass: incident.alarmClass,
    sourceKind: incident.sourceKind,
    state: incident.state,
    presses: String(incident.presses),
    duress: String(incident.duress)
  })
}

function parametersOf(parameters: Readonly<Record<string, string>>): readonly Node[] {
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
const shownTo = (scope: SinkSettings['scope'], personal: boolean, point: GeoPoint): GeoPoint =>
  personal ? point : rounded(point, scope === 'public' ? 2 : 3)

function area(scope: SinkSettings['scope'], personal: boolean, at: GeoPoint | undefined, place: string): Node {
  const radiusKm = personal ? 0.05 : scope === 'public' ? 1 : 0.1
  return ['area', [['areaDesc', place], ...(at ? [['circle', `${at.lat},${at.lon} ${radiusKm}`] as const] : [])]]
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
