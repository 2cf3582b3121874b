/** Who hears that a unit has set off: callers of the incident who are on the line, nobody after duress. */
import { expect, test } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { membersOf } from '../core/calling-subjects.ts'
import type { CommandKind } from '../core/device-command.ts'
import type { Alarm, Incident, SubjectCard } from '../core/incident.ts'
import type { Adapter } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { hushedBy, informSources } from './tell-caller.ts'

const PHONE = id<SourceId>('sip:6650147')
const dispatched = sampleIncident({ state: 'dispatched', acknowledgedAtMs: 1 })
const enRoute: Incident = { ...dispatched, state: 'enRoute' }

async function inform(after: Incident, before: Incident | undefined, more: Partial<Alarm> = {}, onTheLine = true) {
  const asked: SourceId[] = []
  const steps: Step[] = []
  const adapter: Adapter = {
    name: 'sip',
    run: async () => {},
    async unitComing(source) {
      asked.push(source)
      return onTheLine
    }
  }
  const alarms = [sampleAlarm(after, { sourceId: PHONE }), sampleAlarm(after, { sourceId: PHONE, ...more })]
  const incidents = {
    alarmsOf: () => alarms,
    callsOf: () => [],
    openOfSource: () => undefined,
    step: async (_: unknown, step: Step) => void steps.push(step)
  }
  await informSources(after, before, incidents, [{ name: 'sip', adapter }], silentLog)
  return { asked, steps }
}

test('a unit has set off: the caller on the line is told, once a source, and the incident says so', async () => {
  const { asked, steps } = await inform(enRoute, dispatched)
  expect(asked).toEqual([PHONE])
  expect(steps).toEqual([{ kind: 'remark', line: 'callerTold', data: { source: PHONE } }])
})

test('nobody on the line: nothing is written', async () => {
  expect((await inform(enRoute, dispatched, {}, false)).steps).toEqual([])
})

test('after duress nobody is told, whichever source told it', async () => {
  expect((await inform({ ...enRoute, duress: true }, dispatched)).asked).toEqual([])
  expect((await inform(enRoute, dispatched, { alarmClass: 'duress' })).asked).toEqual([])
})

test('somebody who calls again while the unit is under way is told too; no other change tells it again', async () => {
  expect((await inform({ ...enRoute, presses: 2 }, { ...enRoute, presses: 1 })).asked).toEqual([PHONE])
  expect((await inform(enRoute, enRoute)).asked).toEqual([])
  expect((await inform(enRoute, undefined)).asked).toEqual([])
  expect((await inform({ ...enRoute, state: 'onScene' }, enRoute)).asked).toEqual([])
})

test('a telephone that calls after the mark is hushed: the same, another of the household, a shared one; no stranger', () => {
  const marked: Incident = { ...dispatched, duress: true }
  const other = { ...marked.subject, id: id<SubjectId>('somebody-else') }
  const subjects: Record<string, SubjectCard> = {
    'sip:second': marked.subject,
    'sip:gate': { ...other, id: id<SubjectId>('shared:sip:gate'), shared: [other, marked.subject] }
  }
  const hushed = (source: string, open = marked) =>
    hushedBy(
      { resolve: sourceId => ({ subject: subjects[sourceId] ?? other }) },
      {
        alarmsOf: () => [],
        callsOf: subject => (membersOf(subject).includes(open.subject.id) ? [open] : []),
        openOfSource: sourceId => (sourceId === PHONE ? open : undefined)
      }
    )(id<SourceId>(source))
  expect([PHONE, 'sip:second', 'sip:gate'].map(source => hushed(source))).toEqual([true, true, true])
  expect(hushed('sip:stranger')).toBe(false)
  expect(hushed('sip:second', dispatched)).toBe(false)
  expect(hushed('sip:second', { ...marked, subject: other })).toBe(false)
})

test('with the incident ends the tracking of its vehicles; one that calls in another incident, or cannot take it, is let be', async () => {
  const TAXI = id<SourceId>('jt808:013900000007')
  const told: unknown[] = []
  const end = async (
    after: Incident,
    before: Incident,
    other?: Incident,
    kinds: readonly CommandKind[] = ['track']
  ) => {
    const adapter: Adapter = {
      ...{ name: 'jt808', run: async () => {}, commandsOf: () => kinds },
      async command(source, command) {
        told.push([source, command])
        throw new Error('the line is gone')
      }
    }
    const incidents = {
      ...{ alarmsOf: () => [sampleAlarm(after, { sourceId: TAXI }), sampleAlarm(after, { sourceId: TAXI })] },
      ...{ callsOf: () => [], openOfSource: () => other, step: async () => undefined }
    }
    await informSources(after, before, incidents, [{ name: 'jt808', adapter }], silentLog)
    return told.splice(0)
  }
  const resolved: Incident = { ...dispatched, state: 'resolved' }
  const ended = [[TAXI, { kind: 'track', intervalS: 0, forS: 0 }]]
  expect(await end(resolved, dispatched)).toEqual(ended)
  expect(await end({ ...resolved, state: 'closed' }, resolved)).toEqual([])
  expect(await end(enRoute, dispatched)).toEqual([])
  expect(await end(resolved, dispatched, enRoute)).toEqual([])
  expect(await end(resolved, dispatched, { ...enRoute, alarmClass: 'trouble', priority: 4 })).toEqual(ended)
  expect(await end(resolved, dispatched, undefined, ['text'])).toEqual([])
  expect(await end({ ...resolved, alarmClass: 'trouble', priority: 4 }, dispatched)).toEqual([])
})
