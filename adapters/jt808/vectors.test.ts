/** Every recorded frame through a whole session, and many mutated and random ones through the pure half: nothing breaks, hangs or grows. */

import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { randomOf } from '../../gateway/testing/random.ts'
import { createUploadBudget } from '../kit/device-photos.ts'
import { decodeMessage } from './decode.ts'
import { createDeframer, decodeFrame, encodeFrame } from './frame.ts'
import { createAssembler } from './parts.ts'
import { PHONE, rawTerminal, rawUdpTerminal, setUp } from './testing.ts'
import { createUpload, decodeMedia } from './upload.ts'

const recorded = ['go-jt808.txt', 'emqx.txt', 'smallchi.txt'].flatMap(file =>
  readFileSync(new URL(`frames/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line && !line.startsWith('#'))
    .map(line => ({ hex: line.split(' ').at(-1) ?? '', bad: line.startsWith('NEG') }))
)
const valid = recorded.filter(frame => !frame.bad).map(frame => frame.hex)

/** What a terminal that has proved nothing gets: id of the answer and its result; nothing for an answer of the terminal and for what a platform says. */
const ANSWERS: Readonly<Record<string, string>> = {
  '0001': 'none',
  '0002': '8001:1',
  '0100': '8100:0',
  '0102': '8001:1',
  '0200': '8001:1',
  '0704': '8001:1',
  // A photo of whoever proved nothing is nobody's; encrypted is not supported.
  '0801': '8001:1',
  '08010405': '8001:3',
  '8001': 'none',
  '8100': 'none'
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('every recorded frame', () => {
  it.each(
    valid.flatMap(hex => [
      { hex, over: 'tcp' as const },
      { hex, over: 'udp' as const }
    ])
  )('$over: $hex is done, passed over or refused, and the line lives on', async ({ hex, over }) => {
    const { fake, port, udpPort } = await setUp(cleanups, createFakeHost())
    const terminal = await (over === 'tcp' ? rawTerminal(port) : rawUdpTerminal(udpPort))
    cleanups.push(terminal.end)
    terminal.write(Buffer.from(hex, 'hex'))
    terminal.write(encodeFrame({ id: 0x0002, v2019: false, phone: PHONE, serial: 0xbeef, body: Buffer.alloc(0) }))
    await terminal.answer(0x8001, 0xbeef)
    const answers = terminal.inbox.map(
      frame => `${frame.id.toString(16)}:${frame.body.readUInt8(frame.id === 0x8100 ? 2 : 4)}`
    )
    expect(answers.join() || 'none').toBe(ANSWERS[hex.slice(2, 10)] ?? ANSWERS[hex.slice(2, 6)])
    expect(fake.signals).toEqual([])
    expect(fake.positions).toEqual([])
    expect(fake.rejections.map(r => r.reason)).not.toContain('internal')
  })
})

/** Frames of the fuzz: a million with --full. */
const FUZZ_FRAMES = process.env.PINGAN_FULL ? 1_000_000 : 50_000
const MAX_UPLOAD_BYTES = 1024 * 1024
const MAX_GROWTH_BYTES = 16 * 1024 * 1024

describe('fuzz', () => {
  const bytes = recorded.map(frame => Buffer.from(frame.hex, 'hex'))
  const random = randomOf(808)

  const noise = (length: number) => Buffer.from(Array.from({ length }, () => random(256)))

  /** A recorded frame with up to four bytes changed, some of them cut short. */
  function mutated(): Buffer {
    const copy = Buffer.from(bytes[random(bytes.length)] ?? '')
    for (let n = random(5); n > 0; n--) copy[random(copy.length)] = random(256)
    return random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy
  }

  /** Header and checksum right, everything else not: these reach the bodies. */
  function wellFramed(): Buffer {
    const ids = [0x0001, 0x0002, 0x0003, 0x0100, 0x0102, 0x0200, 0x0704, 0x0800, 0x0801, random(0x10000)]
    const part = random(3) === 0 ? { total: random(70), index: random(70) } : undefined
    const id = ids[random(ids.length)] ?? 0
    return encodeFrame({ id, v2019: random(2) === 0, phone: PHONE, serial: random(8), part, body: noise(random(120)) })
  }

  it(`${FUZZ_FRAMES} mutated, well-framed and random frames: no exception, no growth, and the next good frame is read`, () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const deframer = createDeframer()
    const assembler = createAssembler()
    const upload = createUpload(MAX_UPLOAD_BYTES, createUploadBudget(MAX_UPLOAD_BYTES))
    const taken = { frames: 0, messages: 0 }
    const read = (chunk: Buffer) => {
      for (const candidate of deframer.push(chunk)) {
        const frame = candidate.ok ? decodeFrame(candidate.value) : candidate
        if (!frame.ok) continue
        taken.frames += 1
        if (frame.value.id === 0x0801) {
          const { part, serial, body } = frame.value
          const progress = upload.add({ ...(part ?? { total: 1, index: 1 }), serial, body })
          if (progress.state === 'whole') {
            decodeMedia(progress.body())
            upload.answered(progress.upload, 0)
          } else if (random(50) === 0) upload.overdue()
        }
        const assembly = frame.value.part ? assembler.add(frame.value) : undefined
        if (assembly && assembly.state !== 'whole') continue
        if (decodeMessage(assembly?.frame ?? frame.value).ok) taken.messages += 1
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
    const { messages } = taken
    read(Buffer.concat([Buffer.from([0x7e]), Buffer.from(valid[3] ?? '', 'hex')]))
    expect(taken.messages).toBe(messages + 1)
  }, 600_000)
})
