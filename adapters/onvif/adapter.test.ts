/** The ONVIF adapter over real sockets on loopback: finding, reading, logins, lock-out, hostile devices and datagrams. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeHost, type FakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import type { OnvifConfig } from './config.ts'
import { byeMessage, DISCOVERY_GROUP, helloMessage, matchesMessage, readDiscovery } from './discovery-frame.ts'
import { endpointOf, LOGIN, type RunningTown, startAdapter, startHttp, startRecorded, startTown } from './testing.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function town(...args: Parameters<typeof startTown>): Promise<RunningTown> {
  const running = await startTown(...args)
  cleanups.push(() => running.stop())
  return running
}

/** A host that knows the login of all cameras unless told otherwise; credentials are by name. */
function hostWith(
  logins: Record<string, string> = { cameras: LOGIN.password },
  options: FakeHostOptions = {}
): FakeHost {
  const fake = createFakeHost(options)
  const credential = async (name: string) => {
    const password = logins[name]
    return password === undefined ? undefined : { username: LOGIN.username, password }
  }
  return { ...fake, host: { ...fake.host, credential } }
}

function adapter(fake: FakeHost, settings: Partial<OnvifConfig>): ReturnType<typeof startAdapter> {
  const running = startAdapter(fake, settings)
  cleanups.push(() => running.stop())
  return running
}

const reasons = (fake: FakeHost) => fake.rejections.map(rejection => rejection.reason)
const statesOf = (fake: FakeHost, camera: number) =>
  fake.sightings.filter(sighting => sighting.deviceId === endpointOf(camera)).map(sighting => sighting.state)
const allRead = (fake: FakeHost, count: number) =>
  until(`${count} cameras`, () => new Set(fake.cameras.map(camera => camera.endpoint)).size === count)

describe('finding and reading', () => {
  it('finds cameras by multicast and tells both streams, make, serial as text, and which login', async () => {
    const { discoveryPort, httpPort, rtspPort } = await town([{ model: 'IPC-9' }, {}, {}])
    const fake = hostWith()
    adapter(fake, { discoveryPort })
    await allRead(fake, 3)
    expect(fake.cameras.find(camera => camera.endpoint === endpointOf(1))).toEqual({
      endpoint: endpointOf(1),
      address: '127.0.0.1',
      maker: 'Pingan',
      model: 'IPC-9',
      firmware: '5.10',
      serial: '20261122000000000001',
      main: { url: `rtsp://127.0.0.1:${rtspPort}/camera/1/main`, codec: 'h264', width: 1280, height: 720 },
      sub: { url: `rtsp://127.0.0.1:${rtspPort}/camera/1/sub`, codec: 'h264', width: 640, height: 360 },
      snapshotUrl: `http://127.0.0.1:${httpPort}/camera/1/snapshot.jpg`,
      credential: 'cameras'
    })
    expect(statesOf(fake, 1)).toEqual(['seen', 'online'])
    expect(reasons(fake)).toEqual([])
  })

  it('finds cameras by unicast over an address range, without multicast', async () => {
    const { discoveryPort } = await town([{}, {}])
    const fake = hostWith()
    adapter(fake, { discover: false, addresses: ['127.0.0.0/30'], discoveryPort })
    await allRead(fake, 2)
    expect(fake.endpoints).toEqual([])
  })

  it('reads a device that answers no probe but whose address is configured', async () => {
    const { httpPort, discoveryPort } = await town([{}], { discovery: false })
    const fake = hostWith({ '127.0.0.1': LOGIN.password, cameras: 'other' })
    adapter(fake, { discoveryPort, addresses: [`http://127.0.0.1:${httpPort}/camera/1/onvif/device_service`] })
    await allRead(fake, 1)
    expect(fake.cameras[0]).toMatchObject({ endpoint: `address:127.0.0.1:${httpPort}`, credential: '127.0.0.1' })
  })

  it('prefers the login of the endpoint', async () => {
    const { discoveryPort } = await town([{}])
    const fake = hostWith({ [endpointOf(1)]: LOGIN.password, '127.0.0.1': 'wrong', cameras: 'wrong' })
    adapter(fake, { discoveryPort })
    await allRead(fake, 1)
    expect(fake.cameras[0]?.credential).toBe(endpointOf(1))
  })

  it('signs with the device’s time, and logs in by digest or WS-Security as the device wants', async () => {
    const { discoveryPort, loginTries } = await town([
      { clockOffsetMs: -20 * 365 * 86_400_000, auth: 'wsse' },
      { clockOffsetMs: 8 * 3_600_000, auth: 'digest' },
      { auth: 'either' }
    ])
    const fake = hostWith()
    adapter(fake, { discoveryPort })
    await allRead(fake, 3)
    // Information, profiles, two streams, snapshot: five calls with login, one more where the scheme had to be found.
    expect(loginTries(1)).toBe(5)
    expect(loginTries(2)).toBe(6)
  })

  it.each([
    ['server-a', /10\.77\.0\.14:8081/g, 'RPOS', 'rtsp://127.0.0.1:8554/h264', 1280],
    ['server-b', /10\.77\.0\.12:1000/g, 'Koynov', 'rtsp://127.0.0.1:554/unicast', 800]
  ])(
    'reads the recorded %s, its claimed addresses put on the one that answered',
    async (server, claimed, maker, url, width) => {
      const recorded = await startRecorded(server, claimed)
      cleanups.push(recorded.stop)
      const fake = hostWith()
      adapter(fake, { discover: false, addresses: [`127.0.0.1:${recorded.port}`] })
      await allRead(fake, 1)
      expect(fake.cameras[0]).toMatchObject({ maker, main: { url, width } })
      expect(fake.cameras[0]?.sub).toBeUndefined()
    }
  )
})

