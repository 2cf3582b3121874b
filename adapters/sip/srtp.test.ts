/** SRTP against the vectors of RFC 3711 and libsrtp, against ffmpeg, and against whoever changes, repeats or delays packets. */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../gateway/testing/wait.ts'
import { formatRtp, parseRtp } from './rtp.ts'
import { type DirectionKey, SrtpOpener, SrtpSealer, SUITES } from './srtp.ts'
import { VoiceGuard } from './voice-guard.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** The key of RFC 3711 B.3. */
const MASTER = Buffer.from('e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6', 'hex')
const KEY: DirectionKey = { suite: 'AES_CM_128_HMAC_SHA1_80', key: MASTER }
const OTHER: DirectionKey = { suite: 'AES_CM_128_HMAC_SHA1_80', key: Buffer.alloc(30, 7) }

const packet = (sequence: number, ssrc = 0xca_fe_ba_be) =>
  formatRtp({
    ...{ payloadType: 8, marker: false, timestamp: sequence * 160, ssrc },
    ...{ sequence: sequence & 0xffff, payload: Buffer.alloc(160, sequence & 0xff) }
  })
const sealAll = (count: number, from: number, key = KEY) => {
  const sealer = new SrtpSealer(key)
  return Array.from({ length: count }, (_, i) => sealer.seal(packet(from + i)))
}

describe('SRTP', () => {
  it('seals as libsrtp does (its own test packet)', () => {
    const clear = Buffer.from(`800f1234decafbadcafebabe${'ab'.repeat(16)}`, 'hex')
    const sealed = '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb'
    expect(new SrtpSealer(KEY).seal(clear).toString('hex')).toBe(sealed)
    expect(new SrtpOpener(KEY).open(Buffer.from(sealed, 'hex'))).toEqual(clear)
  })

  it.each(SUITES)('%s: opened is what was sealed, with a header extension and over two rollovers', suite => {
    const key = { ...KEY, suite }
    const [sealer, opener] = [new SrtpSealer(key), new SrtpOpener(key)]
    for (let n = 65_000; n < 3 * 65_536; n += 97) expect(opener.open(sealer.seal(packet(n)))).toEqual(packet(n))
    const extended = Buffer.concat([
      Buffer.from('9008ffff000000000badcafebede0001aabbccdd', 'hex'),
      Buffer.from('voice')
    ])
    extended.writeUInt32BE(5, 8)
    expect(new SrtpOpener(key).open(new SrtpSealer(key).seal(extended))).toEqual(extended)
  })

  it('refuses what was changed, sealed with another key, sent in clear, or cut short', () => {
    const [sealed = Buffer.alloc(0)] = sealAll(1, 1)
    const opener = new SrtpOpener(KEY)
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(opener.open(changed)).toBe('srtpTag')
    }
    for (let length = 0; length < sealed.length; length++)
      expect(opener.open(sealed.subarray(0, length))).toBe('srtpTag')
    expect(opener.open(packet(1))).toBe('srtpTag')
    expect(new SrtpOpener(OTHER).open(sealed)).toBe('srtpTag')
    expect(opener.open(sealed)).toEqual(packet(1))
  })

  it('takes every packet once, in any order within the window, also over a rollover, and none from before it', () => {
    const sealed = sealAll(400, 65_400)
    const opener = new SrtpOpener(KEY)
    const order = sealed.map((_, i) => (i % 2 === 0 ? Math.min(i + 1, 399) : i - 1))
    for (const i of order) expect(opener.open(sealed[i] as Buffer)).toEqual(packet(65_400 + i))
    for (const [i, each] of sealed.entries()) expect(opener.open(each), `again ${i}`).toBe('srtpReplay')
  })

  it('finds its way again after a loss of a quarter of a minute at the rollover', () => {
    const sealed = sealAll(2_000, 65_000)
    const opener = new SrtpOpener(KEY)
    expect(opener.open(sealed[0] as Buffer)).toEqual(packet(65_000))
    expect(opener.open(sealed[1_999] as Buffer)).toEqual(packet(66_999))
  })

  it('bounds the streams that one call may begin', () => {
    const opener = new SrtpOpener(KEY)
    const opened = Array.from({ length: 65 }, (_, ssrc) => opener.open(new SrtpSealer(KEY).seal(packet(1, ssrc))))
    expect(opened.filter(each => typeof each !== 'string')).toHaveLength(64)
    expect(opened.at(-1)).toBe('srtpReplay')
  })

  it('opens the voice that ffmpeg seals', { timeout: 60_000 }, async () => {
    const socket = createSocket('udp4')
    await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
    cleanups.push(() => socket.close())
    const opener = new SrtpOpener(KEY)
    const heard: Buffer[] = []
    socket.on('message', bytes => {
      const opened = opener.open(bytes)
      if (typeof opened === 'string') throw new Error(opened)
      heard.push(parseRtp(opened)?.payload ?? Buffer.alloc(0))
    })
    const source = ['-f', 'lavfi', '-i', 'sine=f=700:r=8000:d=1', '-ac', '1', '-c:a', 'pcm_alaw']
    const secret = ['-srtp_out_suite', KEY.suite, '-srtp_out_params', MASTER.toString('base64')]
    const to = `srtp://127.0.0.1:${socket.address().port}`
    const ffmpeg = spawn('ffmpeg', ['-loglevel', 'error', '-re', ...source, '-f', 'rtp', ...secret, to], {
      stdio: 'ignore'
    })
    cleanups.push(() => ffmpeg.kill('SIGKILL'))
    const plain = spawn('ffmpeg', ['-loglevel', 'error', ...source, '-f', 'alaw', '-'])
    const wanted: Buffer[] = []
    plain.stdout.on('data', (bytes: Buffer) => void wanted.push(bytes))
    await until('a second of sound', () => Buffer.concat(heard).length >= 8_000, 50_000)
    await until('the same in clear', () => Buffer.concat(wanted).length >= 8_000, 50_000)
    expect(Buffer.concat(heard)).toEqual(Buffer.concat(wanted))
  })
})

