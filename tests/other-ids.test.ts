/** Every route asked for something of somebody else's (another seat's incident, another team's order, another fleet's car, a private camera): each role that may call it gets what other-ids.ts says, and no more. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import type { ErrorBody, ExportJob, PatrolCommandResult } from '../gateway/core/wire.ts'
import { ACTION_BODIES } from '../gateway/http/schemas.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { ACTIONS, COMMANDS, NOBODYS, OTHERS, type Others, type Thing } from './other-ids.ts'
import { BY_ROLE, LETTERS, type Letter } from './route-rights.ts'
import { type Named, type Route, routesOf } from './route-samples.ts'

const TEST_MS = 240_000
/** 03:12 in Shanghai: the round of 03:00 is open. */
const clock = createFakeClock()
const protocol = createFakeProtocol()
/** One of each role, who asks. */
const askers = new Map<Letter, ConsoleClient>()
const things = new Map<Thing, string>()
let running: RunningGateway

const at = { lat: 27.06, lon: 119.66, datum: 'wgs84' }
const TOWN = {
  ...SMALL_TOWN,
  subjects: [
    ...SMALL_TOWN.subjects.map(each => (each.id === 'h1' ? { ...each, phrases: { safe: '今天吃面' } } : each)),
    { id: 'taxi2', kind: 'vehicle', name: '闽J·T0700', address: '', fleetId: 'fleet-2' }
  ],
  sources: [...SMALL_TOWN.sources, { id: 'jt808:013900000008', subjectId: 'taxi2', kind: 'taxi' }],
  cameras: [...SMALL_TOWN.cameras, { id: 'far', name: '别墅门口', position: at, ownership: 'private' }]
}
/** The smallest picture that is taken for one: a JPEG of one pixel. */
const PICTURE = Buffer.from(
  '/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q==',
  'base64'
)

async function press(sourceId: string, more = {}): Promise<Incident> {
  const receivedTimeMs = clock.now()
  await protocol.host().accept(sampleSignal({ sourceId: sourceId as never, receivedTimeMs, ...more }))
  await running.gateway.idle()
  return [...running.gateway.incidents.all()].at(-1) as Incident
}
async function made<T>(answer: Promise<Response>): Promise<T> {
  const response = await answer
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
const isId = (answer: Promise<Response>) => made<{ readonly id: string }>(answer).then(({ id }) => id)

/** What belongs to others: an operator, a team, a fleet, a leader who is not the one that asks. */
async function others(): Promise<void> {
  const person = async (login: string, role: (typeof LETTERS)[Letter], seat?: number, more = {}) =>
    logIn(running.url, login, await running.person(login, role, more), seat)
  const han = await person('10411', 'operator', 4)
  await person('10412', 'operator', 5)
  const leader = await person('10009', 'leader', 6)
  const team = await person('30002', 'patrol', undefined, { unitId: 'u2' })
  await team.command({ kind: 'onDuty' })
  await team.post('/api/patrol/position', { lat: 27.0322, lon: 119.6122, accuracyM: 5, takenAtMs: clock.now() })
  const home = await press('sip:6650147', { sourceKind: 'panicPhone' })
  await made(han.act(home.id, { action: 'acknowledge' }))
  const car = await press('jt808:013900000008', { sourceKind: 'taxi' })
  await made(han.act(car.id, { action: 'acknowledge' }))
  await made(han.act(home.id, { action: 'dispatch', unitId: 'u2' as never }))
  await made(han.act(home.id, { action: 'handOver110', to: '110' as never }))
  things.set('handOver', running.gateway.incidents.get(home.id)?.handOvers?.[0]?.id ?? '')
  const order = running.gateway.incidents.get(home.id)?.assignments.at(-1)?.id ?? ''
  await made(team.command({ kind: 'accept', assignmentId: order as never }))
  const photo = await fetch(`${running.url}/api/incidents/${home.id}/photos`, {
    ...{ method: 'POST', body: PICTURE, headers: { cookie: han.cookie, 'content-type': 'image/jpeg' } }
  })
  things.set('evidence', (await made<{ photo: string }>(Promise.resolve(photo))).photo)
  const layout = { name: '韩梅的', shared: true, grid: '4', pages: [[null]] }
  const tour = { name: '韩梅的', shared: true, cameras: ['c1'], dwellS: 10 }
  const shift = { fromMin: 0, toMin: 0, persons: ['10411'] }
  const plan = { name: '夜间', shared: true, cameras: ['c1'], shifts: [shift], intervalMin: 60, minLookS: 10 }
  await isId(leader.post('/api/video-patrol/plans', plan))
  const rounds = await made<{ rounds: readonly { id: string }[] }>(han.get('/api/video-patrol'))
  things.set('round', rounds.rounds[0]?.id ?? '')
  const call = { target: { kind: 'units', unitIds: ['u2'] }, kind: 'standby', text: '待命', telephone: false }
  for (const [thing, answer] of [
    ['layout', han.post('/api/wall/layouts', layout)],
    ['tour', han.post('/api/wall/tours', tour)],
    ['shift', han.post('/api/shift', { to: '10412', note: '' })],
    ['followUp', han.post('/api/follow-ups', { incidentId: home.id, dueInMs: 0 })],
    ['groupCall', leader.post('/api/group-calls', call)],
    ['export', han.post('/api/exports', { incidentId: home.id, reason: '移交办案', receiver: '城关派出所' })]
  ] as const)
    things.set(thing, await isId(answer))
  for (const [thing, value] of Object.entries({ home: home.id, car: car.id, order, camera: 'far', team: 'u2' }))
    things.set(thing as Thing, value)
  const job = () => made<ExportJob>(leader.get(`/api/exports/${things.get('export')}`))
  await until('the export is made', async () => (await job()).state === 'ready')
}

beforeAll(async () => {
  running = await runGateway({ dir: tempDir('other-ids'), clock, registry: TOWN, adapters: [protocol.definition] })
  let login = 20_001
  for (const [letter, role] of Object.entries(LETTERS) as [Letter, (typeof LETTERS)[Letter]][]) {
    const own = role === 'patrol' ? { unitId: 'u1' } : role === 'taxiDispatcher' ? { fleetId: 'fleet-1' } : {}
    const seat = role === 'operator' ? 1 : role === 'leader' ? 2 : undefined
    const number = String(login++)
    askers.set(letter, await logIn(running.url, number, await running.person(number, role, own), seat))
  }
  await askers.get('P')?.command({ kind: 'onDuty' })
  await others()
}, TEST_MS)
afterAll(() => running.stop())

/** With the ids of what is named. */
const real = (fields: Readonly<Record<string, unknown>> = {}): Record<string, never> =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, things.get(value as Thing) ?? value])
  ) as Record<string, never>
