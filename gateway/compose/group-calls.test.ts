/** The group call: who is meant, phones and telephones until each has confirmed, never with a line that an alarm needs, over a restart to its end. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id, type UnitId } from '../core/brand.ts'
import { GROUP_CALL_KINDS, GROUP_HEARD, type GroupCallDraft, groupSpeech } from '../core/group-call.ts'
import type { CallEvents, CallRequest } from '../core/placed-call.ts'
import type { AuditEntry, Change, CommitResult, DocumentQuery } from '../core/store.ts'
import type { Unit } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { membersOf } from './group-call-target.ts'
import { createGroupCalls, type GroupCallDeps, type GroupCallDesk } from './group-calls.ts'

const leader: SessionUser = { userId: 'han', login: '10008', name: '韩梅', role: 'leader' }
const rider: SessionUser = { userId: 'lin', login: '20001', name: '林晓', role: 'patrol', unitId: id<UnitId>('u1') }
const settings = { ringMs: 30_000, tries: 2, againAfterMs: 60_000, keepLines: 2, limitMs: 600_000 }
const WHERE = { target: { kind: 'onDuty' }, place: '广场' } as const
const ALL: GroupCallDraft = { ...WHERE, kind: 'muster', text: ' 东侧 ', telephone: true }
/** Neighbours are being called. */
const ringing = { state: 'new', subject: {}, callout: { neighbours: [] } }
const unit = (name: string, more: object = {}) =>
  ({
    id: name,
    name: `组 ${name}`,
    state: 'available',
    unitClass: 'patrol',
    phone: `138000000${name.slice(1)}1`,
    ...more
  }) as unknown as Unit

let clock: ReturnType<typeof createFakeClock>
let audit: AuditEntry[]
let documents: Map<string, object>
let told: { scope: string; call: unknown }[]
let placed: { request: CallRequest; events: CallEvents; said: string[]; hungUp: boolean }[]
let lines: number
let incidents: { readonly subject: { readonly phone?: string | undefined } }[]
let at: Record<string, { id: string; duress: boolean; subject: { id: string } }>
let orders: Record<string, string>
let units: Unit[]
let disk: boolean
/** What is being written, where a test wants it to take its time; the next one waits for it, as at a real disk. */
let written: Promise<void> | undefined
/** Of the clock's time, for each commit, one after the other. */
let slowMs: number
let busy: Promise<void>
let desk: GroupCallDesk

async function open(): Promise<GroupCallDesk> {
  const adapter = {
    freeLines: () => lines - placed.filter(({ hungUp }) => !hungUp).length,
    placeCall(request: CallRequest, events: CallEvents) {
      const call = { request, events, said: [] as string[], hungUp: false }
      placed.push(call)
      const hangUp = () => {
        if (call.hungUp) return
        call.hungUp = true
        events.ended('byUs')
      }
      return { say: (speech: CallRequest['speech']) => call.said.push(speech.pieces[0]?.name ?? ''), hangUp }
    }
  }
  const deps = {
    ...{ clock, log: silentLog, config: { incidents: { groupCall: settings } }, parts: [{ adapter }] },
    store: {
      documents: async ({ kind, fromKey = '', toKey = '~' }: DocumentQuery) =>
        [...documents]
          .filter(([key]) => key >= `${kind} ${fromKey}` && key < `${kind} ${toKey}`)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, body]) => ({ key: key.slice(kind.length + 1), body }))
    },
    async commit(change: Change, apply?: () => void): Promise<CommitResult> {
      written = written?.then(() => settle())
      await written
      if (slowMs > 0) busy = busy.then(() => new Promise(done => clock.after(slowMs, done)))
      await busy
      if (!disk) throw new Error('disk full')
      for (const { kind, key, body } of change.documents ?? [])
        if (body) documents.set(`${kind} ${key}`, body)
        else documents.delete(`${kind} ${key}`)
      audit.push(...(change.audit ?? []))
      apply?.()
      return { ok: true, feed: [] }
    },
    hub: { broadcast: (scope: string, { call }: { call: unknown }) => told.push({ scope, call }) },
    units: {
      all: () => units,
      activeOrder: (unitId: string) => orders[unitId] && { incidentId: orders[unitId] }
    },
    incidents: {
      ...{
        all: () => incidents,
        alarmsOf: () => [],
        isCalling: (phone: string) => incidents.some(each => each.subject.phone === phone),
        get: (incidentId: string) => at[incidentId]
      },
      callsOf: ({ id }: { id: string }) => Object.values(at).filter(each => each.subject.id === id && each.duress)
    },
    registry: { data: { gridCells: [] }, unit: (unitId: string) => units.find(each => each.id === unitId) }
  }
  return createGroupCalls(deps as unknown as GroupCallDeps)
}

