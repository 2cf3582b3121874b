/** Log without secrets, metrics in the domain's words, a certificate that browsers can use, and who has the port. */
import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls'
import { beforeEach, expect, it } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import type { Endpoint } from '../core/ports.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { systemClock } from './clock.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { explainListenError, portOwner, withOwner } from './port-owner.ts'
import { loadCertificate } from './tls.ts'

let folder: string
beforeEach(() => {
  folder = tempDir('supervise')
})

function capture() {
  const lines: string[] = []
  return { lines, log: createLog('info', { write: line => void lines.push(line) }) }
}

it('writes no secret, at any depth, in any address, in any error', () => {
  const { lines, log } = capture()
  const cause = new Error('401 from rtsp://admin:hunter2@10.0.0.9:554/main')
  log.info(
    { camera: { login: { username: 'admin', password: 'hunter2' } }, list: [{ sessionToken: 'hunter2' }] },
    'one'
  )
  log.child({ url: 'http://u:hunter2@host/x', authorization: 'Basic hunter2' }).warn({}, 'two')
  log.error({ error: new Error('no stream', { cause }) }, 'three')
  expect(lines.join('')).not.toContain('hunter2')
  log.warn(
    { rejected: { wrongPassword: 3 }, login: { password: 271828 } },
    'a count is told, a number that is a secret is not'
  )
  expect(lines.at(-1)).toContain('"wrongPassword":3')
  expect(lines.join('')).not.toContain('271828')
  const [one, two, three] = lines.map(line => JSON.parse(line))
  expect(one).toMatchObject({ level: 'info', msg: 'one', camera: { login: { username: 'admin', password: '…' } } })
  expect(two).toMatchObject({ url: 'http://…@host/x' })
  expect(three.error).toMatchObject({ message: 'no stream', cause: { message: '401 from rtsp://…@10.0.0.9:554/main' } })
})

it('writes the same fault of the store once a minute and says how often it came; other faults each time', async () => {
  const lines: string[] = []
  const clock = createFakeClock(0)
  const log = createLog('info', { write: line => void lines.push(line) }, clock)
  const full = new GatewayError('STORE_FAILED', { why: 'database or disk is full' })
  const told = () => lines.splice(0).map(line => JSON.parse(line))
  for (let s = 0; s < 120; s++) {
    for (const incident of [1, 2]) log.child({ part: 'timers' }).warn({ incident, err: full }, 'refused')
    await clock.advance(1_000)
  }
  const [first, second, ...more] = told()
  expect(more).toEqual([])
  expect(first).toMatchObject({ msg: 'refused', incident: 1, err: { code: 'STORE_FAILED' } })
  expect(first).not.toHaveProperty('again')
  expect(second).toMatchObject({ msg: 'refused', again: 119 })
  log.info({}, 'it can be stored again')
  expect(told()).toMatchObject([
    { msg: 'refused (the last of it)', code: 'STORE_FAILED', again: 119 },
    { level: 'info' }
  ])
  for (const n of [1, 2]) log.warn({ n, err: new GatewayError('NOT_OWNER') }, 'refused')
  log.error({ err: full }, 'another thing is refused')
  expect(told()).toHaveLength(3)
})

it('cuts what is long or deep, and keeps debug for who asks', () => {
  const { lines, log } = capture()
  const ring: Record<string, unknown> = { frame: Buffer.alloc(9), text: 'x'.repeat(5_000) }
  ring.again = ring
  log.debug({}, 'not written')
  log.info(ring, 'written')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.length).toBeLessThan(20_000)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ frame: '9 bytes', msg: 'written' })
})

it('gives metrics in the words of the domain, in seconds', async () => {
  const metrics = createMetrics()
  metrics.deliveryLatency(40)
  metrics.answerTime(9_000, 1)
  metrics.signal('mqtt', 'accepted')
  metrics.rejected('sip', 'bad-uri')
  metrics.shed('position', 3)
  metrics.read({ queue: () => 7, feedClients: () => 2, openIncidents: () => 1, storeWritable: () => 0 })
  const text = await metrics.text()
  for (const line of [
    'pingan_delivery_latency_seconds_bucket{le="0.025"} 0',
    'pingan_delivery_latency_seconds_bucket{le="0.05"} 1',
    'pingan_answer_time_seconds_bucket{le="10",priority="1"} 1',
    'pingan_signals_total{adapter="mqtt",outcome="accepted"} 1',
    'pingan_rejected_total{adapter="sip",reason="bad-uri"} 1',
    'pingan_shed_total{what="position"} 3',
    'pingan_queue 7',
    'pingan_store_writable 0'
  ]) {
    expect(text).toContain(`${line}\n`)
  }
  expect(text).toMatch(/^process_resident_memory_bytes \d/m)
  expect(() => createMetrics()).not.toThrow()
})

