/** The town's parts against what they talk to: the adapter's listener, a small gateway for patrols, the control port. */

import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { parse } from 'yaml'
import { startAdapter as startDc09 } from '../../adapters/dc09/testing.ts'
import { startAdapter } from '../../adapters/jt808/testing.ts'
import { startAdapter as start905 } from '../../adapters/jt905/testing.ts'
import { config as mqttConfig } from '../../adapters/mqtt/config.ts'
import { createMqttAdapter } from '../../adapters/mqtt/index.ts'
import { startAdapter as startOnvif } from '../../adapters/onvif/testing.ts'
import { startAdapter as startSip } from '../../adapters/sip/testing.ts'
import { demoSecret } from '../../gateway/access/demo-secret.ts'
import type { PatrolCommand, PatrolPosition } from '../../gateway/core/wire.ts'
import { systemClock } from '../../gateway/media/clock.ts'
import { loadCertificate } from '../../gateway/supervise/tls.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { freePort } from '../../gateway/testing/ports.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { askTown, controlToken, startControl } from './control.ts'
import { camerasPart, panelsPart, type Ways } from './parts.ts'
import { patrolsPart } from './patrols.ts'
import { pendantsPart } from './pendants.ts'
import { ROOT } from './plan.ts'
import { readTown, type Town } from './scenario.ts'
import { taxisPart } from './taxis.ts'
import { diallersPart, driversPart, sipPhonesPart } from './telephones.ts'

const SIP_PHONES = ['6650401', '6650402', '6650403']
const town = readTown(join(ROOT, 'config/scenarios/town.yaml'))
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

it('thirty-one taxis and a pendant come on line, drive, and press by the real protocol', async () => {
  const site = (native: string) => `${town.site}/${native}`
  const mqttTaxis = town.taxis.filter(taxi => taxi.speaks === 'mqtt').map(taxi => site(taxi.native))
  const [pendant] = town.pendants
  const fake = createFakeHost({
    known: [
      ...town.taxis.map(taxi => `${taxi.speaks}:${taxi.speaks === 'mqtt' ? site(taxi.native) : taxi.native}`),
      `jt808:${pendant?.native}`
    ],
    credentials: Object.fromEntries(mqttTaxis.map(key => [key, demoSecret('s', 'mqtt', key)]))
  })
  fake.host.kindOf = source => (source === `jt808:${pendant?.native}` ? 'oneKeyCall' : 'taxi')
  const listener = await startAdapter(fake)
  cleanups.push(listener.stop)
  const jt808 = { host: '127.0.0.1', port: listener.port, udpPort: listener.udpPort }
  const units = await start905(fake)
  cleanups.push(units.stop)
  const jt905 = { host: '127.0.0.1', port: units.ports.tcp }
  const settings = Value.Parse(mqttConfig, Value.Default(mqttConfig, { address: '127.0.0.1', port: 0, tlsPort: -1 }))
  const abort = new AbortController()
  const before = fake.endpoints.length
  const broker = createMqttAdapter(settings, { site: town.site, assetsDir: '.' }).run(fake.host, abort.signal)
  cleanups.push(async () => {
    abort.abort()
    await broker
  })
  const mqtt = `mqtt://127.0.0.1:${await until('the broker listens', () => fake.endpoints[before]?.port)}`
  const ways = { seed: 's', mqtt, sip: { address: '', port: 0 }, jt808, jt905, dc09: jt808 }
  const taxis = taxisPart(town, ways)
  const pendants = pendantsPart(town, ways)
  await pendants.start()
  cleanups.push(() => pendants.stop())
  await taxis.start()
  cleanups.push(() => taxis.stop())
  await until('all taxis on line', () => taxis.online === 31 && pendants.online === 1)
  expect(await taxis.press?.(7)).toMatchObject({ name: '闽J·T0637', note: undefined })
  expect(await taxis.press?.(7)).toMatchObject({ note: expect.stringContaining('0x8203') })
  expect(fake.signals).toMatchObject([{ sourceId: 'jt808:000139000637', alarmClass: 'panic', verified: true }])
  expect(await taxis.press?.(30)).toMatchObject({ name: '闽J·T0692' })
  expect(fake.signals.at(-1)).toMatchObject({ sourceId: 'jt905:000139000692', alarmClass: 'panic' })
  expect(await taxis.press?.(31)).toMatchObject({ name: '闽J·T0715' })
  expect(fake.signals.at(-1)).toMatchObject({ sourceId: 'mqtt:linxi/taxi-31', alarmClass: 'panic', verified: true })
  await expect(taxis.press?.(32)).rejects.toThrow('numbered 1 to 31')
  expect(await pendants.press?.(1)).toMatchObject({ name: '李福来' })
  expect(fake.signals.at(-1)).toMatchObject({ sourceId: 'jt808:000139900001', alarmClass: 'help', verified: true })
  await expect(pendants.press?.(2)).rejects.toThrow('numbered 1 to 1')
  expect(new Set(fake.sightings.map(one => one.origin?.slice(0, 3)))).toEqual(new Set(['tcp', 'udp']))
  await until('a position of every taxi', () => new Set(fake.positions.map(one => one.sourceId)).size >= 31)
})

