/** How sources are judged, by protocol; where they are found; when they were heard, over restarts; and 20,000 of them at once. */
import { afterEach, expect, it } from 'vitest'
import { id, type SourceId } from '../core/brand.ts'
import { initialsOf } from '../core/initials.ts'
import type { Sighting } from '../core/ports.ts'
import type { HeartbeatRule } from '../core/sources.ts'
import type { DocumentRow } from '../core/store.ts'
import type { SourceRow, SubjectRow } from '../core/unit.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createHeard, type Heard } from './heard.ts'
import { type Known, standingOf } from './standing.ts'
import { createSourceTable, type TableOptions } from './table.ts'
import { createSourceTroubles } from './troubles.ts'

const NOW = 1_800_000_000_000
const NO_CELLS: readonly [] = []
const DAY = 86_400_000
const RULES: Readonly<Record<string, HeartbeatRule>> = {
  mqtt: { kind: 'connection', troubleMs: 45_000 },
  dc09: { kind: 'linkTest', everyMs: 60_000, troubleMs: 150_000 },
  sip: { kind: 'testCall', days: 90 },
  onvif: { kind: 'camera' },
  webhook: { kind: 'linkTest', everyMs: 120_000, troubleMs: 300_000 },
  ruleless: { kind: 'none' }
}
const seen = (state: Sighting['state'], agoMs: number) => ({ state, atMs: NOW - agoMs })

it.each<[string, string, Partial<Known>, string, readonly string[]]>([
  ['a connected box', 'mqtt', { sighting: seen('online', 3_600_000) }, 'online', []],
  ['a box whose last will came', 'mqtt', { sighting: seen('offline', 5_000) }, 'late', ['silent']],
  ['a box not yet back after our restart', 'mqtt', {}, 'late', ['silent']],
  ['a word without a connection', 'mqtt', { sighting: seen('seen', 44_000) }, 'online', []],
  ['a word without a connection, too old', 'mqtt', { sighting: seen('seen', 45_000) }, 'late', ['silent']],
  ['a link test 89 s ago', 'dc09', { heardAtMs: NOW - 89_999, supervised: true }, 'online', []],
  ['a link test 90 s ago', 'dc09', { heardAtMs: NOW - 90_000, supervised: true }, 'late', ['silent']],
  ['a box that sends no link tests', 'dc09', { heardAtMs: NOW - DAY, supervised: false }, 'online', []],
  ['a telephone called 89 days ago', 'sip', { heardAtMs: NOW - 89 * DAY }, 'online', []],
  ['a telephone called 90 days ago', 'sip', { heardAtMs: NOW - 90 * DAY }, 'late', ['testCallDue']],
  ['a telephone that never called', 'sip', { heardAtMs: undefined }, 'never', []],
  ['an input of a camera that is away', 'onvif', { sighting: seen('offline', 1_000) }, 'late', ['cameraOffline']],
  ['a script that has nothing to say', 'webhook', { heardAtMs: NOW - 400 * DAY }, 'online', []],
  ['a protocol that waits for nobody', 'ruleless', { heardAtMs: NOW - 400 * DAY }, 'online', []],
  ['a source under test', 'mqtt', { onTest: true, sighting: seen('offline', 1_000) }, 'onTest', []],
  ['a flat battery under test', 'mqtt', { onTest: true, troubles: new Map([['battery', 1]]) }, 'trouble', ['battery']],
  ['a protocol that is not served', 'none', {}, 'trouble', ['protocolOff']]
])('%s (%s)', (_what, protocol, known, state, causes) => {
  const base: Known = {
    ...{ nowMs: NOW, rule: RULES[protocol], heardAtMs: NOW - 1_000 },
    ...{ supervised: false, onTest: false, troubles: new Map() }
  }
  expect(standingOf({ ...base, ...known })).toMatchObject({ state, causes })
})

