/** The video patrol by the clock: rounds fall due, are walked, late, missed over midnight and over a restart; every look is on record. */
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import type { Signal } from '../core/signal.ts'
import type { AuditEntry, Change, DocumentQuery } from '../core/store.ts'
import type { PatrolRound } from '../core/wall.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createVideoPatrol, type VideoPatrol } from './video-patrol.ts'

/** 2026-11-22 07:50 in Shanghai: ten minutes before the day shift. */
const START = Date.UTC(2026, 10, 21, 23, 50)
const MIN = 60_000
const lin: SessionUser = { userId: 'u1', login: '10327', name: '林晓', role: 'operator' }
const gao: SessionUser = { userId: 'u2', login: '10411', name: '高远', role: 'operator' }
const han: SessionUser = { userId: 'u3', login: '10008', name: '韩梅', role: 'leader' }

/** A store that forgets nothing: documents in a map, what was audited in a list. */
function memory() {
  const rows = new Map<string, { readonly kind: string; readonly key: string; readonly body: object }>()
  const audit: AuditEntry[] = []
  let full = false
  return {
    rows,
    audit,
    fill: (on: boolean) => {
      full = on
    },
    async documents({ kind, fromKey = '', toKey = '\uffff', limit = 5_000 }: DocumentQuery) {
      return [...rows.values()]
        .filter(row => row.kind === kind && row.key >= fromKey && row.key < toKey)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit)
    },
    async commit(change: Change) {
      if (full) throw new GatewayError('STORE_FAILED')
      for (const { kind, key, body } of change.documents ?? [])
        if (body) rows.set(`${kind}/${key}`, { kind, key, body: structuredClone(body) })
        else rows.delete(`${kind}/${key}`)
      audit.push(...(change.audit ?? []))
      return { ok: true as const, feed: [] }
    }
  }
}

async function start(clock: FakeClock, store: ReturnType<typeof memory>, keepNow = () => clock.now()) {
  const signals: Signal[] = []
  const missed: PatrolRound[] = []
  const incidents = new Map<string, string>()
  const patrol = await createVideoPatrol({
    clock,
    log: silentLog,
    store,
    commit: store.commit,
    timeZone: 'Asia/Shanghai',
    keepNow,
    ownershipOf: cameraId => (({ c1: 'public', c2: 'public', c3: 'private' }) as const)[cameraId],
    people: () => [lin, gao, han],
    accept: async signal => signals.push(signal),
    incidentOf: async finding => incidents.get(finding.id),
    missed: round => missed.push(round),
    changed: () => undefined
  })
  return { patrol, signals, missed, incidents }
}

const PLAN = {
  name: '城关重点',
  shared: true,
  cameras: ['c1', 'c2'],
  shifts: [
    { fromMin: 0, toMin: 480, persons: ['10411'] },
    { fromMin: 480, toMin: 960, persons: ['10327'] },
    { fromMin: 960, toMin: 0, persons: ['10411'] }
  ],
  intervalMin: 60,
  minLookS: 10
} as const

async function walk(patrol: VideoPatrol, clock: FakeClock, roundId: string, who: SessionUser) {
  for (const cameraId of ['c1', 'c2']) {
    await patrol.look(roundId, cameraId, who)
    await clock.advance(10_000)
    await patrol.seen(roundId, cameraId, who)
  }
}

/** The one open round of a person. */
function open(patrol: VideoPatrol, who: SessionUser): PatrolRound {
  const [round] = patrol.state(who).rounds
  if (!round) throw new Error('no round is open')
  return round
}

