/** Last frames are kept by source and bounded in every way; and keeping one costs next to nothing. */
import { expect, it } from 'vitest'
import { id, type SourceId } from '../core/brand.ts'
import { TRACE_LIMITS } from '../core/trace.ts'
import { cpuMs } from '../testing/cpu.ts'
import { createTrace } from './trace.ts'

const known = (sourceId: SourceId) => sourceId.startsWith('mqtt:')
const source = (n: number) => id<SourceId>(`mqtt:linxi/box-${n}`)
const of = (text: string) => ({ origin: 'tcp 10.0.0.1:4711', bytes: Buffer.from(text, 'latin1') })

it('the newest frames of a source, their first bytes, in order, with direction and fault; the bytes are copied', () => {
  const trace = createTrace(known)
  const bytes = Buffer.from('\u0000\u00ff first')
  trace.write('mqtt', { origin: 'o', source: source(1), bytes, fault: 'typeUnknown' }, 1)
  bytes.fill(0)
  trace.write('mqtt', { origin: 'o', source: source(1), bytes: Buffer.alloc(5_000, 'x'), out: true }, 2)
  const frames = trace.of(source(1))?.frames
  expect(frames?.map(({ atMs, out, length, fault }) => [atMs, out, length, fault])).toEqual([
    [1, false, 9, 'typeUnknown'],
    [2, true, 5_000, undefined]
  ])
  expect(Buffer.from(frames?.[0]?.text ?? '', 'latin1')).toEqual(Buffer.from('\u0000\u00ff first'))
  expect(frames?.[1]?.text).toHaveLength(TRACE_LIMITS.bytes)
  for (let n = 0; n < 40; n++) trace.write('mqtt', { ...of(String(n)), source: source(1) }, n)
  expect(trace.of(source(1))?.frames.map(each => each.text)).toEqual(
    Array.from({ length: 32 }, (_, n) => String(n + 8))
  )
})

it('strangers by the id they name, else by their address; the oldest give way, and none pushes out a source', () => {
  const trace = createTrace(known)
  trace.write('mqtt', { ...of('known'), source: source(1) }, 1)
  trace.write('dc09', { ...of('a'), origin: 'udp 10.0.0.9:1', fault: 'badCrc' }, 2)
  trace.write('dc09', { ...of('b'), origin: 'udp 10.0.0.9:2' }, 3)
  trace.write('dc09', { ...of('c'), source: id('dc09:4711') }, 4)
  expect(trace.strangers().map(({ name, frames }) => [name, frames.map(each => each.text)])).toEqual([
    ['dc09:4711', ['c']],
    ['10.0.0.9', ['a', 'b']]
  ])
  for (let n = 0; n < 2_000; n++)
    trace.write('dc09', { ...of('x'.repeat(3_000)), origin: `udp 10.1.${n >> 8}.${n & 255}:1` }, n)
  expect(trace.strangers()).toHaveLength(TRACE_LIMITS.strangers)
  for (let n = 0; n < 99; n++) trace.write('dc09', { ...of(String(n)), origin: 'udp 10.9.9.9:1' }, n)
  expect(trace.of('stranger:dc09 10.9.9.9')?.frames).toHaveLength(TRACE_LIMITS.strangerFrames)
  expect(trace.of(source(1))?.frames).toHaveLength(1)
})

it('frames that tell where somebody is go after their time, others stay', () => {
  const trace = createTrace(known)
  for (const moves of [true, false]) trace.write('mqtt', { ...of(String(moves)), source: source(1), moves }, 10)
  trace.write('mqtt', { ...of('later'), source: source(1), moves: true }, 20)
  trace.write('mqtt', { ...of('unknown'), moves: true }, 10)
  trace.forgetMoves(20)
  expect(trace.of(source(1))?.frames.map(each => each.text)).toEqual(['false', 'later'])
  expect(trace.strangers()[0]?.frames).toEqual([])
})

it('in all it is bounded: who was silent since keeps its newest frame, however many others come', () => {
  const total = 200_000
  const trace = createTrace(known, total)
  for (let n = 0; n < 32; n++) trace.write('mqtt', { ...of('y'.repeat(1_000)), source: source(0) }, n)
  expect(trace.of(source(0))?.frames).toHaveLength(32)
  for (let round = 0; round < 20; round++)
    for (let n = 1; n < 150; n++) trace.write('mqtt', { ...of('z'.repeat(900)), source: source(n) }, round)
  const kept = Array.from({ length: 150 }, (_, n) => trace.of(source(n))?.frames ?? [])
  expect(kept.every(frames => frames.length > 0)).toBe(true)
  expect(kept.flat().reduce((sum, frame) => sum + frame.text.length + 120, 0)).toBeLessThanOrEqual(total + 1_100)
})

it('a frame is kept in a few microseconds, with 20,000 sources', () => {
  const trace = createTrace(known)
  const bytes = Buffer.alloc(120, 7)
  const write = (count: number) => {
    for (let n = 0; n < count; n++)
      trace.write('mqtt', { source: source(n % 20_000), origin: 'tcp 1.1.1.1:1', bytes }, n)
  }
  write(700_000)
  const perFrameUs = (cpuMs(() => write(100_000)) * 1_000) / 100_000
  process.stdout.write(`trace: ${perFrameUs.toFixed(2)} µs a frame\n`)
  expect(perFrameUs).toBeLessThan(20)
})

it('nor is it dear when every source fills its share with one long frame', () => {
  const trace = createTrace(known)
  const write = (count: number, bytes: Buffer) => {
    for (let n = 0; n < count; n++)
      trace.write('mqtt', { source: source(n % 20_000), origin: 'tcp 1.1.1.1:1', bytes }, n)
  }
  write(20_000, Buffer.alloc(2_048, 7))
  const tookMs = cpuMs(() => write(20_000, Buffer.alloc(2_048, 8)))
  expect((tookMs * 1_000) / 20_000).toBeLessThan(20)
})