it('the button at a camera’s alarm input is pressed by ONVIF, answered when it is journaled, and springs back', async () => {
  const fake = createFakeHost({ credentials: { cameras: demoSecret('s', 'onvif', 'cameras') } })
  const discovery = await freePort()
  const ports = { ...town.scenario.ports, cameraHttp: 0, cameraRtsp: 0, discovery }
  const nowhere = { host: '', port: 0 }
  const cameras = camerasPart(
    { ...town, scenario: { ...town.scenario, ports } },
    { seed: 's', mqtt: '', sip: { address: '', port: 0 }, jt808: nowhere, jt905: nowhere, dc09: nowhere }
  )
  await cameras.start()
  cleanups.push(() => cameras.stop())
  const adapter = startOnvif(fake, { discoveryPort: discovery })
  cleanups.push(() => adapter.stop())
  const { endpoint } = town.cameras[14] ?? {}
  await until('its camera is read', () => fake.cameras.some(camera => camera.endpoint === endpoint))
  expect(await cameras.press?.(1)).toMatchObject({ name: '县粮库' })
  expect(fake.signals).toMatchObject([{ sourceId: `onvif:${endpoint}/AlarmIn_1`, qualifier: 'new', verified: true }])
  await until('it springs back', () => fake.signals.length === 2)
  expect(fake.signals[1]?.qualifier).toBe('restore')
  await expect(cameras.press?.(2)).rejects.toThrow('numbered 1 to 1')
})