describe('coming and going', () => {
  it('goes offline by Bye and comes back by Hello', async () => {
    const running = await startTown([{}])
    const fake = hostWith()
    adapter(fake, { discoveryPort: running.discoveryPort })
    await allRead(fake, 1)
    await running.stop()
    await until('offline', () => statesOf(fake, 1).at(-1) === 'offline')
    await town([{}], { discoveryPort: running.discoveryPort })
    await until('back', () => statesOf(fake, 1).slice(-1)[0] !== 'offline')
  })

  it('goes offline after missed rounds when no Bye came', async () => {
    const running = await startTown([{}], { discovery: false })
    const fake = hostWith()
    const address = `http://127.0.0.1:${running.httpPort}/camera/1/onvif/device_service`
    adapter(fake, { discover: false, addresses: [address], missedProbes: 2 })
    await allRead(fake, 1)
    await running.stop()
    await until('offline', () => fake.sightings.at(-1)?.state === 'offline')
    expect(fake.sightings.filter(sighting => sighting.state === 'offline')).toHaveLength(1)
  })

  it('believes no Bye from elsewhere, and reads again at each interval', async () => {
    const { discoveryPort } = await town([{}])
    const fake = hostWith()
    adapter(fake, { discoveryPort, allow: ['127.0.0.0/8'], readIntervalMs: 50 })
    await until('read twice', () => fake.cameras.length >= 2)
    const bye = byeMessage('urn:uuid:9', { endpoint: endpointOf(1), scopes: [], xaddrs: [] })
    await toGroup(discoveryPort, bye, '127.0.0.2')
    await until('refused', () => reasons(fake).includes('foreignBye'))
    expect(statesOf(fake, 1)).not.toContain('offline')
  })

  it('believes no Hello from elsewhere while the device answers at its own address', async () => {
    const { discoveryPort } = await town([{}])
    const thief = createServer()
    const asked: string[] = []
    thief.on('request', (request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    thief.listen(0, '127.0.0.2')
    await once(thief, 'listening')
    cleanups.push(() => void thief.close())
    const fake = hostWith()
    adapter(fake, { discoveryPort, allow: ['127.0.0.0/8'], readIntervalMs: 50 })
    await allRead(fake, 1)
    const { port } = thief.address() as AddressInfo
    const xaddrs = [`http://127.0.0.2:${port}/onvif/device_service`]
    const hello = helloMessage('urn:uuid:9', { endpoint: endpointOf(1), scopes: [], xaddrs })
    await toGroup(discoveryPort, hello, '127.0.0.2')
    await until('refused', () => reasons(fake).includes('foreignHello'))
    const before = fake.cameras.length
    await until('read twice more', () => fake.cameras.length >= before + 2)
    expect(asked).toEqual([])
  })

  it('leaves nothing open when aborted in the middle of it', async () => {
    const hanging = await startHttp(() => {})
    cleanups.push(hanging.stop)
    const fake = hostWith()
    const running = adapter(fake, {
      discover: false,
      addresses: [`127.0.0.1:${hanging.port}`],
      requestTimeoutMs: 60_000
    })
    await once(hanging.server, 'request')
    await running.stop()
    expect(fake.cameras).toEqual([])
  })
})

describe('logins', () => {
  it('tries a wrong password at most three times, then leaves the device alone until the login changes', async () => {
    const { discoveryPort, loginTries } = await town([{}, { auth: 'wsse' }])
    const logins = { cameras: 'wrong' }
    const fake = hostWith(logins)
    adapter(fake, { discoveryPort })
    const refused = (camera: number) =>
      fake.sightings.some(s => s.deviceId === endpointOf(camera) && s.detail?.unauthorized === true)
    await until('both refused', () => refused(1) && refused(2))
    const hellos = [1, 2].map(camera =>
      helloMessage('urn:uuid:1', { endpoint: endpointOf(camera), scopes: [], xaddrs: ['http://127.0.0.1:1/'] })
    )
    for (const hello of hellos) await toGroup(discoveryPort, hello)
    const rounds = fake.sightings.length
    const probes = await countProbes(discoveryPort)
    await until('five more rounds', () => probes() >= 20)
    expect(loginTries(1)).toBe(3)
    expect(loginTries(2)).toBe(1)
    expect(fake.sightings.length).toBe(rounds)
    logins.cameras = LOGIN.password
    await allRead(fake, 2)
    expect(statesOf(fake, 1).at(-1)).toBe('online')
  })

  it('offers the shared login only to cameras that the registry lists, or the configuration by address', async () => {
    const { discoveryPort, httpPort, loginTries } = await town([{}, {}])
    const fake = hostWith()
    const host = { ...fake.host, knowsCamera: (endpoint: string) => endpoint === endpointOf(1) }
    const first = adapter({ ...fake, host }, { discoveryPort })
    await until('the stranger is asked nothing', () =>
      fake.sightings.some(s => s.deviceId === endpointOf(2) && s.detail?.loginKnown === false)
    )
    await allRead(fake, 1)
    expect(fake.cameras[0]?.endpoint).toBe(endpointOf(1))
    expect(loginTries(2)).toBe(0)
    await first.stop()
    const address = `http://127.0.0.1:${httpPort}/camera/2/onvif/device_service`
    adapter({ ...fake, host }, { discover: false, addresses: [address] })
    await allRead(fake, 2)
  })

  it('says that a login is missing without trying any', async () => {
    const { discoveryPort, loginTries } = await town([{}])
    const fake = hostWith({})
    adapter(fake, { discoveryPort })
    await until('refused', () => fake.sightings.some(sighting => sighting.detail?.loginKnown === false))
    expect(loginTries(1)).toBe(0)
  })
})

describe('hostile input', () => {
  it('never connects outside the allowed ranges, and believes no answer to a question it did not ask', async () => {
    const { discoveryPort } = await town([{}])
    const fake = hostWith()
    adapter(fake, { discoveryPort, allow: ['10.9.0.0/16'] })
    await until('refused', () => reasons(fake).includes('addressNotAllowed'))
    await toGroup(discoveryPort, matchesMessage('urn:uuid:1', 'urn:uuid:never-asked', []))
    await until('unrelated', () => reasons(fake).includes('unrelatedAnswer'))
    expect(fake.sightings).toEqual([])
  })

  it('connects to the address that answered, not to the one that was claimed', async () => {
    const decoy = await startHttp((_request, response) => void response.end())
    cleanups.push(decoy.stop)
    let asked = ''
    decoy.server.on('request', request => {
      asked ||= request.headers.host ?? ''
    })
    const discoveryPort = await liar(`http://203.0.113.7:${decoy.port}/onvif/device_service`)
    const fake = hostWith()
    adapter(fake, { discoveryPort })
    await until('asked', () => asked !== '')
    expect(asked).toBe(`127.0.0.1:${decoy.port}`)
  })

  it('survives garbage and goes on finding', async () => {
    const { discoveryPort } = await town([{}])
    const fake = hostWith()
    const { ended } = adapter(fake, { discoveryPort })
    for (const text of ['', '\0\0', '<a>', '<!DOCTYPE a><a/>', '<a/>', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`]) {
      await toGroup(discoveryPort, Buffer.from(text))
    }
    await until('all counted', () =>
      ['xmlMalformed', 'xmlDtd', 'xmlTooDeep', 'notDiscovery'].every(r => reasons(fake).includes(r))
    )
    await allRead(fake, 1)
    expect(await Promise.race([ended, 'running'])).toBe('running')
  })

  it.each([
    ['an endless body', 'answerTooLarge', true],
    ['silence', 'timeout', false]
  ])('ends %s by itself', async (_what, reason, talks) => {
    const evil = await startHttp((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
      }
      response.on('drain', pour)
      if (talks) pour()
    })
    cleanups.push(evil.stop)
    const fake = hostWith()
    adapter(fake, { discover: false, addresses: [`127.0.0.1:${evil.port}`], requestTimeoutMs: talks ? 5000 : 200 })
    await until(reason, () => reasons(fake).includes(reason))
    expect(fake.cameras).toEqual([])
  })
})

/** One datagram to the group on loopback. */
async function toGroup(port: number, datagram: Buffer, from = '127.0.0.1'): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind(0, from)
  await once(socket, 'listening')
  socket.setMulticastInterface('127.0.0.1')
  await new Promise(resolve => socket.send(datagram, port, DISCOVERY_GROUP, resolve))
  socket.close()
}

/** A responder that claims to be somewhere else; gives its discovery port. */
async function liar(xaddr: string): Promise<number> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  socket.bind(0)
  await once(socket, 'listening')
  socket.addMembership(DISCOVERY_GROUP, '127.0.0.1')
  socket.on('message', (datagram, peer) => {
    const probe = readDiscovery(datagram)
    if (!probe.ok) return
    const device = { endpoint: 'urn:uuid:liar', scopes: [], xaddrs: [xaddr] }
    socket.send(matchesMessage('urn:uuid:0', probe.value.messageId, [device]), peer.port, peer.address)
  })
  cleanups.push(() => socket.close())
  return socket.address().port
}

/** Counts probes that go to the group; a round sends four: two types, twice. */
async function countProbes(port: number): Promise<() => number> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  cleanups.push(() => socket.close())
  socket.bind(port, DISCOVERY_GROUP)
  await once(socket, 'listening')
  socket.addMembership(DISCOVERY_GROUP, '127.0.0.1')
  let count = 0
  socket.on('message', datagram => {
    const message = readDiscovery(datagram)
    if (message.ok && message.value.kind === 'probe') count++
  })
  return () => count
}
