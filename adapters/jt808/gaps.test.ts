/** Lost parts of a sub-packaged message over a real socket: asked for by 0x8003, taken under whatever serial they come, given up in the end. */
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { words } from '../kit/terminal-frame.ts'
import { encodeFrame } from './frame.ts'
import { locationBody, PHONE, type RawTerminal, rawTerminal, setUp } from './testing.ts'

const OVERDUE_MS = 5_000
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function line() {
  const clock = createFakeClock(Date.now())
  const { fake, port, signedIn, reasons } = await setUp(cleanups, createFakeHost({ clock }))
  const batch = (pressed: boolean) => {
    const item = locationBody(pressed, clock.now() - 60_000)
    return Buffer.concat([words(2), Buffer.from([1]), ...[item, item].map(each => Buffer.concat([words(28), each]))])
  }
  /** A third of it: parts 1 to 3, serials from 500 unless said. */
  const send = (terminal: RawTerminal, whole: Buffer, index: number, serial = 500 + index) =>
    terminal.write(
      encodeFrame({
        ...{ id: 0x0704, v2019: false, phone: PHONE, serial, part: { total: 3, index } },
        body: whole.subarray((index - 1) * 21, index * 21)
      })
    )
  /** Everything before it has been worked. */
  const settled = (terminal: RawTerminal) => terminal.answer(0x8001, terminal.send(0x0002))
  const asked = (terminal: RawTerminal) => terminal.inbox.filter(frame => frame.id === 0x8003)
  return { clock, fake, port, signedIn, reasons, batch, send, settled, asked }
}

describe('parts that do not come', () => {
  it('are asked for when the last one is here, and raise what they tell under serials of their own', async () => {
    const { fake, signedIn, batch, send, settled, asked } = await line()
    const terminal = await signedIn()
    const whole = batch(true)
    send(terminal, whole, 1)
    await settled(terminal)
    expect(asked(terminal)).toEqual([])
    send(terminal, whole, 3)
    const frame = await terminal.answer(0x8003)
    // Serial of the first part, how many, which.
    expect(frame.body.toString('hex')).toBe('01f5010002')
    send(terminal, whole, 2, 900)
    expect((await terminal.answer(0x8001, 900)).body.readUInt8(4)).toBe(0)
    await Promise.all([501, 503].map(serial => terminal.answer(0x8001, serial)))
    expect(fake.signals).toMatchObject([{ alarmClass: 'panic', qualifier: 'new' }])
  })

  it('are asked for three times, 5 s apart, then given up and counted; the next message is none the worse', async () => {
    const { clock, signedIn, reasons, batch, send, settled, asked } = await line()
    const terminal = await signedIn()
    const whole = batch(false)
    send(terminal, whole, 2)
    await settled(terminal)
    for (const count of [1, 2, 3]) {
      await clock.advance(OVERDUE_MS)
      await until(`asked ${count} times`, () => asked(terminal).length === count)
    }
    expect(asked(terminal).map(frame => frame.body.toString('hex'))).toEqual(Array(3).fill('01f50200010003'))
    await clock.advance(OVERDUE_MS)
    expect(reasons()).toEqual(['partsLost'])
    await clock.advance(10 * OVERDUE_MS)
    await settled(terminal)
    expect(asked(terminal)).toHaveLength(3)
    for (const index of [1, 2, 3]) send(terminal, whole, index, 600 + index)
    await terminal.answer(0x8001, 603)
    expect(asked(terminal)).toHaveLength(3)
  })

  it('of two messages in turns are asked for of each by itself', async () => {
    const { clock, signedIn, batch, send, settled, asked } = await line()
    const terminal = await signedIn()
    const whole = batch(false)
    send(terminal, whole, 1)
    send(terminal, whole, 1, 801)
    send(terminal, whole, 2)
    await settled(terminal)
    await clock.advance(OVERDUE_MS)
    await until('both were asked for', () => asked(terminal).length === 2)
    expect(asked(terminal).map(frame => frame.body.toString('hex'))).toEqual(['03210200020003', '01f5010003'])
    for (const [index, serial] of [
      [3, 503],
      [2, 802],
      [3, 803]
    ] as const)
      send(terminal, whole, index, serial)
    await Promise.all([501, 502, 503, 801, 802, 803].map(serial => terminal.answer(0x8001, serial)))
  })

  it('of a stranger, and of a line that has ended, are asked of nobody', async () => {
    const { clock, port, signedIn, batch, send, settled, asked } = await line()
    const stranger = await rawTerminal(port)
    cleanups.push(stranger.end)
    send(stranger, batch(false), 3)
    await settled(stranger)
    const terminal = await signedIn()
    const before = clock.pending
    send(terminal, batch(false), 1)
    await settled(terminal)
    expect(clock.pending).toBe(before + 1)
    terminal.end()
    await until('the line is over', () => clock.pending < before + 1)
    await clock.advance(OVERDUE_MS)
    await settled(stranger)
    expect(asked(stranger)).toEqual([])
  })
})
