/** Slow lines and uneven sources: what a viewer is sent. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LiveTime } from './live-time.ts'
import { Viewer } from './viewer.ts'

/** A line that takes nothing until `drain`. */
function slowLine() {
  const line = {
    OPEN: 1 as const,
    readyState: 1 as const,
    bufferedAmount: 0,
    sent: [] as string[],
    send(data: unknown) {
      line.sent.push(String(data).slice(0, 12))
      line.bufferedAmount += String(data).length
    },
    close: () => undefined,
    drain() {
      line.bufferedAmount = 0
    }
  }
  return line
}

const INIT = Buffer.from('init')
const bytes = (name: string, size = 100_000): Buffer => Buffer.from(name.padEnd(size, '.'))

it('drops to the next keyframe when the line is full, and only then goes on', () => {
  const line = slowLine()
  const viewer = new Viewer(line)
  viewer.begin('about', INIT, [bytes('key0'), bytes('a0')])
  for (let i = 1; i <= 20; i++) viewer.frame(bytes(`b${i}`), false, 'about', INIT)
  expect(line.sent).toHaveLength(4 + 11)
  expect(viewer.dropped).toBe(9)
  line.drain()
  viewer.frame(bytes('c'), false, 'about', INIT)
  expect(line.sent.at(-1)).toMatch(/^b11/)
  viewer.frame(bytes('key1'), true, 'about', INIT)
  viewer.frame(bytes('d'), false, 'about', INIT)
  expect(line.sent.slice(-2).map(text => text.slice(0, 4))).toEqual(['key1', 'd...'])
  expect(viewer.dropped).toBe(10)
})

it('lets the first replay be as large as it is', () => {
  const line = slowLine()
  const viewer = new Viewer(line)
  viewer.begin('about', INIT, [bytes('key0', 5_000_000)])
  viewer.frame(bytes('a'), false, 'about', INIT)
  expect(line.sent.at(-1)).toMatch(/^a\./)
  expect(viewer.dropped).toBe(0)
})

it('begins at a keyframe, with the configuration in front, where there was nothing to replay', () => {
  const line = slowLine()
  const viewer = new Viewer(line)
  viewer.frame(bytes('a'), false, 'about', INIT)
  viewer.frame(bytes('key'), true, 'about', INIT)
  const other = Buffer.from('other')
  viewer.frame(bytes('key2'), true, 'about2', other)
  expect(line.sent.map(text => text.replace(/\.+$/, ''))).toEqual(['about', 'init', 'key', 'about2', 'other', 'key2'])
})

it('keeps the live time line whole and true, however uneven the source', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 2, maxLength: 200 }), steps => {
      const time = new LiveTime()
      let dts = 0
      let end = 0
      for (const step of steps) {
        time.place(dts, 0)
        expect(time.baseTicks).toBe(end)
        expect(time.duration).toBeGreaterThan(0)
        // Never further off than the difference of neighbouring intervals, however long it goes on.
        expect(Math.abs(time.baseTicks - dts)).toBeLessThanOrEqual(20_000)
        end = time.baseTicks + time.duration
        dts += step
      }
    })
  )
  const time = new LiveTime()
  time.place(0, 0)
  time.place(3600, 0)
  time.place(90_000 * 60, 0)
  expect(time.baseTicks).toBe(7200)
})
