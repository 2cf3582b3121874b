/** The quick way of reports that say nothing but a place: as right as the long one, and left as soon as anything else is said. */
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { answerBody } from '../kit/terminal-frame.ts'
import { encodeFrame } from './frame.ts'
import { QuietLine } from './quiet-line.ts'
import { locationBody, PHONE, rawTerminal, setUp } from './testing.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const report = (serial: number, body: Buffer, phone = PHONE, v2019 = false) =>
  encodeFrame({ id: 0x0200, v2019, phone, serial, body })
const between = (frame: Buffer) => frame.subarray(1, -1)
const at = (lat: number, edit: (body: Buffer) => void = () => {}) => {
  const body = locationBody(false, Date.now())
  body.writeUInt32BE(lat, 8)
  edit(body)
  return body
}

describe('by itself', () => {
  it.each([false, true])('answers as the long way does, byte by byte (2019: %s)', v2019 => {
    const phone = v2019 ? '00007e7d013900000637' : PHONE
    const line = new QuietLine(() => true)
    line.resume(between(report(1, at(27_000_000), phone, v2019)))
    for (const serial of [0, 1, 0x7d, 0x7e, 0x7d7e, 0x7e7d, 0xffff, 0x1234]) {
      const taken = line.take(between(report(serial, at(27_000_000 + serial), phone, v2019)))
      expect(taken).toBe(serial)
      const own = (serial * 7) & 0xffff
      const long = encodeFrame({ id: 0x8001, v2019, phone, serial: own, body: answerBody(serial, 0x0200, 0) })
      expect(line.answer(own, serial)).toEqual(long)
    }
  })

  it('takes no frame that differs in anything but serial, place and time, and none with a wrong check byte', () => {
    const line = new QuietLine(() => true)
    const like = at(27_000_000)
    expect(line.take(between(report(1, like)))).toBeUndefined()
    line.resume(between(report(3, like)))
    expect(line.take(between(report(4, like)))).toBe(4)
    const others = [
      report(5, like, '013900000638'),
      report(5, like, PHONE, true),
      report(5, Buffer.concat([like, Buffer.from([1, 0])])),
      encodeFrame({ id: 0x0002, v2019: false, phone: PHONE, serial: 5, body: like }),
      encodeFrame({ id: 0x0200, v2019: false, phone: PHONE, serial: 5, part: { total: 2, index: 1 }, body: like })
    ]
    for (let byte = 0; byte < 8; byte++)
      others.push(
        report(
          5,
          at(27_000_000, body => void body.writeUInt8(body.readUInt8(byte) ^ 0x10, byte))
        )
      )
    for (const other of others) expect(line.take(between(other))).toBeUndefined()
    const wrong = Buffer.from(report(5, like))
    wrong[wrong.length - 3] = (wrong[wrong.length - 3] ?? 0) ^ 1
    expect(line.take(between(wrong))).toBeUndefined()
    expect(line.take(between(report(6, like)))).toBe(6)
    line.pause()
    expect(line.take(between(report(7, like)))).toBeUndefined()
  })
})

