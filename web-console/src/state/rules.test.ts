/** The floor's own rules: queue, storm, stillness, targets, rights, choice of units, rings. */
import { describe, expect, it } from 'vitest'
import { unmergeable } from '../../../gateway/core/ending.ts'
import { reporterOf } from '../../../gateway/core/feedback.ts'
import { type EvidenceItem, type Incident, NATURES } from '../../../gateway/core/incident.ts'
import { apply } from '../../../gateway/core/lifecycle.ts'
import { ALARM_CLASSES } from '../../../gateway/core/signal.ts'
import { firstToSend, TWO_LATER_S } from '../../../gateway/core/two-first.ts'
import type { UnitCandidate } from '../../../gateway/core/wire.ts'
import { ILLEGAL_REASONS } from '../i18n/refusal.ts'
import { answeredAtSight, ringOf } from '../sound/ring.ts'
import { assignment, incident, OTHER, OWNER, SETTINGS, T0, user } from '../testing/samples.ts'
import { heldQueue } from './calm.ts'
import { bestUnit, chooseUnit, droppedOf, NO_CHOICE, stillFree } from './choice.ts'
import { clustersOf, nextToTake, queueFor, queueOf, rowsOf } from './queue.ts'
import { recordedOf } from './recorded.ts'
import { mayBeOnTheLine, prioritiesOf, whyNot, whyNotMerge } from './rights.ts'
import { acceptedAtMs, arrivalMs, arrivedAtMs, foremost, isLate, nextTarget } from './target.ts'

const ids = (rows: readonly Incident[]) => rows.map(row => row.id as string)

it('offers a box no third voice until a call of the same place was heard', () => {
  const voice = { kind: 'voice' } as EvidenceItem
  expect(mayBeOnTheLine(incident('phone'))).toBe(true)
  expect(mayBeOnTheLine(incident('box', { sourceKind: 'alarmBox' }))).toBe(false)
  expect(mayBeOnTheLine(incident('box', { sourceKind: 'alarmBox', evidence: [voice] }))).toBe(true)
})

describe('queue', () => {
  const rows = [
    incident('p2', { priority: 2 }),
    incident('p1 late', { openedAtMs: T0 + 5 }),
    incident('p1'),
    incident('mine', { state: 'acknowledged', owner: OWNER }),
    incident('other', { state: 'enRoute', owner: OTHER }),
    incident('trouble', { priority: 4, alarmClass: 'trouble' }),
    incident('done', { state: 'resolved' })
  ]

  it('groups and orders by priority, then first come', () => {
    const { groups, order } = queueOf(rows, 'u-3')
    expect(ids(groups.waiting)).toEqual(['p1', 'p1 late', 'p2'])
    expect(ids(groups.mine)).toEqual(['mine'])
    expect(ids(groups.others)).toEqual(['other'])
    expect(ids(groups.tray)).toEqual(['trouble'])
    expect(order).toHaveLength(6)
  })

  it('takes the most urgent one, the opened one only where it is no less urgent', () => {
    const [p2, late, p1, mine, , trouble] = rows
    const queue = queueOf(rows, 'u-3')
    for (const opened of [undefined, p2, p1, mine, trouble]) expect(nextToTake(queue, opened)?.id).toBe('p1')
    expect(nextToTake(queue, late)?.id).toBe('p1 late')
    const tray = incident('tray', { priority: 5, alarmClass: 'trouble' })
    const quiet = queueOf([...(trouble ? [trouble] : []), tray], 'u-3')
    expect([nextToTake(quiet, tray)?.id, nextToTake(quiet, mine)?.id]).toEqual(['tray', 'trouble'])
  })

  it('in a storm moves P3 to the tray but never panic, whatever its priority (rule 4)', () => {
    const storm = [incident('water', { priority: 3, alarmClass: 'water' }), incident('panic', { priority: 4 })]
    const { groups } = queueOf(storm, 'u-3', true)
    expect(ids(groups.tray)).toEqual(['water'])
    expect(ids(groups.waiting)).toEqual(['panic'])
    expect(ids(queueOf(storm, 'u-3').groups.waiting)).toEqual(['water', 'panic'])
  })

  it('puts three and more of a class and cell into one line, fewer stay single', () => {
    const water = ['1', '2', '3'].map(id => incident(id, { alarmClass: 'water' }))
    const clusters = clustersOf([
      ...water,
      incident('4', { alarmClass: 'tamper' }),
      incident('5', { alarmClass: 'tamper' })
    ])
    expect(clusters.map(cluster => cluster.rows.length)).toEqual([3, 1, 1])
  })

  it('has the rows of one line together in a storm, in the order of the arrow keys', () => {
    const at = (id: string, alarmClass: 'water' | 'tamper', n: number) =>
      incident(id, { alarmClass, priority: 3, openedAtMs: T0 + n })
    const rows = [at('w1', 'water', 1), at('t1', 'tamper', 2), at('w2', 'water', 3), at('w3', 'water', 4)]
    expect(ids(rowsOf(queueOf(rows, 'u-3', true)))).toEqual(['w1', 'w2', 'w3', 't1'])
  })

  it('keeps rows still under the hand, shows their new state, and lets a new P1 in at the top', () => {
    const shown = queueOf([incident('a', { priority: 2 }), incident('b', { priority: 2, openedAtMs: T0 + 1 })], 'u-3')
    const taken = incident('a', { priority: 2, state: 'acknowledged', owner: OTHER, version: 2 })
    const now = [
      taken,
      incident('b', { priority: 2, openedAtMs: T0 + 1 }),
      incident('new'),
      incident('new2', { priority: 2, openedAtMs: T0 - 9 })
    ]
    const held = heldQueue(shown, queueOf(now, 'u-3'), new Map(now.map(each => [each.id, each])))
    expect(ids(held.groups.waiting)).toEqual(['new', 'a', 'b', 'new2'])
    expect(held.groups.waiting[1]?.owner?.seat).toBe(4)
    expect(held.groups.others).toEqual([])
  })
})

