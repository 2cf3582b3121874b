/** CAP messages against xmllint, which we did not write, and the rule that the public learns nobody's name. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { id } from '../../core/brand.ts'
import { DISPOSITIONS, INCIDENT_STATES, type Incident } from '../../core/incident.ts'
import type { OutwardEvent, SinkSettings } from '../../core/outwards.ts'
import { ALARM_CLASSES } from '../../core/signal.ts'
import { sampleIncident } from '../../testing/samples.ts'
import { type CapReference, type CapSite, capMessage, capTime } from './cap.ts'
import { CLASS_WORDS, DISPOSITION_WORDS, DRIVING_WORDS, STATE_WORDS, STREET_WORDS } from './cap-words.ts'
import type { Item } from './item.ts'
import { CONTENT_TYPE, messageText } from './message.ts'
import { withoutPlace } from './placeless.ts'
import { eventOf, isFor, PUBLIC_CLASSES } from './view.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const SCHEMA = join(ROOT, 'tests', 'schemas', 'cap-1.2.xsd')
const SENT = Date.UTC(2026, 10, 21, 19, 12, 31)
const SITE: CapSite = {
  ...{ sender: 'pingan-gateway.linxi', name: '临溪县', centre: '临溪县监控中心' },
  ...{ timeZone: 'Asia/Shanghai', demo: false }
}
const SINK: SinkSettings = {
  ...{ name: 'province', url: 'https://example.org/cap', enabled: true, format: 'cap', scope: 'private' },
  ...{ addresses: ['duty@example.org', 'duty room 2'], restriction: '仅限联动单位', status: 'actual' },
  ...{ personal: false, tell: 'opened', lowestPriority: 5, classes: [] }
}
const PERSON = {
  ...{ name: '陈桂芳', address: '杏花巷 16 号 2 栋', phone: '13900001234', medicalNote: '高血压' },
  ...{ accessNote: '钥匙在门卫', description: '女 74 岁 独居' }
}
const CASE = sampleIncident({
  alarmClass: 'fire',
  openedAtMs: SENT - 5_000,
  position: { lat: 27.0321234, lon: 119.6126789, datum: 'wgs84' },
  feedback: '陈桂芳说已扑灭',
  owner: { userId: id('10327'), name: '林晓' },
  subject: {
    ...{ id: id('h1'), kind: 'household', ...PERSON, gridCell: { id: id('cell-1'), name: '杏花社区' } },
    contacts: [{ name: '陈明', relation: '儿子', phone: '13800005678' }]
  }
})
const SECRETS = [...Object.values(PERSON), '陈明', '13800005678', '林晓', '27.0321', '119.6126']

const message = (event: OutwardEvent, references: readonly CapReference[] = []) => ({
  ...{ identifier: 'incident-1.7', sentMs: SENT, event, references }
})
const EARLIER = [{ identifier: 'incident-1.1', sentMs: SENT - 5_000 }]

/** What xmllint says when it does not validate; empty when it does. */
function faults(text: string): string {
  const run = spawnSync('xmllint', ['--noout', '--nonet', '--schema', SCHEMA, '-'], { input: text, encoding: 'utf8' })
  if (run.error) throw new Error(`xmllint is needed (Debian package libxml2-utils): ${run.error.message}`)
  return run.status === 0 ? '' : run.stderr
}
const tag = (text: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]

it('an alert, an update and a cancellation validate and name what they follow', () => {
  const alert = capMessage(SITE, SINK, message('opened'), CASE)
  const update = capMessage(SITE, SINK, message('updated', EARLIER), { ...CASE, state: 'enRoute' })
  const ended = { ...CASE, state: 'resolved', disposition: 'false-equipment' } as Incident
  const cancel = capMessage(SITE, SINK, message('cancelled', EARLIER), ended)
  expect([alert, update, cancel].map(faults)).toEqual(['', '', ''])
  expect([alert, update, cancel].map(text => tag(text, 'msgType'))).toEqual(['Alert', 'Update', 'Cancel'])
  expect(tag(alert, 'references')).toBeUndefined()
  expect(tag(cancel, 'references')).toBe('pingan-gateway.linxi,incident-1.1,2026-11-22T03:12:26+08:00')
  expect(tag(cancel, 'note')).toBe('误报 · 设备')
  expect(tag(alert, 'addresses')).toBe('duty@example.org &quot;duty room 2&quot;')
  expect(tag(alert, 'incidents')).toBe(CASE.number)
})

