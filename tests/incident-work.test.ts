/** Times of an incident that fall due while the gateway is down fire at the first tick after its start: escalation, a hand-over without an answer. */
import { afterEach, expect, test } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const protocol = createFakeProtocol()
const clock = createFakeClock()
let running: RunningGateway

afterEach(() => running?.stop())

async function press(sourceId: string): Promise<Incident> {
  await protocol.host().accept(sampleSignal({ sourceId: sourceId as never, receivedTimeMs: clock.now() }))
  await running.gateway.idle()
  return [...running.gateway.incidents.all()].at(-1) as Incident
}

test('what fell due while it was down fires at once', async () => {
  const dir = tempDir('incident-work')
  const start = async () => {
    running = await runGateway({ dir, clock, adapters: [protocol.definition] })
  }
  await start()
  const operator: ConsoleClient = await logIn(running.url, '10327', await running.person('10327', 'operator'), 1)
  const waiting = await press('mqtt:linxi/box-03')
  const owned = await press('sip:6650147')
  await operator.act(owned.id, { action: 'acknowledge' })
  await operator.act(owned.id, { action: 'verify', nature: 'violence' })
  const asked = (await (await operator.act(owned.id, { action: 'handOver110', to: '110' })).json()) as Incident
  expect(asked.handOvers).toMatchObject([{ service: '110', state: 'asked', dueAtMs: clock.now() + 180_000 }])
  expect((await operator.act(owned.id, { action: 'handOver110', to: '110' })).status).toBe(409)
  await running.stop()

  await clock.advance(200_000)
  await start()
  const now = (id: Incident['id']) => running.gateway.incidents.get(id)
  await until('the leader is told and the floor is to call', async () => {
    await clock.advance(1_000)
    return now(waiting.id)?.escalation === 2 && now(owned.id)?.handOvers?.[0]?.overdueAtMs !== undefined
  })
  expect(now(owned.id)?.rings).toBeGreaterThan(asked.rings)
  const lines = await running.gateway.store.timeline(owned.id)
  expect(lines.filter(line => line.kind === 'handOverDue')).toHaveLength(1)
})
