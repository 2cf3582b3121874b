/** A person's pendant over JT/T 808 through the whole gateway: consent, fence, press, what is kept of places, and looks on record; as over MQTT (locators.test.ts). */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { definition as jt808 } from '../adapters/jt808/index.ts'
import { locationBody, type RawTerminal, rawTerminal } from '../adapters/jt808/testing.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { LocatorLook } from '../gateway/core/locator-wire.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { openReadOnly } from '../gateway/storage/sqlite/open.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const HOME = { lat: 27.032, lon: 119.612 }
const [AGREED, SILENT, TAXI] = ['013900000101', '013900000102', '013900000007']
const FENCE = { name: '杏花巷', circle: { center: { ...HOME, datum: 'wgs84' }, radiusM: 200 } }
const FALL = 1 << 30
const dir = tempDir('locators-jt808')
let running: RunningGateway
let operator: ConsoleClient

const registry = {
  ...SMALL_TOWN,
  sources: [
    {
      ...{ id: `jt808:${AGREED}`, subjectId: 'h1', kind: 'oneKeyCall' },
      locator: { consent: { by: '陈志明', on: '2026-11-01', relation: '女儿' }, fence: FENCE }
    },
    { id: `jt808:${SILENT}`, subjectId: 'h2', kind: 'oneKeyCall', locator: { fence: FENCE } },
    { id: `jt808:${TAXI}`, subjectId: 'taxi', kind: 'taxi' }
  ]
}
/** A report so many metres north of home. */
const report = async (terminal: RawTerminal, metres: number, bits = 0): Promise<void> => {
  const body = locationBody(false, Date.now())
  body.writeUInt32BE(bits >>> 0, 0)
  body.writeUInt32BE(2, 4)
  body.writeUInt32BE(Math.round((HOME.lat + metres / 111_195) * 1e6), 8)
  body.writeUInt32BE(Math.round(HOME.lon * 1e6), 12)
  const answer = await terminal.answer(0x8001, terminal.send(0x0200, body))
  expect(answer.body.readUInt8(4)).toBe(0)
  await running.gateway.idle()
}
const signIn = async (phone: string): Promise<RawTerminal> => {
  const terminal = await rawTerminal(running.port('adapters.jt808.port'), phone)
  const { code } = await terminal.register()
  expect(await terminal.authenticate(code)).toBe(0)
  return terminal
}
const incidentOf = (name: string, alarmClass: string): Incident | undefined =>
  [...running.gateway.incidents.all()].find(i => i.subject.name === name && i.alarmClass === alarmClass)
const look = async (incident: Incident): Promise<readonly [number, LocatorLook]> => {
  const response = await operator.post(`/api/incidents/${incident.id}/locate`)
  return [response.status, (await response.json()) as LocatorLook]
}
const end = async (incident: Incident): Promise<void> => {
  await operator.act(incident.id, { action: 'acknowledge' })
  await operator.act(incident.id, { action: 'resolve', disposition: 'false-misuse', feedback: '已联系家属' })
}

beforeAll(async () => {
  running = await runGateway({
    ...{ dir, adapters: [jt808], registry },
    config: { adapters: { jt808: { fallBit: 30 } } }
  })
  operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
})
afterAll(() => running?.stop())

test('leaving the fence, a press and a fall of who has agreed: each at its place, kept while it is open, looked at on record', async () => {
  const pendant = await signIn(AGREED)
  for (const metres of [0, 150, 220, 205]) await report(pendant, metres)
  expect([...running.gateway.incidents.all()]).toEqual([])
  for (const metres of [260, 280, 300]) await report(pendant, metres)
  const left = await until('a fence alarm', () => incidentOf('陈桂芳', 'fence'))
  expect(left).toMatchObject({ priority: 2, positionSource: 'device', sourceKind: 'oneKeyCall' })
  await until('the newest place', async () => (await look(left))[1].outsideM === 100)
  const audit = await running.gateway.store.auditTail(50)
  expect(audit.some(each => each.action === 'positionRead' && each.object === `incident:${left.number}`)).toBe(true)
  for (const metres of [150, 100]) await report(pendant, metres)
  const { timeline } = (await (await operator.get(`/api/incidents/${left.id}`)).json()) as IncidentDetail
  expect(timeline.map(line => line.kind)).toContain('restored')
  await end(left)
  expect((await look(left))[0]).toBe(404)
  await report(pendant, 90, 1)
  const press = await until('the press', () => incidentOf('陈桂芳', 'help'))
  expect(press).toMatchObject({ priority: 2, positionSource: 'device' })
  await report(pendant, 90, 1 | FALL)
  await until('the fall joins', () => running.gateway.incidents.alarmsOf(press.id).length === 2)
  expect(running.gateway.incidents.get(press.id)?.priority).toBe(1)
  pendant.end()
})

/** What the journal holds of a terminal, oldest first. */
const journaled = (phone: string): readonly string[] => {
  const db = openReadOnly(join(dir, 'data'))
  const rows = db.prepare('SELECT body FROM signals WHERE body LIKE ? ORDER BY rowid').all(`%${phone}%`)
  db.close()
  return (rows as { body: string }[]).map(row => row.body)
}

test('a taxi’s place is stored with its press, and not with what it tells when nobody looks for it any more', async () => {
  const taxi = await signIn(TAXI)
  await report(taxi, 100, 1)
  const press = await until('the press', () => incidentOf('闽J·T0637', 'panic'))
  await end(press)
  await report(taxi, 9_000)
  const [pressed, released] = journaled(TAXI)
  expect(pressed).toMatch(/"position".*"raw"/)
  expect(released).toContain('"restore"')
  expect(released).not.toMatch(/"position"|"raw"/)
  // An emergency of two hours ago raises nothing, and where it was is nobody's business any more.
  const items = [true, false].map((pressed, n) => locationBody(pressed, Date.now() - 7_200_000 + n * 60_000))
  taxi.send(
    0x0704,
    Buffer.concat([Buffer.from([0, items.length, 1]), ...items.flatMap(item => [Buffer.from([0, item.length]), item])])
  )
  const late = await until('the late one', () => journaled(TAXI)[2])
  expect(late).toContain('"status"')
  expect(late).not.toMatch(/"position"|"raw"/)
  taxi.end()
})

test('without a consent no place is stored, shown or watched; the press counts', async () => {
  const pendant = await signIn(SILENT)
  for (const metres of [500, 600, 700]) await report(pendant, metres)
  await report(pendant, 700, 1)
  const press = await until('the press', () => incidentOf('赵国强', 'help'))
  expect(incidentOf('赵国强', 'fence')).toBeUndefined()
  expect(press.positionSource).toBe('registry')
  expect(await look(press)).toEqual([200, { consent: false }])
  const rows = journaled(SILENT)
  expect(rows.length).toBeGreaterThan(0)
  // Neither in words nor in the frame: latitude 27.038… as it stands there.
  expect(rows.join('')).not.toMatch(/27\.03|"raw"/)
  pendant.end()
})
