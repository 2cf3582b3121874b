/** A gateway that dies between an order and its answer: the next start ends it in the story, once. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { id, type SourceId } from '../gateway/core/brand.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const SHOP = id<SourceId>('fake:shop')
const protocol = createFakeProtocol()
const registry = { ...SMALL_TOWN, sources: [{ id: SHOP, subjectId: 'shop', kind: 'alarmBox' }] }
const lives: RunningGateway[] = []

afterEach(() => Promise.all(lives.splice(0).map(life => life.stop())))

async function live(dir: string): Promise<RunningGateway> {
  const running = await runGateway({ dir, adapters: [protocol.definition], registry })
  lives.push(running)
  return running
}

const linesOf = async (client: ConsoleClient, incidentId: string): Promise<Record<string, unknown>[]> =>
  ((await (await client.get(`/api/incidents/${incidentId}`)).json()) as IncidentDetail).timeline
    .filter(({ kind }) => kind === 'deviceCommand')
    .map(({ actor, data }) => ({ ...data, by: actor.kind }))

test('what a dead gateway had ordered ends as unanswered at the next start, and only what had no answer', async () => {
  const dir = tempDir('cut-orders')
  const first = await live(dir)
  const password = await first.person('10008', 'leader')
  const leader = await logIn(first.url, '10008', password, 1)
  await protocol.host().accept(sampleSignal({ sourceId: SHOP, alarmClass: 'intrusion', receivedTimeMs: Date.now() }))
  await first.gateway.idle()
  const [incident] = first.gateway.incidents.all()
  if (!incident) throw new Error('no incident')
  const order = (kind: string) =>
    leader.post(`/api/incidents/${incident.id}/commands`, { source: SHOP, command: { kind } })
  await leader.act(incident.id, { action: 'acknowledge' })
  expect((await order('photo')).status).toBe(200)
  const late = Promise.withResolvers<{ result: 'done' }>()
  protocol.answer = () => late.promise
  const hanging = order('disarm')
  await until('it is at the device', () => protocol.orders.length === 2)
  // What a kill -9 at this moment leaves.
  const left = tempDir('cut-orders-left')
  cpSync(join(dir, 'data'), join(left, 'data'), { recursive: true })
  late.resolve({ result: 'done' })
  await hanging

  for (const times of [1, 2]) {
    const next = await live(left)
    const client = await logIn(next.url, '10008', password, 1)
    const ended = { by: 'system', source: SHOP, command: 'disarm', result: 'noAnswer', restarted: true }
    const lines = await linesOf(client, incident.id)
    expect(
      lines.map(({ command, result }) => `${command} ${result}`),
      `start ${times}`
    ).toEqual([...['photo asked', 'photo done', 'disarm asked', 'disarm noAnswer']])
    expect(lines.at(-1)).toMatchObject(ended)
    await next.stop()
    lives.pop()
  }
})
