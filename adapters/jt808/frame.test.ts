/** The pure half of JT/T 808 on recorded frames of real terminals, and on noise. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBcdTime, writeBcdTime } from '../kit/bcd.ts'
import type { Location } from '../kit/vehicle-press.ts'
import { decodeMessage } from './decode.ts'
import { createDeframer, decodeFrame, encodeFrame, type Frame } from './frame.ts'
import { createAssembler } from './parts.ts'

const lines = (file: string) =>
  readFileSync(new URL(`frames/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line && !line.startsWith('#'))

const goFrames = lines('go-jt808.txt')
const valid = goFrames.filter(line => !line.startsWith('NEG'))
const negative = goFrames.filter(line => line.startsWith('NEG')).map(line => line.split(' '))
const emqx = new Map(lines('emqx.txt').map(line => line.split(' ') as [string, string]))

/** The only frame of a recorded line. */
function frameOf(hex: string): Frame {
  const [candidate, ...rest] = createDeframer().push(Buffer.from(hex, 'hex'))
  if (!candidate?.ok || rest.length > 0) throw new Error(`not one frame: ${hex}`)
  const frame = decodeFrame(candidate.value)
  if (!frame.ok) throw new Error(`${frame.reason}: ${hex}`)
  return frame.value
}

function messageOf(hex: string) {
  const message = decodeMessage(frameOf(hex))
  if (!message.ok) throw new Error(message.reason)
  return message.value
}

const byStart = (start: string) => valid.filter(hex => hex.toLowerCase().startsWith(start))

describe('recorded frames', () => {
  it('all 18 valid frames of go-jt808 are taken and encode to the same bytes', () => {
    expect(valid).toHaveLength(18)
    for (const hex of valid) {
      const frame = frameOf(hex)
      // We encrypt nothing and escape every checksum; these two captures do otherwise.
      if (frame.encryption !== 0 || hex.endsWith('7d7e')) continue
      expect(encodeFrame(frame).toString('hex')).toBe(hex.toLowerCase())
    }
  })

  it.each(negative)('%s %s %s is refused with its reason', (_neg, expected, hex) => {
    const reasons: Record<string, string> = {
      truncated: 'shortHeader',
      'header-short': 'shortHeader',
      'bad-xor': 'badXor',
      'body-length-mismatch': 'length',
      'header-short-subpackage': 'shortSubpackage'
    }
    // A truncated frame is ended by the flag of the next one.
    const out = createDeframer()
      .push(Buffer.from(`${hex}7e`, 'hex'))
      .map(c => (c.ok ? decodeFrame(c.value) : c))
    const reason = out[0]?.ok === false ? out[0].reason : undefined
    expect(['shortHeader', reasons[expected ?? '']]).toContain(reason)
    if (expected !== 'header-short-subpackage') expect(reason).toBe(reasons[expected ?? ''])
  })

  it('registers of 2011, 2013 and 2019 give maker, model, terminal and plate', () => {
    const [v2011, v2013, other] = byStart('7e0100').filter(hex => hex.startsWith('7e010000'))
    const plate = { kind: 'register', plate: '测A1234', plateColour: 1, terminalId: '7654321' }
    expect(messageOf(v2011 ?? '')).toMatchObject({ ...plate, maker: 'cd', model: 'www.808.' })
    expect(messageOf(v2013 ?? '')).toMatchObject({ ...plate, maker: 'cd', model: 'www.808.com' })
    expect(messageOf(other ?? '')).toMatchObject({ ...plate, maker: 'yzh', model: 'www.jtt808.com' })
    for (const hex of byStart('7e01004053')) {
      expect(messageOf(hex)).toMatchObject({ ...plate, terminalId: '7654321' })
      expect(frameOf(hex)).toMatchObject({ v2019: true, phone: '017299841738' })
    }
  })

  it('authentication of 2013 is the code alone, of 2019 code, IMEI and version', () => {
    expect(messageOf(byStart('7e0102000b')[0] ?? '')).toEqual({ kind: 'authenticate', code: '17299841738' })
    expect(messageOf(byStart('7e0102402f')[0] ?? '')).toEqual({
      kind: 'authenticate',
      code: '17299841738',
      imei: '123456789012345',
      firmware: '3.7.15'
    })
  })

  it('locations: place, time in GMT+8, and no place where the terminal has none', () => {
    const { location } = messageOf(byStart('7e0200001c')[0] ?? '') as { location: Location }
    // 0x07203b7d and 0x02633df7 as written in the capture: latitude beyond 90 degrees cannot exist.
    expect(location).toMatchObject({ emergency: false, point: undefined, speedKmh: 0.3 })
    const real = messageOf(emqx.get('case04_0200') ?? '') as { location: Location }
    expect(real.location).toMatchObject({
      emergency: false,
      positioned: false,
      point: { lat: 20.019815, lon: 110.323793 },
      deviceMs: Date.UTC(2017, 9, 19, 11, 35, 38)
    })
  })

  it('an emergency is bit 0 of the alarm word: a recorded report with that bit set and its XOR corrected', () => {
    const bytes = Buffer.from(emqx.get('case14b_0200') ?? '', 'hex')
    const bitAt = 1 + 12 + 3
    const xorAt = bytes.length - 2
    bytes.writeUInt8(bytes.readUInt8(bitAt) | 1, bitAt)
    bytes.writeUInt8(bytes.readUInt8(xorAt) ^ 1, xorAt)
    expect(messageOf(emqx.get('case14b_0200') ?? '')).toMatchObject({ location: { emergency: false } })
    expect(messageOf(bytes.toString('hex'))).toMatchObject({
      location: {
        emergency: true,
        positioned: true,
        point: { lat: 30.651863, lon: 104.064071 },
        headingDeg: 138,
        deviceMs: Date.UTC(2022, 3, 19, 8, 5, 46)
      }
    })
  })

  it('a batch of five is five locations in the order of the terminal', () => {
    const batch = messageOf(emqx.get('case05_0704') ?? '')
    if (batch.kind !== 'batch') throw new Error(batch.kind)
    expect(batch.locations.map(l => l.deviceMs)).toEqual(
      [
        [49, 33],
        [49, 38],
        [50, 11],
        [51, 11],
        [52, 14]
      ].map(([m, s]) => Date.UTC(2017, 7, 31, 2, m, s))
    )
    expect(batch.locations.every(l => l.positioned)).toBe(true)
  })
})