it('the schema refuses what the standard forbids', () => {
  const good = capMessage(SITE, SINK, message('opened'), CASE)
  const followed = capMessage(SITE, SINK, message('updated', EARLIER), CASE)
  const wrong = [
    good.replace('<status>Actual</status>', '<status>Real</status>'),
    good.replace(/<sent>.*<\/sent>/, '<sent>2026-11-22T03:12:31Z</sent>'),
    good.replace('<sender>pingan', '<sender>pin gan'),
    good.replace(/ {4}<urgency>.*\n/, ''),
    followed.replace(/<references>[^<]*/, '<references>incident-1.1')
  ]
  expect(wrong.filter(text => faults(text) === '')).toEqual([])
})

it('status: actual by the setting, an exercise in a simulated town, a test when the line is tried', () => {
  const status = (text: string) => tag(text, 'status')
  expect(status(capMessage(SITE, SINK, message('opened'), CASE))).toBe('Actual')
  expect(status(capMessage(SITE, { ...SINK, status: 'exercise' }, message('opened'), CASE))).toBe('Exercise')
  expect(status(capMessage({ ...SITE, demo: true }, SINK, message('opened'), CASE))).toBe('Exercise')
  const test = capMessage(SITE, SINK, message('test'), undefined)
  expect(status(test)).toBe('Test')
  expect(faults(test)).toBe('')
})

it('whoever is not to have personal data gets no name, telephone, address or exact place; who is, does', () => {
  for (const scope of ['public', 'restricted', 'private'] as const) {
    // Even a setting that the configuration refuses opens nothing to the public.
    const text = capMessage(SITE, { ...SINK, scope, personal: scope === 'public' }, message('opened'), CASE)
    expect(SECRETS.filter(secret => text.includes(secret))).toEqual([])
    expect(tag(text, 'areaDesc')).toBe('杏花社区')
    expect(tag(text, 'circle')).toBe(scope === 'public' ? '27.03,119.61 1' : '27.032,119.613 0.1')
    expect(faults(text)).toBe('')
  }
  const full = capMessage(SITE, { ...SINK, personal: true }, message('opened'), CASE)
  expect(['陈桂芳', '13900001234', '杏花巷 16 号 2 栋'].filter(word => !full.includes(word))).toEqual([])
  expect(['高血压', '钥匙在门卫', '陈明', '13800005678'].filter(word => full.includes(word))).toEqual([])
})

it('the public is warned of fire, gas, water and environment only, never of duress', () => {
  const open = { ...SINK, scope: 'public' } as const
  expect(ALARM_CLASSES.filter(alarmClass => isFor(open, { ...CASE, alarmClass }))).toEqual([...PUBLIC_CLASSES])
  expect(isFor(open, { ...CASE, duress: true })).toBe(false)
  expect(isFor(SINK, { ...CASE, alarmClass: 'panic', duress: true })).toBe(true)
})

it('any incident with any text in it validates', () => {
  const words = fc.string({ unit: 'binary', maxLength: 40 })
  const any = fc.record({
    state: fc.constantFrom(...INCIDENT_STATES),
    alarmClass: fc.constantFrom(...ALARM_CLASSES),
    disposition: fc.option(fc.constantFrom(...DISPOSITIONS), { nil: undefined }),
    priority: fc.constantFrom(1, 2, 3, 4, 5),
    name: words,
    cell: words,
    references: fc.integer({ min: 0, max: 3 })
  })
  fc.assert(
    fc.property(
      any,
      fc.constantFrom('public', 'restricted', 'private'),
      ({ name, cell, references, ...rest }, scope) => {
        const incident = {
          ...{ ...CASE, ...rest },
          subject: { ...CASE.subject, name, address: name, gridCell: { id: id('c'), name: cell } }
        } as Incident
        const earlier = Array.from({ length: references }, () => EARLIER).flat()
        const said = message(eventOf(incident, references === 0), earlier)
        return faults(capMessage(SITE, { ...SINK, scope, personal: true } as SinkSettings, said, incident)) === ''
      }
    ),
    { numRuns: 60 }
  )
})

it('says what it is with a capital in English too', () => {
  const [, english = ''] = capMessage(SITE, SINK, message('opened'), CASE).split('<language>en-US')
  expect([tag(english, 'event'), tag(english, 'headline')]).toEqual(['Fire', 'Fire · 杏花社区 · New'])
})

