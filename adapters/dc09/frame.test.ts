/** The pure half of DC-09 framing on frames of real panels, on both CRC forms, torn and mutated, with openssl and zlib-free CRC as checks. */
import { spawnSync } from 'node:child_process'
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decrypt, encrypt, parseKey } from './cipher-frame.ts'
import { decodeReports } from './decode.ts'
import { crc16, createDeframer, decodeFrame, encodeFrame, formatTime, parseTime, splitContent } from './frame.ts'
import { KEY } from './testing.ts'

const RECORDED = readFileSync(new URL('frames/panels.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line && !line.startsWith('#'))
const GOOD = RECORDED.slice(0, -1)
const WRONG = RECORDED.at(-1) ?? ''
const onWire = (line: string) => Buffer.from(`\n${line}\r`, 'latin1')
const rawForm = (line: string) => encodeFrame(line.slice(line.indexOf('"')), 'raw')
const bodies = (cuts: ReturnType<ReturnType<typeof createDeframer>['push']>) =>
  cuts.map(cut => (cut.ok ? cut.value.body.toString('latin1') : cut.reason))

describe('CRC and length', () => {
  it('CRC-16/ARC of the check word', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0xbb3d)
  })

  it('python, knowing nothing of ours, finds the same CRC of every recorded frame', () => {
    const script = [
      'import sys',
      'for line in sys.stdin.buffer.read().splitlines():',
      '    crc = 0',
      '    for byte in line:',
      '        crc ^= byte',
      '        for _ in range(8): crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)',
      '    print("%04X" % crc)'
    ].join('\n')
    const texts = GOOD.map(line => line.slice(line.indexOf('"')))
    const { stdout } = spawnSync('python3', ['-c', script], { input: texts.join('\n'), encoding: 'utf8' })
    expect(stdout.trim().split('\n')).toEqual(GOOD.map(line => line.slice(0, 4)))
    expect(texts.map(text => crc16(Buffer.from(text, 'latin1')).toString(16).toUpperCase().padStart(4, '0'))).toEqual(
      GOOD.map(line => line.slice(0, 4))
    )
  })

  it.each(GOOD)('%s is cut, its length is hexadecimal', line => {
    const cuts = createDeframer().push(onWire(line))
    expect(cuts).toMatchObject([
      { ok: true, value: { crcForm: 'hex', lengthRight: true, body: Buffer.from(line.slice(8), 'latin1') } }
    ])
    expect(encodeFrame(line.slice(8))).toEqual(onWire(line))
  })

  it('the recorded frame with a wrong CRC is refused; a wrong length with a right CRC is only told', () => {
    expect(bodies(createDeframer().push(onWire(WRONG)))).toEqual(['badCrc'])
    const body = GOOD[0]?.slice(8) ?? ''
    const crc = crc16(Buffer.from(body)).toString(16).toUpperCase()
    const [cut] = createDeframer().push(Buffer.from(`\n${crc}0041${body}\r`))
    expect(cut).toMatchObject({ ok: true, value: { lengthRight: false } })
  })

  it('two raw bytes are a CRC too, also when they are LF, CR or a quote', () => {
    const seen = new Set<number>()
    for (let n = 0; n < 200_000 && seen.size < 3; n++) {
      const body = `"NULL"0001L0#1234[]${n}`
      const crc = crc16(Buffer.from(body))
      const wanted = [0x0a0d, 0x220a, 0x0d22].find(word => word === crc)
      if (wanted === undefined) continue
      seen.add(wanted)
      const [cut, ...more] = createDeframer().push(encodeFrame(body, 'raw'))
      expect(more).toEqual([])
      expect(cut).toMatchObject({ ok: true, value: { crcForm: 'raw', body: Buffer.from(body) } })
    }
    expect(seen.size).toBe(3)
  })
})

