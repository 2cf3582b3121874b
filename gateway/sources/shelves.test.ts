/** Shelving: chatter by itself for half an hour, by hand with a reason, never for a call for help; over restarts, and what still stands is raised. */
import { beforeEach, describe, expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import type { AlarmClass, Signal, SourceKind } from '../core/signal.ts'
import { ALARM_CLASSES } from '../core/signal.ts'
import { CHATTER, type HeldSignal, type Shelf } from '../core/source-shelf.ts'
import type { AuditEntry, Change, DocumentQuery } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleSignal } from '../testing/samples.ts'
import { createShelves, type ShelfRoom } from './shelves.ts'

const MIN = 60_000
const USER: SessionUser = { userId: 'u', login: '10327', name: '林晓', role: 'operator' }
const box = { id: id<SourceId>('dc09:A/1'), subjectId: id<SubjectId>('shop'), kind: 'alarmBox' as SourceKind }
const draft = { sourceId: box.id as string, minutes: 60, reason: ' 门磁松动，已报修 ' }
const DOOR = { alarmClass: 'intrusion' as AlarmClass, zone: '2' }

let clock = createFakeClock()
let documents = new Map<string, { kind: string; key: string; body: object }>()
let audit: AuditEntry[] = []
let begun: Shelf[] = []
let left: { shelf: Shelf; held: readonly HeldSignal[] }[] = []
let failing = false
/** What goes wrong when it is told, once. */
let wrong: { readonly begun?: () => void; readonly left?: () => void } = {}
let seq = 0
let room: ShelfRoom

function keep(change: Pick<Change, 'documents'>): void {
  for (const { kind, key, body } of change.documents ?? [])
    if (body) documents.set(`${kind} ${key}`, { kind, key, body })
    else documents.delete(`${kind} ${key}`)
}

/** As after a start of the gateway: what is not in the store is forgotten. */
async function restart(): Promise<void> {
  room?.stop()
  room = await createShelves({
    ...{ clock, log: silentLog, maxMs: 240 * MIN, changed: () => undefined },
    store: {
      documents: async ({ kind, fromKey = '', limit = 5_000 }: DocumentQuery) =>
        [...documents.values()]
          .filter(row => row.kind === kind && row.key >= fromKey)
          .sort((a, b) => (a.key < b.key ? -1 : 1))
          .slice(0, limit)
    },
    async commit(change: Change) {
      if (failing) throw new Error('disk full')
      keep(change)
      audit.push(...(change.audit ?? []))
      return { ok: true, feed: [] }
    },
    known: sourceId => (sourceId === box.id ? { source: box, name: '惠民超市' } : undefined),
    async begun(shelf) {
      const { begun: fail } = wrong
      wrong = {}
      fail?.()
      begun.push(shelf)
    },
    async left(shelf, held) {
      const { left: fail } = wrong
      wrong = {}
      fail?.()
      left.push({ shelf, held })
    }
  })
  room.start()
}

beforeEach(async () => {
  clock = createFakeClock()
  documents = new Map()
  ;[audit, begun, left, failing, wrong] = [[], [], [], false, {}]
  box.kind = 'alarmBox'
  await restart()
})

/** True when the signal is only put on record; what goes with it is kept, as the alarm line does. */
async function taken(qualifier: 'new' | 'restore', alarm = DOOR, over: Partial<Signal> = {}): Promise<boolean> {
  seq += 1
  const change = room.take(
    seq,
    sampleSignal({ sourceId: box.id, qualifier, ...alarm, receivedTimeMs: clock.now(), ...over }),
    alarm
  )
  if (change) keep(change)
  await clock.advance(1_000)
  return change !== undefined
}

async function chatter(alarm = DOOR, over: Partial<Signal> = {}): Promise<readonly boolean[]> {
  const seen: boolean[] = []
  for (const qualifier of ['new', 'restore', 'new', 'restore', 'new'] as const)
    seen.push(await taken(qualifier, alarm, over))
  return seen
}

