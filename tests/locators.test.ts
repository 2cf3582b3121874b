/** A person's watch through the whole gateway: consent, fence, press with a place, fall, what is kept, looks on record, and a restart outside the fence. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { definition as mqtt } from '../adapters/mqtt/index.ts'
import { type Box, createBox } from '../adapters/mqtt/simulator.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { LocatorLook } from '../gateway/core/locator-wire.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { openReadOnly } from '../gateway/storage/sqlite/open.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const HOME = { lat: 27.032, lon: 119.612 }
/** Metres north of home. */
const north = (m: number) => ({ lat: HOME.lat + m / 111_195, lon: HOME.lon, accuracyM: 10 })
const point = { ...HOME, datum: 'wgs84' }
const dir = tempDir('locators')
let running: RunningGateway
let operator: ConsoleClient
let password: string
const watches: Box[] = []

const registry = {
  ...SMALL_TOWN,
  sources: [
    {
      ...{ id: 'mqtt:linxi/watch-01', subjectId: 'h1', kind: 'oneKeyCall' },
      locator: {
        consent: { by: '陈志明', on: '2026-11-01', relation: '女儿' },
        fence: { name: '杏花巷', circle: { center: point, radiusM: 200 } }
      }
    },
    {
      ...{ id: 'mqtt:linxi/watch-02', subjectId: 'h2', kind: 'oneKeyCall' },
      locator: { fence: { name: '杏花巷', circle: { center: point, radiusM: 200 } } }
    }
  ]
}
const startGateway = async () => {
  running = await runGateway({ dir, adapters: [mqtt], registry })
}
const watch = async (n: 1 | 2): Promise<Box> => {
  const source = `watch-0${n}`
  const url = `mqtt://127.0.0.1:${running.port('adapters.mqtt.port')}`
  const box = createBox({ url, username: `linxi/${source}`, password: `secret-${n}`, site: 'linxi', source })
  await box.start()
  watches.push(box)
  return box
}
const walk = async (box: Box, ...metres: number[]) => {
  for (const each of metres) await box.locate(north(each))
  await running.gateway.idle()
}
const incidentOf = (name: string, alarmClass: string): Incident | undefined =>
  [...running.gateway.incidents.all()].find(i => i.subject.name === name && i.alarmClass === alarmClass)