describe('rounds', () => {
  it('open with the shift, are walked camera by camera not before the least look, and every look is audited', async () => {
    const [clock, store] = [createFakeClock(START), memory()]
    const { patrol } = await start(clock, store)
    await patrol.putPlan(PLAN, han)
    expect(patrol.state(lin)).toMatchObject({ rounds: [], nextOpenMs: START + 10 * MIN, people: [] })
    await clock.advance(10 * MIN + 5_000)
    const { id } = open(patrol, lin)
    expect(patrol.state(gao).rounds).toEqual([])

    await patrol.look(id, 'c1', lin)
    await clock.advance(4_000)
    await expect(patrol.seen(id, 'c1', lin)).rejects.toMatchObject({
      code: 'ROUND_REFUSED',
      detail: { why: 'tooSoon', waitS: 6 }
    })
    await expect(patrol.seen(id, 'c2', lin)).rejects.toMatchObject({ detail: { why: 'notLooking' } })
    await expect(patrol.look(id, 'c9', lin)).rejects.toMatchObject({ detail: { why: 'otherCamera' } })
    await expect(patrol.look(id, 'c1', gao)).rejects.toMatchObject({ detail: { why: 'otherPerson' } })
    // He looks elsewhere: the broken look is on record, as not seen.
    await patrol.look(id, 'c2', lin)
    await walk(patrol, clock, id, lin)
    const round = (await store.documents({ kind: 'patrol.round' }))
      .map(row => row.body as PatrolRound)
      .find(row => row.id === id)
    expect(round).toMatchObject({ state: 'done', finishedBy: { login: '10327' } })
    expect(round?.looks.map(look => [look.cameraId, look.toMs - look.fromMs, look.seen])).toEqual([
      ['c1', 4_000, false],
      ['c2', 0, false],
      ['c1', 10_000, true],
      ['c2', 10_000, true]
    ])
    const looks = store.audit.filter(entry => entry.action === 'cameraView')
    expect(looks[0]).toMatchObject({
      who: '10327 林晓',
      object: 'camera:c1',
      reason: 'video patrol',
      detail: { round: id }
    })
    expect(looks).toHaveLength(4)
  })

  it('are late after their time and missed when closed, and a skipped camera needs a reason on record', async () => {
    const [clock, store] = [createFakeClock(START), memory()]
    const { patrol, missed } = await start(clock, store)
    await patrol.putPlan(PLAN, han)
    await clock.advance(10 * MIN)
    const first = open(patrol, lin)
    await patrol.skip(first.id, 'c1', '设备检修', lin)
    await clock.advance(61 * MIN)
    await patrol.look(first.id, 'c2', lin)
    await clock.advance(10_000)
    expect(await patrol.seen(first.id, 'c2', lin)).toMatchObject({ state: 'late', skips: [{ reason: '设备检修' }] })
    await clock.advance(90 * MIN)
    expect(missed.map(round => round.openMs)).toEqual([START + 70 * MIN])
    expect(patrol.state(han).missed).toHaveLength(1)
    expect(store.audit.filter(entry => entry.action === 'patrolRound.missed')).toHaveLength(1)
    const report = await patrol.report(START, START + 24 * 60 * MIN)
    expect(report.rows).toEqual([
      { planName: '城关重点', fromMin: 480, toMin: 960, person: '林晓', done: 0, late: 1, missed: 1, findings: 0 }
    ])
    expect(report.neverSeen).toEqual([{ planName: '城关重点', cameraId: 'c1' }])
  })

  it('go over midnight to the next person, and what passed while the gateway was down is missed, once', async () => {
    // 22:50 in Shanghai.
    const [clock, store] = [createFakeClock(START + 15 * 60 * MIN), memory()]
    const { patrol } = await start(clock, store)
    await patrol.putPlan({ ...PLAN, shifts: [PLAN.shifts[2], { ...PLAN.shifts[0], persons: ['10327'] }] }, han)
    await clock.advance(11 * MIN)
    expect(open(patrol, gao).openMs).toBe(START + (15 * 60 + 10) * MIN)
    await clock.advance(60 * MIN)
    expect(open(patrol, lin).shift.fromMin).toBe(0)
    patrol.stop()
    // Down from 00:01 to 03:05: 00:00 and 01:00 are closed by then, 02:00 may still be walked late.
    await clock.advance(184 * MIN)
    const again = await start(clock, store)
    expect(again.missed.map(round => [round.shift.fromMin, round.gatewayDown ?? false])).toEqual([
      [960, false],
      [0, false],
      [0, true]
    ])
    expect(again.patrol.state(lin).rounds.map(round => (round.openMs - START) / MIN)).toEqual([
      18 * 60 + 10,
      19 * 60 + 10
    ])
    again.patrol.stop()
    expect((await start(clock, store)).missed).toEqual([])
  })

  it('wait for a store that cannot write, at the start too, and are there when it can', async () => {
    const [clock, store] = [createFakeClock(START), memory()]
    const first = await start(clock, store)
    await first.patrol.putPlan(PLAN, han)
    first.patrol.stop()
    await clock.advance(20 * MIN)
    store.fill(true)
    const { patrol } = await start(clock, store)
    expect(patrol.state(lin).rounds).toEqual([])
    store.fill(false)
    await clock.advance(6_000)
    expect(open(patrol, lin).state).toBe('open')
  })

  it('of a plan taken back are withdrawn, and a plan is refused with what is wrong', async () => {
    const [clock, store] = [createFakeClock(START + 20 * MIN), memory()]
    const { patrol } = await start(clock, store)
    const plan = await patrol.putPlan(PLAN, han)
    const { id } = open(patrol, lin)
    await patrol.removePlan(plan.id, han)
    await expect(patrol.look(id, 'c1', lin)).rejects.toMatchObject({ detail: { why: 'over', state: 'withdrawn' } })
    const faulty = (change: object) => expect(patrol.putPlan({ ...PLAN, ...change }, han)).rejects
    await faulty({ cameras: ['c3'] }).toMatchObject({
      detail: { field: 'cameras', why: expect.stringContaining('private') }
    })
    await faulty({ cameras: ['c7'] }).toMatchObject({ detail: { field: 'cameras' } })
    await faulty({ shifts: [{ fromMin: 0, toMin: 0, persons: ['999'] }] }).toMatchObject({
      detail: { field: 'persons' }
    })
    await faulty({ shifts: [PLAN.shifts[0], PLAN.shifts[0]] }).toMatchObject({ detail: { field: 'shifts' } })
    const whole = { fromMin: 0, toMin: 0, persons: ['10327'] }
    await faulty({ shifts: [whole, PLAN.shifts[1]] }).toMatchObject({ detail: { field: 'shifts' } })
  })

  it('are deleted after 180 days', async () => {
    const [clock, store] = [createFakeClock(START), memory()]
    const { patrol } = await start(clock, store)
    await patrol.putPlan(PLAN, han)
    await clock.advance(30 * MIN)
    const { id } = open(patrol, lin)
    patrol.stop()
    const later = createFakeClock(START + 181 * 24 * 60 * MIN)
    // By the time that has gone by: a clock that jumped ahead deletes nothing.
    const kept = { behindMs: 180 * 24 * 60 * MIN }
    const again = await start(later, store, () => later.now() - kept.behindMs)
    await later.advance(61 * MIN)
    expect(store.rows.has(`patrol.round/${id}`)).toBe(true)
    kept.behindMs = 0
    await later.advance(61 * MIN)
    expect(store.rows.has(`patrol.round/${id}`)).toBe(false)
    again.patrol.stop()
  })
})

