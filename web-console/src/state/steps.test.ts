/** The steps of the procedure, words of caution, and how old what is in the queue looks. */
import { describe, expect, it } from 'vitest'
import { type Incident, NATURES } from '../../../gateway/core/incident.ts'
import { ALARM_CLASSES } from '../../../gateway/core/signal.ts'
import { sheetOf as gatewaySheetOf, type SopAuto, type SopBook, type SopStep } from '../../../gateway/core/sop.ts'
import { assignment, incident, line, OWNER, SETTINGS, T0 } from '../testing/samples.ts'
import { adviceOf, lateness, leftUndone, sheetOf, stepsOf } from './steps.ts'
import { ageingOf, idleMs, nextTarget } from './target.ts'

describe('steps and advice', () => {
  const auto = (id: SopAuto) => ({ id, zh: id, en: id, who: 'operator', auto: id }) as const
  const ROWS: readonly SopStep[] = [
    ...(['acknowledge', 'verify', 'dispatch', 'accept', 'handOver'] as const).map(auto),
    { id: 'door', zh: '开门', en: 'door', who: 'operator' },
    auto('resolve')
  ]
  const idOf = (step: { readonly row: SopStep } | undefined) => step?.row.id

  it('marks what is done with its time and one current step', () => {
    const steps = stepsOf(incident('i', { state: 'acknowledged', acknowledgedAtMs: T0 + 8_000 }), [], ROWS)
    expect(steps[0]).toMatchObject({ row: { id: 'acknowledge' }, state: 'done', atMs: T0 + 8_000 })
    expect(steps.filter(step => step.state === 'current').map(idOf)).toEqual(['verify'])
  })

  it('comes again to who answers what was put back, and counts the first answer', () => {
    const first = (state: Incident['state']) =>
      stepsOf(incident('i', { state, acknowledgedAtMs: T0 + 2_500 }), [], ROWS)[0]
    expect(first('new')).toMatchObject({ state: 'current', hotkey: 'Space' })
    expect(first('acknowledged')).toMatchObject({ state: 'done', atMs: T0 + 2_500 })
  })

  it('never passes over a step that was left out, until it is done or skipped with its reason', () => {
    const sent = incident('i', { state: 'dispatched', acknowledgedAtMs: T0, dispatchedAtMs: T0 + 9_000 })
    const now = (one: Incident) => idOf(stepsOf(one, [], ROWS).find(step => step.state === 'current'))
    expect(now(sent)).toBe('verify')
    const skipped = { step: 'verify', state: 'skipped', by: '林晓', atMs: T0 + 6, reason: '听到打斗声' } as const
    expect(now({ ...sent, sop: { version: 1, ticks: [skipped] } })).toBe('accept')
  })

  it('ticks "two or more" by the people who go, and no longer when one of them does not', () => {
    const going = (...orders: Incident['assignments']) =>
      stepsOf(incident('i', { state: 'dispatched', assignments: orders }), [], [auto('twoSent')])[0]
    const alone = assignment({ members: 1 })
    const other = assignment({ id: 'a-2' as never, members: 1, offeredAtMs: T0 + 40_000 })
    expect(going(alone)?.state).toBe('current')
    expect(going(alone, other)).toMatchObject({ state: 'done', atMs: T0 + 40_000 })
    expect(going(assignment({ members: 2 }))).toMatchObject({ state: 'done', atMs: T0 + 20_000 })
    expect(going(alone, { ...other, state: 'declined' })?.state).toBe('current')
  })

  it('before a real case ends, names what was neither done nor skipped; of a false alarm nothing', () => {
    const [acknowledged, , sent, , , , resolve] = ROWS
    const skipped = { step: 'door', state: 'skipped', by: '林晓', atMs: T0 + 6, reason: '门开着' } as const
    const over = { dispatchedAtMs: T0 + 9_000, nature: 'violence', sop: { version: 1, ticks: [skipped] } } as const
    const steps = stepsOf(incident('i', { state: 'onScene', acknowledgedAtMs: T0, ...over }), [], ROWS)
    expect(leftUndone(steps, 'real-police').map(idOf)).toEqual(['accept', 'handOver'])
    expect(leftUndone(steps, 'false-misuse')).toEqual([])
    const few = [acknowledged, sent, resolve].filter(row => row !== undefined)
    expect(
      leftUndone(stepsOf(incident('i', { state: 'onScene', acknowledgedAtMs: T0, ...over }), [], few), 'real-fire')
    ).toEqual([])
  })

  it('counts down to when a step is due, and keeps by how much one was late', () => {
    const rows = [{ ...auto('acknowledge'), withinS: 15 }, { ...auto('verify'), withinS: 60 }, auto('dispatch')]
    const [first, second, third] = stepsOf(
      incident('i', { state: 'acknowledged', acknowledgedAtMs: T0 + 18_000 }),
      [],
      rows
    )
    expect(first && lateness(first, T0 + 90_000)).toBe(-3_000)
    expect(second && lateness(second, T0 + 50_000)).toBe(10_000)
    expect(second && lateness(second, T0 + 70_000)).toBe(-10_000)
    expect(third && lateness(third, T0 + 70_000)).toBeUndefined()
    const [inTime] = stepsOf(incident('i', { state: 'acknowledged', acknowledgedAtMs: T0 + 8_000 }), [], rows)
    expect(inTime && lateness(inTime, T0 + 90_000)).toBeUndefined()
  })

  it('shows what was ticked by hand and what was skipped, with why, and after the end what was left', () => {
    const ticks = [
      { step: 'door', state: 'done', by: '林晓', atMs: T0 + 5 },
      { step: 'handOver', state: 'skipped', by: '林晓', atMs: T0 + 6, reason: '110 已到' }
    ] as const
    const fire = incident('i', {
      state: 'resolved',
      acknowledgedAtMs: T0,
      resolvedAtMs: T0 + 9,
      sop: { version: 1, ticks }
    })
    const steps = stepsOf(fire, [line(1, { kind: 'natureSet' })], ROWS)
    const by = (id: string) => steps.find(step => step.row.id === id)
    expect(by('door')).toMatchObject({ state: 'done', atMs: T0 + 5 })
    expect(by('handOver')).toMatchObject({ state: 'skipped', reason: '110 已到' })
    expect(by('dispatch')?.state).toBe('left')
    expect(steps.some(step => step.state === 'current' || step.state === 'open')).toBe(false)
  })

  it('takes the sheet of the nature, else of the class, else the one for all others, as the gateway does', () => {
    const sheet = (kind: string) => ({ kind, steps: [{ id: kind, zh: kind, en: kind, who: 'unit' }] }) as const
    const book: SopBook = { version: 3, atMs: T0, by: '', sheets: ['default', 'fire', 'panic', 'duress'].map(sheet) }
    const first = (change: Partial<Incident>) => sheetOf(book, incident('i', change))[0]?.id
    const changes = [undefined, ...NATURES].flatMap(nature =>
      ALARM_CLASSES.flatMap(alarmClass => [true, false].map(duress => ({ nature, alarmClass, duress })))
    )
    for (const kept of [book, { ...book, sheets: [] }])
      for (const change of changes)
        expect(sheetOf(kept, incident('i', change))).toEqual(gatewaySheetOf(kept, incident('i', change)).steps)
    expect([first({ nature: 'fire' }), first({ nature: 'traffic' }), first({ alarmClass: 'gas' })]).toEqual([
      'fire',
      'panic',
      'default'
    ])
    expect(first({ nature: 'fire', duress: true })).toBe('duress')
  })

  it('warns of duress first, and of a cancel that may be forced (rule 5)', () => {
    const duress = incident('i', { duress: true, nature: 'violence' })
    // Nobody is called there, so nobody is told to lock the door.
    expect(adviceOf(duress, [line(1, { kind: 'cancelAsked' })])).toEqual(['duress', 'forcedCancel', 'twoPeople'])
    expect(adviceOf(incident('i', { nature: 'violence' }), [])).toEqual(['twoPeople', 'lockDoor'])
    expect(adviceOf(incident('i', { duress: true }), [])).toEqual(['duress', 'twoPeople'])
    // A driver who is threatened pressed without a sound; his parking trouble is no secret.
    const taxi = (over: Partial<Incident>) => adviceOf(incident('i', { sourceKind: 'taxi', ...over }), [])
    expect(taxi({ alarmClass: 'panic' })).toEqual(['silentVehicle', 'twoPeople'])
    // Until somebody has said why he pressed: two go, as the gateway and the list of units propose.
    expect(taxi({ alarmClass: 'panic', nature: 'medical' })).toEqual(['silentVehicle', 'ambulance'])
    expect(taxi({ alarmClass: 'panic', nature: 'violence' })).toEqual(['silentVehicle', 'twoPeople'])
    expect(taxi({ alarmClass: 'trouble' })).toEqual([])
    // Whoever sits in a crashed car is called.
    expect(taxi({ alarmClass: 'medical' })).not.toContain('silentVehicle')
  })
})

