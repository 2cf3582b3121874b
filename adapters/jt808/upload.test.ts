/** Uploads in parts: recorded ones, parts in any order, lost ones, bounds, and what other programs say the platform's bodies are. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../gateway/testing/cpu.ts'
import { createUploadBudget } from '../kit/device-photos.ts'
import { decodeFrame, type Frame } from './frame.ts'
import { photoBody, trackBody } from './orders.ts'
import { createUpload, decodeMedia } from './upload.ts'

const MAX = 64 * 1024
const fresh = (budget = createUploadBudget(MAX * 4)) => createUpload(MAX, budget)

const recordedIn = (file: string): Frame[] =>
  readFileSync(new URL(`frames/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => /^7e0801/i.test(line))
    .map(hex => decodeFrame(Buffer.from(hex, 'hex').subarray(1, -1)))
    .flatMap(frame => (frame.ok ? [frame.value] : []))

const partOf = (frame: Frame) => ({
  ...{ total: 1, index: 1 },
  ...frame.part,
  serial: frame.serial,
  body: frame.body
})

/** A medium in parts of 100 bytes. */
function partsOf(mediaId: number, bytes: number) {
  const whole = Buffer.alloc(bytes, mediaId)
  whole.writeUInt32BE(mediaId)
  const total = Math.ceil(bytes / 100)
  const part = (index: number) => ({
    ...{ total, index, serial: 500 + index },
    body: whole.subarray((index - 1) * 100, index * 100)
  })
  return { whole, total, part }
}

describe('recorded frames', () => {
  it("the first part of a terminal's photo says what it is; the others are asked for by its number", () => {
    const [first, second] = recordedIn('smallchi.txt').map(partOf)
    const upload = fresh()
    expect(first && upload.add(first)).toEqual({ state: 'waiting' })
    expect(second && upload.add(second)).toEqual({ state: 'waiting' })
    expect(upload.overdue()).toEqual({
      state: 'lacking',
      missing: { mediaId: 0x271d, firstSerial: 0x2031, indexes: [3, 4, 5, 6, 7, 8, 9, 10] }
    })
    const media = decodeMedia(first?.body ?? Buffer.alloc(0))
    expect(media).toMatchObject({ mediaId: 0x271d, type: 0, format: 0, event: 1, channel: 1 })
    // 2019-01-04 09:29:52 in China.
    expect(media?.location).toMatchObject({ deviceMs: Date.UTC(2019, 0, 4, 1, 29, 52), positioned: true })
    expect(media?.location?.point?.lat).toBeCloseTo(30.59, 1)
    expect(media?.data.subarray(0, 4).toString('hex')).toBe('ffd8ffc4')
  })

  it('a part without the first one is asked for by the serial of the first', () => {
    const part = recordedIn('go-jt808.txt').find(frame => frame.part)
    expect(part?.part).toEqual({ total: 26, index: 2 })
    const upload = fresh()
    expect(part && upload.add(partOf(part))).toEqual({ state: 'waiting' })
    const asked = upload.overdue()
    expect(asked).toMatchObject({ state: 'lacking', missing: { firstSerial: 0x02dd } })
    expect(asked?.state === 'lacking' && asked.missing.mediaId).toBeUndefined()
    expect(asked?.state === 'lacking' && asked.missing.indexes).toHaveLength(25)
  })
})

describe('bodies as another program writes them (SmallChi/JT808 test data)', () => {
  it.each([
    ['2013', '00000A070000017B000000010000000200BA7F0E07E4F11C0028003C000018111523261001020304', true],
    ['2011', '00000A070000017Bffd8ff04', false]
  ])('0x0801 of %s', (_edition, hex, hasLocation) => {
    const media = decodeMedia(Buffer.from(hex, 'hex'))
    expect(media).toMatchObject({ mediaId: 2567, type: 0, format: 0, event: 1, channel: 123 })
    expect(media?.location !== undefined).toBe(hasLocation)
    expect(media?.data).toHaveLength(4)
  })

  it('0x8202 and 0x8801 have their layout', () => {
    expect(trackBody(69, 123).toString('hex')).toBe('00450000007b')
    // Channel, command, interval, save, resolution, quality, brightness, contrast, saturation, chroma.
    expect(photoBody(128)).toHaveLength(Buffer.from('8000000A7E010809EB7E78F5', 'hex').length)
    expect(photoBody(2).toString('hex')).toBe('020001000000020580404080')
  })
})