describe('the guard of a channel', () => {
  const from = { address: '192.0.2.9', port: 4_000 }
  const guardOf = (first: ConstructorParameters<typeof VoiceGuard>[0]) => {
    const heard: Buffer[] = []
    return { guard: new VoiceGuard(first, bytes => void heard.push(bytes)), heard }
  }

  it('holds what comes before its key, and delivers it in its order', () => {
    const { guard, heard } = guardOf('waits')
    for (const each of sealAll(3, 1)) guard.receive(each, from)
    expect(heard).toEqual([])
    guard.agree({ theirs: KEY, ours: OTHER })
    expect(heard).toEqual([packet(1), packet(2), packet(3)])
    expect(new SrtpOpener(OTHER).open(guard.seal(packet(9)))).toEqual(packet(9))
  })

  it('delivers in clear what was agreed in clear, and seals nothing', () => {
    const { guard, heard } = guardOf('waits')
    guard.receive(packet(1), from)
    guard.agree(undefined)
    expect(heard).toEqual([packet(1)])
    expect(guard.seal(packet(2))).toEqual(packet(2))
  })

  it('goes on with a key that stays, so that nothing is heard twice; another key begins anew', () => {
    const { guard, heard } = guardOf(KEY)
    const sealed = sealAll(2, 1)
    for (const each of sealed) guard.receive(each, from)
    guard.agree({ theirs: { ...KEY, key: Buffer.from(MASTER) }, ours: OTHER })
    for (const each of sealed) guard.receive(each, from)
    expect(heard).toHaveLength(2)
    guard.agree({ theirs: OTHER, ours: OTHER })
    for (const each of [...sealed, ...sealAll(1, 3, OTHER)]) guard.receive(each, from)
    expect(heard).toHaveLength(3)
    expect([...guard.refused]).toEqual([
      ['srtpReplay', 2],
      ['srtpTag', 2]
    ])
  })
})