describe('findings', () => {
  const finding = { id: 'f-0000-1', cameraId: 'c1', kind: 'fire', note: '路口' } as const

  it('go on the alarm line first, once, and are linked when the incident is known', async () => {
    const [clock, store] = [createFakeClock(START + 20 * MIN), memory()]
    const { patrol, signals, incidents } = await start(clock, store)
    await patrol.putPlan(PLAN, han)
    const { id } = open(patrol, lin)
    const round = await patrol.find(id, finding, lin, '10.0.0.7')
    expect(round.findings).toMatchObject([{ id: finding.id, login: '10327', kind: 'fire' }])
    expect(signals).toMatchObject([
      {
        sourceId: 'videoPatrol:c1',
        sourceKind: 'personReport',
        alarmClass: 'fire',
        condition: 'alarm',
        verified: true,
        text: '火情烟雾：路口',
        textEn: 'Fire or smoke: 路口'
      }
    ])
    await patrol.find(id, finding, lin, '10.0.0.7')
    expect(signals).toHaveLength(1)
    incidents.set(finding.id, 'i-1')
    await clock.advance(6_000)
    expect(open(patrol, lin).findings).toMatchObject([{ incidentId: 'i-1' }])
  })

  it('of a fault are trouble, and one that cannot be logged is on the alarm line all the same', async () => {
    const [clock, store] = [createFakeClock(START + 20 * MIN), memory()]
    const { patrol, signals } = await start(clock, store)
    await patrol.putPlan(PLAN, han)
    const { id } = open(patrol, lin)
    await patrol.find(id, { ...finding, id: 'f-0000-2', kind: 'equipment', note: '画面异常' }, lin, '')
    expect(signals[0]).toMatchObject({ condition: 'fault', cause: 'picture' })
    store.fill(true)
    await expect(patrol.find(id, finding, lin, '')).rejects.toMatchObject({ code: 'STORE_FAILED' })
    expect(signals).toHaveLength(2)
  })
})