describe('the stream', () => {
  it('several frames in one read, in both forms, with garbage between', () => {
    const bytes = GOOD.flatMap((line, n) => [n % 2 ? rawForm(line) : onWire(line), Buffer.from('GET / HTTP\r\n')])
    const got = bodies(createDeframer().push(Buffer.concat(bytes)))
    expect(got.filter(body => body !== 'noise')).toEqual(GOOD.map(line => line.slice(8)))
    expect(got.filter(body => body === 'noise').length).toBe(GOOD.length)
  })

  it('one frame in single bytes', () => {
    for (const bytes of [onWire(GOOD[0] ?? ''), rawForm(GOOD[3] ?? '')]) {
      const deframer = createDeframer()
      const got = [...bytes].flatMap(byte => deframer.push(Buffer.from([byte])))
      expect(got).toMatchObject([{ ok: true }])
    }
  })

  it('a frame whose end was lost costs only itself; one without end is given up at its limit', () => {
    const torn = onWire(GOOD[0] ?? '').subarray(0, 30)
    const deframer = createDeframer()
    expect(bodies(deframer.push(Buffer.concat([torn, onWire(GOOD[1] ?? '')])))).toEqual([
      'unterminated',
      GOOD[1]?.slice(8)
    ])
    const endless = Buffer.concat([Buffer.from('\n00000FFF"'), Buffer.alloc(9_000, 0x41)])
    expect(bodies(deframer.push(endless))).toContain('oversize')
    expect(bodies(deframer.push(onWire(GOOD[1] ?? ''))).at(-1)).toBe(GOOD[1]?.slice(8))
  })

  it('recorded frames cut at any place, in any chunks, are the same frames', () => {
    const all = Buffer.concat(GOOD.map(onWire))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 40 }), sizes => {
        const deframer = createDeframer()
        const got: string[] = []
        for (let at = 0, n = 0; at < all.length; n++) {
          const size = sizes[n % sizes.length] ?? 1
          got.push(...bodies(deframer.push(all.subarray(at, at + size))))
          at += size
        }
        expect(got).toEqual(GOOD.map(line => line.slice(8)))
      })
    )
  })
})

describe('the envelope', () => {
  it('receiver is optional, line and account are not', () => {
    const decode = (body: string) => decodeFrame({ body: Buffer.from(body), crcForm: 'hex' })
    expect(decode('"SIA-DCS"0001RF3L77#1234[#1234|NRR]')).toMatchObject({
      ok: true,
      value: { id: 'SIA-DCS', encrypted: false, seq: '0001', receiver: 'F3', line: '77', account: '1234' }
    })
    expect(decode('"*SIA-DCS"0001L0#XTRM189[00')).toMatchObject({
      ok: true,
      value: { encrypted: true, receiver: undefined, account: 'XTRM189' }
    })
    expect(decode('"SIA-DCS"0001#1234[]')).toMatchObject({ ok: false, reason: 'noLine' })
    expect(decode('"SIA-DCS"0001L0[]')).toMatchObject({ ok: false, reason: 'noAccount' })
    expect(decode('SIA-DCS')).toMatchObject({ ok: false, reason: 'envelope' })
  })

  it('blocks and time stand after the data', () => {
    expect(splitContent('#1|NBA01][X119E37.008][Y27N1.99][Vhttp://x/1]_16:20:01,09-24-2025')).toEqual({
      data: '#1|NBA01',
      blocks: [
        { id: 'X', value: '119E37.008' },
        { id: 'Y', value: '27N1.99' },
        { id: 'V', value: 'http://x/1' }
      ],
      timestamp: '16:20:01,09-24-2025'
    })
    expect(splitContent('no bracket')).toBeUndefined()
  })

  it('times are GMT, month first; what is no time is none', () => {
    expect(parseTime('16:20:01,09-24-2025')).toBe(Date.UTC(2025, 8, 24, 16, 20, 1))
    const second = Date.UTC(2025, 8, 24, 16, 20, 1)
    expect([second, second + 999, second + 1_000, second - 1, second].map(formatTime)).toEqual([
      '16:20:01,09-24-2025',
      '16:20:01,09-24-2025',
      '16:20:02,09-24-2025',
      '16:20:00,09-24-2025',
      '16:20:01,09-24-2025'
    ])
    expect([parseTime('25:20:01,09-24-2025'), parseTime('16:20:01,24-09-2025'), parseTime(undefined)]).toEqual([
      undefined,
      undefined,
      undefined
    ])
  })
})

const keyOf = (text: string) => createSecretKey(Buffer.from(text, 'latin1'))