describe('framing', () => {
  const all = Buffer.from(valid.join(''), 'hex')

  it('cut anywhere, also right after 7d, the stream gives the same frames', () => {
    const whole = createDeframer().push(all)
    for (let cut = 1; cut < all.length; cut++) {
      const deframer = createDeframer()
      const parts = [...deframer.push(all.subarray(0, cut)), ...deframer.push(all.subarray(cut))]
      expect(parts).toEqual(whole)
    }
  })

  it('encode and decode are inverse for every header and body', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.boolean(),
        fc.stringMatching(/^\d{12}$/),
        fc.nat(0xffff),
        fc.option(fc.record({ total: fc.nat(0xffff), index: fc.nat(0xffff) }), { nil: undefined }),
        fc.uint8Array({ maxLength: 1023 }),
        (id, v2019, phone, serial, part, bytes) => {
          const frame = { id, v2019, phone, serial, part, body: Buffer.from(bytes) }
          const [candidate] = createDeframer().push(encodeFrame(frame))
          expect(candidate?.ok && decodeFrame(candidate.value)).toEqual({
            ok: true,
            value: { ...frame, encryption: 0 }
          })
        }
      )
    )
  })

  it('no bytes make it throw, and a good frame after them is still read', () => {
    const good = Buffer.from(valid[3] ?? '', 'hex')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), noise => {
        const out = createDeframer().push(Buffer.concat([noise, good]))
        for (const candidate of out) {
          const frame = candidate.ok ? decodeFrame(candidate.value) : candidate
          if (frame.ok) decodeMessage(frame.value)
        }
        const last = out.at(-1)
        expect(last?.ok && decodeFrame(last.value).ok).toBe(true)
      })
    )
  })

  it('any body of a known message id is a value, never an exception', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0x0001, 0x0002, 0x0003, 0x0100, 0x0102, 0x0200, 0x0704, 0x0900),
        fc.boolean(),
        fc.uint8Array({ maxLength: 200 }),
        (id, v2019, bytes) => {
          const body = Buffer.from(bytes)
          const message = decodeMessage({ id, v2019, encryption: 0, phone: '013900000001', serial: 1, body })
          expect(typeof message.ok).toBe('boolean')
        }
      )
    )
  })

  it('a peer that never ends its frame is cut off at the longest frame there is', () => {
    const deframer = createDeframer()
    deframer.push(Buffer.from([0x7e]))
    for (let i = 0; i < 100; i++) expect(deframer.push(Buffer.alloc(1000, 1))).toEqual([])
    expect(deframer.push(Buffer.from([0x7e]))).toEqual([{ ok: false, reason: 'oversize' }])
  })
})

