/** Every recorded frame through a whole session, and many mutated and random ones through the pure half: nothing breaks, hangs or grows. */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { randomOf } from '../../gateway/testing/random.ts'
import { createUploadBudget } from '../kit/device-photos.ts'
import { decodeMessage } from './decode.ts'
import { createDeframer, decodeFrame, encodeFrame } from './frame.ts'
import { ISU, setUp } from './testing.ts'
import { createUpload, decodePiece, readPicture } from './upload.ts'

const recorded = readFileSync(new URL('frames/smallchi-jt905.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line && !line.startsWith('#'))
  .map(line => line.split(' ').at(-1) ?? '')

/** What a vehicle of the registry gets; nothing for what a platform says. */
const ANSWERS: Readonly<Record<string, string>> = {
  '0002': '8001:0',
  '0200': '8001:0',
  '0203': '8001:0',
  '0b03': '8001:0',
  '0b04': '8001:0',
  '0b05': '8001:0',
  '0b01': '8001:0',
  '0b07': '8001:0',
  '0b08': '8001:0',
  '0b10': '8001:0',
  '0b11': '8001:0',
  // Of a line that is not a closed one nobody's picture.
  '0800': '8001:1',
  '8801': 'none',
  '8300': 'none',
  '8b0a': 'none',
  '8b0b': 'none'
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('every recorded frame', () => {
  it.each(
    recorded.flatMap(hex => [
      { hex, over: 'tcp' as const },
      { hex, over: 'udp' as const }
    ])
  )('$over: $hex is done or passed over, and the line lives on', async ({ hex, over }) => {
    const { fake, unit } = await setUp(cleanups)
    const taxi = await unit(over)
    taxi.write(Buffer.from(hex, 'hex'))
    taxi.write(encodeFrame({ id: 0x0002, isu: ISU, serial: 0xbeef, body: Buffer.alloc(0) }))
    await taxi.answer(0x8001, 0xbeef)
    const answers = taxi.inbox.map(frame => `${frame.id.toString(16)}:${frame.body.readUInt8(4)}`)
    expect(answers.join() || 'none').toBe(ANSWERS[hex.slice(2, 6)])
    // Three of the locations were written with the emergency bit; a shift or fare that holds one is no report of it.
    const emergency = hex.startsWith('7e0200') && (Buffer.from(hex, 'hex')[16] ?? 0) % 2 === 1
    expect(fake.signals.map(({ alarmClass, qualifier }) => [alarmClass, qualifier])).toEqual(
      emergency ? [['panic', 'new']] : []
    )
    const reasons = fake.rejections.map(({ reason }) => reason).filter(reason => reason !== 'platformMessage')
    expect(reasons).toEqual(hex.startsWith('7e0800') ? ['notThisVehicle'] : [])
  })
})

/** Frames of the fuzz: a million with --full. */
const FUZZ_FRAMES = process.env.PINGAN_FULL ? 1_000_000 : 50_000
const MAX_GROWTH_BYTES = 16 * 1024 * 1024

describe('fuzz', () => {
  const bytes = recorded.map(hex => Buffer.from(hex, 'hex'))
  const random = randomOf(905)

  const noise = (length: number) => Buffer.from(Array.from({ length }, () => random(256)))

  /** A recorded frame with up to four bytes changed, some of them cut short. */
  function mutated(): Buffer {
    const copy = Buffer.from(bytes[random(bytes.length)] ?? '')
    for (let n = random(5); n > 0; n--) copy[random(copy.length)] = random(256)
    return random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy
  }

  /** Header and checksum right, everything else not: these reach the bodies. */
  function wellFramed(): Buffer {
    const ids = [0x0001, 0x0002, 0x0200, 0x0202, 0x0203, 0x0800, 0x0800, 0x0b03, 0x0b05, 0x0b11, random(0x10000)]
    const id = ids[random(ids.length)] ?? 0
    const body = noise(random(120))
    // Sizes and offsets that may be: a random word of four bytes never is.
    if (id === 0x0800 && body.length > 15) {
      body.writeUInt32BE(20 * (1 + random(3)), 7)
      body.writeUInt32BE(20 * random(3), 11)
      body.writeUInt8(random(2), 6)
    }
    return encodeFrame({ id, isu: ISU, serial: random(8), body: id === 0x0800 ? body.subarray(0, 15 + 20) : body })
  }

  it(`${FUZZ_FRAMES} mutated, well-framed and random frames: no exception, no growth, and the next good frame is read`, () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const deframer = createDeframer()
    const budget = createUploadBudget(MAX_GROWTH_BYTES)
    const upload = createUpload(16_384, budget)
    const taken = { frames: 0, messages: 0, pictures: 0 }
    const read = (chunk: Buffer) => {
      for (const candidate of deframer.push(chunk)) {
        const frame = candidate.ok ? decodeFrame(candidate.value) : candidate
        if (!frame.ok) continue
        taken.frames += 1
        const piece = frame.value.id === 0x0800 ? decodePiece(frame.value.body) : undefined
        const progress = piece && upload.add(piece)
        if (progress?.state === 'whole') {
          taken.pictures += 1
          readPicture(progress.bytes, progress.first)
          upload.drop()
        }
        if (decodeMessage(frame.value).ok) taken.messages += 1
      }
    }
    const makers = [mutated, wellFramed, () => noise(random(400))]
    let before = 0
    for (let n = 0; n < FUZZ_FRAMES; n++) {
      if (n === FUZZ_FRAMES / 5) {
        collect()
        before = process.memoryUsage().heapUsed
      }
      read((makers[random(makers.length)] ?? mutated)())
    }
    collect()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(MAX_GROWTH_BYTES)
    // The fuzz means nothing when everything is thrown away at the checksum.
    expect(taken.frames).toBeGreaterThan(FUZZ_FRAMES / 4)
    expect(taken.messages).toBeGreaterThan(FUZZ_FRAMES / 10)
    expect(taken.pictures).toBeGreaterThan(FUZZ_FRAMES / 10_000)
    upload.drop()
    expect(budget.take(MAX_GROWTH_BYTES)).toBe(true)
    const { messages } = taken
    read(Buffer.concat([Buffer.from([0x7e]), Buffer.from(recorded[3] ?? '', 'hex')]))
    expect(taken.messages).toBe(messages + 1)
  }, 600_000)
})
