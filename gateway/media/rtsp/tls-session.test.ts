/** RTSPS: which certificates are believed, what is said to those that are not, and whom a password in clear may reach. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { generate } from 'selfsigned'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemTestClock } from '../../testing/fake-host.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { type GstCameraOptions, startGstCamera } from '../testing/gst-camera.ts'
import { RtspFault } from './fault.ts'
import { RtspSession, type SessionOptions } from './session.ts'
import { judgeCertificate } from './trust.ts'

const LOGIN = { username: 'admin', password: 'right-horse' }
const OTHER = Array.from({ length: 32 }, () => 'AB').join(':')
let certificate: { readonly private: string; readonly cert: string; readonly fingerprint: string }
let pem: string
let stops: (() => unknown)[] = []

beforeAll(async () => {
  certificate = await generate([{ name: 'commonName', value: 'cam' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]
  })
  pem = join(tempDir('tls'), 'camera.pem')
  writeFileSync(pem, certificate.cert + certificate.private)
})
afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
})

function play(url: string, options: Partial<SessionOptions> = {}) {
  const heard = { packets: 0, firstSeen: [] as string[], transport: '', fault: undefined as unknown }
  const abort = new AbortController()
  const session = new RtspSession(
    { url, clock: systemTestClock, ...options },
    {
      playing: (_, transport) => (heard.transport = transport),
      packet: () => heard.packets++,
      senderReport() {},
      firstSeen: fingerprint => heard.firstSeen.push(fingerprint),
      fault() {}
    }
  )
  const running = session.run(abort.signal).catch((error: unknown) => (heard.fault = error))
  stops.push(async () => {
    abort.abort()
    await running
  })
  return heard
}

/** Faults of a machine that stands still for a while: cameras are connected anew after them, see the ingest. */
const TRANSIENT: readonly unknown[] = ['timeout', 'silent', 'closed', 'unreachable']

/** Plays until packets came; again after a fault of the line, never after one of trust, whose words it throws. */
async function received(url: string, options: Partial<SessionOptions>, packets = 10) {
  let heard = play(url, options)
  await until(`${packets} packets`, () => {
    if (!(heard.fault instanceof RtspFault)) return heard.packets > packets
    if (!TRANSIENT.includes(heard.fault.kind)) throw heard.fault
    heard = play(url, options)
    return false
  })
  return heard
}

async function gst(options: GstCameraOptions = {}): Promise<string> {
  const camera = await startGstCamera({ ...options, tls: pem })
  stops.push(() => camera.stop())
  return camera.url('main')
}

/** Keeps what is said to it. */
async function listener(): Promise<{ url: string; heard(): string; connections(): number }> {
  let heard = ''
  let connections = 0
  const server = createServer({ key: certificate.private, cert: certificate.cert }, socket => {
    socket.on('error', () => {})
    socket.on('data', data => (heard += data))
  }).listen(0, '127.0.0.1')
  server.on('tlsClientError', () => {})
  server.on('connection', () => connections++)
  await once(server, 'listening')
  stops.push(() => server.close())
  const url = `rtsps://127.0.0.1:${(server.address() as AddressInfo).port}/live`
  return { url, heard: () => heard, connections: () => connections }
}

describe('RTSPS', () => {
  it('plays from GStreamer, whose certificate nobody vouches for: seen first, then remembered', async () => {
    const url = await gst({ login: `${LOGIN.username}:${LOGIN.password}` })
    const first = await received(url, { login: LOGIN, transport: 'udp' }, 100)
    expect(first.transport).toBe('tls')
    expect(first.firstSeen).toHaveLength(1)
    const again = await received(url, { login: LOGIN, certificate: { remembered: first.firstSeen[0] } })
    expect(again.firstSeen).toEqual([])
  })

  it('says nothing to a camera with another certificate than before, or than the registry’s', async () => {
    const { url, heard, connections } = await listener()
    const changed = play(url, { login: LOGIN, certificate: { remembered: OTHER } })
    const notThis = play(url, { login: LOGIN, certificate: { pinned: OTHER } })
    await until('the faults', () => changed.fault && notThis.fault)
    expect(changed.fault).toMatchObject({
      kind: 'certificate',
      message: expect.stringContaining('certificate changed')
    })
    expect(notThis.fault).toMatchObject({ kind: 'certificate', message: expect.stringContaining('of the registry') })
    expect([heard(), connections()]).toEqual(['', 2])
  })

  it('gives a password in clear only where the registry or an authority vouches for the certificate', async () => {
    const url = await gst({ login: `${LOGIN.username}:${LOGIN.password}`, scheme: 'basic' })
    const unknown = play(url, { login: LOGIN })
    await until('refused', () => unknown.fault)
    expect(unknown.fault).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('Basic') })
    const remembered = play(url, { login: LOGIN, certificate: { remembered: unknown.firstSeen[0] } })
    await until('refused', () => remembered.fault)
    expect(remembered.fault).toMatchObject({ kind: 'unauthorized' })
    await received(url, { login: LOGIN, certificate: { pinned: unknown.firstSeen[0]?.replaceAll(':', '') } })
    const system = getCACertificates('default')
    setDefaultCACertificates([...system, certificate.cert])
    stops.push(() => setDefaultCACertificates(system))
    const verified = await received(url, { login: LOGIN })
    expect(verified.firstSeen).toEqual([])
  })

  it('never hangs on a server that is silent in the handshake, or speaks no TLS', async () => {
    const { createServer: plain } = await import('node:net')
    const server = plain(socket => {
      socket.on('error', () => {})
      socket.on('data', () => socket.write('RTSP/1.0 400 Bad Request\r\n\r\n'))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    stops.push(() => server.close())
    const heard = play(`rtsps://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await until('the fault', () => heard.fault)
    expect(heard.fault).toMatchObject({ kind: 'unreachable' })
  })
})

describe('judgeCertificate', () => {
  const A = OTHER
  const B = OTHER.replaceAll('A', 'C')
  it.each([
    [A, false, { mayLearn: true }, 'firstSeen'],
    [A, false, { mayLearn: false }, 'nobody vouches'],
    [A, true, { mayLearn: false }, 'verified'],
    [A, false, { mayLearn: true, remembered: A.toLowerCase() }, 'remembered'],
    [A, false, { mayLearn: true, remembered: B }, 'certificate changed'],
    [A, true, { mayLearn: true, remembered: B }, 'verified'],
    [A, false, { mayLearn: true, pinned: A.replaceAll(':', ''), remembered: B }, 'pinned'],
    [A, true, { mayLearn: true, pinned: B, remembered: A }, 'not the certificate of the registry']
  ] as const)('%#: %s, verified %s, known %j: %s', (fingerprint, verified, known, expected) => {
    const result = judgeCertificate(fingerprint, verified, known)
    expect(result.ok ? result.trust : result.reason).toContain(expected)
  })
})