describe('chatter', () => {
  it('is shelved from the third change within a minute, for that one alarm, and reported; it ends by itself', async () => {
    expect(await chatter()).toEqual([false, false, false, true, true])
    expect(begun).toMatchObject([{ sourceId: box.id, alarm: DOOR, by: 'system' }])
    expect(audit).toMatchObject([{ who: 'system', action: 'sourceShelf', object: 'source:dc09:A/1' }])
    expect(room.active()).toMatchObject([{ held: 2, standing: true, name: '惠民超市' }])
    // Another zone of the same box rings as ever.
    expect(await taken('new', { ...DOOR, zone: '3' })).toBe(false)
    await clock.advance(30 * MIN)
    expect(room.active()).toEqual([])
    expect(audit.at(-1)).toMatchObject({ who: 'system', action: 'sourceShelfEnd', detail: { held: 2 } })
    expect(left[0]?.held).toMatchObject([{ ...DOOR, qualifier: 'new', count: 2 }])
    expect(await taken('restore')).toBe(false)
  })

  it('is reported again until somebody has been told', async () => {
    wrong = {
      begun: () => {
        throw new Error('disk full')
      }
    }
    await chatter()
    expect([room.active().length, begun]).toEqual([1, []])
    await clock.advance(5_000)
    expect(begun).toMatchObject([{ alarm: DOOR }])
    await clock.advance(60_000)
    expect(begun).toHaveLength(1)
  })

  it('is not what takes longer, and not what somebody presses again and again without a restore', async () => {
    for (const qualifier of ['new', 'restore', 'new', 'restore'] as const) {
      expect(await taken(qualifier)).toBe(false)
      await clock.advance(31_000)
    }
    for (let press = 0; press < 10; press++) expect(await taken('new', { ...DOOR, zone: '4' })).toBe(false)
    expect([begun, room.active()]).toEqual([[], []])
  })

  it.each(ALARM_CLASSES)(
    '%s: no call for help, no fire and nothing unknown is ever shelved (rule 4)',
    async alarmClass => {
      const shelvable = ['intrusion', 'tamper', 'water', 'environment', 'camera', 'trouble'].includes(alarmClass)
      expect((await chatter({ alarmClass, zone: '' })).includes(true)).toBe(shelvable)
    }
  )

  it.each(['panicPhone', 'oneKeyCall', 'taxi', 'personReport'] as const)(
    'nothing of a source that people call with: %s',
    async sourceKind => {
      expect((await chatter(DOOR, { sourceKind })).includes(true)).toBe(false)
    }
  )

  it('by who cannot prove to be that source shelves nothing, hides nothing and puts nothing right (rule 4)', async () => {
    const forged = { verified: false }
    expect(await chatter(DOOR, forged)).toEqual([false, false, false, false, false])
    expect([begun, room.active()]).toEqual([[], []])
    await clock.advance(2 * MIN)
    await chatter()
    expect(room.active()).toMatchObject([{ standing: true, held: 2 }])
    expect([await taken('restore', DOOR, forged), await taken('new', DOOR, forged)]).toEqual([false, false])
    expect(room.active()).toMatchObject([{ standing: true, held: 2 }])
    // By hand a person has shelved also what an old box cannot prove; what stands is raised at the end.
    await room.set(draft, USER)
    const other = { ...DOOR, zone: '9' }
    expect([await taken('new', other, forged), await taken('restore', other, forged)]).toEqual([true, false])
  })

  it('has its own report raised, also while all of the source is shelved', async () => {
    await room.set(draft, USER)
    const report = { origin: 'gateway', cause: CHATTER, condition: 'fault' } as const
    expect(await taken('new', { alarmClass: 'trouble', zone: CHATTER }, report)).toBe(false)
    expect(await taken('new', { alarmClass: 'trouble', zone: 'power' }, { condition: 'fault' })).toBe(true)
  })
})

