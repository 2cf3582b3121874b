/** sipp and ffmpeg, which we did not write, call the adapter and listen to it (Debian packages sip-tester and ffmpeg). */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import type { SipConfig } from './config.ts'
import { type RunningAdapter, sdp, startAdapter } from './testing.ts'
import { soxKey } from './testing-tones.ts'

const cleanups: (() => unknown)[] = []
let folder = ''

beforeEach(() => {
  folder = tempDir('sipp')
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(settings: Partial<SipConfig> = {}, options: FakeHostOptions = {}) {
  const adapter = await startAdapter(settings, options)
  cleanups.push(adapter.stop)
  return adapter
}

/** Runs a program to its end; a missing one fails the test by name. */
function run(
  program: string,
  args: readonly string[],
  debianPackage: string
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
    child.on('error', error =>
      reject(new Error(`${program} is needed (Debian package ${debianPackage}): ${error.message}`))
    )
    child.on('close', code => resolve({ code, said }))
  })
}

interface Calls {
  readonly calls?: number
  readonly perS?: number
  /** Where the sound goes. */
  readonly rtpPort?: number
  /** How long a call listens. */
  readonly holdMs?: number
  /** sipp otherwise passes over repeated messages, which are what the scenario is about. */
  readonly seeRepeats?: boolean
  /** `t1`: all calls on one TCP connection, `tn`: one connection a call. */
  readonly transport?: 'u1' | 't1' | 'tn'
}

/** All calls of a scenario must succeed. */
async function sipp(scenario: string, server: RunningAdapter['server'], how: Calls = {}): Promise<void> {
  const { calls = 1, perS = 10, rtpPort = 9, holdMs = 500 } = how
  const args = [
    server.address.includes(':') ? `[${server.address}]:${server.port}` : `${server.address}:${server.port}`,
    ...['-sf', join(import.meta.dirname, 'frames', 'sipp', `${scenario}.xml`)],
    ...['-i', server.address, '-mi', server.address, '-m', String(calls), '-r', String(perS), '-d', String(holdMs)],
    ...['-key', 'voice_port', String(rtpPort), '-timeout', '25', '-timeout_error', '-nostdin'],
    // Its default loses packets of its own on a busy machine.
    ...['-buff_size', '4000000'],
    ...(how.seeRepeats ? ['-nr'] : []),
    ...(how.transport ? ['-t', how.transport, '-max_socket', '1000'] : [])
  ]
  const { code, said } = await run('sipp', args, 'sip-tester')
  if (code !== 0) throw new Error(`sipp ${scenario} ended with ${code}:\n${said.slice(-2_000)}`)
}

/** Counts RTP packets that arrive. */
async function ear() {
  const socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  const heard = { port: socket.address().port, packets: 0 }
  socket.on('message', () => {
    heard.packets++
  })
  cleanups.push(() => new Promise<void>(resolve => socket.close(() => resolve())))
  return heard
}

