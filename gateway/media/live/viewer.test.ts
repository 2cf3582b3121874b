/** Slow lines and uneven sources: what a viewer is sent. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readHello, readMode } from './hello.ts'
import { LiveTime } from './live-time.ts'
import { type Prologue, Viewer } from './viewer.ts'

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

const ALL = { plays: new Set(['h264', 'h265'] as const), unplayable: () => undefined }
const ABOUT: Prologue = { kind: 'h264', description: 'about', init: Buffer.from('init') }
const bytes = (name: string, size = 100_000): Buffer => Buffer.from(name.padEnd(size, '.'))

it('drops to the next keyframe when the line is full, and only then goes on', () => {
  const line = slowLine()
  const viewer = new Viewer(line, ALL)
  viewer.begin(ABOUT, [bytes('key0'), bytes('a0')])
  for (let i = 1; i <= 20; i++) viewer.frame(bytes(`b${i}`), false, ABOUT)
  expect(line.sent).toHaveLength(4 + 11)
  expect(viewer.dropped).toBe(9)
  line.drain()
  viewer.frame(bytes('c'), false, ABOUT)
  expect(line.sent.at(-1)).toMatch(/^b11/)
  viewer.frame(bytes('key1'), true, ABOUT)
  viewer.frame(bytes('d'), false, ABOUT)
  expect(line.sent.slice(-2).map(text => text.slice(0, 4))).toEqual(['key1', 'd...'])
  expect(viewer.dropped).toBe(10)
})

it('lets the first replay be as large as it is', () => {
  const line = slowLine()
  const viewer = new Viewer(line, ALL)
  viewer.begin(ABOUT, [bytes('key0', 5_000_000)])
  viewer.frame(bytes('a'), false, ABOUT)
  expect(line.sent.at(-1)).toMatch(/^a\./)
  expect(viewer.dropped).toBe(0)
})

it('begins at a keyframe, with the configuration in front, where there was nothing to replay', () => {
  const line = slowLine()
  const viewer = new Viewer(line, ALL)
  viewer.frame(bytes('a'), false, ABOUT)
  viewer.frame(bytes('key'), true, ABOUT)
  viewer.frame(bytes('key2'), true, { kind: 'h264', description: 'about2', init: Buffer.from('other') })
  expect(line.sent.map(text => text.replace(/\.+$/, ''))).toEqual(['about', 'init', 'key', 'about2', 'other', 'key2'])
})

it('sends keyframes only while nobody can see them, and every frame from the next keyframe on', () => {
  const line = slowLine()
  const viewer = new Viewer(line, ALL)
  viewer.begin(ABOUT, [bytes('key0', 9), bytes('a0', 9)])
  viewer.setMode('keys')
  viewer.frame(bytes('a1', 9), false, ABOUT)
  viewer.frame(bytes('key1', 9), true, ABOUT)
  viewer.frame(bytes('b0', 9), false, ABOUT)
  viewer.setMode('all')
  viewer.frame(bytes('b1', 9), false, ABOUT)
  viewer.frame(bytes('key2', 9), true, ABOUT)
  viewer.frame(bytes('c0', 9), false, ABOUT)
  const seen = line.sent.map(text => text.replace(/\.+$/, ''))
  expect(seen).toEqual(['about', 'init', 'key0', 'a0', 'key1', 'key2', 'c0'])
})

it('tells once for each change that a browser cannot play the codec, and sends nothing of it', () => {
  const line = slowLine()
  let told = 0
  const viewer = new Viewer(line, { plays: new Set(['h264'] as const), unplayable: () => told++ })
  viewer.begin({ ...ABOUT, kind: 'h265' }, [bytes('key0')])
  expect(line.sent).toEqual([])
  expect(told).toBe(1)
  expect(viewer.hasBegun).toBe(false)
})

it('reads what clients say first and later, and nothing else', () => {
  expect(readHello('{"ticket":"a.b"}')?.plays).toEqual(new Set(['h264', 'h265']))
  expect(readHello('{"ticket":"a.b","codecs":["h264","vp9"]}')).toEqual({ ticket: 'a.b', plays: new Set(['h264']) })
  for (const bad of [
    '',
    '[]',
    '{}',
    '{"ticket":7}',
    '{"ticket":"a b"}',
    '{"ticket":"a","codecs":"h264"}',
    '{"ticket":"a","x":1}'
  ])
    expect(readHello(bad)).toBeUndefined()
  expect(readMode('{"type":"mode","value":"keys"}')).toBe('keys')
  for (const bad of ['{', 'null', '{"type":"mode","value":"none"}', '{"value":"all"}'])
    expect(readMode(bad)).toBeUndefined()
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