describe('encryption', () => {
  const key = keyOf(KEY)
  const cipher = (GOOD.at(-1) ?? '').split('[')[1] ?? ''

  it('the recorded frame opens with its key and with no other', () => {
    const opened = decrypt(cipher, key)
    expect(opened).toMatchObject({
      ok: true,
      value: expect.stringMatching(/^#12345\|Nri0000pi0006da10-26-18.*\]_07:50:26,10-26-2018$/)
    })
    expect(decrypt(cipher, keyOf('FEDCBA9876543210'))).toEqual({ ok: false, reason: 'wrongKey' })
    expect(decrypt(cipher.slice(2), key)).toEqual({ ok: false, reason: 'notHex' })
  })

  it.each([16, 24, 32])('openssl opens what we encrypted with a key of %i bytes', length => {
    const given = Buffer.from(Array.from({ length }, (_, n) => 0x41 + n))
    const text = '#1234|1120 01 001]_16:20:01,09-24-2025'
    const args = ['enc', '-d', `-aes-${length * 8}-cbc`, '-nopad', '-K', given.toString('hex'), '-iv', '0'.repeat(32)]
    const { stdout, status } = spawnSync('openssl', args, {
      input: Buffer.from(encrypt(text, createSecretKey(given)), 'hex')
    })
    expect(status).toBe(0)
    expect(stdout.toString('latin1').split('|').slice(1).join('|')).toBe(text)
    expect(decrypt(encrypt(text, createSecretKey(given)), createSecretKey(given))).toEqual({ ok: true, value: text })
  })

  it('no two encryptions are the same, and the padding holds no bar and no bracket', () => {
    // Padding of a whole block each: more of it than is fetched at a time.
    const content = '#1234|NBA12345]'
    const texts = Array.from({ length: 300 }, () => encrypt(content, key))
    expect(new Set(texts).size).toBe(300)
    for (const text of texts) expect(decrypt(text, key)).toEqual({ ok: true, value: content })
  })

  it('keys as characters or hex digits', () => {
    const bytesOf = (text: string) => {
      const parsed = parseKey(text)
      return parsed.ok ? parsed.value.export().toString('latin1') : parsed.reason
    }
    expect(bytesOf(KEY)).toBe(KEY)
    expect(bytesOf('30'.repeat(16))).toBe('0'.repeat(16))
    expect(bytesOf(`ascii:${'30'.repeat(16)}`)).toBe('30'.repeat(16))
    expect(bytesOf('ab'.repeat(32))).toBe('\xab'.repeat(32))
    expect([parseKey('short'), parseKey('hex:xyz'), parseKey('')].map(one => one.ok)).toEqual([false, false, false])
  })
})

describe('fuzz', () => {
  const RUNS = process.env.PINGAN_FULL === '1' ? 1_000_000 : 40_000

  it(`${RUNS} random and mutated frames: no exception, no growth`, { timeout: 600_000 }, () => {
    const seeds = [...GOOD.map(onWire), ...GOOD.map(rawForm)]
    const key = keyOf(KEY)
    const deframer = createDeframer()
    let random = 1
    const next = (below: number) => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      return (random >>> 8) % below
    }
    const before = process.memoryUsage().heapUsed
    let taken = 0
    for (let n = 0; n < RUNS; n++) {
      const seed = seeds[next(seeds.length)] ?? Buffer.alloc(0)
      let bytes: Buffer = Buffer.from(seed)
      if (next(10) === 0) bytes = Buffer.from(Array.from({ length: next(300) }, () => next(256)))
      else for (let flips = next(4); flips > 0; flips--) bytes[next(bytes.length)] = next(256)
      // Half of them get a CRC that is right, so that what lies behind it is reached.
      const quote = bytes.indexOf(0x22)
      if (next(2) === 0 && quote >= 0 && bytes.length - quote < 4_000)
        bytes = encodeFrame(bytes.subarray(quote).filter(b => b !== 0x0d))
      for (const cut of deframer.push(bytes.subarray(0, next(8) === 0 ? next(bytes.length + 1) : bytes.length))) {
        if (!cut.ok) continue
        const frame = decodeFrame(cut.value)
        if (!frame.ok) continue
        taken += 1
        const plain = frame.value.encrypted ? decrypt(frame.value.content, key) : undefined
        const content = splitContent(plain?.ok ? plain.value : frame.value.content)
        if (content) for (const id of ['SIA-DCS', 'ADM-CID']) decodeReports(id, content.data)
      }
    }
    expect(taken).toBeGreaterThan(RUNS / 4)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000)
  })
})