beforeEach(async () => {
  clock = createFakeClock()
  audit = []
  documents = new Map()
  told = []
  placed = []
  lines = 5
  incidents = []
  at = { forced: { id: 'forced', duress: true, subject: { id: 'shop' } } }
  orders = { u9: 'forced' }
  units = [unit('u1'), unit('u2'), unit('u3', { state: 'offDuty' })]
  disk = true
  written = undefined
  slowMs = 0
  busy = Promise.resolve()
  desk = await open()
})
// What is still being written down must ring nobody in the next test.
afterEach(() => desk.stop())
const numbers = () => placed.filter(({ hungUp }) => !hungUp).map(({ request }) => request.number)
const answer = (what: 'shown' | 'confirmed', user = rider) =>
  desk.rooms.answer({ id: desk.rooms.list().open?.id ?? '', what }, user)
const end = (at: number, how: Parameters<CallEvents['ended']>[0]) => {
  const call = placed[at]
  if (!call) throw new Error('no such call')
  call.hungUp = true
  call.events.ended(how)
}

it('stands on the phones of all on duty, rings their telephones, and ends when all have confirmed', async () => {
  const { parties } = await desk.rooms.start(ALL, leader)
  expect(parties.map(({ unitId }) => unitId)).toEqual(['u1', 'u2'])
  expect(told.map(({ scope }) => scope)).toEqual(['unit:u1', 'unit:u2'])
  expect(desk.ofUnit(id<UnitId>('u1'))).toMatchObject({ place: '广场', text: '东侧', by: '韩梅' })
  expect(desk.ofUnit(id<UnitId>('u3'))).toBeUndefined()
  await clock.advance(500)
  expect(numbers()).toHaveLength(2)
  await answer('shown')
  expect(desk.rooms.list().open?.counts).toEqual({ all: 2, confirmed: 0, reached: 1, unreached: 0 })
  await answer('confirmed')
  await answer('confirmed')
  // Its telephone need not ring on.
  expect(numbers()).toEqual([units[1]?.phone])
  placed[1]?.events.answered()
  placed[1]?.events.digit('2')
  placed[1]?.events.digit('1')
  await clock.advance(0)
  expect(placed[1]?.said).toEqual(['group-heard.zh'])
  placed[1]?.events.spoken()
  await clock.advance(500)
  expect(desk.rooms.list().open).toBeUndefined()
  expect(desk.rooms.list().past[0]?.end).toMatchObject({ how: 'confirmed', confirmed: 2 })
  expect(told.slice(-2)).toEqual([
    { scope: 'unit:u1', call: null },
    { scope: 'unit:u2', call: null }
  ])
  expect(audit.map(({ who, action }) => `${who} ${action}`)).toEqual([
    '10008 韩梅 groupCall.start',
    '20001 林晓 groupCall.confirm',
    'system groupCall.confirm',
    'system groupCall.end'
  ])
})

it('is thanked for only when it is durable', async () => {
  await desk.rooms.start(ALL, leader)
  await clock.advance(500)
  placed[0]?.events.answered()
  await clock.advance(0)
  disk = false
  placed[0]?.events.digit('1')
  await clock.advance(0)
  expect(placed[0]?.said).toEqual([])
  await expect(answer('confirmed', { ...rider, unitId: id<UnitId>('u2') })).rejects.toThrow('STORE_FAILED')
  disk = true
  placed[0]?.events.digit('1')
  await clock.advance(0)
  expect(placed[0]?.said).toEqual(['group-heard.zh'])
})

it('an answer that comes while the call ends is none of the next one', async () => {
  const only = (name: string): GroupCallDraft => ({ ...ALL, target: { kind: 'units', unitIds: [id<UnitId>(name)] } })
  await desk.rooms.start({ ...ALL, telephone: false }, leader)
  const callId = desk.rooms.list().open?.id ?? ''
  written = Promise.resolve()
  const one = answer('shown')
  const over = desk.rooms.end(callId, leader)
  const two = answer('confirmed', { ...rider, unitId: id<UnitId>('u2') })
  const refused = expect(two).rejects.toThrow('STORE_FAILED')
  await Promise.all([one, over, refused])
  await desk.rooms.start(only('u3'), leader)
  expect(desk.rooms.list().open?.parties.map(({ unitId }) => unitId)).toEqual(['u3'])
  expect(desk.ofUnit(id<UnitId>('u2'))).toBeUndefined()
  expect(audit.map(({ action }) => action)).toEqual(['groupCall.start', 'groupCall.end', 'groupCall.start'])
})