it('speaks the words of the console', () => {
  const words = (language: string) =>
    JSON.parse(readFileSync(join(ROOT, `web-console/src/i18n/${language}/words.json`), 'utf8'))
  for (const [language, own] of [
    ['zh', 'zh-CN'],
    ['en', 'en-US']
  ] as const) {
    const { alarmClass, state, disposition, street, driving } = words(language)
    expect({ ...driving, age: undefined }).toEqual({ ...DRIVING_WORDS[own], age: undefined })
    expect(STREET_WORDS[own]).toEqual(street)
    expect([CLASS_WORDS[own], STATE_WORDS[own], DISPOSITION_WORDS[own]]).toEqual([alarmClass, state, disposition])
  }
})

it('times are of the site, UTC is never Z', () => {
  expect(capTime(SENT, 'Asia/Shanghai')).toBe('2026-11-22T03:12:31+08:00')
  expect(capTime(SENT, 'UTC')).toBe('2026-11-21T19:12:31-00:00')
  expect(capTime(SENT, 'America/New_York')).toBe('2026-11-21T14:12:31-05:00')
})

it('a taxi is where its street is, for who is trusted with it; its firm is no place', () => {
  const street = { street: '北环路', crossing: '建设路', crossingM: 180 }
  const point = { lat: 27.0366, lon: 119.6123, datum: 'wgs84' as const }
  const subject = { ...CASE.subject, kind: 'vehicle' as const, name: '闽J·T0637', address: '临溪平安出租' }
  const taxi = { ...CASE, sourceKind: 'taxi' as const, subject, position: point, fix: { point, atMs: SENT, street } }
  const areas = (incident: Incident, personal: boolean) =>
    [...capMessage(SITE, { ...SINK, personal }, message('opened'), incident).matchAll(/<areaDesc>([^<]*)</g)].map(
      each => each[1]
    )
  expect(areas(taxi, true)).toEqual(['北环路，距建设路路口 180 m', '北环路, 180 m from 建设路'])
  const corner = { ...taxi, fix: { ...taxi.fix, street: { ...street, crossingM: 9 } } }
  expect(areas(corner, true)).toEqual(['北环路与建设路路口', '北环路 and 建设路'])
  expect(areas(taxi, false)).toEqual(['杏花社区', '杏花社区'])
  expect(areas({ ...taxi, fix: undefined }, true)).toEqual(['杏花社区', '杏花社区'])
  expect(areas(CASE, true)[0]).toBe('杏花巷 16 号 2 栋')
})

it('without its last known place a message is as if none had been told, whatever stands in it', () => {
  const words = fc.string({ unit: 'binary', maxLength: 30 })
  const place = {
    lat: fc.double({ min: 20, max: 40, noNaN: true }),
    lon: fc.double({ min: 100, max: 120, noNaN: true })
  }
  const at = fc.record({
    ...{ point: fc.record({ ...place, datum: fc.constant('wgs84' as const) }), atMs: fc.constant(SENT) },
    ...{ speedKmh: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }) },
    ...{ street: fc.option(fc.record({ street: words }), { nil: undefined }) },
    ...{ gridCell: fc.option(words, { nil: undefined }) }
  })
  const any = fc.record({ pressed: at, present: at, name: words, personal: fc.boolean(), cap: fc.boolean() })
  fc.assert(
    fc.property(any, ({ pressed, present, name, personal, cap }) => {
      const sink = { ...SINK, personal, format: cap ? 'cap' : 'json' } as SinkSettings
      const subject = { ...CASE.subject, kind: 'vehicle' as const, name }
      const taxi = { ...CASE, sourceKind: 'taxi' as const, subject, position: pressed.point, fix: pressed }
      const head = { ...message('updated', EARLIER), deliveryId: 'd', atMs: SENT, sequence: 2 }
      const text = (now?: typeof present) => messageText({ ...SITE, code: 'linxi' }, sink, head, taxi, now)
      const [body, impersonal] = [text(present), text(present)]
      const kept = { contentType: CONTENT_TYPE[sink.format], body, impersonal, place: true } as Item
      expect(withoutPlace(kept)).toEqual({ ...kept, place: undefined, body: text(), impersonal: text() })
    }),
    { numRuns: 100 }
  )
})

