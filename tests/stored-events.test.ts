/** A box that was off line, by mosquitto_pub against the whole gateway: what it kept is on the floor marked late, and a press of now rings. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import { verify } from '../gateway/storage/verify.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const run = promisify(execFile)
const MIN = 60_000

test('kept events come late and less urgent, in their order; the press that follows is priority 1 and rings', async () => {
  const dir = tempDir('stored')
  const running = await runGateway({ dir })
  await running.device('mqtt', 'linxi/box-03', 'box-secret')
  const console = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  await console.connect()
  const port = String(running.port('adapters.mqtt.port'))
  const send = (event: object) =>
    run('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', port, '-V', 'mqttv311', '-u', 'linxi/box-03', '-P', 'box-secret'],
      ...['-q', '1', '-t', 'v1/linxi/box-03/alarm', '-m', JSON.stringify({ v: 1, ...event })]
    ])
  const see = (what: string, match: (incident: Incident) => boolean) =>
    console.see(what, body => (body.type === 'incident' && match(body.incident) ? body : false))

  const beganMs = Date.now()
  await send({ eventId: 'k1', type: 'fire', at: beganMs - 120 * MIN, stored: true })
  const { incident } = await see('the fire of two hours ago', each => each.alarmClass === 'fire')
  expect(incident).toMatchObject({ priority: 3, aged: true, rings: 1, subject: { id: 'shop' } })
  expect(Math.round((incident.lateByMs ?? 0) / MIN)).toBe(120)
  await send({ eventId: 'k2', type: 'fire', at: beganMs - 90 * MIN, stored: true })
  const second = await see('the second kept event', each => each.presses === 2)
  expect(second.incident).toMatchObject({ id: incident.id, priority: 3, rings: 1 })

  await send({ eventId: 'n1', type: 'fire', at: Date.now() })
  const live = await see('the press of now', each => each.presses === 3)
  expect(live.incident).toMatchObject({ id: incident.id, priority: 1, rings: 2 })
  expect([live.incident.aged, live.incident.lateByMs]).toEqual([undefined, undefined])

  console.close()
  await running.gateway.idle()
  await running.stop()
  expect((await verify({ dir: join(dir, 'data'), settled: true })).violations).toEqual([])
})
