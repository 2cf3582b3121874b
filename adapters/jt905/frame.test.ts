/** The pure half of JT/T 905 on frames of another implementation, and on noise. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage } from './decode.ts'
import { createDeframer, decodeFrame, encodeFrame, type Frame } from './frame.ts'

const recorded = readFileSync(new URL('frames/smallchi-jt905.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line && !line.startsWith('#'))
  .map(line => line.split(' ') as [id: string, hex: string])

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

const byId = (wanted: string) => recorded.filter(([id]) => id === wanted).map(([, hex]) => hex)

describe('recorded frames', () => {
  it.each(recorded)('%s %s is taken and encodes to the same bytes', (id, hex) => {
    const frame = frameOf(hex)
    expect(frame.id.toString(16).padStart(4, '0')).toBe(id)
    expect(encodeFrame(frame).toString('hex')).toBe(hex)
  })

  it('a location: units of 1/600000 degree, direction in steps of 2°, time in GMT+8, status bit 0 = no fix', () => {
    const [first, real] = byId('0200')
    // As its author wrote it: alarm bit 0, speed 60, latitude 12222222, longitude 132444444, which is 220 degrees: no place.
    expect(messageOf(first ?? '')).toMatchObject({
      kind: 'location',
      location: {
        emergency: true,
        positioned: false,
        point: undefined,
        speedKmh: 6,
        headingDeg: 0,
        deviceMs: Date.UTC(2021, 9, 15, 13, 10, 10)
      }
    })
    const standing = messageOf(real ?? '')
    if (standing.kind !== 'location') throw new Error(standing.kind)
    expect(standing.location).toMatchObject({ emergency: false, positioned: false, speedKmh: 17.2, headingDeg: 218 })
    // In the town of 隆回县, whose code the same author's shift records carry (430524): 27.1° N, 111.0° E.
    expect(standing.location.point?.lat).toBeCloseTo(27.12561, 4)
    expect(standing.location.point?.lon).toBeCloseTo(111.03501, 4)
  })

  it('the same location on the southern and western half, with a fix and without', () => {
    const withStatus = (bits: number) => {
      const frame = frameOf(byId('0200')[1] ?? '')
      const body = Buffer.from(frame.body)
      body.writeUInt32BE(bits, 4)
      const message = decodeMessage({ ...frame, body })
      return message.ok && message.value.kind === 'location' ? message.value.location : undefined
    }
    expect(withStatus(0x100)).toMatchObject({ positioned: true })
    expect(Math.sign(withStatus(2)?.point?.lat ?? 0)).toBe(-1)
    expect(Math.sign(withStatus(4)?.point?.lon ?? 0)).toBe(-1)
    expect(withStatus(1)).toMatchObject({ positioned: false, point: expect.any(Object) })
  })

  it('a replay of a blind area is ten locations of one car, thirty seconds apart', () => {
    const replay = messageOf(byId('0203')[1] ?? '')
    if (replay.kind !== 'batch') throw new Error(replay.kind)
    expect(replay.locations).toHaveLength(10)
    const times = replay.locations.map(({ deviceMs }) => deviceMs ?? 0)
    expect(times[0]).toBe(Date.UTC(2022, 0, 12, 15, 15, 38))
    expect(times.slice(1).map((atMs, index) => Math.round((atMs - (times[index] ?? 0)) / 10_000))).toEqual(
      Array(9).fill(3)
    )
  })

  it('shifts and fares are passed over; what a platform says is nothing of a vehicle', () => {
    for (const id of ['0b03', '0b04', '0b05'])
      for (const hex of byId(id)) expect(messageOf(hex)).toEqual({ kind: 'passedOver' })
    for (const id of ['8300', '8b0a', '8b0b'])
      for (const hex of byId(id)) expect(messageOf(hex)).toEqual({ kind: 'unsupported' })
  })
})

it('what confirms and lifts an alarm is byte for byte what the other implementation sends', () => {
  for (const id of [0x8b0a, 0x8b0b])
    expect(encodeFrame({ id, isu: '108000000316', serial: 0, body: Buffer.alloc(0) }).toString('hex')).toBe(
      byId(id.toString(16))[0]
    )
})

describe('framing', () => {
  it('encode and decode are inverse for every header and body', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.stringMatching(/^\d{12}$/),
        fc.nat(0xffff),
        fc.uint8Array({ maxLength: 2_048 }),
        (id, isu, serial, bytes) => {
          const frame = { id, isu, serial, body: Buffer.from(bytes) }
          const [candidate] = createDeframer().push(encodeFrame(frame))
          expect(candidate?.ok && decodeFrame(candidate.value)).toEqual({ ok: true, value: frame })
        }
      )
    )
  })

  it('wrong XOR, wrong length and a short header are refused by their reason', () => {
    const good = Buffer.from(byId('0200')[1] ?? '', 'hex').subarray(1, -1)
    const changed = (at: number) => {
      const copy = Buffer.from(good)
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
      return decodeFrame(copy)
    }
    expect(changed(20)).toEqual({ ok: false, reason: 'badXor' })
    const longer = Buffer.from(good)
    longer.writeUInt8(longer.readUInt8(3) ^ 1, 3)
    longer.writeUInt8(longer.readUInt8(longer.length - 1) ^ 1, longer.length - 1)
    expect(decodeFrame(longer)).toMatchObject({ ok: false, reason: 'length' })
    expect(decodeFrame(good.subarray(0, 12))).toEqual({ ok: false, reason: 'shortHeader' })
  })
})
