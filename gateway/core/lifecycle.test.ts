/** The whole lifecycle as a table, state × step, refusals included (rules 3, 6, 14). */
import { describe, expect, test } from 'vitest'
import {
  a1,
  actor,
  assignment,
  FACTS,
  FIGHT,
  go,
  han,
  incidentIn,
  lin,
  moved,
  NOW,
  told
} from '../testing/lifecycle-samples.ts'
import { id, type SubjectId } from './brand.ts'
import { type Actor, type Assignment, INCIDENT_STATES, type Incident, type Owner } from './incident.ts'
import { apply, REOPEN_MS } from './lifecycle.ts'
import { nextDue } from './next-due.ts'
import type { Step } from './step.ts'

const STEPS: Readonly<Record<string, Step>> = {
  acknowledge: { kind: 'acknowledge', owner: lin },
  take: { kind: 'take', owner: han },
  release: { kind: 'release', owner: lin },
  verify: { kind: 'verify', owner: lin },
  nature: { kind: 'verify', owner: lin, nature: 'violence' },
  setPriority: { kind: 'setPriority', owner: lin, priority: 2 },
  markDuress: { kind: 'markDuress', owner: lin },
  annotate: { kind: 'annotate', text: 'x' },
  press: { kind: 'press', signal: 1, atMs: NOW, newAlarm: false, data: {} },
  remark: { kind: 'remark', line: 'restored', data: {} },
  order: {
    kind: 'deviceCommand',
    data: { source: 'mqtt:a', command: 'siren', result: 'asked', order: 'o1' }
  },
  answer: {
    kind: 'deviceCommand',
    data: { source: 'mqtt:a', command: 'siren', result: 'done', order: 'o1' }
  },
  link: { kind: 'link', to: id('other'), number: '1122-0001' },
  evidence: { kind: 'evidence', items: [] },
  photo: { kind: 'evidence', items: [{ id: id('p1'), kind: 'photo', takenBy: { who: '30001 王强' } } as never] },
  offer: { kind: 'offer', owner: lin, assignment: assignment({ id: id('a2'), unitId: id('u2') }) },
  accept: { kind: 'accept', assignmentId: a1 },
  decline: { kind: 'decline', assignmentId: a1, reason: '车坏' },
  expire: { kind: 'expire', assignmentId: a1 },
  arrive: { kind: 'arrive', assignmentId: a1 },
  withdraw: { kind: 'withdraw', assignmentId: a1, reason: 'x' },
  recall: { kind: 'recall', owner: lin, assignmentId: a1 },
  clear: { kind: 'clear', assignmentId: a1 },
  report: { kind: 'report', assignmentId: a1, text: '已核实' },
  escalate: { kind: 'escalate', level: 1 },
  tellLeader: { kind: 'tellLeader' },
  ringAgain: { kind: 'ringAgain' },
  check: { kind: 'check', assignmentId: a1, check: 'welfare', unit: '巡防 07 车', minutes: 10 },
  safe: { kind: 'safe', assignmentId: a1, atMs: NOW },
  finish: { kind: 'finish', assignmentId: a1, disposition: 'real-police', feedback: '已移交', facts: FACTS },
  dismiss: { kind: 'resolve', owner: lin, disposition: 'false-misuse', feedback: '误触', facts: FACTS },
  resolve: { kind: 'resolve', owner: lin, disposition: 'real-police', feedback: '处置', facts: FACTS },
  bare: { kind: 'resolve', owner: lin, disposition: 'real-police', feedback: '处置' },
  categorize: { kind: 'categorize', owner: lin, category: FIGHT, nature: 'violence' },
  feedback: { kind: 'feedback', owner: lin, asLeader: false, disposition: 'real-police', facts: FACTS },
  returned: { kind: 'returnFeedback', owner: han, reason: '伤亡未填' },
  tick: { kind: 'sop', owner: lin, asLeader: false, step: { id: 'door', zh: '开门', en: 'Door' }, state: 'done' },
  skip: { kind: 'sop', owner: lin, asLeader: false, step: { id: 'door', zh: '开门', en: 'Door' }, state: 'skipped' },
  merge: { kind: 'merge', owner: lin, into: id('other'), number: '1122-0001', facts: FACTS },
  transfer: { kind: 'transfer', from: { ...lin, login: '10327' }, owner: han },
  notHis: { kind: 'transfer', from: { ...han, login: '10411' }, owner: lin },
  tell: {
    ...({ kind: 'tellUnits', owner: lin, asLeader: false, from: { kind: 'user', ...lin } } as const),
    draft: { id: 'm1', text: '走后门' }
  },
  seen: { kind: 'messagesSeen', assignmentId: a1, messages: ['m1'], read: false },
  read: { kind: 'messagesRead', owner: lin, asLeader: false },
  reopen: { kind: 'reopen', owner: lin, asLeader: false, reason: '又响' },
  close: { kind: 'close', owner: lin }
}