describe('by hand', () => {
  it('all of a source that may be, with its reason, until it is ended', async () => {
    const shelf = await room.set(draft, USER)
    expect(audit).toMatchObject([{ who: '10327 林晓', action: 'sourceShelf', reason: '门磁松动，已报修' }])
    expect(await taken('new')).toBe(true)
    expect(await taken('new', { alarmClass: 'panic', zone: '' })).toBe(false)
    await room.end(shelf.id, USER)
    expect(audit.at(-1)).toMatchObject({ who: '10327 林晓', action: 'sourceShelfEnd' })
    expect(left[0]?.held).toMatchObject([{ ...DOOR, qualifier: 'new' }])
    await expect(room.end(shelf.id, USER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('refused: too long, unknown, or a source that people call with', async () => {
    await expect(room.set({ ...draft, minutes: 241 }, USER)).rejects.toMatchObject({ code: 'BODY_INVALID' })
    await expect(room.set({ ...draft, sourceId: 'sip:1' }, USER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    box.kind = 'oneKeyCall'
    await expect(room.set(draft, USER)).rejects.toMatchObject({ code: 'SHELVE_REFUSED' })
    expect([room.active(), audit, documents.size]).toEqual([[], [], 0])
  })

  it('a second one replaces the first and takes over what stands', async () => {
    await room.set(draft, USER)
    await taken('new')
    const second = await room.set({ ...draft, minutes: 120 }, USER)
    expect(room.active()).toMatchObject([{ id: second.id, standing: true, held: 1 }])
    expect(left.flatMap(each => each.held)).toEqual([])
    await clock.advance(120 * MIN)
    expect(left.at(-1)?.held).toMatchObject([{ ...DOOR, qualifier: 'new' }])
  })
})

describe('at the end', () => {
  it.each([
    ['is not raised', () => expect.fail('not raised')],
    [
      'is not written',
      () => {
        failing = true
      }
    ]
  ])('what goes over to another is still there after a failure and a restart: it %s', async (_, fail) => {
    await room.set(draft, USER)
    await taken('new')
    wrong = { left: fail }
    await room.set({ ...draft, minutes: 120 }, USER)
    failing = false
    await clock.advance(5_000)
    await restart()
    expect(room.active()).toMatchObject([{ standing: true, held: 1 }])
    await clock.advance(120 * MIN)
    expect(left.flatMap(each => each.held)).toMatchObject([{ ...DOOR, qualifier: 'new' }])
  })

  it('what was received before it and is worked after what stands was raised is raised itself', async () => {
    const shelf = await room.set(draft, USER)
    await clock.advance(1_000)
    await room.end(shelf.id, USER)
    expect(left).toHaveLength(1)
    expect(await taken('new', DOOR, { receivedTimeMs: clock.now() - 500 })).toBe(false)
    await restart()
    expect(await taken('new', DOOR, { receivedTimeMs: shelf.startMs + 500 })).toBe(false)
  })
})

describe('over a restart', () => {
  it('is shelved still, with the end it had and what was held; chatter is reported once more as the same', async () => {
    await chatter()
    await restart()
    expect(begun.map(each => each.id)).toEqual([begun[0]?.id, begun[0]?.id])
    expect(await taken('restore')).toBe(true)
    await clock.advance(10 * MIN)
    room.stop()
    clock.set(5 * 60 * MIN)
    await restart()
    await clock.advance(0)
    expect(room.active()).toEqual([])
    expect(left).toMatchObject([{ held: [{ qualifier: 'restore', count: 3 }] }])
    await restart()
    await clock.advance(0)
    expect(left).toHaveLength(1)
  })

  it('no clock that is set back lengthens it, and no store that cannot write keeps it from ending', async () => {
    await room.set(draft, USER)
    clock.set(-600 * MIN)
    failing = true
    await clock.advance(60 * MIN)
    expect(left).toEqual([])
    failing = false
    await clock.advance(5_000)
    expect([left.length, room.active()]).toEqual([1, []])
  })
})