describe('on a connection', () => {
  const LAT = 27_033_200
  async function fast(options: FakeHostOptions = {}) {
    const made = await setUp(cleanups, createFakeHost(options))
    const terminal = await made.signedIn()
    let serial = 1_000
    const next = (body: Buffer) => report(++serial, body)
    const answered = () =>
      terminal.inbox
        .filter(({ id }) => id === 0x8001)
        .map(({ body }) => [body.readUInt16BE(0) - 1_000, body.readUInt8(4)])
    const lats = () => made.fake.positions.map(({ position }) => Math.round(position.point.lat * 1e6) - LAT)
    return { ...made, terminal, next, answered, lats }
  }

  it('every one of many a second is answered in order, however they are cut, and the last place is told', async () => {
    const { terminal, next, answered, lats } = await fast()
    const frames = Array.from({ length: 60 }, (_, n) => next(at(LAT + n)))
    const cut = Buffer.concat(frames.slice(0, 20))
    // In the middle of a frame and of the next, then whole ones, three in a write.
    for (const [from, to] of [
      [0, 410],
      [410, 455],
      [455, cut.length]
    ] as const) {
      terminal.write(cut.subarray(from, to))
      await until(`what is whole of ${to} bytes`, () => answered().length >= Math.floor(to / 48))
    }
    await until('the first answers', () => answered().length === 20)
    for (let n = 20; n < 60; n += 3) terminal.write(Buffer.concat(frames.slice(n, n + 3)))
    await until('every answer', () => answered().length === 60)
    expect(answered()).toEqual(Array.from({ length: 60 }, (_, n) => [n + 1, 0]))
    await until('the last place', () => lats().at(-1) === 59)
    // Told in the order they came, and not all of them: that is what makes it quick.
    expect(lats()).toEqual([...lats()].sort((a, b) => a - b))
    expect(lats().length).toBeLessThan(60)
  })

  it('a press among them is a press with its own place, and the place before it is not told after it', async () => {
    const { fake, terminal, next, answered, lats } = await fast()
    const quiet = Array.from({ length: 8 }, (_, n) => next(at(LAT + n)))
    const press = next(at(LAT + 100, body => void body.writeUInt32BE(1, 0)))
    const after = Array.from({ length: 3 }, (_, n) => next(at(LAT + 200 + n, body => void body.writeUInt32BE(1, 0))))
    terminal.write(Buffer.concat([...quiet, press, ...after]))
    await until('every answer', () => answered().length === 12)
    expect(answered().map(([serial]) => serial)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1))
    expect(fake.signals).toHaveLength(1)
    expect(Math.round((fake.signals[0]?.position?.lat ?? 0) * 1e6)).toBe(LAT + 100)
    expect(lats()).toEqual([...lats()].sort((a, b) => a - b))
    expect(lats()).toContain(7)
    // Like those before the press, and not one of them: it says that the button is out.
    terminal.write(next(at(LAT + 300)))
    await until('the release', () => fake.signals.length === 2)
    expect(fake.signals[1]?.qualifier).toBe('restore')
  })

  it('more reports than a turn takes wait their turn; none is lost, and a press does not wait for them', async () => {
    const { fake, port, terminal, next, answered } = await fast()
    const stranger = await rawTerminal(port, '013900000638')
    cleanups.push(stranger.end)
    const stayed = { id: 0x0200, v2019: false, phone: '013900000638', body: at(LAT) }
    const flood = Array.from({ length: 300 }, (_, n) => encodeFrame({ ...stayed, serial: n + 1 }))
    const press = next(at(LAT + 100, body => void body.writeUInt32BE(1, 0)))
    stranger.write(Buffer.concat(flood))
    terminal.write(Buffer.concat([next(at(LAT)), press]))
    await until('the press', () => fake.signals.length === 1)
    await until('its answers', () => answered().length === 2)
    const refused = () => stranger.inbox.filter(({ id, body }) => id === 0x8001 && body.readUInt8(4) === 1)
    await until('every refusal', () => refused().length === 300)
    expect(refused().map(({ body }) => body.readUInt16BE(0))).toEqual(Array.from({ length: 300 }, (_, n) => n + 1))
  })

  it('whose approval is taken back is refused again', async () => {
    const known = [`jt808:${PHONE}`]
    const { terminal, next, answered, reasons } = await fast({ known })
    terminal.write(Buffer.concat(Array.from({ length: 8 }, (_, n) => next(at(LAT + n)))))
    await until('the first answers', () => answered().length === 8)
    known.pop()
    await until('a refusal', () => {
      terminal.write(next(at(LAT)))
      return answered().some(([, result]) => result === 1)
    })
    expect(reasons()).toContain('notAuthenticated')
  })
})
