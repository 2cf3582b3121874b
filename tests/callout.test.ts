/** A household calls #9 and sipp is its neighbours: the whole gateway, also killed in the middle of it. */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { definition as sip } from '../adapters/sip/index.ts'
import { createTelephone } from '../adapters/sip/simulator.ts'
import type { CalledNeighbour } from '../gateway/core/callout.ts'
import type { Incident, TimelineEntry } from '../gateway/core/incident.ts'
import { openReadOnly } from '../gateway/storage/sqlite/open.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { runGateway } from '../gateway/testing/run-gateway.ts'
import { startRelay } from '../gateway/testing/sip-relay.ts'
import { startNeighbours } from '../gateway/testing/sipp-neighbours.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const CALLER = '6650100'
/** The last digit of its number is what a neighbour does: 1 and 2 are pressed, 3 is busy, 4 does not answer. */
const numberOf = (n: number) => `66501${n + 10}${1 + (n % 4)}`

/** The household that calls, and `neighbours` others of its group. */
function group(neighbours: number) {
  const home = (id: string, phone: string, n: number) => ({
    ...{ id, kind: 'household', name: `住户 ${n}`, address: `杏花巷 ${n} 号`, phone, groupId: 'g1' }
  })
  const others = Array.from({ length: neighbours }, (_, n) => home(`neighbour-${n}`, numberOf(n), n + 1))
  const subjects = [home('caller', CALLER, 99), ...others]
  return {
    site: { code: 'linxi', name: '临溪县', centre: '临溪县监控中心', timeZone: 'Asia/Shanghai' },
    groups: [{ id: 'g1', name: '杏花巷第一组' }],
    subjects,
    cameras: [],
    units: [],
    sources: subjects.map(({ id, phone }) => ({ id: `sip:${phone}`, subjectId: id, kind: 'panicPhone' }))
  }
}

const line = (port: number, more: object = {}) => ({
  ...{ address: '127.0.0.1', tlsPort: -1, hearPort: 0, ringMs: 100, rtpPorts: { from: 0, to: 0 } },
  trunks: [
    { name: 'neighbours', address: '127.0.0.1', port, maxPlaced: 20 },
    { name: 'town', address: '127.0.0.1' }
  ],
  ...more
})

async function incidentOf(client: ConsoleClient): Promise<Incident | undefined> {
  return ((await (await client.get('/api/incidents')).json()) as Incident[])[0]
}

const callDone = async (client: ConsoleClient) => {
  const incident = await incidentOf(client)
  return incident?.callout?.endedAtMs === undefined ? undefined : incident
}

const stateOf = ({ number, state }: CalledNeighbour) => `${number.at(-1)} ${state}`
const STATES = new Set(['1 going', '2 cannot', '3 busy', '4 noAnswer'])

test('fifteen neighbours ring at once; each is shown with what it did, in the story too', async () => {
  const sipp = await startNeighbours(100, 50)
  cleanups.push(sipp.stop)
  const relay = await startRelay(sipp.port)
  cleanups.push(relay.close)
  const settings = { enough: 0, ringMs: 5_000, againAfterMs: 1_000 }
  const running = await runGateway({
    ...{ dir: tempDir('callout'), registry: group(15), adapters: [sip] },
    config: { adapters: { sip: line(relay.port, { port: 0 }) }, incidents: { callout: settings } }
  })
  cleanups.push(() => running.stop())
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  const telephone = await createTelephone({ server, number: CALLER, asserted: true })
  cleanups.push(() => telephone.close())
  const pressed = await telephone.press({ hangUpAfterMs: 20_000 })
  expect(pressed.status).toBe(200)
  // The household that called is still on the line while its neighbours are rung.
  const incident = await until('the call-out is over', () => callDone(operator))
  const neighbours = incident.callout?.neighbours ?? []
  expect(incident.callout).toMatchObject({ by: 'system', message: 'help', end: 'all' })
  expect(neighbours.map(n => n.number).sort()).toEqual(Array.from({ length: 15 }, (_, n) => numberOf(n)).sort())
  expect(neighbours.map(stateOf).filter(state => !STATES.has(state))).toEqual([])
  // One call to who answered, two to who was busy or away, none to who called.
  for (const { number, state } of neighbours)
    expect(relay.calls.get(number)?.size, `${number} ${state}`).toBe(state === 'going' || state === 'cannot' ? 1 : 2)
  expect(relay.calls.has(CALLER)).toBe(false)
  const { timeline } = (await (await operator.get(`/api/incidents/${incident.id}`)).json()) as {
    timeline: readonly TimelineEntry[]
  }
  const kinds = Map.groupBy(timeline, entry => entry.kind)
  expect(kinds.get('calloutStarted')?.map(entry => entry.data)).toEqual([{ by: 'system', message: 'help', count: 15 }])
  expect(kinds.get('neighbourSaid')).toHaveLength(
    neighbours.filter(n => n.state === 'going' || n.state === 'cannot').length
  )
  expect(kinds.get('calloutEnded')?.map(entry => entry.data.end)).toEqual(['all'])
})

