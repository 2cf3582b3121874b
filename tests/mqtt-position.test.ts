/** A bus by MQTT through a whole gateway, by mosquitto_pub: where it is goes to the floor while its incident is open; of a box, which is no vehicle, it is not kept. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { logIn } from '../gateway/testing/console-client.ts'
import { runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const run = promisify(execFile)

it('places its alarm, moves on the map while the incident is open, and leaves no trace on the disk', async () => {
  const dir = tempDir('mqtt-position')
  const sources = [...SMALL_TOWN.sources, { id: 'mqtt:linxi/bus-07', subjectId: 'taxi', kind: 'taxi' }]
  const running = await runGateway({ dir, registry: { ...SMALL_TOWN, sources } })
  try {
    await running.device('mqtt', 'linxi/bus-07', 'secret-7')
    await running.device('mqtt', 'linxi/box-03', 'secret-3')
    const password = await running.person('10327', 'operator')
    const console = await logIn(running.url, '10327', password, 3)
    await console.connect()
    const publish = (who: string, secret: string, kind: string, payload: object) =>
      run(
        'mosquitto_pub',
        [
          ...['-h', '127.0.0.1', '-p', String(running.port('adapters.mqtt.port')), '-V', 'mqttv311', '-q', '1'],
          ...['-u', `linxi/${who}`, '-P', secret, '-t', `v1/linxi/${who}/${kind}`, '-m', JSON.stringify(payload)]
        ],
        { timeout: 60_000 }
      )
    const bus = (kind: string, payload: object) => publish('bus-07', 'secret-7', kind, payload)
    const seen = () =>
      console.messages.flatMap(message => (message.type === 'positions' ? message.vehicles : [])).map(v => v.position)
    await bus('position', { v: 1, lat: 27.03121, lon: 119.61121, speedKmh: 31, headingDeg: 90 })
    await bus('alarm', { v: 1, eventId: 'p-1', type: 'panic' })
    const incident = await until('the incident', () => [...running.gateway.incidents.all()][0])
    expect(incident).toMatchObject({ sourceKind: 'taxi', positionSource: 'device', position: { lat: 27.03121 } })
    await bus('position', { v: 1, lat: 27.03232, lon: 119.61232, speedKmh: 28 })
    await until('it moves', () => seen().some(({ point }) => point.lat === 27.03232))
    // A box of a shop is no vehicle: where it says it is, is nobody's business.
    await publish('box-03', 'secret-3', 'position', { v: 1, lat: 27.03343, lon: 119.61343 })
    await console.act(incident.id, { action: 'acknowledge' })
    await console.act(incident.id, { action: 'resolve', disposition: 'test', feedback: '试按' })
    await until('it is resolved', () => running.gateway.incidents.get(incident.id)?.state === 'resolved')
    const before = seen().length
    await bus('position', { v: 1, lat: 27.03454, lon: 119.61454 })
    await bus('alarm', { v: 1, eventId: 'p-2', type: 'panic' })
    // A new incident is a new reason to look.
    await until('the new place', () => seen().length > before)
    expect(seen().at(-1)?.point.lat).toBe(27.03454)
    await running.gateway.idle()
  } finally {
    await running.stop()
  }
  const files = readdirSync(join(dir, 'data'), { recursive: true, withFileTypes: true }).filter(each => each.isFile())
  const stored = files.map(each => readFileSync(join(each.parentPath, each.name), 'latin1')).join('\n')
  expect(stored).toContain('27.03121')
  expect(stored).not.toContain('27.03232')
  expect(stored).not.toContain('27.03343')
})