it('a trouble ends with its restore, also when only its zone is known from before a restart', () => {
  const troubles = createSourceTroubles()
  const box = id<SourceId>('dc09:1021')
  const fault = { sourceId: box, condition: 'fault', receivedTimeMs: 5 } as const
  troubles.heard({ ...fault, qualifier: 'new', cause: 'battery' })
  troubles.heard({ ...fault, qualifier: 'new', cause: 'battery', receivedTimeMs: 9 })
  troubles.heard({ ...fault, qualifier: 'new', cause: '03' })
  troubles.heard({ ...fault, qualifier: 'new', condition: 'alarm', cause: 'none' } as never)
  expect([...troubles.of(box)]).toEqual([
    ['battery', 5],
    ['03', 5]
  ])
  troubles.heard({ ...fault, qualifier: 'restore', cause: 'sensor', zone: '03' })
  troubles.heard({ ...fault, qualifier: 'restore', cause: 'battery' })
  expect(troubles.of(box).size).toBe(0)
})

it.each([
  ['陈桂芳', 'cgf'],
  ['杏花巷 16 号', 'xhx16h'],
  ['闽J·T0637', 'mjt0637'],
  ['欧阳A座', 'oyaz']
])('%s is found by %s', (name, initials) => expect(initialsOf(name)).toBe(initials))

let heard: Heard | undefined
afterEach(() => heard?.stop())

it('when a source was heard last outlives a restart; strangers are not kept', async () => {
  const documents = new Map<string, object>()
  const clock = createFakeClock()
  const options = {
    ...{ clock, log: silentLog, known: (sourceId: SourceId) => sourceId !== 'dc09:9999' },
    store: { documents: async () => [...documents].map(([key, body]) => ({ key, body })) },
    commit: async ({ documents: rows = [] }: { documents?: readonly DocumentRow[] }) => {
      for (const { key, body } of rows) if (body) documents.set(key, body)
      return { ok: true, feed: [] } as const
    }
  }
  heard = await createHeard(options)
  heard.note(id('dc09:1021'), 1_000, true)
  heard.note(id('dc09:1021'), 900)
  heard.note(id('sip:6650147'), 2_000)
  heard.note(id('dc09:9999'), 3_000)
  await clock.advance(300_000)
  expect(JSON.stringify([...documents.values()])).not.toContain('9999')
  heard.note(id('sip:6650147'), 4_000)
  await heard.stop()
  heard = await createHeard(options)
  expect(heard.of(id('dc09:1021'))).toEqual({ atMs: 1_000, supervised: true })
  expect(heard.of(id('sip:6650147'))).toEqual({ atMs: 4_000, supervised: false })
  expect(heard.of(id('dc09:9999'))).toBeUndefined()
})

function tableOf(sources: readonly SourceRow[], subjects: readonly SubjectRow[], more: Partial<TableOptions> = {}) {
  return createSourceTable({
    clock: createFakeClock(NOW),
    registry: () => ({ sources, subjects, gridCells: NO_CELLS }),
    ruleOf: protocol => RULES[protocol],
    devices: () => [],
    heard: () => undefined,
    movedAtMs: () => undefined,
    troubles: () => new Map(),
    onTest: () => false,
    openTroubles: () => new Map(),
    ...more
  })
}

const taxi: SubjectRow = { id: id('taxi'), kind: 'vehicle', name: '闽J·T0637', address: '' }
const widow: SubjectRow = {
  id: id('h1'),
  kind: 'household',
  name: '陈桂芳',
  address: '杏花巷 16 号',
  phone: '0593-6650147'
}
const TWO: readonly SourceRow[] = [
  { id: id('mqtt:linxi/box-03'), subjectId: taxi.id, kind: 'taxi' },
  { id: id('sip:6650147'), subjectId: widow.id, kind: 'panicPhone', label: '客厅' }
]