test('an operator calls the neighbours and ends it; another seat may not', async () => {
  const sipp = await startNeighbours(100, 50)
  cleanups.push(sipp.stop)
  const running = await runGateway({
    ...{ dir: tempDir('callout'), registry: group(4), adapters: [sip] },
    config: { adapters: { sip: line(sipp.port, { port: 0 }) }, incidents: { callout: { enabled: false } } }
  })
  cleanups.push(() => running.stop())
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const other = await logIn(running.url, '10400', await running.person('10400', 'operator'), 4)
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  const telephone = await createTelephone({ server, number: CALLER, asserted: true })
  cleanups.push(() => telephone.close())
  await telephone.press({ hangUpAfterMs: 100 })
  const { id } = await until('the incident', () => incidentOf(operator))
  expect((await operator.act(id, { action: 'callNeighbours' })).status).toBe(409)
  await operator.act(id, { action: 'acknowledge' })
  expect((await other.act(id, { action: 'callNeighbours' })).status).toBe(409)
  expect((await operator.act(id, { action: 'callNeighbours' })).status).toBe(200)
  await until('one rings', async () =>
    (await incidentOf(operator))?.callout?.neighbours.some(n => n.state === 'ringing')
  )
  expect((await operator.act(id, { action: 'endCallNeighbours' })).status).toBe(200)
  const { callout } = await until('it has ended', () => callDone(operator))
  expect(callout).toMatchObject({ by: 'operator', end: 'operator' })
  expect(callout?.neighbours.find(n => n.number.endsWith('4'))?.state).toBe('stopped')
})

test('9 for duress in the call ends the call-out at once: nobody is rung more', async () => {
  const sipp = await startNeighbours(100, 50)
  cleanups.push(sipp.stop)
  const running = await runGateway({
    ...{ dir: tempDir('callout'), registry: group(8), adapters: [sip] },
    config: {
      adapters: { sip: line(sipp.port, { port: 0 }) },
      incidents: { callout: { enough: 0, ringMs: 30_000, againAfterMs: 1_000 } }
    }
  })
  cleanups.push(() => running.stop())
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  const telephone = await createTelephone({ server, number: CALLER, asserted: true })
  cleanups.push(() => telephone.close())
  // The key comes a second after the answer: telephones are ringing then.
  await telephone.press({ hangUpAfterMs: 10_000, digits: '9' })
  const incident = await until('the call-out has ended', () => callDone(operator))
  expect(incident).toMatchObject({ duress: true, callout: { end: 'duress' } })
  expect(incident.callout?.neighbours.some(n => n.state === 'ringing' || n.nextAtMs !== undefined)).toBe(false)
  expect((await operator.act(incident.id, { action: 'acknowledge' })).status).toBe(200)
  expect((await operator.act(incident.id, { action: 'callNeighbours' })).status).toBe(409)
})

test('killed in the middle: what neighbours said stays, nobody is rung more often than its tries', async () => {
  const sipp = await startNeighbours(200, 110)
  cleanups.push(sipp.stop)
  const relay = await startRelay(sipp.port)
  cleanups.push(relay.close)
  const dir = tempDir('callout-crash')
  const settings = { enough: 0, tries: 3, ringMs: 5_000, againAfterMs: 1_000, limitMs: 60_000 }
  const probe = await prepareProcess(dir, group(14))
  const setup = await prepareProcess(dir, group(14), {
    adapters: { sip: line(relay.port, { port: probe.ports.sip }) },
    incidents: { callout: settings }
  })
  let gateway = spawnGateway(setup)
  cleanups.push(() => gateway.kill('SIGKILL'))
  await gateway.ready
  const server = { address: '127.0.0.1', port: probe.ports.sip }
  const telephone = await createTelephone({ server, number: CALLER, asserted: true })
  cleanups.push(() => telephone.close())
  await telephone.press({ hangUpAfterMs: 60_000 })
  for (const rung of [3, 15, 20]) {
    const calls = () => [...relay.calls.values()].reduce((sum, ids) => sum + ids.size, 0)
    await until(`${rung} calls`, () => calls() >= rung)
    await gateway.kill('SIGKILL')
    gateway = spawnGateway(setup)
    await gateway.ready
  }
  const stored = (): Incident | undefined => {
    const db = openReadOnly(join(dir, 'data'))
    const rows = db.prepare('SELECT body FROM incidents').all() as { body: string }[]
    db.close()
    return rows.map(row => JSON.parse(row.body) as Incident).find(each => each.callout?.endedAtMs !== undefined)
  }
  const incident = await until('the call-out is over', stored, 90_000)
  await gateway.kill('SIGTERM')
  const neighbours = incident.callout?.neighbours ?? []
  expect(incident.callout?.end).toBe('all')
  expect(neighbours).toHaveLength(14)
  for (const n of neighbours) {
    expect(n.tries, n.number).toBeLessThanOrEqual(3)
    // A try is written down before the telephone rings: never more calls than tries.
    expect(relay.calls.get(n.number)?.size ?? 0, n.number).toBeLessThanOrEqual(n.tries)
  }
  const verified = await runCommand(['verify', '--config', setup.configFile])
  expect(verified.output).toContain('all invariants hold')
}, 150_000)