it('makes a certificate once that a TLS client accepts for this machine, in private files', async () => {
  const place = { keyFile: '', certFile: '', dir: join(folder, 'data') }
  const first = await loadCertificate(place, systemClock)
  expect(first.made).toBe(true)
  for (const name of ['tls-key.pem', 'tls-cert.pem']) expect(statSync(join(place.dir, name)).mode & 0o777).toBe(0o600)
  const server = createTlsServer({ key: first.key, cert: first.cert }, socket => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const servername of ['localhost', undefined]) {
    const client = tlsConnect({ port, host: '127.0.0.1', servername, ca: first.cert })
    await once(client, 'secureConnect')
    expect(client.authorized).toBe(true)
    client.destroy()
  }
  server.close()
  expect(await loadCertificate(place, systemClock)).toEqual({ ...first, made: false })
})

it('renews its own certificate before it ends, and one that does not fit its key', async () => {
  const place = { keyFile: '', certFile: '', dir: folder }
  const first = await loadCertificate(place, systemClock)
  const days = (n: number) => createFakeClock(Date.now() + n * 86_400_000)
  expect((await loadCertificate(place, days(780))).made).toBe(false)
  const renewed = await loadCertificate(place, days(800))
  expect(renewed.made).toBe(true)
  expect(new X509Certificate(renewed.cert).validToDate.getTime()).toBeGreaterThan(days(1_000).now())
  writeFileSync(join(folder, 'tls-key.pem'), first.key)
  expect((await loadCertificate(place, systemClock)).made).toBe(true)
})

it('says what is wrong with a given certificate', async () => {
  const own = { keyFile: '', certFile: '', dir: folder }
  await loadCertificate(own, systemClock)
  const given = { keyFile: join(folder, 'tls-key.pem'), certFile: join(folder, 'tls-cert.pem'), dir: folder }
  expect((await loadCertificate(given, systemClock)).made).toBe(false)
  const late = createFakeClock(Date.now() + 900 * 86_400_000)
  const faults = (text: string) => ({ code: 'CONFIG_INVALID', detail: { faults: expect.stringContaining(text) } })
  await expect(loadCertificate(given, late)).rejects.toMatchObject(faults('is valid until'))
  await expect(loadCertificate({ ...given, keyFile: join(folder, 'no.pem') }, systemClock)).rejects.toMatchObject(
    faults('is not there')
  )
})

it('says who has a taken port and which setting to change', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const endpoint: Endpoint = { protocol: 'tcp', address: '127.0.0.1', port, setting: 'adapters.jt808.port' }
  const second = createServer().listen(port, '127.0.0.1')
  const [error] = await once(second, 'error').catch(e => [e])
  const explained = await explainListenError(error, endpoint)
  expect(explained).toMatchObject({
    code: 'PORT_TAKEN',
    detail: { port, setting: 'adapters.jt808.port', owner: expect.stringContaining(`(process ${process.pid})`) }
  })
  const other = new Error('EACCES')
  expect(await explainListenError(other, endpoint)).toBe(other)
  server.close()
})

it('adds who has the port to what a listener or a video worker said of it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const said = new GatewayError('PORT_TAKEN', { port, setting: 'media.basePort', cause: 'EADDRINUSE' })
  const owner = expect.stringContaining(`(process ${process.pid})`)
  expect(await withOwner(said)).toMatchObject({ code: 'PORT_TAKEN', detail: { setting: 'media.basePort', owner } })
  const other = new GatewayError('CONFIG_INVALID', { port })
  expect(await withOwner(other)).toBe(other)
  server.close()
})

it('tells of every other port that somebody else has, and of none of its own', async () => {
  const ours = createServer().listen(0, '127.0.0.1')
  await once(ours, 'listening')
  const script = "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))"
  // Started by a shell that goes at once: nobody's child any more.
  const shell = spawn('sh', ['-c', `"${process.execPath}" -e "${script}" & echo $!`], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  let said = ''
  shell.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const [pid = 0, theirs = 0] = await until('it listens', () => {
    const lines = said.split('\n').filter(Boolean).map(Number)
    return lines.length === 2 && lines
  })
  try {
    const { port } = ours.address() as AddressInfo
    const wanted = [
      { port: theirs, setting: 'http.port' },
      { port, setting: 'http.httpsPort' }
    ]
    const said = new GatewayError('PORT_TAKEN', { port: 1, setting: 'media.basePort' })
    expect(await withOwner(said, wanted)).toMatchObject({
      detail: { also: expect.stringMatching(new RegExp(`^http\\.port ${theirs}: .+ \\(process ${pid}\\)$`)) }
    })
  } finally {
    process.kill(pid)
    ours.close()
  }
})

it('finds the owner of a UDP port, and nobody on a free one', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  expect(await portOwner('udp', port)).toContain(`(process ${process.pid})`)
  socket.close()
  await once(socket, 'close')
  expect(await portOwner('udp', port)).toBeUndefined()
})

it('waits longer than setTimeout can, and cancels', async () => {
  let called = false
  const cancel = systemClock.after(3_000_000_000, () => {
    called = true
  })
  await new Promise<void>(resolve => systemClock.after(5, resolve))
  cancel()
  expect(called).toBe(false)
})