/** The part of a gateway that a patrol phone sees: log-in, feed, commands, positions; an offer when the unit has come on duty. */
async function smallGateway(unitId: string) {
  const seen: {
    commands: PatrolCommand['command'][]
    positions: PatrolPosition[]
    logins: string[]
    answers: string[]
  } = {
    commands: [],
    answers: [],
    positions: [],
    logins: []
  }
  const unit = { id: unitId, name: unitId, state: 'offDuty', members: [] as { userId: string; name: string }[] }
  const task = {
    incidentId: 'i1',
    assignmentId: 'a1',
    assignmentState: 'offered',
    position: { lat: 27.0325, lon: 119.6135, datum: 'wgs84' }
  }
  const sockets = new Set<WebSocket>()
  const tell = (body: object) => {
    for (const socket of sockets)
      socket.send(JSON.stringify({ type: 'msg', scope: `unit:${unitId}`, seq: 1, prev: 0, atMs: 0, body }))
  }
  /** A group call 群呼 as it stands on the phones of a unit. */
  const ring = (call: object | null) => {
    for (const socket of sockets) socket.send(JSON.stringify({ type: 'groupCall', call }))
  }
  const apply = (command: PatrolCommand['command']) => {
    seen.commands.push(command)
    if (command.kind === 'onDuty') {
      unit.state = 'available'
      unit.members = [{ userId: 'user-sim', name: 'sim' }]
      tell({ type: 'unit', unit })
      tell({ type: 'task', task })
    }
    if (command.kind === 'offDuty') unit.members = unit.members.filter(member => member.userId !== 'user-sim')
    if (command.kind === 'accept') tell({ type: 'task', task: { ...task, assignmentState: 'enRoute' } })
    if (command.kind === 'arrive') tell({ type: 'task', task: { ...task, assignmentState: 'arrived' } })
    if (command.kind === 'clear') tell({ type: 'taskGone', incidentId: 'i1', reason: 'cleared' })
  }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const body = JSON.parse(text)
    if (request.url === '/api/login') {
      seen.logins.push(`${body.login}:${body.password}`)
      response.setHeader('set-cookie', 'pingan_session=abcdefghijklmnopqrstuvwx; HttpOnly')
      return response.end(
        JSON.stringify({ userId: 'user-sim', login: body.login, name: 'sim', role: 'patrol', unitId })
      )
    }
    if (request.url === '/api/patrol/position') seen.positions.push(body)
    else if (request.url === '/api/patrol/group-call') seen.answers.push(body.what)
    else for (const one of body as PatrolCommand[]) apply(one.command)
    return response.end(JSON.stringify([{ seq: 1, outcome: 'done' }]))
  })
  const feed = new WebSocketServer({ server, path: '/feed' })
  feed.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', () =>
      socket.send(JSON.stringify({ type: 'snapshot', scope: `unit:${unitId}`, seq: 0, patrol: { unit, tasks: [] } }))
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(async () => {
    for (const socket of sockets) socket.terminate()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const cut = () => {
    for (const socket of sockets) socket.terminate()
  }
  return { seen, unit, tell, ring, cut, url: `http://127.0.0.1:${port}` }
}

/** The town with one patrol in a hurry. */
const quick = (unitId: string): Town => ({
  ...town,
  units: town.units.filter(unit => unit.id === unitId).map(unit => ({ ...unit, speedKmh: 5_000 })),
  scenario: {
    ...town.scenario,
    patrols: {
      ...town.scenario.patrols,
      positionMs: 20,
      acceptAfterMs: [5, 10],
      reportAfterMs: [5, 10],
      clearAfterMs: [5, 10]
    }
  }
})

describe('a simulated patrol', () => {
  async function setup() {
    const gateway = await smallGateway('unit-car-07')
    const loginsFile = join(tempDir(), 'logins.txt')
    writeFileSync(
      loginsFile,
      'head\n30001  first  巡防员 patrol, 陈立 (unit-car-07)\n30002  second  巡防员 patrol, 吴敏 (unit-car-07)\n'
    )
    const patrols = patrolsPart(quick('unit-car-07'), { gateway: gateway.url, loginsFile })
    await patrols.start()
    cleanups.push(() => patrols.stop())
    return { gateway, patrols }
  }
  const kinds = (seen: { commands: PatrolCommand['command'][] }) => seen.commands.map(command => command.kind)

  it('signs on, accepts, drives there, arrives, reports, clears, and sends where it is', async () => {
    const { gateway } = await setup()
    await until('the order done', () => kinds(gateway.seen).includes('clear'))
    expect([...new Set(kinds(gateway.seen))]).toEqual(['onDuty', 'accept', 'arrive', 'report', 'clear'])
    expect(gateway.seen.logins).toEqual(['30002:second'])
    expect(gateway.seen.commands.find(command => command.kind === 'report')).toMatchObject({
      text: expect.stringMatching(/./)
    })
    expect(gateway.seen.positions.length).toBeGreaterThan(0)
  })

  it('answers each group call once', async () => {
    const { gateway } = await setup()
    await until('the order done', () => kinds(gateway.seen).includes('clear'))
    const call = { id: 'g1', kind: 'muster', text: '', by: '周正', atMs: 0 }
    gateway.ring(call)
    gateway.ring(call)
    await until('it is confirmed', () => gateway.seen.answers.includes('confirmed'))
    gateway.ring({ ...call, confirmed: { atMs: 1, name: 'sim' } })
    gateway.ring({ ...call, id: 'g2' })
    await until('the next one, too', () => gateway.seen.answers.length >= 4)
    expect(gateway.seen.answers).toEqual(['shown', 'confirmed', 'shown', 'confirmed'])
  })

  it('comes back after the line was cut, without a new log-in', async () => {
    const { gateway, patrols } = await setup()
    await until('on line', () => patrols.online === 1)
    gateway.cut()
    await until('off line', () => patrols.online === 0)
    await until('on line again', () => patrols.online === 1)
    expect(gateway.seen.logins).toHaveLength(1)
  })

  it('makes room for a person who signs on to its unit, and rests when told to', async () => {
    const { gateway, patrols } = await setup()
    await until('the order done', () => kinds(gateway.seen).includes('clear'))
    gateway.unit.members = [...gateway.unit.members, { userId: 'user-person', name: '陈立' }]
    gateway.tell({ type: 'unit', unit: gateway.unit })
    await until('off duty', () => kinds(gateway.seen).includes('offDuty'))
    expect(patrols.units).toMatchObject([{ unitId: 'unit-car-07', manual: true }])
    const positions = gateway.seen.positions.length
    gateway.tell({ type: 'task', task: { incidentId: 'i2', assignmentId: 'a2', assignmentState: 'offered' } })
    await patrols.manual('巡防 07 车', true)
    expect(kinds(gateway.seen).filter(kind => kind === 'accept')).toHaveLength(1)
    expect(gateway.seen.positions.length - positions).toBeLessThan(3)
    await expect(patrols.manual('unit-9', true)).rejects.toThrow('there is no unit unit-9')
  })
})

describe('the control port', () => {
  it('opens to the token of the data folder only, and answers in sentences', async () => {
    const data = tempDir()
    const pressed: string[] = []
    const control = await startControl(0, controlToken(data), {
      async press(kind, n) {
        if (n > 40) throw new Error(`there is no household ${n}`)
        pressed.push(`${kind} ${n}`)
        return { name: '陈桂芳' }
      },
      patrol: async (unit, manual) => ({ unit, manual }),
      status: () => ({ parts: {} })
    })
    cleanups.push(control.stop)
    expect(await askTown(data, control.port, '/press', { kind: 'household', n: 12 })).toEqual({ name: '陈桂芳' })
    expect(await askTown(data, control.port, '/status')).toEqual({ parts: {} })
    expect(pressed).toEqual(['household 12'])
    await expect(askTown(data, control.port, '/press', { kind: 'household', n: 41 })).rejects.toThrow('no household 41')
    await expect(askTown(data, control.port, '/press', { kind: 'door', n: 1 })).rejects.toThrow('POST /press')
    await expect(askTown(data, control.port, '/press', { kind: 'x'.repeat(2_000), n: 1 })).rejects.toThrow('too long')
    const stranger = await fetch(`http://127.0.0.1:${control.port}/status`, { headers: { authorization: 'Bearer x' } })
    expect(stranger.status).toBe(401)
    await expect(askTown(tempDir(), control.port, '/status')).rejects.toThrow('no town has run')
  })
})

it('a dialler is kissed off, a driver calls the 24-hour line, a SIP telephone registers over TLS and presses its key', {
  timeout: 120_000
}, async () => {
  const devices = [...town.diallers, ...town.drivers, ...town.sipPhones]
  expect(devices.map(({ native }) => native)).toEqual(['6650501', '00013800788', '00013803088', ...SIP_PHONES])
  const certificate = await loadCertificate({ keyFile: '', certFile: '', dir: tempDir('sips') }, systemClock)
  const certificateFile = join(tempDir('sips-cert'), 'tls-cert.pem')
  writeFileSync(certificateFile, certificate.cert)
  const sip = await startSip(
    {
      ...{ tlsPort: 0, trunks: [{ name: 'town', address: '127.0.0.1', port: 1 }] },
      serviceNumbers: parse(readFileSync(join(ROOT, 'config/demo.yaml'), 'utf8')).adapters.sip.serviceNumbers
    },
    {
      tls: certificate,
      known: devices.map(({ native }) => `sip:${native}`),
      credentials: Object.fromEntries(devices.map(({ native }) => [native, demoSecret('s', 'sip', native)]))
    }
  )
  cleanups.push(sip.stop)
  const nowhere = { host: '', port: 0 }
  const ways: Ways = {
    ...{ seed: 's', mqtt: '', sip: sip.server, jt808: nowhere, jt905: nowhere, dc09: nowhere },
    ...{ sips: await sip.serverBy('tls'), gatewayCertificate: certificateFile }
  }
  const parts = [diallersPart(town, ways), driversPart(town, ways), sipPhonesPart(town, ways)]
  for (const part of parts) {
    await part.start()
    cleanups.push(() => part.stop())
  }
  const [diallers, drivers, phones] = parts
  expect(await diallers?.press?.(1)).toMatchObject({ name: '郑志强' })
  expect(sip.fake.signals.at(-1)).toMatchObject({ sourceId: 'sip:6650501', alarmClass: 'intrusion', zone: '002' })
  expect(await drivers?.press?.(1)).toMatchObject({ name: '闽J·T0637' })
  expect(sip.fake.signals.at(-1)).toMatchObject({ sourceId: 'sip:00013800788', alarmClass: 'help', verified: true })
  await until('they are registered', () => phones?.online === 3, 60_000)
  expect(await phones?.press?.(1)).toMatchObject({ name: '夕阳红敬老院', note: expect.stringContaining('presses 2') })
  await until('its key is heard', () => sip.fake.signals.at(-1)?.digit === '2', 60_000)
  expect(sip.fake.signals.at(-1)).toMatchObject({ sourceId: 'sip:6650401', alarmClass: 'medical', verified: true })
  await expect(phones?.press?.(4)).rejects.toThrow('numbered 1 to 3')
})

it('a wrong scenario is refused with every fault at once', () => {
  const file = join(tempDir(), 'town.yaml')
  writeFileSync(file, 'registry: r.yaml\ntaxis: { reportMs: 0 }\nbogus: 1\n')
  expect(() => readTown(file)).toThrow(/streets[\s\S]*reportMs|reportMs[\s\S]*streets/)
})

it('the DC-09 boxes test their lines and press, encrypted, over TCP and UDP', async () => {
  const known = town.panels.map(panel => `dc09:${panel.native}`)
  const credentials = Object.fromEntries(town.panels.map(({ native }) => [native, demoSecret('s', 'dc09', native)]))
  const fake = createFakeHost({ known, credentials })
  const listener = await startDc09(fake)
  cleanups.push(listener.stop)
  // The town takes one port for both; the two free ones of the test differ.
  const ports = [listener.tcp, listener.udp]
  for (const [index, port] of ports.entries()) {
    const one = { ...town, panels: town.panels.map((panel, n) => ({ ...panel, n: index + 1 + n * 2 })) }
    const none = { address: '', port: 0 }
    const at = { host: '127.0.0.1', port }
    const panels = panelsPart(one, { seed: 's', mqtt: '', sip: none, jt808: at, jt905: at, dc09: at })
    await panels.start()
    await until('both are on line', () => panels.online === 2)
    expect(await panels.press?.(1)).toMatchObject({ name: '百家便利店' })
    expect(await panels.press?.(2)).toMatchObject({ name: '溪头村村委会' })
    await panels.stop()
  }
  expect(fake.signals.map(one => [one.sourceId, one.alarmClass, one.verified])).toContainEqual([
    'dc09:2.1/0A22',
    'panic',
    true
  ])
  expect(fake.rejections).toEqual([])
})
