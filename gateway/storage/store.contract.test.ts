/** One suite over every implementation of the Store port; today the embedded one. */

import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import BetterSqlite from 'better-sqlite3'
import { describe, expect, test, vi } from 'vitest'
import { id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { TimelineEntry } from '../core/incident.ts'
import type { Signal } from '../core/signal.ts'
import type { AuditEntry, Store } from '../core/store.ts'
import { sampleAlarm, sampleIncident, sampleSignal } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { CHAIN_START, chainHash } from './audit-chain.ts'
import { openSqliteStore } from './sqlite/store.ts'

const audit = (action: string): AuditEntry => ({ atMs: 1, who: 'test', action, object: 'x', outcome: 'done' })

async function withStore(run: (store: Store, dir: string) => Promise<void>, maxPages?: number): Promise<void> {
  const dir = tempDir('store')
  const store = await openSqliteStore({ dir, maxPages })
  try {
    await run(store, dir)
  } finally {
    await store.close()
  }
}

describe('journal', () => {
  test('a signal sent twice is one signal', () =>
    withStore(async store => {
      const signal = sampleSignal()
      const first = await store.append(signal)
      const second = await store.append(signal)
      expect(first).toEqual({ seq: first.seq, duplicate: false })
      expect(second).toEqual({ seq: first.seq, duplicate: true })
      expect(await store.unhandled()).toHaveLength(1)
    }))

  test('gathered presses are one row that grows until it is worked; what was journaled before is not counted again', () =>
    withStore(async store => {
      const signals = Array.from({ length: 4 }, (_, n) => sampleSignal({ eventId: `g${n}` }))
      const { seq } = await store.append(signals[0] as Signal)
      const { accepted, row } = await store.gather({ signals, remember: [{ key: 'k', value: 'v' }] })
      expect(accepted.map(({ duplicate }) => duplicate)).toEqual([true, false, false, false])
      expect(accepted[0]?.seq).toBe(seq)
      expect(row?.signal).toMatchObject({ eventId: 'g1', gathered: { presses: 3, lastEventId: 'g3' } })
      const more = { seq: row?.seq, row: row?.signal, remember: [] }
      const next = await store.gather({ ...more, signals: [sampleSignal({ eventId: 'g4' })] })
      expect((await store.unhandled()).map(each => each.signal.gathered?.presses)).toEqual([undefined, 4])
      expect(next.row?.seq).toBe(row?.seq)
      expect(await store.remembered()).toEqual([{ key: 'k', value: 'v' }])
      expect((await store.gather({ signals: signals.slice(0, 2), remember: [] })).row).toBeUndefined()
      await store.commit({ handled: [row?.seq ?? 0] })
      const late = store.gather({ ...more, signals: [sampleSignal({ eventId: 'g5' })] })
      await expect(late).rejects.toThrow(GatewayError)
    }))

  test('what is asked for together is stored in its order; what cannot be copied is refused alone', () =>
    withStore(async store => {
      const bad = { ...sampleSignal({ eventId: 'bad' }), text: () => 'a function' }
      const results = await Promise.allSettled(
        Array.from({ length: 1_201 }, (_, n) =>
          store.append(n === 700 ? (bad as never) : sampleSignal({ eventId: `e${n}` }))
        )
      )
      expect(results.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([700])
      const stored = (await store.unhandled()).map(row => row.signal.eventId)
      expect(stored).toEqual(Array.from({ length: 1_201 }, (_, n) => `e${n}`).filter(name => name !== 'e700'))
      expect(await store.append(sampleSignal({ eventId: 'later' }))).toMatchObject({ duplicate: false })
    }))

  test('what nobody waits for is stored with the next that somebody waits for, alone, or by the close, always in its order', async () => {
    const dir = tempDir('store')
    const store = await openSqliteStore({ dir })
    const posts = vi.spyOn(Worker.prototype, 'postMessage')
    const document = (n: number) => ({ kind: 'test', key: 'one', body: { n } })
    const first = store.commit({ documents: [document(1)], unhurried: true })
    for (let turn = 0; turn < 3; turn++) await new Promise<void>(resolve => process.nextTick(resolve))
    expect(posts).not.toHaveBeenCalled()
    expect(await store.commit({ documents: [document(2)] })).toMatchObject({ ok: true })
    expect(posts).toHaveBeenCalledTimes(1)
    posts.mockRestore()
    expect(await first).toMatchObject({ ok: true })
    expect(await store.documents({ kind: 'test' })).toEqual([{ key: 'one', body: { n: 2 } }])
    expect(await store.commit({ documents: [document(3)], unhurried: true })).toMatchObject({ ok: true })
    const last = store.commit({ documents: [document(4)], unhurried: true })
    await store.close()
    expect(await last).toMatchObject({ ok: true })
    const again = await openSqliteStore({ dir })
    expect(await again.documents({ kind: 'test' })).toEqual([{ key: 'one', body: { n: 4 } }])
    await again.close()
  })

  test('what was answered is there after opening the folder again, with what was to be remembered', async () => {
    const dir = tempDir('store')
    const store = await openSqliteStore({ dir })
    await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        store.append(sampleSignal({ eventId: `e${n}` }), { key: `k${n}`, value: 'v' })
      )
    )
    await store.close()
    const again = await openSqliteStore({ dir })
    expect(await again.unhandled()).toHaveLength(500)
    expect(await again.remembered()).toHaveLength(500)
    await again.close()
  })

  test('a full disk refuses, says so, and a later start has exactly what was answered', async () => {
    const dir = tempDir('store')
    const store = await openSqliteStore({ dir, maxPages: 60 })
    let answered = 0
    let refused: unknown
    for (let n = 0; n < 400 && !refused; n++) {
      await store.append(sampleSignal({ eventId: `e${n}`, text: 'x'.repeat(500) })).then(
        () => (answered += 1),
        error => (refused = error)
      )
    }
    expect(refused).toBeInstanceOf(GatewayError)
    expect((refused as GatewayError).code).toBe('JOURNAL_UNAVAILABLE')
    expect((await store.health()).writable).toBe(false)
    expect((await store.health()).error).toContain('SQLITE_FULL')
    await store.close()
    const again = await openSqliteStore({ dir })
    expect(await again.unhandled()).toHaveLength(answered)
    expect(await again.append(sampleSignal())).toMatchObject({ duplicate: false })
    expect((await again.health()).writable).toBe(true)
    await again.close()
  })
})