const named = (row: Others | undefined): Named | undefined =>
  row && { at: real(row.at), query: real(row.query), body: row.body && real(row.body) }

/** `open`, or the code of the refusal. */
async function call({ method, path, body, type }: Route, cookie: string): Promise<string> {
  const headers = { cookie, ...(type ? { 'content-type': type } : {}) }
  const response = await fetch(running.url + path, { method, body, headers, redirect: 'manual' })
  const text = await response.text()
  if (response.status < 400) return 'open'
  const { error } = JSON.parse(text) as ErrorBody
  return error
}

const MAY = new Map(
  Object.entries(BY_ROLE).flatMap(([roles, names]) => names.map(name => [name, [...roles] as Letter[]]))
)

it('says of every route whose things it may be asked for, once', () => {
  const said = [...Object.keys(OTHERS), ...Object.values(NOBODYS).flat()]
  expect(said.toSorted()).toEqual([...MAY.keys()].toSorted())
  const unanswered = Object.entries(OTHERS).filter(
    ([name, { gets }]) => Object.keys(gets).join() !== (MAY.get(name) ?? []).join()
  )
  expect(unanswered.map(([name]) => name)).toEqual([])
})

it('gives each role of what is another’s what the table says', { timeout: TEST_MS }, async () => {
  const routes = await routesOf(running.url, askers.get('A')?.cookie ?? '', name => named(OTHERS[name]))
  const wrong: string[] = []
  for (const [name, { gets }] of Object.entries(OTHERS)) {
    const route = routes.find(each => each.name === name)
    if (!route) throw new Error(`${name} is not described`)
    for (const [letter, wanted] of Object.entries(gets)) {
      const got = await call(route, askers.get(letter as Letter)?.cookie ?? '')
      if (got !== wanted) wrong.push(`${LETTERS[letter as Letter]} ${name}: ${got}, not ${wanted}`)
    }
  }
  expect(wrong).toEqual([])
})

/** Whoever may act on an incident is told so by its state, its owner or its story: what was refused has left none of it changed. */
const standing = () => {
  const { state, owner, priority, duress, assignments, disposition } =
    running.gateway.incidents.get(things.get('home') as never) ?? ({} as Partial<Incident>)
  return JSON.stringify({ state, owner, priority, duress, assignments, disposition })
}

it('lets an operator do with the incident of another seat what the table says, and changes nothing of it', async () => {
  expect(Object.keys(ACTIONS).toSorted()).toEqual(Object.keys(ACTION_BODIES).toSorted())
  const before = standing()
  const wrong: string[] = []
  for (const [action, { body, says }] of Object.entries(ACTIONS)) {
    const route = {
      ...{
        name: action,
        method: 'POST',
        type: 'application/json',
        path: `/api/incidents/${things.get('home')}/actions`
      },
      body: JSON.stringify({ action, ...real(body) })
    }
    const got = await call(route, askers.get('O')?.cookie ?? '')
    if (got !== says) wrong.push(`${action}: ${got}, not ${says}`)
  }
  expect(wrong).toEqual([])
  expect(standing()).toBe(before)
})

it('takes from a team’s phone nothing of another team’s order', async () => {
  const before = standing()
  const told: unknown[] = []
  for (const command of COMMANDS) {
    const answer = askers.get('P')?.command({ ...command, assignmentId: things.get('order') } as never)
    const [result] = await made<readonly PatrolCommandResult[]>(answer as Promise<Response>)
    told.push([command.kind, result?.outcome])
  }
  expect(told).toEqual(COMMANDS.map(({ kind }) => [kind, 'refused']))
  expect(standing()).toBe(before)
})