const NO = 'ILLEGAL_TRANSITION'
const GONE = 'OFFER_GONE'
const NONE = 'NOT_FOUND'
const MORE = 'FEEDBACK_NEEDED'
const OTHERS = 'NOT_OWNER'
const NOBODY = 'UNIT_NOT_AVAILABLE'
/** One column per state, in the order new, acknowledged, verifying, dispatched, enRoute, onScene, resolved, closed. */
const TABLE: Readonly<Record<keyof typeof STEPS, readonly string[]>> = {
  acknowledge: ['acknowledged', NO, NO, NO, NO, NO, NO, NO],
  take: ['acknowledged', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  release: [NO, 'new', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  verify: [NO, 'verifying', NO, NO, NO, NO, NO, NO],
  nature: [NO, 'verifying', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  setPriority: [NO, 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  markDuress: [NO, 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  annotate: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', NO],
  press: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  remark: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', NO],
  order: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  answer: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', NO],
  link: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', NO],
  evidence: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', 'closed'],
  photo: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', NO],
  offer: [NO, 'dispatched', 'dispatched', 'dispatched', 'enRoute', 'onScene', NO, NO],
  accept: [NONE, NONE, NONE, 'enRoute', GONE, GONE, NO, NO],
  decline: [NONE, NONE, NONE, 'acknowledged', GONE, GONE, NO, NO],
  expire: [NONE, NONE, NONE, 'acknowledged', GONE, GONE, NO, NO],
  arrive: [NONE, NONE, NONE, GONE, 'onScene', GONE, NO, NO],
  withdraw: [NONE, NONE, NONE, GONE, 'dispatched', 'onScene', NO, NO],
  recall: [NO, NONE, NONE, 'acknowledged', 'acknowledged', 'onScene', NO, NO],
  clear: [NONE, NONE, NONE, GONE, GONE, 'onScene', NONE, NO],
  report: [NONE, NONE, NONE, GONE, GONE, 'onScene', NONE, NO],
  escalate: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  tellLeader: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  ringAgain: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  check: ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  safe: [NONE, NONE, NONE, GONE, 'enRoute', 'onScene', NO, NO],
  finish: [NONE, NONE, NONE, GONE, GONE, 'resolved', NO, NO],
  dismiss: [NO, 'resolved', 'resolved', 'resolved', 'resolved', 'resolved', NO, NO],
  resolve: [NO, NO, 'resolved', 'resolved', 'resolved', 'resolved', NO, NO],
  bare: [NO, NO, MORE, MORE, MORE, MORE, NO, NO],
  categorize: [NO, 'verifying', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  feedback: [NO, 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', NO],
  returned: [NO, NO, NO, NO, NO, NO, 'resolved', NO],
  tick: [NO, 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', NO],
  skip: [NO, NO, NO, NO, NO, NO, NO, NO],
  merge: [NO, 'resolved', 'resolved', NO, NO, NO, NO, NO],
  transfer: [NO, 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', NO, NO],
  notHis: [NO, OTHERS, OTHERS, OTHERS, OTHERS, OTHERS, NO, NO],
  tell: [NO, NOBODY, NOBODY, NOBODY, 'enRoute', 'onScene', NOBODY, NO],
  seen: [NONE, NONE, NONE, 'dispatched', 'enRoute', 'onScene', NONE, NO],
  read: [NO, 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene', 'resolved', NO],
  reopen: [NO, NO, NO, NO, NO, NO, 'acknowledged', NO],
  close: [NO, NO, NO, NO, NO, NO, 'closed', NO]
}

describe('state × step', () => {
  const rows = Object.entries(TABLE).flatMap(([name, column]) =>
    INCIDENT_STATES.map((state, n) => ({ name, state, expected: column[n] ?? '' }))
  )
  test.each(rows)('$name in $state → $expected', ({ name, state, expected }) => {
    expect(told(incidentIn(state), STEPS[name] as Step)).toBe(expected)
  })
})

describe('owner', () => {
  test('the second of two seats is refused and told who has it', () => {
    const outcome = go(incidentIn('acknowledged'), { kind: 'acknowledge', owner: han })
    expect(outcome).toMatchObject({ ok: false, code: 'NOT_OWNER' })
    expect(told(incidentIn('verifying'), { kind: 'verify', owner: han })).toBe('NOT_OWNER')
    expect(told(incidentIn('acknowledged'), { kind: 'offer', owner: han, assignment: assignment() })).toBe('NOT_OWNER')
  })

  test('an un-owned incident that was offered by the system is claimed without a change of state', () => {
    const incident = incidentIn('dispatched', { owner: undefined, autoOffered: true, acknowledgedAtMs: undefined })
    const outcome = go(incident, STEPS.acknowledge as Step)
    expect(outcome.ok && outcome.incident).toMatchObject({ state: 'dispatched', owner: lin, acknowledgedAtMs: NOW })
  })

  test('taking an un-owned incident in a later state acknowledges it as claiming does', () => {
    const incident = incidentIn('enRoute', { owner: undefined, acknowledgedAtMs: undefined, escalation: 2 })
    const taken = moved(incident, STEPS.take as Step)
    expect(taken).toMatchObject({ state: 'enRoute', owner: han, acknowledgedAtMs: NOW, escalation: 0 })
    expect(moved(taken, { kind: 'take', owner: lin }, NOW + 5).acknowledgedAtMs).toBe(NOW)
  })

  test('given back it rings, from acknowledged it waits again; the first answer counts, and the next is told as one', () => {
    const waiting = moved(incidentIn('acknowledged'), STEPS.release as Step)
    expect(waiting).toMatchObject({ state: 'new', rings: 2, acknowledgedAtMs: NOW })
    expect(waiting.owner).toBeUndefined()
    const again = go(waiting, STEPS.acknowledge as Step, NOW + 327_000)
    expect(again).toMatchObject({ incident: { state: 'acknowledged', acknowledgedAtMs: NOW } })
    // Who was put back waits from then on, and its next times count from who has it now.
    const timers = { acknowledgeTargetMs: 10_000, dispatchTargetMs: 60_000 }
    expect(nextDue(waiting, timers)).toEqual({ kind: 'acknowledge', dueAtMs: NOW + 10_000 })
    expect(again.ok && nextDue(again.incident, timers)).toEqual({ kind: 'dispatch', dueAtMs: NOW + 387_000 })
    const left = moved(incidentIn('dispatched'), STEPS.release as Step)
    expect(nextDue(left, timers)).toEqual({ kind: 'acknowledge', dueAtMs: NOW + 10_000 })
    expect(again.ok && again.line).toEqual({ kind: 'acknowledged', data: { again: true } })
    const first = go(incidentIn('new'), STEPS.acknowledge as Step)
    expect(first.ok && first.line?.data.answerMs).toBeTypeOf('number')
    expect(moved(incidentIn('onScene'), STEPS.release as Step)).toMatchObject({ acknowledgedAtMs: NOW, rings: 2 })
  })

  test('an un-owned incident whose only offer expires waits again', () => {
    expect(told(incidentIn('dispatched', { owner: undefined }), STEPS.expire as Step)).toBe('new')
  })
})

describe('units', () => {
  test('with two units the incident follows the foremost', () => {
    const two = incidentIn('enRoute', {
      assignments: [assignment({ state: 'enRoute' }), assignment({ id: id('a2'), unitId: id('u2'), state: 'offered' })]
    })
    expect(told(two, { kind: 'accept', assignmentId: id('a2') })).toBe('enRoute')
    expect(told(two, STEPS.arrive as Step)).toBe('onScene')
    expect(told(two, STEPS.withdraw as Step)).toBe('dispatched')
  })

  test('a unit that leaves: the incident is en route while others come, else it stays on scene', () => {
    const second = (state: Assignment['state']) =>
      incidentIn('onScene', {
        assignments: [assignment({ state: 'arrived' }), assignment({ id: id('a2'), unitId: id('u2'), state })]
      })
    expect(told(second('enRoute'), STEPS.clear as Step)).toBe('enRoute')
    expect(told(second('offered'), STEPS.clear as Step)).toBe('onScene')
    expect(told(second('declined'), STEPS.withdraw as Step)).toBe('onScene')
  })

  test('a unit that gives up its order is known to have done so', () => {
    expect(moved(incidentIn('enRoute'), STEPS.withdraw as Step).assignments[0]).toMatchObject({ withdrew: true })
    expect(moved(incidentIn('enRoute'), STEPS.recall as Step).assignments[0]?.withdrew).toBeUndefined()
  })

  test('an offer can be taken as long as it is one: a clock that is set ends none (dispatch does, in time)', () => {
    expect(told(incidentIn('dispatched'), STEPS.accept as Step, NOW + 86_400_000)).toBe('enRoute')
    expect(told(moved(incidentIn('dispatched'), STEPS.expire as Step), STEPS.accept as Step)).toBe(GONE)
  })

  test('resolving recalls who is on the way', () => {
    const outcome = go(incidentIn('enRoute'), STEPS.resolve as Step)
    expect(outcome.ok && outcome.incident.assignments[0]).toMatchObject({ state: 'recalled', reason: 'resolved' })
  })
})

describe('presses (rule 6)', () => {
  const press = (incident: Incident, atMs: number, presses = 1): Incident => {
    const outcome = go(incident, { kind: 'press', signal: 1, atMs, presses, newAlarm: false, data: {} }, atMs)
    if (!outcome.ok) throw new Error('refused')
    return outcome.incident
  }
  const first = (over: Partial<Incident> = {}) => incidentIn('new', { priority: 2, pressTimesMs: [NOW], ...over })

  test('a second press is counted, a third within 60 s rings and raises', () => {
    const second = press(first(), NOW + 10_000)
    expect(second).toMatchObject({ presses: 2, rings: 1, priority: 2 })
    expect(press(second, NOW + 20_000)).toMatchObject({ presses: 3, rings: 2, priority: 1 })
    expect(press(first(), NOW + 20_000, 40)).toMatchObject({ presses: 41, rings: 2, priority: 1 })
  })

  test('three presses over more than 60 s do not', () => {
    expect(press(press(first(), NOW + 50_000), NOW + 100_000)).toMatchObject({ presses: 3, rings: 1, priority: 2 })
  })

  test('one press more than 60 s after acknowledgement rings', () => {
    expect(press(first({ acknowledgedAtMs: NOW }), NOW + 61_000)).toMatchObject({ rings: 2, priority: 1 })
  })

  test('a press after the units have left calls everybody anew, unless somebody has it', () => {
    const [order] = incidentIn('onScene').assignments
    const left = { state: 'onScene', onSceneAtMs: NOW, escalation: 2, acknowledgedAtMs: undefined } as const
    const cleared = { ...(order as Assignment), state: 'cleared' as const, endedAtMs: NOW }
    const gone = first({ ...left, owner: undefined, assignments: [cleared] })
    expect(press(gone, NOW + 5_000)).toMatchObject({ rings: 2, priority: 1, escalation: 0 })
    const there = first({ ...left, owner: undefined, assignments: [{ ...cleared, state: 'arrived' }] })
    expect(press(there, NOW + 5_000)).toMatchObject({ rings: 1, priority: 2, escalation: 2 })
    expect(press({ ...gone, owner: lin }, NOW + 5_000)).toMatchObject({ rings: 2, escalation: 2 })
  })

  test('trouble that comes again, and a flood, neither ring nor rise: they would send a patrol', () => {
    const thrice = (over: Partial<Incident>) => {
      const incident = first({ priority: 4, acknowledgedAtMs: NOW, ...over })
      return press(press(press(incident, NOW + 61_000), NOW + 61_001), NOW + 61_002)
    }
    expect(thrice({ alarmClass: 'trouble' })).toMatchObject({ presses: 4, rings: 1, priority: 4 })
    const flood = { ...incidentIn('new').subject, id: id<SubjectId>('flood:10.9.9.9') }
    expect(thrice({ alarmClass: 'unmapped', subject: flood })).toMatchObject({ presses: 4, rings: 1, priority: 4 })
    expect(thrice({ alarmClass: 'water' })).toMatchObject({ presses: 4, rings: 4, priority: 1 })
  })

  test('a graver alarm and a third press at once ring once, and the graver priority counts', () => {
    const incident = first({ priority: 4, pressTimesMs: [NOW, NOW] })
    const step: Step = {
      kind: 'press',
      signal: 1,
      atMs: NOW,
      newAlarm: true,
      data: {},
      escalates: { priority: 1, rings: 2 }
    }
    expect(moved(incident, step)).toMatchObject({ priority: 1, rings: 2 })
  })

  test('the list of press times is bounded', () => {
    let incident = first()
    for (let n = 1; n < 200; n++) incident = press(incident, NOW + n)
    expect(incident.presses).toBe(200)
    expect(incident.pressTimesMs).toHaveLength(50)
  })
})

describe('the phrase of duress, heard by the operator', () => {
  test('is duress from then on, without a ring, once and by the owner only', () => {
    const before = incidentIn('onScene', { alarmClass: 'help', priority: 2 })
    const step = { kind: 'markDuress', owner: lin } as const
    const after = moved(before, step)
    expect(after).toMatchObject({ duress: true, priority: 1, rings: before.rings, state: 'onScene' })
    expect(told(after, step)).toBe(NO)
    expect(told(before, { ...step, owner: han })).toBe('NOT_OWNER')
  })
})

describe('priority', () => {
  test('panic is never graded down to where it could be grouped out of sight (rule 4)', () => {
    const grade = (incident: Incident, priority: 1 | 2 | 3 | 4 | 5) =>
      told(incident, { kind: 'setPriority', owner: lin, priority })
    const panic = incidentIn('acknowledged', { alarmClass: 'panic' })
    expect([1, 2, 3, 4, 5].map(p => grade(panic, p as 1))).toEqual(['acknowledged', 'acknowledged', NO, NO, NO])
    const duress = incidentIn('acknowledged', { alarmClass: 'duress', duress: true })
    expect([1, 2, 3].map(p => grade(duress, p as 1))).toEqual(['acknowledged', NO, NO])
    expect(grade(incidentIn('acknowledged', { alarmClass: 'intrusion' }), 4)).toBe('acknowledged')
  })
})

describe('idle', () => {
  test('people, units and presses end it; evidence, rings and the system do not', () => {
    const at = (step: Step, by: Actor) => {
      const outcome = apply(incidentIn('enRoute', { lastActionAtMs: 1 }), step, by, NOW)
      return outcome.ok && outcome.incident.lastActionAtMs
    }
    const unit: Actor = { kind: 'unit', unitId: id('u1'), name: '巡防 07 车' }
    const device: Actor = { kind: 'device', sourceId: id('sip:1') }
    expect(at(STEPS.annotate as Step, actor)).toBe(NOW)
    expect(at(STEPS.arrive as Step, unit)).toBe(NOW)
    expect(at({ kind: 'press', signal: 1, atMs: NOW, newAlarm: false, data: {} }, device)).toBe(NOW)
    expect(at({ kind: 'evidence', items: [] }, { kind: 'system' })).toBe(1)
    expect(at(STEPS.ringAgain as Step, { kind: 'system' })).toBe(1)
    expect(at({ kind: 'remark', line: 'restored', data: {} }, device)).toBe(1)
  })
})

describe('after the end', () => {
  test('reopened by who had it, or by a leader', () => {
    const reopen = (owner: Owner, asLeader: boolean) =>
      told(incidentIn('resolved'), { kind: 'reopen', owner, asLeader, reason: '又响' })
    expect(reopen(han, false)).toBe('NOT_OWNER')
    expect(reopen(han, true)).toBe('acknowledged')
    expect(reopen(lin, false)).toBe('acknowledged')
  })

  test('reopened it has its dispatch target from then on, also when it was put back before it was resolved', () => {
    const resolved = incidentIn('resolved', { acknowledgedAtMs: NOW - 700_000, putBackAtMs: NOW - 600_000 })
    const again = moved(resolved, STEPS.reopen as Step)
    const timers = { acknowledgeTargetMs: 10_000, dispatchTargetMs: 60_000 }
    expect(nextDue(again, timers)).toEqual({ kind: 'dispatch', dueAtMs: NOW + 60_000 })
    expect(again.putBackAtMs).toBeUndefined()
  })

  test('reopened within 24 hours only', () => {
    expect(told(incidentIn('resolved'), STEPS.reopen as Step, NOW + REOPEN_MS)).toBe('acknowledged')
    expect(told(incidentIn('resolved'), STEPS.reopen as Step, NOW + REOPEN_MS + 1)).toBe(NO)
  })

  test('closing frees a unit that never said it left', () => {
    const order = assignment({ state: 'arrived' })
    for (const close of [
      { kind: 'close', owner: lin, unitsThere: true } as const,
      { kind: 'close', afterMs: 0 } as const
    ]) {
      const closed = moved(incidentIn('resolved', { priority: 2, assignments: [order] }), close, NOW + 7)
      expect(closed.assignments).toEqual([{ ...order, state: 'cleared', endedAtMs: NOW + 7, reason: 'closed' }])
    }
  })

  test('nobody files by a slip what a unit has not left yet', () => {
    const filed = (state: Assignment['state']) =>
      told(incidentIn('resolved', { assignments: [assignment({ state })] }), STEPS.close as Step)
    expect([filed('arrived'), filed('cleared'), filed('recalled')]).toEqual([NO, 'closed', 'closed'])
  })

  test('what a unit found there is taken after it was recalled or the incident filed, for a day', () => {
    const report = STEPS.report as Step
    const order = (state: Assignment['state'], arrivedAtMs?: number) => [
      assignment({ state, ...(arrivedAtMs === undefined ? {} : { arrivedAtMs }) })
    ]
    const filed = (assignments: readonly Assignment[]) => incidentIn('closed', { assignments, closedAtMs: NOW })
    expect(told(filed(order('cleared', NOW)), report, NOW + REOPEN_MS)).toBe('closed')
    expect(go(filed(order('cleared', NOW)), report)).toMatchObject({ ok: true, line: { kind: 'reported' } })
    expect(told(filed(order('cleared', NOW)), report, NOW + REOPEN_MS + 1)).toBe(NO)
    expect(told(filed(order('recalled')), report)).toBe(NO)
    expect(told(incidentIn('onScene', { assignments: order('recalled', NOW) }), report)).toBe('onScene')
    expect(told(incidentIn('enRoute', { assignments: order('recalled') }), report)).toBe(GONE)
  })

  test('closes by itself after 24 hours, but never priority 1 or duress', () => {
    const later = NOW + REOPEN_MS
    expect(told(incidentIn('resolved', { priority: 2 }), { kind: 'close' }, later)).toBe('closed')
    expect(told(incidentIn('resolved', { priority: 2 }), { kind: 'close', afterMs: 60_000 }, NOW + 60_000)).toBe(
      'closed'
    )
    expect(told(incidentIn('resolved', { priority: 2 }), { kind: 'close' }, later - 1)).toBe(NO)
    expect(told(incidentIn('resolved', { priority: 1 }), { kind: 'close' }, later)).toBe('NOT_ALLOWED')
    expect(told(incidentIn('resolved', { priority: 2, duress: true }), { kind: 'close' }, later)).toBe('NOT_ALLOWED')
  })
})