const look = async (incident: Incident): Promise<readonly [number, LocatorLook]> => {
  const response = await operator.post(`/api/incidents/${incident.id}/locate`)
  return [response.status, (await response.json()) as LocatorLook]
}
const lines = async (incident: Incident) =>
  ((await (await operator.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail).timeline.map(l => l.kind)

beforeAll(async () => {
  await startGateway()
  for (const n of [1, 2]) await running.device('mqtt', `linxi/watch-0${n}`, `secret-${n}`)
  password = await running.person('10327', 'operator')
  operator = await logIn(running.url, '10327', password, 3)
})
afterAll(async () => {
  for (const box of watches) await box.stop()
  await running?.stop()
})

test('leaving the fence is one alarm at the place; the place is kept, shown on record, and forgotten at the end', async () => {
  const box = await watch(1)
  await walk(box, 0, 150, 220, 205)
  expect([...running.gateway.incidents.all()]).toEqual([])
  await walk(box, 260, 280, 300)
  const incident = await until('a fence alarm', () => incidentOf('陈桂芳', 'fence'))
  expect(incident).toMatchObject({ priority: 2, presses: 1, positionSource: 'device' })
  expect(incident.position?.lat).toBeCloseTo(north(280).lat, 5)
  await until('the newest place is known', async () => (await look(incident))[1].outsideM === 100)
  expect((await look(incident))[1]).toMatchObject({ consent: true, consentBy: '陈志明 2026-11-01', fence: '杏花巷' })
  // A place in words and a line for the map, beside the numbers.
  expect((await look(incident))[1]).toMatchObject({
    near: { address: expect.stringContaining('号'), distanceM: expect.any(Number) },
    fenceShape: { circle: { radiusM: 200 } }
  })
  const audit = await running.gateway.store.auditTail(50)
  expect(
    audit.filter(each => each.action === 'positionRead' && each.object === `incident:${incident.number}`)[0]
  ).toMatchObject({
    who: '10327 名 10327',
    outcome: 'done'
  })
  // Home again: a line, no change of state; out again is a further press of the same alarm.
  await walk(box, 210, 150)
  await until('restored', async () => (await lines(incident)).includes('restored'))
  expect(running.gateway.incidents.get(incident.id)?.state).toBe('new')
  await walk(box, 260, 280)
  await until('pressed again', () => running.gateway.incidents.get(incident.id)?.presses === 2)
  await operator.act(incident.id, { action: 'acknowledge' })
  await operator.act(incident.id, { action: 'resolve', disposition: 'false-misuse', feedback: '已联系家属' })
  expect((await look(incident))[0]).toBe(404)
  // Nothing is kept of a walk without an incident: a press without a place is where the registry says.
  await walk(box, 300)
  await box.press({ type: 'help' })
  const press = await until('the press', () => incidentOf('陈桂芳', 'help'))
  expect(press.positionSource).toBe('registry')
  expect((await look(press))[1].position).toBeUndefined()
})

test('without a consent no place is stored, shown or watched; the press counts', async () => {
  const box = await watch(2)
  await walk(box, 500, 600, 700)
  await box.press({ type: 'help', ...north(700) })
  const incident = await until('the press', () => incidentOf('赵国强', 'help'))
  expect(incidentOf('赵国强', 'fence')).toBeUndefined()
  expect(incident.positionSource).toBe('registry')
  await walk(box, 800)
  expect(await look(incident)).toEqual([200, { consent: false }])
  const db = openReadOnly(join(dir, 'data'))
  const rows = db.prepare("SELECT body FROM signals WHERE body LIKE '%watch-02%'").all() as { body: string }[]
  db.close()
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.map(row => row.body).join('')).not.toMatch(/27\.03[0-9]/)
})

test('with consent a press carries its place; a fall is medical; not worn and a low battery are troubles', async () => {
  const box = watches[0]
  if (!box) throw new Error('no watch')
  await box.press({ type: 'fall', ...north(90) })
  const incident = await until('the fall', () => incidentOf('陈桂芳', 'medical'))
  expect(incident).toMatchObject({ priority: 1, positionSource: 'device' })
  await box.press({ type: 'notWorn' })
  const trouble = await until('a trouble', () => incidentOf('陈桂芳', 'trouble'))
  expect(trouble.cause).toBe('not-worn')
  await box.press({ type: 'battery' })
  await until('the battery joins', async () => (await lines(trouble)).includes('joined'))
  for (const each of running.gateway.incidents.all()) {
    await operator.act(each.id, { action: 'acknowledge' })
    await operator.act(each.id, { action: 'resolve', disposition: 'false-equipment', feedback: '已处理' })
  }
  await box.press({ type: 'help', ...north(120) })
  const fresh = await until('a new press', () =>
    [...running.gateway.incidents.all()].find(i => i.alarmClass === 'help' && i.state === 'new')
  )
  expect(fresh.positionSource).toBe('device')
  expect(fresh.position?.lat).toBeCloseTo(north(120).lat, 5)
})

test('who is outside when the gateway starts again is no second alarm, and restored when he is back', async () => {
  for (const box of watches.splice(0)) await box.stop()
  await running.stop()
  await startGateway()
  operator = await logIn(running.url, '10327', password, 3)
  const box = await watch(1)
  const count = () => {
    const db = openReadOnly(join(dir, 'data'))
    const row = db.prepare("SELECT count(*) AS n FROM signals WHERE body LIKE '%fence:%'").get() as { n: number }
    db.close()
    return row.n
  }
  const before = count()
  await walk(box, 300, 310, 320)
  await walk(box, 50)
  await until('he is back', () => count() === before + 1)
  await walk(box, 60, 70)
  expect(count()).toBe(before + 1)
})
