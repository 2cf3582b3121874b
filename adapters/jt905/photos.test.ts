/** Photos of JT/T 905 over real sockets: what a press asks for, what is kept, when the last piece is answered, and what is refused. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import type { FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { createUploadBudget } from '../kit/device-photos.ts'
import { photoBody } from './commands.ts'
import type { Jt905Config } from './config.ts'
import { decodeFrame, encodeFrame } from './frame.ts'
import { createIsu, type IsuOptions } from './simulator.ts'
import { ISU, locationBody, setUp } from './testing.ts'
import { createUpload, decodePiece, readPicture } from './upload.ts'

const JPEG = readFileSync(new URL('../kit/cabin.jpg', import.meta.url))
const LOOPBACK = ['127.0.0.0/8']
const TRANSPORTS = ['tcp', 'udp'] as const
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const setup = (settings: Partial<Jt905Config> = {}, options: FakeHostOptions = {}) =>
  setUp(cleanups, { trusted: LOOPBACK, ...settings }, options)

/** Pieces of a picture as their bodies. */
function piecesOf(whole: Buffer, bytes = 800, image = 7): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < whole.length; at += bytes) {
    const head = Buffer.alloc(15)
    head.writeUInt32BE(image, 2)
    head.writeUInt32BE(whole.length, 7)
    head.writeUInt32BE(at, 11)
    pieces.push(Buffer.concat([head, whole.subarray(at, at + bytes)]))
  }
  return pieces
}

describe.each(TRANSPORTS)('over %s', transport => {
  it.each([true, false])(
    'a press is photographed once, the picture without its file header (bare: %s)',
    async isBare => {
      const { fake, ports } = await setup({ photoChannels: [1, 2] })
      const options: IsuOptions = {
        ...{ host: '127.0.0.1', port: ports[transport], transport, isu: ISU, reportMs: 40, resendMs: 500, isBare },
        place: () => ({ lat: 27.0332, lon: 119.6135, speedKmh: 30, headingDeg: 90 })
      }
      const taxi = createIsu(options)
      cleanups.push(() => taxi.stop())
      taxi.start()
      await until('the taxi on line', () => taxi.status.online)
      await taxi.press()
      await until('two photos', () => taxi.status.photos === 2)
      expect(fake.evidence.map(({ sourceId, channel, mediaId }) => [sourceId, channel, mediaId])).toEqual([
        [`jt905:${ISU}`, 1, 1],
        [`jt905:${ISU}`, 2, 2]
      ])
      expect(fake.evidence.every(({ bytes }) => bytes.equals(JPEG))).toBe(true)
      const [first] = fake.evidence
      if (isBare) expect(first?.deviceTimeMs).toBeUndefined()
      else expect(Math.abs((first?.deviceTimeMs ?? 0) - Date.now())).toBeLessThan(120_000)
      expect(taxi.status.orders.filter(order => order.id === 0x8801).map(order => order.body)).toEqual([
        photoBody(1),
        photoBody(2)
      ])
    }
  )
})

it('the last piece is answered when the picture is durable, a press meanwhile does not wait behind it; what could not be kept comes again', async () => {
  const { fake, unit, reasons } = await setup({ photoChannels: [] })
  const taxi = await unit()
  await taxi.answer(0x8001, taxi.send(0x0200, locationBody(false, Date.now())))
  const pieces = piecesOf(JPEG)
  const last = pieces.pop() ?? Buffer.alloc(0)
  for (const piece of pieces) expect((await taxi.answer(0x8001, taxi.send(0x0800, piece))).body.readUInt8(4)).toBe(0)
  fake.failing = true
  taxi.send(0x0800, last)
  await until('it was not kept', () => reasons().includes('notStored'))
  expect(taxi.inbox).toEqual([])
  fake.failing = false
  let open: () => void = () => undefined
  fake.host.evidence = async found => {
    await new Promise<void>(resolve => {
      open = resolve
    })
    fake.evidence.push(found)
    return 'kept'
  }
  const serial = taxi.send(0x0800, last)
  await taxi.answer(0x8001, taxi.send(0x0200, locationBody(true, Date.now())))
  expect(fake.signals).toHaveLength(1)
  expect(taxi.inbox.filter(frame => frame.id === 0x8001)).toEqual([])
  open()
  expect((await taxi.answer(0x8001, serial)).body.readUInt8(4)).toBe(0)
  expect(fake.evidence[0]?.bytes.equals(JPEG)).toBe(true)
})