describe('reassembly', () => {
  it('parts in any order and twice give the medium, byte for byte', () => {
    const { whole, total, part } = partsOf(7, 1_234)
    const upload = fresh()
    const order = [3, 1, 2, 2, ...Array.from({ length: total - 4 }, (_, n) => n + 4)]
    for (const index of order) expect(upload.add(part(index)).state).toBe('waiting')
    const end = upload.add(part(total))
    expect(end.state === 'whole' && end.body().equals(whole)).toBe(true)
  })

  it('lost parts are asked for when the last one is here, and once more when those came', () => {
    const { total, part } = partsOf(9, 20_000)
    const upload = fresh()
    upload.add(part(1))
    const asked = upload.add(part(total))
    expect(asked).toMatchObject({ state: 'lacking', missing: { mediaId: 9 } })
    const indexes = asked.state === 'lacking' ? asked.missing.indexes : []
    expect(indexes).toHaveLength(125)
    for (const index of indexes.slice(0, -1)) expect(upload.add(part(index))).toEqual({ state: 'waiting' })
    const again = upload.add(part(indexes.at(-1) ?? 0))
    expect(again).toMatchObject({ state: 'lacking', missing: { indexes: expect.arrayContaining([127, total - 1]) } })
    let last = again
    for (let index = 127; index < total; index++) last = upload.add(part(index))
    expect(last.state).toBe('whole')
  })

  it('what never comes is given up, and its memory goes back', () => {
    const used: number[] = []
    const upload = fresh({ take: bytes => used.push(bytes) > 0, give: bytes => used.push(-bytes) })
    upload.add(partsOf(1, 300).part(1))
    expect([1, 2, 3].map(() => upload.overdue()?.state)).toEqual(['lacking', 'lacking', 'lacking'])
    expect(upload.overdue()).toMatchObject({ state: 'refused' })
    expect(upload.open).toBe(false)
    expect(used.reduce((sum, bytes) => sum + bytes, 0)).toBe(0)
  })

  it('the last part sent again after the answer is answered again; another medium is another one', () => {
    const { total, part } = partsOf(5, 250)
    const upload = fresh()
    for (let index = 1; index < total; index++) upload.add(part(index))
    const whole = upload.add(part(total))
    if (whole.state !== 'whole') throw new Error(whole.state)
    upload.answered(whole.upload, 5)
    expect(upload.add(part(total))).toEqual({ state: 'answered', mediaId: 5 })
    expect(upload.add(partsOf(6, 250).part(1))).toEqual({ state: 'waiting' })
    // Another one begins before this was whole.
    expect(upload.add(partsOf(8, 250).part(1))).toEqual({ state: 'waiting' })
    upload.add(partsOf(8, 250).part(2))
    const other = upload.add(partsOf(8, 250).part(3))
    expect(other.state === 'whole' && other.body().readUInt32BE(0)).toBe(8)
  })
})

describe('bounds', () => {
  it('a medium beyond the limit is refused with its rest, and the next one is taken', () => {
    const upload = createUpload(1_000, createUploadBudget(1_000_000))
    const big = (index: number) => ({ total: 3, index, serial: index, body: Buffer.alloc(600, index) })
    expect(upload.add(big(1)).state).toBe('waiting')
    expect(upload.add(big(2))).toMatchObject({ state: 'refused', detail: 'more than 1000 bytes' })
    expect(upload.add(big(3))).toEqual({ state: 'refused', detail: 'rest' })
    expect(upload.add({ total: 1, index: 1, serial: 9, body: Buffer.alloc(100) }).state).toBe('whole')
  })

  it('all terminals together have a limit too', () => {
    const budget = createUploadBudget(10_000)
    const uploads = Array.from({ length: 20 }, () => createUpload(5_000, budget))
    const states = uploads.map(upload => upload.add({ total: 9, index: 1, serial: 1, body: Buffer.alloc(900) }).state)
    expect(states.filter(state => state === 'waiting')).toHaveLength(9)
    for (const upload of uploads) upload.drop()
    expect(budget.take(10_000)).toBe(true)
  })

  it.each([
    [0, 1],
    [3, 0],
    [3, 4],
    [65_535, 1]
  ])('of %i parts number %i is none', (total, index) => {
    expect(fresh().add({ total, index, serial: 1, body: Buffer.alloc(9) }).state).toBe('refused')
  })

  it('a part pins no read of the socket, and one that comes again puts nothing together', () => {
    const read = Buffer.alloc(65_536, 7)
    const upload = createUpload(1_048_576, createUploadBudget(MAX * 40))
    const total = 8_000
    for (let index = 1; index <= total; index++) upload.add({ total, index, serial: index, body: read.subarray(0, 1) })
    read.fill(9)
    const again: ReturnType<typeof upload.add>[] = []
    const tookMs = cpuMs(() => {
      for (let n = 0; n < 2_000; n++) again.push(upload.add({ total, index: 5, serial: 5, body: Buffer.from([7]) }))
    })
    expect(tookMs).toBeLessThan(200)
    const end = again.at(-1)
    expect(end?.state === 'whole' && end.body().equals(Buffer.alloc(total, 7))).toBe(true)
  })
})