describe('sub-packages', () => {
  const part = (index: number, total: number, serial: number): Frame => ({
    id: 0x0704,
    v2019: false,
    encryption: 0,
    phone: '013900000001',
    serial,
    part: { total, index },
    body: Buffer.from([index])
  })

  it('come together in any order, once, with the serials of all parts', () => {
    const assembler = createAssembler()
    expect(assembler.add(part(2, 3, 11)).state).toBe('waiting')
    expect(assembler.add(part(1, 3, 10)).state).toBe('waiting')
    expect(assembler.add(part(1, 3, 10)).state).toBe('waiting')
    const whole = assembler.add(part(3, 3, 12))
    expect(whole).toMatchObject({ state: 'whole', serials: [10, 11, 12] })
    expect(whole.state === 'whole' && [...whole.frame.body]).toEqual([1, 2, 3])
  })

  it('of two messages in turns are both messages, by id or by serial', () => {
    for (const other of [{ id: 0x0801 }, {}]) {
      const assembler = createAssembler()
      const theirs = (index: number) => ({ ...part(index, 3, 900 + index), ...other })
      const states = [part(1, 3, 10), theirs(1), part(2, 3, 11), theirs(2)].map(each => assembler.add(each).state)
      expect(states).toEqual(Array(4).fill('waiting'))
      expect(assembler.add(part(3, 3, 12))).toMatchObject({ state: 'whole', serials: [10, 11, 12] })
      expect(assembler.add(theirs(3))).toMatchObject({ state: 'whole', serials: [901, 902, 903] })
    }
  })

  it('of many messages are bounded: 4 under way, 64 parts; the one that grew longest ago goes', () => {
    const assembler = createAssembler()
    const begun = [100, 200, 300, 400, 500].map(serial => assembler.add(part(1, 3, serial)))
    const open = () => begun.map(each => each.state === 'waiting' && assembler.isOpen(each.message))
    expect(open()).toEqual([false, true, true, true, true])
    for (let index = 1; index <= 61; index++) assembler.add(part(index, 63, 1_000 + index))
    // 61 and one each of the last two: the others have gone, by number and by parts.
    expect(open()).toEqual([false, false, true, true, true])
    assembler.add(part(62, 63, 1_062))
    expect(open()).toEqual([false, false, false, true, true])
  })

  it('impossible numbers are refused, and so are parts under the serials of another message', () => {
    const assembler = createAssembler()
    expect(assembler.add(part(0, 3, 1)).state).toBe('refused')
    expect(assembler.add(part(4, 3, 1)).state).toBe('refused')
    expect(assembler.add(part(1, 60_000, 1)).state).toBe('refused')
    assembler.add(part(1, 2, 10))
    expect(assembler.add(part(2, 2, 21)).state).toBe('waiting')
  })
})

describe('BCD time', () => {
  it('is GMT+8, and what is no date is no time', () => {
    expect(readBcdTime(Buffer.from('261122031231', 'hex'))).toBe(Date.UTC(2026, 10, 21, 19, 12, 31))
    for (const bad of ['000000000000', '260231000000', '26112203123a', '261122246000'])
      expect(readBcdTime(Buffer.from(bad, 'hex'))).toBeUndefined()
    expect(writeBcdTime(Date.UTC(2026, 10, 21, 19, 12, 31)).toString('hex')).toBe('261122031231')
  })
})
