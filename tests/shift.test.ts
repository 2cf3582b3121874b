/** 交接班 and 回访 over HTTP: accepted by whom it was offered to and by nobody else, nothing un-owned left, a kill between acceptance and the last incident goes on; calls with result. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyWork } from '../gateway/compose/verify-work.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { FollowUp, ShiftHandOver, ShiftState } from '../gateway/core/shift.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const dir = tempDir('shift')
const protocol = createFakeProtocol()
const passwords = new Map<string, string>()
let running: RunningGateway
let giver: ConsoleClient
let taker: ConsoleClient
let third: ConsoleClient

async function start(): Promise<void> {
  running = await runGateway({ dir, adapters: [protocol.definition] })
  const client = async (login: string, seat: number) => {
    const password = passwords.get(login) ?? (await running.person(login, 'operator'))
    passwords.set(login, password)
    const there = await logIn(running.url, login, password, seat)
    await there.connect()
    return there
  }
  giver = await client('10327', 1)
  taker = await client('10411', 2)
  third = await client('10412', 3)
}

async function press(sourceId: string): Promise<Incident> {
  await protocol.host().accept(sampleSignal({ sourceId: sourceId as never, receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  return [...running.gateway.incidents.all()].at(-1) as Incident
}
const leave = () => {
  for (const each of [giver, taker, third]) each.close()
  return running.stop()
}
const offer = async (to: string) => giver.post('/api/shift', { to, note: '杏花巷注意' })
const why = async (response: Response) =>
  ((await response.json()) as { readonly detail?: { readonly why?: string } }).detail?.why
const ownerOf = (incident: Incident) => running.gateway.incidents.get(incident.id)?.owner?.name

beforeAll(start, 60_000)
afterAll(leave)

let shop: Incident
let home: Incident

test('offered with what is open to somebody of the floor, once; taken back, refused with a reason', async () => {
  shop = await press('mqtt:linxi/box-03')
  await giver.act(shop.id, { action: 'acknowledge' })
  await running.person('30001', 'patrol', { unitId: 'u1' })
  expect(await why(await offer('30001'))).toBe('nobody of the floor has this work number')
  expect(await why(await offer('10327'))).toBe('a shift is handed over to somebody else')
  const first = (await (await offer('10411')).json()) as ShiftHandOver
  expect(first).toMatchObject({ state: 'offered', incidents: [{ number: shop.number }], to: { login: '10411' } })
  expect(await why(await offer('10412'))).toBe('your hand-over waits for its answer already')
  expect((await third.post(`/api/shift/${first.id}/accept`)).status).toBe(404)
  expect((await giver.post(`/api/shift/${first.id}/withdraw`)).status).toBe(200)
  const second = (await (await offer('10411')).json()) as ShiftHandOver
  expect((await taker.post(`/api/shift/${second.id}/refuse`, { reason: '还没到点' })).status).toBe(200)
  expect(await why(await taker.post(`/api/shift/${second.id}/accept`))).toBe('this hand-over was answered already')
})

test('accepted only when nobody waits, then everything changes hands and is on record', async () => {
  const offered = (await (await offer('10411')).json()) as ShiftHandOver
  expect(((await (await taker.get('/api/shift')).json()) as ShiftState).asked).toMatchObject([{ note: '杏花巷注意' }])
  home = await press('sip:6650147')
  expect(await why(await taker.post(`/api/shift/${offered.id}/accept`))).toBe('an alarm waits: acknowledge it first')
  expect(ownerOf(shop)).toBe('名 10327')
  await giver.act(home.id, { action: 'acknowledge' })
  const accepted = (await (await taker.post(`/api/shift/${offered.id}/accept`)).json()) as ShiftHandOver
  expect(accepted).toMatchObject({ state: 'accepted', whole: true })
  expect([...(accepted.moved ?? [])].sort()).toEqual([shop.number, home.number].sort())
  expect([ownerOf(shop), ownerOf(home)]).toEqual(['名 10411', '名 10411'])
  const lines = await running.gateway.store.timeline(shop.id)
  // Other lines may follow it: of the timers, of a clip.
  expect(lines.findLast(line => line.kind === 'transferred')).toMatchObject({
    data: { from: '名 10327', to: '名 10411' }
  })
  const actions = (await running.gateway.store.auditTail(200)).map(entry => entry.action)
  expect(actions).toEqual(expect.arrayContaining(['shift.offer', 'shift.refuse', 'shift.accept', 'incident.transfer']))
})

test('an acceptance that a kill cut off before the incidents is carried out at the next start', async () => {
  const back = (await (await taker.post('/api/shift', { to: '10327', note: '' })).json()) as ShiftHandOver
  // As the folder is found when the process dies right after the acceptance was written.
  const key = `${String(back.atMs).padStart(15, '0')}/${back.id}`
  const body = { ...back, state: 'accepted', answeredAtMs: Date.now(), whole: false }
  const entry = { atMs: 1, who: '10327', action: 'shift.accept', object: `shift:${back.id}`, outcome: 'done' } as const
  await running.gateway.store.commit({ documents: [{ kind: 'shift.handOver', key, body }], audit: [entry] })
  await leave()
  await start()
  expect([ownerOf(shop), ownerOf(home)]).toEqual(['名 10327', '名 10327'])
  await leave()
  await start()
  const moves = (await running.gateway.store.timeline(home.id)).filter(line => line.kind === 'transferred')
  expect(moves).toHaveLength(2)
})

test('a follow-up call is due, tried in vain, done; it outlives the file and a start anew', async () => {
  const plan = await giver.post('/api/follow-ups', { incidentId: home.id, dueInMs: 3_600_000, note: '问是否康复' })
  const task = (await plan.json()) as FollowUp
  expect(task).toMatchObject({ number: home.number, whom: '陈桂芳', phone: '6650147', state: 'open' })
  const answer = (result: string) => taker.post(`/api/follow-ups/${task.id}/answer`, { result, text: '没人接' })
  const again = (await (await answer('noAnswer')).json()) as FollowUp
  expect([again.state, again.tries.length, again.dueAtMs >= task.dueAtMs]).toEqual(['open', 1, true])
  await leave()
  await start()
  const open = async () => (await (await third.get('/api/follow-ups')).json()) as readonly FollowUp[]
  expect(await open()).toMatchObject([{ id: task.id, tries: [{ result: 'noAnswer', by: '名 10411' }] }])
  expect(((await (await answer('reached')).json()) as FollowUp).state).toBe('done')
  expect([await open(), (await answer('reached')).status]).toEqual([[], 404])
  expect((await giver.post('/api/follow-ups', { incidentId: 'none', dueInMs: 1 })).status).toBe(404)
})

test('two that are merged into each other at once: one goes on', async () => {
  const by = (incident: Incident) => (ownerOf(incident) === '名 10411' ? taker : giver)
  const merge = (from: Incident, into: Incident) =>
    by(from).post(`/api/incidents/${from.id}/actions`, { action: 'merge', into: into.id })
  const answers = await Promise.all([merge(shop, home), merge(home, shop)])
  expect(answers.map(each => each.status).sort()).toEqual([200, 409])
  const states = [shop, home].map(each => running.gateway.incidents.get(each.id)?.state)
  expect(states.filter(state => state === 'resolved')).toHaveLength(1)
  const merged = states[0] === 'resolved' ? shop : home
  await by(merged).act(merged.id, { action: 'reopen', reason: '不是一件事' })
})

test('while an incident under duress is open nobody is to be called there', async () => {
  await protocol
    .host()
    .accept(sampleSignal({ sourceId: 'sip:6650148' as never, alarmClass: 'duress', receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  const duress = [...running.gateway.incidents.all()].find(each => each.duress) as Incident
  const refused = await giver.post('/api/follow-ups', { incidentId: duress.id, dueInMs: 1 })
  expect(await why(refused)).toBe('duress: nobody is called there while it is open')
})

test('nor is a call that was planned before shown, of whatever incident of that place, until it is over', async () => {
  const open = async () =>
    ((await (await third.get('/api/follow-ups')).json()) as readonly FollowUp[]).map(each => each.id)
  const plan = await giver.post('/api/follow-ups', { incidentId: home.id, dueInMs: 0 })
  const task = (await plan.json()) as FollowUp
  expect(await open()).toEqual([task.id])
  await giver.act(home.id, { action: 'resolve', disposition: 'false-misuse', feedback: '误按' })
  const again = await press('sip:6650147')
  expect([again.id === home.id, again.subject.id]).toEqual([false, home.subject.id])
  await giver.act(again.id, { action: 'acknowledge' })
  await giver.act(again.id, { action: 'markDuress' })
  expect(await open()).toEqual([])
})

test('what all this has left in the data folder holds the invariants of such work', () => {
  expect(verifyWork(join(dir, 'data')).violations).toEqual([])
})