describe('to review', () => {
  const done = incident('done', { state: 'resolved', owner: OTHER, resolvedAtMs: T0 + 9 })
  const other = incident('other', { state: 'enRoute', owner: OTHER })

  it('is the end of the rows of ↑ and ↓, for the leader only', () => {
    expect(ids(rowsOf(queueFor([done, other], user({ role: 'leader' }), false)))).toEqual(['other', 'done'])
    expect(ids(rowsOf(queueFor([done, other], user(), false)))).toEqual(['other'])
  })

  it('has no second row of one that was resolved under the hand', () => {
    const leader = user({ role: 'leader' })
    const now = [done, incident('other', { state: 'resolved', owner: OTHER, resolvedAtMs: T0 + 10 })]
    const latest = new Map(now.map(each => [each.id, each]))
    const held = heldQueue(queueFor([done, other], leader, false), queueFor(now, leader, false), latest)
    expect(ids(rowsOf(held))).toEqual(['other', 'done'])
  })
})

describe('priorities', () => {
  it('are those that the gateway accepts', () => {
    expect(prioritiesOf(incident('i'))).toEqual({ priorities: [1, 2], why: 'panicPriority' })
    expect(prioritiesOf(incident('i', { duress: true }))).toEqual({ priorities: [1], why: 'duressPriority' })
    expect(prioritiesOf(incident('i', { alarmClass: 'water' })).priorities).toEqual([1, 2, 3, 4])
  })
})

describe('what was recorded', () => {
  const clip = (cameraId: string, state: string) => ({ kind: 'clip', cameraId, state }) as unknown as EvidenceItem

  it('counts a camera as kept or as failed, not a failed one as locked', () => {
    const evidence = [clip('a', 'ready'), clip('a', 'recording'), clip('a', 'failed'), clip('b', 'failed')]
    expect(recordedOf(evidence)).toMatchObject({ cameras: 1, failedCameras: 1 })
    expect(recordedOf(evidence).clips).toHaveLength(2)
    expect(recordedOf([clip('a', 'failed')])).toEqual({ clips: [], cameras: 0, failedCameras: 1 })
  })
})