describe('documents', () => {
  test('are replaced, removed and read by kind and range, in the transaction of their step', () =>
    withStore(async store => {
      const put = (key: string, body: object | undefined, kind = 'wall.layout') =>
        store.commit({ documents: [{ kind, key, body }], audit: [audit(`put ${key}`)] })
      await put('b', { n: 1 })
      await put('a', { n: 2 })
      await put('c', { n: 3 })
      await put('b', { n: 4 })
      await put('c', undefined)
      await put('a', { other: true }, 'wall.tour')
      expect(await store.documents({ kind: 'wall.layout' })).toEqual([
        { key: 'a', body: { n: 2 } },
        { key: 'b', body: { n: 4 } }
      ])
      expect(await store.documents({ kind: 'wall.layout', fromKey: 'b' })).toHaveLength(1)
      expect(await store.documents({ kind: 'wall.layout', toKey: 'b' })).toHaveLength(1)
      expect(await store.documents({ kind: 'wall.layout', limit: 1 })).toHaveLength(1)
      const incident = sampleIncident()
      await store.commit({ incidents: [incident] })
      const refused = await store.commit({ incidents: [incident], documents: [{ kind: 'x', key: 'x', body: {} }] })
      expect(refused.ok).toBe(false)
      expect(await store.documents({ kind: 'x' })).toEqual([])
    }))
})

test('log-ins are stored with the step they belong to, or not at all', () =>
  withStore(async store => {
    const login = (key: string, password: string) => ({ adapter: 'onvif', key, username: 'admin', password })
    const incident = sampleIncident()
    await store.commit({ incidents: [incident], credentials: [login('a', 'one'), login('b', 'two')] })
    await store.commit({ credentials: [login('a', 'three')] })
    const refused = await store.commit({ incidents: [incident], credentials: [login('b', 'four'), login('c', 'five')] })
    expect(refused.ok).toBe(false)
    const found = await Promise.all(['a', 'b', 'c'].map(key => store.credential('onvif', key)))
    expect(found.map(each => each?.password)).toEqual(['three', 'two', undefined])
  }))