it('what nobody wants is answered and counted; who is on no closed line sends no evidence; a piece beyond its size is refused', async () => {
  const { fake, unit, reasons } = await setup({ photoMaxBytes: 16_384 })
  const taxi = await unit()
  const all = async (pieces: readonly Buffer[]) => {
    const results: number[] = []
    for (const piece of pieces) results.push((await taxi.answer(0x8001, taxi.send(0x0800, piece))).body.readUInt8(4))
    return results
  }
  await taxi.answer(0x8001, taxi.send(0x0200, locationBody(false, Date.now())))
  fake.evidenceOutcome = 'noIncident'
  expect(new Set(await all(piecesOf(JPEG)))).toEqual(new Set([0]))
  fake.evidenceOutcome = 'kept'
  expect(await all(piecesOf(Buffer.alloc(1_000, 1)))).toEqual([0, 0])
  expect(await all([piecesOf(Buffer.alloc(20_000, 1))[0] ?? JPEG, Buffer.alloc(15)])).toEqual([2, 2])
  expect(reasons()).toEqual(['photoUnwanted', 'photoFormat', 'photoRefused', 'shortBody'])
  expect(fake.evidence).toEqual([])
  const open = await setUp(cleanups)
  const stranger = await open.unit()
  const piece = piecesOf(JPEG)[0] ?? JPEG
  expect((await stranger.answer(0x8001, stranger.send(0x0800, piece))).body.readUInt8(4)).toBe(1)
  expect(open.reasons()).toEqual(['notThisVehicle'])
})

it('an upload whose rest never comes is given up, and leaves nothing', async () => {
  const clock = createFakeClock()
  const { unit, reasons } = await setup({}, { clock })
  const taxi = await unit()
  const [first] = piecesOf(JPEG)
  await taxi.answer(0x8001, taxi.send(0x0800, first))
  await clock.advance(130_000)
  expect(reasons()).toEqual(['photoRefused'])
})

describe('pieces', () => {
  it('in any order, and some of them twice, are the same picture; all memory is given back', () => {
    const budget = createUploadBudget(2_000_000)
    const pieces = piecesOf(JPEG, 700).flatMap(body => decodePiece(body) ?? [])
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...pieces.keys(), ...pieces.keys()], { minLength: 2 * pieces.length }),
        order => {
          const upload = createUpload(1_048_576, budget)
          const whole = order
            .flatMap(n => pieces[n] ?? [])
            .map(piece => upload.add(piece))
            .find(progress => progress.state === 'whole')
          expect(whole?.state === 'whole' && whole.bytes.equals(JPEG)).toBe(true)
          upload.drop()
        }
      ),
      { numRuns: 50 }
    )
    expect(budget.take(2_000_000)).toBe(true)
  })

  it('another picture ends an unfinished one; overlapping pieces are refused', () => {
    const upload = createUpload(1_048_576, createUploadBudget(2_000_000))
    const [first] = piecesOf(JPEG).map(decodePiece)
    if (!first) throw new Error('no piece')
    upload.add(first)
    const small = decodePiece(piecesOf(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))[0] ?? JPEG)
    if (!small) throw new Error('no piece')
    expect(upload.add(small)).toMatchObject({ state: 'whole' })
    const two = { ...small, size: 8, data: Buffer.alloc(6, 1) }
    expect(upload.add(two)).toEqual({ state: 'waiting' })
    expect(upload.add({ ...two, offset: 4, data: Buffer.alloc(4, 1) })).toMatchObject({ state: 'refused' })
  })

  it('a file header counts only when a JPEG is all that follows; no bytes make it throw', () => {
    const at = { image: 1, camera: 0 }
    const header = Buffer.alloc(60)
    header.writeUInt32BE(JPEG.length, 39)
    expect(readPicture(Buffer.concat([header, JPEG]), at)?.jpeg.equals(JPEG)).toBe(true)
    expect(readPicture(Buffer.concat([header, JPEG, Buffer.from([0])]), at)).toBeUndefined()
    expect(readPicture(Buffer.concat([Buffer.alloc(300), JPEG]), at)).toBeUndefined()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), bytes => void readPicture(Buffer.from(bytes), at)))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), bytes => void decodePiece(Buffer.from(bytes))))
  })
})

it('the recorded picture piece is read as its author wrote it, and our order is as long as the recorded one', () => {
  const lines = readFileSync(new URL('frames/smallchi-jt905.txt', import.meta.url), 'utf8').split('\n')
  const bodyOf = (id: string) => {
    const hex = lines.find(line => line.startsWith(`${id} `))?.slice(5) ?? ''
    const frame = decodeFrame(Buffer.from(hex, 'hex').subarray(1, -1))
    if (!frame.ok) throw new Error(frame.reason)
    return frame.value
  }
  const piece = decodePiece(bodyOf('0800').body)
  expect(piece).toMatchObject({ image: 1, camera: 0, size: 1, offset: 1, data: Buffer.from('1112', 'hex') })
  const order = bodyOf('8801')
  // Theirs: camera 0, one picture, interval 1, 320×240, quality 1, brightness, contrast and saturation 100.
  expect(order.body.toString('hex')).toBe('000001000100000164646400')
  expect(encodeFrame({ ...order, body: photoBody(1) })).toHaveLength(encodeFrame(order).length)
})