it('an end that could not be put down is put down later: the unit is rung again', async () => {
  await desk.rooms.start({ ...ALL, target: { kind: 'units', unitIds: [id<UnitId>('u3')] } }, leader)
  await clock.advance(500)
  disk = false
  end(0, 'busy')
  await clock.advance(2_000)
  expect(desk.rooms.list().open?.parties[0]?.call?.state).toBe('ringing')
  disk = true
  await clock.advance(500)
  expect(desk.rooms.list().open?.parties[0]?.call).toMatchObject({ state: 'waiting', tries: 1, end: 'busy' })
  await clock.advance(61_000)
  expect(placed).toHaveLength(2)
})

describe('lines', () => {
  it('leaves so many to alarms, and rings the next when one is free', async () => {
    lines = 3
    await desk.rooms.start(ALL, leader)
    await clock.advance(5_000)
    expect(numbers()).toHaveLength(1)
    end(0, 'noAnswer')
    await clock.advance(1_000)
    expect(placed.map(({ request }) => request.number)).toEqual([units[0]?.phone, units[1]?.phone])
  })

  it('gives its lines back as soon as neighbours are called, and the unit loses no try', async () => {
    await desk.rooms.start(ALL, leader)
    await clock.advance(500)
    incidents = [ringing]
    await clock.advance(500)
    expect(numbers()).toEqual([])
    await clock.advance(60_000)
    expect(placed).toHaveLength(2)
    expect(desk.rooms.list().open?.parties[0]?.call).toMatchObject({ state: 'waiting', tries: 0 })
    incidents = []
    await clock.advance(3_000)
    expect(numbers()).toHaveLength(2)
  })

  it('rings no telephone that calls for help itself, nor a unit on its way to somebody under duress', async () => {
    units = [unit('u1'), unit('u9')]
    const caller = { id: 'i', state: 'new', alarmClass: 'panic', subject: { phone: units[0]?.phone } }
    incidents = [caller]
    await desk.rooms.start(ALL, leader)
    await clock.advance(5_000)
    expect(placed).toEqual([])
    incidents = []
    await clock.advance(500)
    expect(numbers()).toEqual([units[0]?.phone])
  })

  it('nor one that begins to call for help while its ring is being written down: it loses no try', async () => {
    await desk.rooms.start({ ...ALL, target: { kind: 'units', unitIds: [id<UnitId>('u1')] } }, leader)
    slowMs = 1_400
    await clock.advance(1_000)
    incidents = [{ subject: { phone: units[0]?.phone } }]
    await clock.advance(20_000)
    expect(placed).toEqual([])
    expect(desk.rooms.list().open?.parties[0]?.call).toMatchObject({ state: 'waiting', tries: 0 })
    incidents = []
    await clock.advance(5_000)
    expect(numbers()).toEqual([units[0]?.phone])
  })

  it.each([false, true])('nor is it disturbed by ours that is there already (answered: %s)', async answered => {
    await desk.rooms.start({ ...ALL, target: { kind: 'units', unitIds: [id<UnitId>('u1')] } }, leader)
    await clock.advance(1_000)
    if (answered) placed[0]?.events.answered()
    incidents = [{ subject: { phone: units[0]?.phone } }]
    await clock.advance(20_000)
    expect(numbers()).toEqual([])
    expect(placed).toHaveLength(1)
    expect(desk.rooms.list().open?.parties[0]?.call).toMatchObject({ state: 'waiting', tries: 0 })
    incidents = []
    await clock.advance(5_000)
    expect(numbers()).toHaveLength(1)
  })

  it('stops ringing where duress has begun meanwhile, also in another lane of the place; who has answered hears it out', async () => {
    at.box = { id: 'box', duress: false, subject: { id: 'market' } }
    orders = { u1: 'box', u2: 'box' }
    await desk.rooms.start(ALL, leader)
    await clock.advance(500)
    expect(numbers()).toHaveLength(2)
    placed[1]?.events.answered()
    at.panic = { id: 'panic', duress: true, subject: { id: 'market' } }
    await clock.advance(500)
    expect(numbers()).toEqual([units[1]?.phone])
    await clock.advance(60_000)
    expect(placed.filter(({ request }) => request.number === units[0]?.phone)).toHaveLength(1)
  })
})

it('rings again whoever did not confirm, so many times, and ends by time', async () => {
  await desk.rooms.start({ ...ALL, target: { kind: 'units', unitIds: [id<UnitId>('u3')] } }, leader)
  await clock.advance(500)
  end(0, 'busy')
  await clock.advance(61_000)
  expect(placed).toHaveLength(2)
  end(1, 'noAnswer')
  await clock.advance(300_000)
  expect(placed).toHaveLength(2)
  expect(desk.rooms.list().open?.counts.unreached).toBe(1)
  await clock.advance(300_000)
  expect(desk.rooms.list().past[0]?.end?.how).toBe('timeLimit')
})