describe('next target', () => {
  it('follows the lifecycle with the timers of the priority', () => {
    expect(nextTarget(incident('i'), SETTINGS)).toEqual({ kind: 'acknowledge', startMs: T0, dueAtMs: T0 + 10_000 })
    const acked = incident('i', { state: 'verifying', acknowledgedAtMs: T0 + 8_000 })
    expect(nextTarget(acked, SETTINGS)).toEqual({ kind: 'dispatch', startMs: T0 + 8_000, dueAtMs: T0 + 68_000 })
    const offered = incident('i', { state: 'dispatched', owner: OWNER, assignments: [assignment({})] })
    expect(nextTarget(offered, SETTINGS)).toEqual({ kind: 'accept', startMs: T0 + 20_000, dueAtMs: T0 + 50_000 })
    const moving = assignment({ state: 'enRoute', acceptedAtMs: T0 + 25_000, etaS: 80 })
    expect(
      nextTarget(incident('i', { state: 'enRoute', owner: OWNER, assignments: [moving] }), SETTINGS)?.dueAtMs
    ).toBe(T0 + 105_000)
    expect(
      nextTarget(incident('i', { state: 'onScene', owner: OWNER, onSceneAtMs: T0 }), SETTINGS)?.dueAtMs
    ).toBeUndefined()
    expect(nextTarget(incident('i', { state: 'closed' }), SETTINGS)).toBeUndefined()
  })

  it('says since when nobody is on scene, and counts from the unit that is there now', () => {
    const left = assignment({ state: 'cleared', acceptedAtMs: T0 + 5, arrivedAtMs: T0 + 10, endedAtMs: T0 + 90 })
    const base = { state: 'onScene', owner: OWNER, onSceneAtMs: T0 + 10 } as const
    const empty = incident('i', { ...base, assignments: [left] })
    expect(nextTarget(empty, SETTINGS)).toEqual({ kind: 'left', startMs: T0 + 90 })
    const second = assignment({ id: 'a-2' as never, state: 'arrived', acceptedAtMs: T0 + 100, arrivedAtMs: T0 + 200 })
    const again = incident('i', { ...base, assignments: [left, second] })
    expect(nextTarget(again, SETTINGS)).toEqual({ kind: 'resolve', startMs: T0 + 200 })
    expect(acceptedAtMs(again)).toBe(T0 + 100)
  })

  it('keeps the times of one unit together, and as they were when it is over; the last to arrive reports', () => {
    const order = { state: 'arrived', unitName: '甲' } as const
    const late = assignment({ ...order, acceptedAtMs: T0 + 30, arrivedAtMs: T0 + 90 })
    const early = assignment({ ...order, unitName: '乙', acceptedAtMs: T0 + 20, arrivedAtMs: T0 + 50 })
    const both = incident('i', { state: 'onScene', owner: OWNER, assignments: [late, early] })
    expect([acceptedAtMs(both), arrivedAtMs(both)]).toEqual([T0 + 20, T0 + 50])
    expect(reporterOf(both)).toBe('甲')
    const over = incident('i', { state: 'closed', assignments: [late, { ...early, state: 'cleared' }] })
    expect([acceptedAtMs(over), arrivedAtMs(over)]).toEqual([T0 + 20, T0 + 50])
    expect(reporterOf(incident('i'))).toBeUndefined()
  })

  it('names in the queue whoever the state speaks of, not the one asked last', () => {
    const offered = assignment({ state: 'offered', unitName: '丙' })
    const moving = assignment({ state: 'enRoute', unitName: '乙', acceptedAtMs: T0 + 5 })
    const there = assignment({ state: 'arrived', unitName: '甲', acceptedAtMs: T0 + 9, arrivedAtMs: T0 + 50 })
    const left = assignment({ state: 'cleared', unitName: '丁', arrivedAtMs: T0 + 1 })
    const named = (...assignments: readonly (typeof left)[]) => foremost(incident('i', { assignments }))?.unitName
    expect(named(left, there, moving, offered)).toBe('甲')
    expect(named(left, moving, offered)).toBe('乙')
    expect([named(left, offered), named(left)]).toEqual(['丙', undefined])
  })

  it('expects a unit by the estimate of its order, counted from when it set out', () => {
    const order = assignment({ offeredAtMs: T0, etaS: 40 })
    expect(arrivalMs(order)).toBe(T0 + 40_000)
    expect(arrivalMs({ ...order, acceptedAtMs: T0 + 9_000 })).toBe(T0 + 49_000)
  })

  it('goes on counting for an incident that the system dispatched while nobody answered', () => {
    const sent = incident('i', { state: 'enRoute', autoOffered: true, assignments: [assignment({ state: 'enRoute' })] })
    expect(nextTarget(sent, SETTINGS)?.kind).toBe('acknowledge')
  })

  it('is late only after its due time', () => {
    const target = nextTarget(incident('i'), SETTINGS)
    expect(isLate(target, T0 + 10_000)).toBe(false)
    expect(isLate(target, T0 + 10_001)).toBe(true)
    expect(isLate(undefined, T0)).toBe(false)
  })
})