describe('ageing', () => {
  it('is amber when most of the time is used up and red when it is past; without a target it is neither', () => {
    const target = nextTarget(incident('i'), SETTINGS)
    expect([5_999, 6_000, 10_000, 10_001].map(ms => ageingOf(target, T0 + ms))).toEqual([
      'fresh',
      'soon',
      'soon',
      'late'
    ])
    expect(ageingOf(undefined, T0)).toBe('fresh')
  })

  it('says how long nobody has done anything, from when the gateway rings again', () => {
    const mine = incident('i', { state: 'verifying', owner: OWNER, acknowledgedAtMs: T0, lastActionAtMs: T0 + 5_000 })
    expect(idleMs(mine, SETTINGS, T0 + 64_999)).toBeUndefined()
    expect(idleMs(mine, SETTINGS, T0 + 65_000)).toBe(60_000)
    expect(idleMs({ ...mine, state: 'enRoute' }, SETTINGS, T0 + 999_000)).toBeUndefined()
    expect(idleMs(incident('i'), SETTINGS, T0 + 999_000)).toBeUndefined()
  })
})

it('sending a unit has its time from the answer that holds, all else from the alarm', () => {
  const auto = (id: SopAuto) => ({ id, zh: id, en: id, who: 'operator', auto: id }) as const
  const rows = [
    { ...auto('verify'), withinS: 60 },
    { ...auto('dispatch'), withinS: 60 }
  ]
  const due = (more: Partial<Incident>) => {
    const one = incident('i', { openedAtMs: 1_000, ...more })
    return stepsOf(one, [], rows).map(({ dueAtMs, from }) => [dueAtMs, from])
  }
  // Nobody has it: what is late is the answer.
  expect(due({ state: 'new', acknowledgedAtMs: undefined })).toEqual([
    [61_000, 'alarm'],
    [undefined, undefined]
  ])
  expect(due({ state: 'acknowledged', acknowledgedAtMs: 41_000 })).toEqual([
    [61_000, 'alarm'],
    [101_000, 'answer']
  ])
  expect(due({ state: 'acknowledged', acknowledgedAtMs: 41_000, takenAgainAtMs: 90_000 })[1]).toEqual([
    150_000,
    'answer'
  ])
})
