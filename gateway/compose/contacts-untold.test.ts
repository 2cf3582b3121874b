/** A message to a contact that is not handed over is a line of its incident: late, and given up, each once, over restarts, whatever the reason. */
import { expect, it } from 'vitest'
import type { Incident } from '../core/incident.ts'
import type { Step } from '../core/step.ts'
import { bench, DOWN, RULES, SETTINGS, SINK, TAKEN } from '../feed/outwards/testing.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { watchItemWrites } from './clear-places.ts'
import { createContactsUntold } from './contacts-untold.ts'

const agreed = { messageConsent: '2026-11-01' }
const CONTACTS = [
  { name: '林晓', relation: '女儿', phone: '13900000001', ...agreed },
  { name: '林洁', relation: '侄女', phone: '13900000003', ...agreed }
]

/** A household's call for help, its two contacts at one sink. */
async function line() {
  const made = await bench({ sink: { ...SINK, name: 'sms', format: 'contacts' } })
  const base = sampleIncident({ number: '1122-0001', alarmClass: 'help', priority: 2 })
  const opened: Incident = {
    ...base,
    ...{ openedAtMs: made.clock.now(), pressTimesMs: [made.clock.now()] },
    subject: { ...base.subject, kind: 'household', name: '陈桂芳', contacts: CONTACTS }
  }
  let incident: Incident | undefined = opened
  const lines: unknown[] = []
  const state = { refuses: false }
  const step = async (_: unknown, { kind, ...what }: Step) => {
    if (state.refuses) throw new Error('disk full')
    if (kind === 'remark' && 'line' in what && 'data' in what) lines.push([what.line, what.data])
    return incident as Incident
  }
  const make = () =>
    createContactsUntold({
      ...{ clock: made.clock, log: silentLog, outbox: made.outbox(), writes: watchItemWrites(made.store) },
      viewOf: () => made.sender().view()
    })
  let look = make()
  return {
    ...{ ...made, opened, lines, state },
    is: (now: Incident | undefined) => {
      incident = now
    },
    look: () => look({ get: () => incident, step: step as never }),
    async restart() {
      await made.sender().stop()
      await made.restart()
      look = make()
    }
  }
}
const said = (name: string, relation: string, untold: string, again: boolean) => [
  'contactUntold',
  { name, relation, untold, again }
]

it('one whom the receiver refuses is given up in his incident at once, and keeps nobody else waiting', async () => {
  const made = await line()
  made.answers.push({ kind: 'refused', status: 422 })
  await made.step(made.opened)
  await made.look()
  await made.clock.advance(RULES.afterMs)
  await made.look()
  expect(made.lines).toEqual([said('林晓', '女儿', 'HTTP 422', false)])
  expect(made.delivered.map(({ contact }) => contact?.name)).toEqual(['林洁'])
  await made.look()
  await made.restart()
  await made.clock.advance(60_000)
  await made.look()
  expect(made.lines).toHaveLength(1)
})

it('while the receiver is down it is late after half a minute, once each, and given up in the end', async () => {
  const made = await line()
  made.now.answer = DOWN
  await made.step(made.opened)
  await made.clock.advance(RULES.afterMs + 29_000)
  await made.look()
  expect(made.lines).toEqual([])
  await made.clock.advance(1_000)
  await made.look()
  const late = [said('林晓', '女儿', 'ECONNREFUSED', true), said('林洁', '侄女', 'ECONNREFUSED', true)]
  expect(made.lines).toEqual(late)
  await made.look()
  await made.restart()
  await made.look()
  expect(made.lines).toEqual(late)
  await made.clock.advance(SETTINGS.giveUpMs + SETTINGS.retryMaxMs)
  await made.look()
  expect(made.lines.slice(2)).toEqual(late.map(([kind, data]) => [kind, { ...(data as object), again: false }]))
})

it('a sink that is paused says so, one that is told in time says nothing', async () => {
  const made = await line()
  made.sender().pause(true)
  await made.step(made.opened)
  await made.clock.advance(RULES.afterMs + 30_000)
  await made.look()
  expect(made.lines).toEqual([said('林晓', '女儿', 'paused', true), said('林洁', '侄女', 'paused', true)])
  made.sender().pause(false)
  await made.clock.advance(1)
  expect(made.delivered).toHaveLength(2)
  const quick = await line()
  await quick.step(quick.opened)
  await quick.clock.advance(RULES.afterMs + 60_000)
  await quick.look()
  expect(quick.lines).toEqual([])
})

it('a line that cannot be stored is tried with the next look; of an incident that is over there is none', async () => {
  const made = await line()
  made.now.answer = DOWN
  await made.step(made.opened)
  await made.clock.advance(RULES.afterMs + 30_000)
  made.state.refuses = true
  await made.look()
  made.state.refuses = false
  made.is(undefined)
  await made.look()
  expect(made.lines).toEqual([])
  made.is(made.opened)
  await made.look()
  expect(made.lines).toHaveLength(2)
})

it('one that is delivered while its mark is written stays delivered', async () => {
  const made = await line()
  made.now.answer = DOWN
  await made.step(made.opened)
  await made.clock.advance(RULES.afterMs + 30_000)
  made.now.answer = TAKEN
  const looked = made.look()
  made.sender().hurry()
  await looked
  await made.clock.advance(60_000)
  expect(made.delivered).toHaveLength(2)
  expect([...made.rows.keys()].filter(key => key.startsWith('outbox.item'))).toEqual([])
})