describe('rights', () => {
  const mine = incident('i', { state: 'acknowledged', owner: OWNER })
  const theirs = incident('i', { state: 'acknowledged', owner: OTHER })
  const leader = user({ userId: 'u-9', role: 'leader' })
  const category = { code: '911', zh: '误触', en: 'By mistake' }
  const facts = { category, injured: 0, dead: 0, lossYuan: 0, by: '林晓', atMs: 1 }

  it('refuses everything while the gateway is lost (rule 13)', () => {
    for (const action of ['acknowledge', 'dispatch', 'annotate', 'resolve', 'take'] as const)
      expect(whyNot(action, { incident: mine, user: user(), connected: false })).toBe('OFFLINE')
  })

  it('lets the owner work, others only look and note, the leader take', () => {
    expect(whyNot('dispatch', { incident: mine, user: user(), connected: true })).toBeUndefined()
    expect(whyNot('dispatch', { incident: theirs, user: user(), connected: true })).toBe('NOT_OWNER')
    expect(whyNot('dispatch', { incident: incident('i'), user: user(), connected: true })).toBe('acknowledgeFirst')
    expect(whyNot('annotate', { incident: theirs, user: user(), connected: true })).toBeUndefined()
    expect(whyNot('acknowledge', { incident: theirs, user: user(), connected: true })).toBe('NOT_OWNER')
    expect(whyNot('take', { incident: theirs, user: user(), connected: true })).toBe('leaderOnly')
    expect(whyNot('take', { incident: theirs, user: leader, connected: true })).toBeUndefined()
  })

  it('offers the merges that the gateway does, and says why not with the same words', () => {
    const into = incident('other', { state: 'verifying', owner: OTHER })
    const cases: readonly [Incident, Incident][] = [
      [mine, into],
      [
        { ...mine, priority: 1 },
        { ...into, priority: 2 }
      ],
      [mine, { ...into, owner: undefined }],
      [{ ...mine, alarmClass: 'trouble' }, into],
      [{ ...mine, duress: true }, into],
      [{ ...mine, assignments: [assignment({ state: 'enRoute' })] }, into]
    ]
    const said = cases.map(([own, other]) => {
      const step = { kind: 'merge', owner: OWNER, into: other.id, number: other.number, facts } as const
      const tried = apply(own, step, { kind: 'system' }, T0)
      const why = unmergeable(own, other) ?? (tried.ok ? undefined : tried.why)
      expect(whyNotMerge(own, other)).toBe(why && ILLEGAL_REASONS[why])
      return whyNotMerge(own, other)
    })
    expect(said).toEqual([undefined, 'mergeUrgent', 'mergeUnowned', 'mergeLane', 'mergeDuress', 'mergeUnits'])
  })

  it('closes and reopens only what is resolved', () => {
    const resolved = incident('i', { state: 'resolved', owner: OWNER, facts })
    const returned: Incident = { ...resolved, review: { verdict: 'returned', by: '韩梅', atMs: 2 } }
    expect(whyNot('close', { incident: returned, user: leader, connected: true })).toBe('amendFirst')
    expect(whyNot('feedback', { incident: returned, user: user(), connected: true })).toBeUndefined()
    expect(whyNot('feedback', { incident: mine, user: user(), connected: true })).toBe('notEnded')
    expect(whyNot('returnFeedback', { incident: resolved, user: user(), connected: true })).toBe('leaderOnly')
    expect(whyNot('close', { incident: resolved, user: user(), connected: true })).toBe('leaderOnly')
    expect(whyNot('close', { incident: resolved, user: leader, connected: true })).toBeUndefined()
    expect(whyNot('reopen', { incident: resolved, user: user(), connected: true })).toBeUndefined()
    expect(whyNot('close', { incident: mine, user: leader, connected: true })).toBe('notEnded')
    const filed: Incident = { ...resolved, state: 'closed' }
    expect(whyNot('close', { incident: filed, user: leader, connected: true })).toBe('filedAlready')
    expect(whyNot('reopen', { incident: filed, user: user(), connected: true })).toBe('filedAlready')
    expect(whyNot('dispatch', { incident: resolved, user: user(), connected: true })).toBe('ILLEGAL_TRANSITION')
  })
})