describe('sipp', () => {
  it('calls #9, is an alarm, hears the prompt', async () => {
    const { fake, server } = await start()
    const heard = await ear()
    await sipp('call', server, { rtpPort: heard.port, holdMs: 1_000 })
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:661', alarmClass: 'panic', verified: true }])
    // One second of 20 ms packets.
    expect(heard.packets).toBeGreaterThan(40)
    expect(heard.packets).toBeLessThan(60)
    expect(fake.rejections).toEqual([])
  })

  it('sends the INVITE three times: one alarm, one call', async () => {
    const { fake, server } = await start({ ringMs: 300 })
    await sipp('retransmission', server, { seeRepeats: true })
    expect(fake.signals).toHaveLength(1)
  })

  it('cancels: the call ends, the alarm stays', async () => {
    const { fake, server } = await start({ ringMs: 60_000 })
    await sipp('cancel', server, { calls: 5 })
    expect(fake.signals).toHaveLength(5)
  })

  it('loses its ACK twice: the 200 comes again', async () => {
    const { fake, server } = await start()
    await sipp('lost-ack', server, { seeRepeats: true })
    expect(fake.signals).toHaveLength(1)
  })

  it('is hung up at the limit', async () => {
    const { server } = await start({ callLimitMs: 300 })
    await sipp('gateway-bye', server)
  })

  it('logs in by digest and is believed', async () => {
    const { fake, server } = await start({ trunks: [] }, { credentials: { '6650147': 'secret' } })
    await sipp('digest', server)
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: true }])
  })

  it('as a stranger is challenged and is an unverified alarm', async () => {
    const { fake, server } = await start({ trunks: [] })
    await sipp('stranger', server)
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:661', verified: false }])
  })

  it('presses digits as recorded RFC 4733 packets, ten each: each is one signal', async () => {
    const { fake, server } = await start()
    const recorded = (key: number) => readFile(`/usr/share/sip-tester/dtmf_2833_${key}.pcap`)
    const headerBytes = 24
    const both = Buffer.concat([await recorded(2), (await recorded(3)).subarray(headerBytes)])
    await writeFile(join(folder, 'digits.pcap'), both)
    await sipp('digit-events', server, { holdMs: 1_800 })
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'medical', 'fire'])
  })

  it('presses digits by INFO', async () => {
    const { fake, server } = await start()
    await sipp('digit-info', server, { holdMs: 100 })
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'fire', 'medical'])
  })

  it('presses digits as tones that sox made: read while the prompt is spoken', async () => {
    const { fake, server } = await start()
    const keys = ['2', '3'].map(digit => soxKey(digit, 0.04))
    const made = await run('sox', ['-R', ...keys, '-t', 'al', 'tones.al', 'pad', '0.5', '0.5'], 'sox')
    expect(made).toMatchObject({ code: 0 })
    await sipp('digit-tones', server, { holdMs: 1_500 })
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'medical', 'fire'])
  })

  it('makes a test call: answered, heard, a test and no alarm', async () => {
    const { fake, server } = await start()
    const heard = await ear()
    await sipp('test-call', server, { rtpPort: heard.port, holdMs: 1_000 })
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:661', condition: 'test', verified: true }])
    expect(heard.packets).toBeGreaterThan(40)
  })

  it('dials in as a detector: Contact ID in tones of sox', async () => {
    const { fake, server } = await start()
    const keys = [...'1234181131010158'].map(digit => soxKey(digit, 0.05))
    const made = await run('sox', ['-R', ...keys, '-t', 'al', 'tones.al', 'pad', '1.5', '1.5'], 'sox')
    expect(made).toMatchObject({ code: 0 })
    await sipp('contact-id', server, { holdMs: 4_500 })
    expect(fake.signals).toMatchObject([{ condition: 'heartbeat' }, { alarmClass: 'intrusion', zone: '015' }])
    expect(fake.rejections).toEqual([])
  })

  it('arms by telephone', async () => {
    const { fake, server } = await start({}, { credentials: { 'pin/661': '4711' } })
    await sipp('arming', server, { holdMs: 200 })
    expect(fake.sightings.at(-1)).toMatchObject({ deviceId: 'sip:661', arm: { '-': 'armed' } })
    expect(fake.signals.map(s => s.condition)).toEqual(['heartbeat', 'heartbeat'])
  })

  it('calls over IPv6', async () => {
    const { fake, server } = await start({ address: '::1', trunks: [{ name: 'six', address: '::1' }] })
    await sipp('call', server, { holdMs: 200 })
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:661', origin: expect.stringMatching(/^udp \[::1\]:/) }])
    expect(fake.rejections).toEqual([])
  })

  it.each(['t1', 'tn'] as const)('calls over TCP (%s): alarm, prompt, hang-up', async transport => {
    const { fake, serverBy } = await start()
    const heard = await ear()
    // Three times as long as the sound that must have been heard: the voice thread may be kept waiting by other tests.
    const how = { transport, calls: 20, perS: 20, rtpPort: heard.port, holdMs: 1_500 }
    await sipp('call', await serverBy('tcp'), how)
    expect(new Set(fake.signals.map(s => s.sourceId))).toHaveLength(20)
    expect(fake.signals.every(s => s.origin.startsWith('tcp '))).toBe(true)
    expect(heard.packets).toBeGreaterThan(20 * 20)
    expect(fake.rejections).toEqual([])
  })

  it('insists on a reliable tone and a session timer, and refreshes it', async () => {
    const { fake, server } = await start({ ringMs: 1_500 })
    await sipp('prack', server, { seeRepeats: true })
    expect(fake.signals).toHaveLength(1)
    expect(fake.rejections).toEqual([])
  })

  it.each(['u1', 't1'] as const)('registers by digest (%s)', async transport => {
    const { fake, serverBy } = await start({ trunks: [] }, { credentials: { '6650147': 'secret' } })
    await sipp('register', await serverBy(transport === 'u1' ? 'udp' : 'tcp'), { transport })
    expect(fake.sightings).toMatchObject([{ deviceId: 'sip:6650147', state: 'online' }])
    expect(fake.signals).toEqual([])
  })

  it('cancels over TCP: the alarm stays', async () => {
    const { fake, serverBy } = await start({ ringMs: 60_000 })
    await sipp('cancel', await serverBy('tcp'), { calls: 5, transport: 't1' })
    expect(fake.signals).toHaveLength(5)
  })

  it('logs in by digest over TCP', async () => {
    const { fake, serverBy } = await start({ trunks: [] }, { credentials: { '6650147': 'secret' } })
    await sipp('digest', await serverBy('tcp'), { transport: 't1' })
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: true }])
  })

  it('calls 100 times a second for five seconds: none failed, none lost, none double', async () => {
    const { fake, server } = await start()
    await sipp('call', server, { calls: 500, perS: 100, holdMs: 200 })
    const sources = fake.signals.map(s => s.sourceId)
    expect(new Set(sources)).toHaveLength(500)
    expect(sources).toHaveLength(500)
    expect(fake.rejections).toEqual([])
  })
})

describe('ffmpeg', () => {
  it('records the prompt as it lies on disk', async () => {
    const { server } = await start()
    const { port } = await ear()
    await cleanups.pop()?.()
    await writeFile(join(folder, 'in.sdp'), sdp(port, '8'))
    const input = ['-protocol_whitelist', 'file,udp,rtp', '-i', 'in.sdp']
    const recording = run(
      'ffmpeg',
      ['-loglevel', 'error', ...input, '-t', '3', '-c', 'copy', '-f', 'alaw', 'heard.alaw'],
      'ffmpeg'
    )
    await sipp('call', server, { rtpPort: port, holdMs: 4_000 })
    expect(await recording).toMatchObject({ code: 0, said: '' })
    const heard = await readFile(join(folder, 'heard.alaw'))
    const prompt = await readFile(join(import.meta.dirname, 'prompts', 'help-coming.zh.alaw'))
    expect(heard.length).toBeGreaterThan(20_000)
    expect(prompt.indexOf(heard)).toBeGreaterThanOrEqual(0)
  })
})