describe('commit', () => {
  test('a second open alarm of one source and class is refused and leaves nothing of its step', () =>
    withStore(async store => {
      const incident = sampleIncident()
      expect(await store.commit({ incidents: [incident], alarms: [sampleAlarm(incident)] })).toMatchObject({ ok: true })
      const other = sampleIncident()
      expect(await store.commit({ incidents: [other], alarms: [sampleAlarm(other)], audit: [audit('x')] })).toEqual({
        ok: false,
        conflict: 'alarmOpen'
      })
      expect(await store.incident(other.id)).toBeUndefined()
      expect(await store.auditTail(10)).toHaveLength(0)
    }))

  test('one open incident per subject; trouble has a lane of its own; a resolved one makes room', () =>
    withStore(async store => {
      const incident = sampleIncident()
      await store.commit({ incidents: [incident] })
      const second = sampleIncident({ subject: incident.subject })
      expect(await store.commit({ incidents: [second] })).toEqual({ ok: false, conflict: 'incidentOpen' })
      const trouble = sampleIncident({ subject: incident.subject, alarmClass: 'trouble' })
      expect(await store.commit({ incidents: [trouble] })).toMatchObject({ ok: true })
      await store.commit({ incidents: [{ ...incident, state: 'resolved', version: 2 }] })
      expect(await store.commit({ incidents: [second] })).toMatchObject({ ok: true })
    }))

  test('what is open is read in full, of what was resolved the newest thousand', () =>
    withStore(async store => {
      const many = (n: number, over: Parameters<typeof sampleIncident>[0]) =>
        Array.from({ length: n }, (_, at) => sampleIncident({ openedAtMs: at, ...over }))
      const old = many(1_002, { state: 'resolved' })
      await store.commit({ incidents: [...old, ...many(5_001, { openedAtMs: 9_999 })] })
      const read = await store.openIncidents()
      expect(read.filter(i => i.state === 'new')).toHaveLength(5_001)
      expect(read.filter(i => i.state === 'resolved').map(i => i.id)).toEqual(old.slice(2).map(i => i.id))
    }))

  test('of what is over, those whose recordings have no end on record are found', () =>
    withStore(async store => {
      const clip = (name: string, state: 'recording' | 'ready') => ({
        ...{ id: id<never>(name), cameraId: id<never>('c1'), cameraName: '东口', kind: 'clip' as const, state },
        ...{ requestedFromMs: 1, requestedToMs: 2, createdAtMs: 1 }
      })
      const holding = (state: 'new' | 'resolved' | 'closed', item: ReturnType<typeof clip>) => {
        const incident = sampleIncident({ state })
        return { ...incident, evidence: [{ ...item, incidentId: incident.id }] }
      }
      const [open, resolved, closed, whole] = [
        holding('new', clip('k1', 'recording')),
        holding('resolved', clip('k2', 'recording')),
        holding('closed', clip('k3', 'recording')),
        holding('closed', clip('k4', 'ready'))
      ]
      for (const incident of [open, resolved, closed, whole])
        await store.commit({ incidents: [incident], evidence: incident.evidence })
      const ids = (await store.recordingIncidents()).map(each => each.id)
      expect(ids.toSorted()).toEqual([resolved.id, closed.id].toSorted())
    }))

  test('an older version is a conflict', () =>
    withStore(async store => {
      const incident = sampleIncident()
      await store.commit({ incidents: [incident] })
      expect(await store.commit({ incidents: [{ ...incident, version: 2 }] })).toMatchObject({ ok: true })
      expect(await store.commit({ incidents: [{ ...incident, version: 2 }] })).toEqual({
        ok: false,
        conflict: 'version'
      })
    }))

  test('a unit is sent to one incident at a time', () =>
    withStore(async store => {
      const assignment = (n: number, incident: ReturnType<typeof sampleIncident>) => ({
        id: id<never>(`as-${n}`),
        incidentId: incident.id,
        unitId: id<never>('unit-07'),
        unitName: '巡防 07 车',
        state: 'offered' as const,
        offeredAtMs: 1,
        expiresAtMs: 2,
        offeredBy: 'operator' as const
      })
      const a = sampleIncident()
      const b = sampleIncident()
      await store.commit({ incidents: [a, b] })
      expect(await store.commit({ incidents: [{ ...a, version: 2, assignments: [assignment(1, a)] }] })).toMatchObject({
        ok: true
      })
      expect(await store.commit({ incidents: [{ ...b, version: 2, assignments: [assignment(2, b)] }] })).toEqual({
        ok: false,
        conflict: 'unitBusy'
      })
    }))

  test('the feed is numbered, chained per scope, and replayed', () =>
    withStore(async store => {
      const body = (n: number) => ({ n })
      const result = await store.commit({
        feed: [
          { scope: 'floor', atMs: 1, body: body(1) },
          { scope: 'unit:07', atMs: 1, body: body(2) },
          { scope: 'floor', atMs: 1, body: body(3) }
        ]
      })
      expect(result).toEqual({
        ok: true,
        feed: [
          { seq: 1, prev: 0 },
          { seq: 2, prev: 0 },
          { seq: 3, prev: 1 }
        ]
      })
      expect((await store.feedSince('floor', 1, 10)).map(row => [row.seq, row.prev, row.body])).toEqual([
        [3, 1, { n: 3 }]
      ])
      expect(await store.feedBounds('floor')).toEqual({ last: 3, oldest: 0 })
      await store.prune(1 + 25 * 3_600_000, 26 * 3_600_000)
      expect(await store.feedBounds('floor')).toEqual({ last: 3, oldest: 0 })
      await store.prune(1 + 25 * 3_600_000, 24 * 3_600_000)
      expect(await store.feedBounds('floor')).toEqual({ last: 3, oldest: 3 })
    }))

  test('what stands in tables of its own is not stored again for the feed; an incident is replayed once, as it is now', () =>
    withStore(async (store, dir) => {
      const first = sampleIncident()
      const next = { ...first, version: 2, presses: 2 }
      const line = (index: number): TimelineEntry => ({
        ...{ incidentId: first.id, index, atMs: 1, actor: { kind: 'system' }, kind: 'note', data: { index } }
      })
      for (const incident of [first, next]) {
        const entry = line(incident.version)
        const bodies = [
          { type: 'incident', incident },
          { type: 'timeline', entries: [entry] }
        ]
        const feed = bodies.map(body => ({ scope: 'floor', atMs: 1, body }))
        expect(await store.commit({ incidents: [incident], timeline: [entry], feed })).toMatchObject({ ok: true })
      }
      // Of another step: nothing else has it.
      const elsewhere = { type: 'incident', incident: sampleIncident() }
      await store.commit({ feed: [{ scope: 'floor', atMs: 1, body: elsewhere }] })
      const since = async (seq: number) => (await store.feedSince('floor', seq, 10)).map(({ body }) => body)
      const present = { type: 'incident', incident: next }
      const of = (...entries: TimelineEntry[]) => ({ type: 'timeline', entries })
      expect(await since(0)).toEqual([present, of(line(1)), of(), of(line(2)), elsewhere])
      expect(await since(2)).toEqual([present, of(line(2)), elsewhere])
      const raw = new BetterSqlite(join(dir, 'gateway.db'), { readonly: true })
      expect(raw.prepare('SELECT sum(length(body)) AS n FROM feed WHERE seq <= 4').get()).toEqual({ n: 0 })
      raw.close()
    }))

  test('a signal does not wait for the pruning of a whole day', () =>
    withStore(async store => {
      const feed = Array.from({ length: 3_000 }, (_, n) => ({ scope: 'floor', atMs: n, body: {} }))
      await store.commit({ feed })
      let pruned = false
      const pruning = store.prune(10_000, 1).then(() => {
        pruned = true
      })
      await store.append(sampleSignal())
      expect(pruned).toBe(false)
      await pruning
      expect(await store.feedBounds('floor')).toEqual({ last: 3_000, oldest: 3_000 })
    }))

  test('of what was stored together the signal is answered first, then the steps in their order', () =>
    withStore(async store => {
      const order: (number | string)[] = []
      const steps = Array.from({ length: 100 }, (_, n) =>
        store.commit({ audit: [audit(`${n}`)] }).then(() => order.push(n))
      )
      await Promise.all([...steps, store.append(sampleSignal()).then(() => order.push('signal'))])
      expect(order).toEqual(['signal', ...steps.keys()])
    }))

  test('the audit log is chained and cannot be changed', () =>
    withStore(async (store, dir) => {
      await store.commit({ audit: [audit('a'), audit('b')] })
      const [b, a] = await store.auditTail(2)
      expect(a?.hash).toBe(chainHash(CHAIN_START, JSON.stringify(audit('a'))))
      expect(b?.hash).toBe(chainHash(a?.hash ?? '', JSON.stringify(audit('b'))))
      const raw = new BetterSqlite(join(dir, 'gateway.db'))
      expect(() => raw.exec("UPDATE audit SET body = '{}'")).toThrow(/append-only/)
      expect(() => raw.exec('DELETE FROM audit')).toThrow(/append-only/)
      raw.close()
    }))

  test('a patrol command applied twice is a conflict', () =>
    withStore(async store => {
      const commands = [{ client: 'phone', seq: 1, result: 'done' }]
      expect(await store.commit({ commands })).toMatchObject({ ok: true })
      expect(await store.commit({ commands, audit: [audit('twice')] })).toEqual({ ok: false, conflict: 'command' })
      expect(await store.commandResult('phone', 1)).toBe('done')
      expect(await store.auditTail(5)).toHaveLength(0)
    }))
})