describe('choice of units', () => {
  it('chooses by one key and adds by the same key again', () => {
    const first = chooseUnit(NO_CHOICE, 'a')
    const second = chooseUnit(first, 'b')
    expect(second.chosen).toEqual(['b'])
    expect(chooseUnit(second, 'b').chosen).toEqual(['a', 'b'])
    expect(chooseUnit(first, 'a').chosen).toEqual(['a'])
  })

  it('says of whom it drops why, but not of whom it sent here itself', () => {
    const units = new Map(
      (['available', 'enRoute', 'offDuty', 'offered', 'offered'] as const).map((state, n) => [
        `u${n}`,
        { name: `${n} 车`, state }
      ])
    )
    const here = incident('i', { assignments: [assignment({ unitId: 'u4' as never })] })
    expect(droppedOf(['u0', 'u1', 'u2', 'u3', 'u4', 'u9'], ['u0'], here, units)).toEqual([
      { name: '1 车', why: 'elsewhere' },
      { name: '2 车', why: 'offDuty' },
      { name: '3 车', why: 'elsewhere' },
      { name: 'u9', why: 'gone' }
    ])
  })

  it('drops who is not free any more, but not who was just asked for by name', () => {
    const candidates = [{ unitId: 'a' }] as unknown as readonly UnitCandidate[]
    const others = ['far']
    const chosen = ['a', 'far', 'gone']
    expect(stillFree(chosen, { candidates, others, asked: [] })).toEqual(['a', 'far'])
    expect(stillFree(chosen, { candidates, others, asked: others })).toEqual(['a'])
    // Found once more after it was not free: the answer to that is waited for.
    expect(stillFree(chosen, { candidates, others: ['far'], asked: others })).toEqual(['a', 'far'])
  })
})