it('of a taxi that has driven on both places are said, with time, speed and direction, each with an area of its own', () => {
  const point = { lat: 27.0366, lon: 119.6123, datum: 'wgs84' as const }
  const subject = { ...CASE.subject, kind: 'vehicle' as const, name: '闽J·T0637', address: '临溪平安出租' }
  const fix = { point, atMs: SENT - 5_000, street: { street: '北环路' }, speedKmh: 1, headingDeg: 90 }
  const taxi = { ...CASE, sourceKind: 'taxi' as const, subject, position: point, fix }
  const present = {
    ...{ point: { lat: 27.04115, lon: 119.63012, datum: 'wgs84' as const }, atMs: SENT - 2_000 },
    ...{ speedKmh: 42.4, headingDeg: 184, street: { street: '滨江路', crossing: '解放路', crossingM: 12 } }
  }
  const told = (sink: Partial<SinkSettings>, at: typeof present | undefined = present) =>
    capMessage(SITE, { ...SINK, ...sink }, message('updated', EARLIER), taxi, at)
  const own = told({ personal: true })
  expect(faults(own)).toBe('')
  const tags = (text: string, name: string) =>
    [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(each => each[1])
  const zh = (text: string) => {
    const [first = ''] = text.split('</info>')
    return tags(first, 'areaDesc').map((words, n) => [words, tags(first, 'circle')[n]])
  }
  expect(zh(own)).toEqual([
    ['北环路', '27.0366,119.6123 0.05'],
    ['最后位置 滨江路与解放路路口 03:12:29', '27.04115,119.63012 0.05']
  ])
  expect(tags(own, 'areaDesc').slice(2)).toEqual(['北环路', 'last known place 滨江路 and 解放路 03:12:29'])
  expect(tag(own, 'description')).toContain(
    '报警时 北环路 03:12:26 停着 · 最后位置 滨江路与解放路路口 03:12:29 42 km/h 往南'
  )
  expect(own).toContain('last known place 滨江路 and 解放路 03:12:29 42 km/h south')
  const parameters = [...own.matchAll(/<valueName>(\w+)<\/valueName>\s*<value>([^<]*)</g)].map(([, name, value]) => [
    name,
    value
  ])
  expect(Object.fromEntries(parameters)).toMatchObject({
    ...{ pressedPosition: '27.0366,119.6123', pressedTime: '2026-11-22T03:12:26+08:00' },
    ...{ lastKnownPosition: '27.04115,119.63012', lastKnownTime: '2026-11-22T03:12:29+08:00' },
    ...{ lastKnownSpeedKmh: '42', lastKnownHeadingDeg: '184' }
  })
  expect(own).not.toContain('临溪平安出租')
  // Who is not trusted with the address has 100 m and no street; the public nothing of it.
  const other = told({})
  expect(faults(other)).toBe('')
  const pressed = ['杏花社区', '27.037,119.612 0.1']
  expect(zh(other)).toEqual([pressed, ['最后位置 27.041, 119.63 03:12:29', '27.041,119.63 0.1']])
  const celled = told({}, { ...present, gridCell: '滨江社区' } as typeof present)
  expect(zh(celled)).toEqual([pressed, ['最后位置 滨江社区 03:12:29', '27.041,119.63 0.1']])
  const lost = capMessage(SITE, SINK, message('updated', EARLIER), { ...taxi, position: undefined }, present)
  expect(zh(lost).map(each => each[0])).toEqual(['杏花社区', '最后位置 27.041, 119.63 03:12:29'])
  const { gridCell: _, ...nowhere } = subject
  const outside = capMessage(SITE, SINK, message('opened'), { ...taxi, subject: nowhere })
  expect(zh(outside)).toEqual([['临溪县 27.037, 119.612', '27.037,119.612 0.1']])
  expect(['滨江路', '北环路', '27.0411', '闽J'].filter(word => other.includes(word))).toEqual([])
  expect(other).toContain('最后位置 03:12:29 42 km/h 往南')
  const open = told({ scope: 'public' })
  expect([tag(open, 'circle'), open.includes('lastKnown')]).toEqual(['27.04,119.61 1', false])
  // Where it still stands the area is that of the press.
  expect(zh(told({ personal: true }, { ...present, point }))).toEqual([['北环路', '27.0366,119.6123 0.05']])
})