it('on a slow disk rings nobody more often, and takes no line that an alarm needs', async () => {
  const last = (unitId: string) => placed.findLast(({ request }) => request.number === unit(unitId).phone)
  const over = (unitId: string, how: Parameters<CallEvents['ended']>[0]) =>
    end(placed.indexOf(last(unitId) as never), how)
  slowMs = 1_400
  const started = desk.rooms.start(ALL, leader)
  await clock.advance(2 * slowMs)
  await started
  // While its first ring is being written down the lines are needed: it loses no try.
  incidents = [ringing]
  await clock.advance(10_000)
  expect(placed).toEqual([])
  incidents = []
  await clock.advance(20_000)
  expect(numbers()).toHaveLength(2)
  for (let n = 0; n < 4; n++) {
    for (const unitId of ['u1', 'u2']) if (last(unitId)?.hungUp === false) over(unitId, n % 2 ? 'noAnswer' : 'busy')
    await clock.advance(70_000)
  }
  expect(placed.map(({ request }) => request.number).sort()).toEqual([1, 1, 2, 2].map(n => unit(`u${n}`).phone))
  expect(desk.rooms.list().open?.parties.map(({ call }) => call?.tries)).toEqual([2, 2])
})

it.each([-86_400_000, 86_400_000])('ends by time as it was said when the clock is set by %i ms', async byMs => {
  await desk.rooms.start({ ...ALL, telephone: false }, leader)
  await clock.advance(60_000)
  clock.set(byMs)
  await clock.advance(settings.limitMs - 62_000)
  expect(desk.rooms.list().open).toBeDefined()
  await clock.advance(3_000)
  expect(desk.rooms.list().past[0]?.end?.how).toBe('timeLimit')
})

it('goes on after a restart, where nobody is on the telephone any more', async () => {
  await desk.rooms.start(ALL, leader)
  await clock.advance(500)
  await answer('confirmed')
  desk = await open()
  placed = []
  expect(desk.ofUnit(id<UnitId>('u1'))?.confirmed?.name).toBe('林晓')
  await clock.advance(1_000)
  expect(numbers()).toEqual([units[1]?.phone])
})

it('refuses on record: a second one, nobody, too many; and knows no unit that is none', async () => {
  await desk.rooms.start(ALL, leader)
  await expect(desk.rooms.start(ALL, leader)).rejects.toMatchObject({ code: 'GROUP_CALL_REFUSED' })
  const callId = desk.rooms.list().open?.id ?? ''
  await desk.rooms.end(callId, leader)
  await expect(desk.rooms.end(callId, leader)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(answer('confirmed')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  units = []
  await expect(desk.rooms.start(ALL, leader)).rejects.toMatchObject({ detail: { why: 'nobody is meant by it' } })
  units = Array.from({ length: 1_001 }, (_, n) => unit(`u${n}`))
  await expect(desk.rooms.start(ALL, leader)).rejects.toMatchObject({ code: 'GROUP_CALL_REFUSED' })
  expect(audit.filter(({ outcome }) => outcome === 'refused')).toHaveLength(3)
  const unknown = { kind: 'units', unitIds: [id<UnitId>('nobody')] } as const
  await expect(desk.rooms.start({ ...ALL, target: unknown }, leader)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('a cell means the finer cells inside it, too', () => {
  const square = (x: number, size: number) =>
    [
      [x, 0],
      [x + size, 0],
      [x + size, size],
      [x, size],
      [x, 0]
    ] as [number, number][]
  const cell = (name: string, level: 1 | 2 | 3, ring: [number, number][]) =>
    ({ id: name, name, level, ring }) as unknown as Parameters<typeof membersOf>[2][number]
  const cells = [cell('a', 1, square(0, 10)), cell('b', 1, square(10, 10)), cell('a1', 3, square(2, 1))]
  const all = [
    unit('u1', { gridCellId: 'a1' }),
    unit('u2', { gridCellId: 'b' }),
    unit('u3', { gridCellId: 'a' }),
    unit('u4')
  ]
  const inCell = (cellId: string) =>
    membersOf({ kind: 'cell', cellId: cellId as never }, all, cells).map(({ id: unitId }) => unitId)
  expect(inCell('a')).toEqual(['u1', 'u3'])
  expect(inCell('a1')).toEqual(['u1'])
})

it('every piece that is spoken is shipped, with its text', () => {
  const prompts = join(import.meta.dirname, '../../adapters/sip/prompts')
  const pieces = [...GROUP_CALL_KINDS.flatMap(kind => groupSpeech(kind).pieces), ...GROUP_HEARD.pieces]
  for (const { name } of pieces) {
    expect(existsSync(join(prompts, `${name}.alaw`)), name).toBe(true)
    expect(readFileSync(join(prompts, `${name}.txt`), 'utf8').trim().length, name).toBeGreaterThan(0)
  }
})