describe('best unit', () => {
  const candidate = (unitId: string, change: object) =>
    ({ unitId, state: 'available', ranked: true, reasons: [], etaS: 60, ...change }) as unknown as UnitCandidate
  const candidates = [
    candidate('busy', { state: 'enRoute' }),
    candidate('alone', { reasons: ['alone'] }),
    candidate('two', { etaS: 360 }),
    candidate('old', { ranked: false })
  ]

  it('is the first free one, but nobody alone where violence is or may be', () => {
    expect(bestUnit(candidates, incident('i'))).toBe('alone')
    expect(bestUnit(candidates, incident('i', { nature: 'violence' }))).toBe('two')
    expect(bestUnit(candidates, incident('i', { duress: true }))).toBe('two')
    expect(bestUnit(candidates, incident('i', { alarmClass: 'intrusion' }))).toBe('two')
    expect(bestUnit(candidates, incident('i', { sourceKind: 'taxi' }))).toBe('two')
    expect(bestUnit(candidates, incident('i', { sourceKind: 'taxi', nature: 'traffic' }))).toBe('alone')
    expect(bestUnit(candidates.slice(0, 2), incident('i', { nature: 'violence' }))).toBe('alone')
    expect(bestUnit([], incident('i'))).toBeUndefined()
    // More than five minutes later than the nearest: nobody who is being hurt waits for them.
    const far = [candidate('alone', { reasons: ['alone'] }), candidate('two', { etaS: 361 })]
    expect(bestUnit(far, incident('i', { duress: true }))).toBe('alone')
  })

  it.each([0, 60, TWO_LATER_S, TWO_LATER_S + 1, 3_600])(
    'is whom the system would send, two being %d s later',
    laterS => {
      const free = [candidate('alone', { reasons: ['alone'] }), candidate('two', { etaS: 60 + laterS })]
      for (const nature of [undefined, ...NATURES])
        for (const alarmClass of ALARM_CLASSES)
          for (const duress of [true, false])
            for (const sourceKind of ['taxi', 'alarmBox'] as const) {
              const one = incident('i', { nature, alarmClass, duress, sourceKind })
              expect(bestUnit(free, one)).toBe(firstToSend(free, one)?.unitId)
            }
    }
  )
})

describe('ring', () => {
  it('is the loudest that is due, and silent when somebody has it', () => {
    expect(ringOf([], {}, user({ userId: 'u-3' }))).toBeUndefined()
    expect(ringOf([incident('a', { priority: 2 })], {}, user({ userId: 'u-3' }))).toBe('p2')
    expect(ringOf([incident('a', { priority: 2 }), incident('b')], {}, user({ userId: 'u-3' }))).toBe('p1')
    expect(ringOf([incident('b', { presses: 3, rings: 2 })], {}, user({ userId: 'u-3' }))).toBe('p1High')
    expect(
      ringOf([incident('b', { owner: OWNER, state: 'acknowledged' })], {}, user({ userId: 'u-3' }))
    ).toBeUndefined()
    expect(ringOf([incident('b', { priority: 3 })], {}, user({ userId: 'u-3' }))).toBeUndefined()
    expect(ringOf([incident('b', { state: 'resolved' })], {}, user({ userId: 'u-3' }))).toBeUndefined()
  })

  it('rings again for the owner when a press raised the ring count, until it is opened (rule 6)', () => {
    const again = incident('b', { owner: OWNER, state: 'acknowledged', presses: 3, rings: 2 })
    expect(ringOf([again], { b: 1 }, user({ userId: 'u-3' }))).toBe('p1High')
    expect(ringOf([again], { b: 2 }, user({ userId: 'u-3' }))).toBeUndefined()
    expect(ringOf([again], { b: 1 }, user({ userId: 'u-4' }))).toBeUndefined()
  })

  it('rings at the leader, too, for what an owner leaves alone, until it is opened there or somebody acts', () => {
    const alone = incident('b', { owner: OWNER, state: 'acknowledged', rings: 4, leaderToldAtMs: T0 + 150_000 })
    const [leader, other] = [user({ userId: 'u-9', role: 'leader' }), user({ userId: 'u-4' })]
    expect(ringOf([alone], { b: 3 }, leader)).toBe('p1')
    expect(ringOf([alone], { b: 4 }, leader)).toBeUndefined()
    expect(ringOf([alone], { b: 3 }, other)).toBeUndefined()
    expect(ringOf([{ ...alone, lastActionAtMs: T0 + 151_000 }], { b: 3 }, leader)).toBeUndefined()
    expect(ringOf([{ ...alone, leaderToldAtMs: undefined }], { b: 3 }, leader)).toBeUndefined()
    // Who reloads the page, or goes to another, has not opened it: it rings on.
    const atSight = (of: typeof alone, who: typeof leader) => ringOf([of], { b: answeredAtSight(of, who) }, who)
    expect(atSight(alone, leader)).toBe('p1')
    expect([atSight(alone, other), atSight({ ...alone, leaderToldAtMs: undefined }, leader)]).toEqual([
      undefined,
      undefined
    ])
    expect(atSight(alone, user({ userId: OWNER.userId }))).toBeUndefined()
  })
})