it.each([
  ['cgf', 'sip:6650147'],
  ['桂芳', 'sip:6650147'],
  ['05936650147', 'sip:6650147'],
  ['xhx16', 'sip:6650147'],
  ['客厅', 'sip:6650147'],
  ['闽jt0637', 'mqtt:linxi/box-03'],
  ['T0637', 'mqtt:linxi/box-03'],
  ['BOX-03', 'mqtt:linxi/box-03'],
  ['4711', 'dc09:4711']
])('%s finds %s alone', (text, found) => {
  const stranger: Sighting = { deviceId: 'dc09:4711', protocol: 'dc09', state: 'online', atMs: NOW }
  const trunk: Sighting = { deviceId: 'sip:trunk/4711', protocol: 'sip', state: 'seen', atMs: NOW }
  const table = tableOf(TWO, [taxi, widow], { devices: () => [stranger, trunk] })
  expect(table.page({ text, offset: 0, limit: 9 }).rows.map(row => row.id)).toEqual([found])
})

it('what the gateway itself is connected by is no source that waits to be registered', () => {
  const seenNow = { state: 'online', atMs: NOW } as const
  const devices: readonly Sighting[] = [
    { ...seenNow, deviceId: 'sip:trunk/town', protocol: 'sip' },
    { ...seenNow, deviceId: 'mqtt:broker', protocol: 'mqtt' }
  ]
  const table = tableOf([], [], { devices: () => devices })
  expect(table.page({ text: '', offset: 0, limit: 9 }).rows).toEqual([])
})

it('an input lives with its camera; an open incident is named, and whether its trouble is over', () => {
  const input: SourceRow = { id: id('onvif:urn:uuid:7/panic'), subjectId: taxi.id, kind: 'detector' }
  const camera: Sighting = { deviceId: 'urn:uuid:7', protocol: 'onvif', state: 'online', atMs: NOW - 7_000 }
  const table = tableOf([input], [taxi], {
    devices: () => [camera],
    openTroubles: () => new Map([[input.id, '1128-0007']])
  })
  expect(table.line(input.id)).toMatchObject({
    ...{ state: 'online', lastHeardAtMs: NOW - 7_000, incident: '1128-0007', restored: true }
  })
})

it('20,000 sources: worst first, a page at a time; each is judged once, however many look', () => {
  const subjects = Array.from({ length: 20_000 }, (_, n) => ({ ...widow, id: id<never>(`h${n}`), name: `陈桂芳${n}` }))
  const sources = subjects.map((subject, n) => ({
    ...{ id: id<SourceId>(`mqtt:linxi/box-${n}`), subjectId: subject.id, kind: 'alarmBox' as const }
  }))
  const clock = createFakeClock(NOW)
  const done = { devices: 0, judged: 0 }
  const table = tableOf(sources, subjects, {
    clock,
    devices() {
      done.devices++
      return sources.slice(2).map(({ id: deviceId }) => ({ deviceId, protocol: 'mqtt', state: 'online', atMs: NOW }))
    },
    heard(sourceId) {
      done.judged++
      return sourceId === sources[1]?.id ? { atMs: NOW - 60_000, supervised: true } : undefined
    },
    troubles: sourceId => new Map(sourceId === sources[19_999]?.id ? [['battery', NOW - 5]] : [])
  })
  table.page({ text: '', offset: 0, limit: 1 })
  expect(done).toEqual({ devices: 1, judged: 20_000 })
  clock.set(5_000)
  const { rows, counts, found } = table.page({ text: 'cgf', offset: 0, limit: 3 })
  expect(rows.map(row => row.state)).toEqual(['trouble', 'late', 'never'])
  expect({ counts, found }).toEqual({
    counts: { trouble: 1, late: 1, onTest: 0, never: 1, online: 19_997 },
    found: 20_000
  })
  expect(table.page({ text: 'box-1999', state: 'online', offset: 5, limit: 200 }).rows).toHaveLength(5)
  expect(done).toEqual({ devices: 2, judged: 40_000 })
})
