/** The player's decisions: back-off, catching up, trimming, reading the worker's text. */
import { describe, expect, it } from 'vitest'
import { readPlayWord } from './play-words.ts'
import { backOffMs, catchUp, readWorkerMessage, SOUND_EDGE, trimRange } from './policy.ts'

describe('back-off', () => {
  it('grows to 15 s, stays there for ever, and spreads by 20 %', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 500].map(n => backOffMs(n, 0.5))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000
    ])
    expect(backOffMs(1, 0)).toBe(400)
    expect(backOffMs(6, 1)).toBe(18_000)
    expect(backOffMs(0, 0.5)).toBe(500)
  })
})

describe('catching up', () => {
  const view = (currentTime: number, ...ranges: [number, number][]) => ({ currentTime, ranges })

  it('leaves a picture alone that is at the edge', () => {
    expect(catchUp(view(9.8, [0, 10]), 1)).toEqual({ kind: 'none' })
    expect(catchUp(view(0), 1)).toEqual({ kind: 'none' })
  })

  it('hurries when slightly behind and calms down only near the edge', () => {
    const hurry = catchUp(view(9.3, [0, 10]), 1)
    expect(hurry.kind).toBe('rate')
    expect(hurry.kind === 'rate' && hurry.rate).toBeGreaterThan(1)
    expect(catchUp(view(9.7, [0, 10]), 1.2)).toEqual({ kind: 'rate', rate: 1.09 })
    expect(catchUp(view(9.85, [0, 10]), 1.2)).toEqual({ kind: 'rate', rate: 1 })
  })

  it('jumps when far behind, in a gap, or after the edge', () => {
    expect(catchUp(view(0, [0, 3]), 1)).toEqual({ kind: 'jump', to: 2.88 })
    expect(catchUp(view(4.5, [0, 4.5], [5, 5.05]), 1)).toEqual({ kind: 'jump', to: 5 })
    expect(catchUp(view(90, [0, 10]), 1)).toEqual({ kind: 'jump', to: 9.88 })
  })
})

describe('catching up with sound', () => {
  const view = (currentTime: number) => ({ currentTime, ranges: [[0, 10] as const] })

  it('keeps some tenths of a second, hurries so little that nobody hears it, and jumps when far behind', () => {
    expect(catchUp(view(9.4), 1, SOUND_EDGE)).toEqual({ kind: 'none' })
    expect(catchUp(view(9), 1, SOUND_EDGE)).toEqual({ kind: 'rate', rate: 1.06 })
    expect(catchUp(view(9.7), 1.06, SOUND_EDGE)).toEqual({ kind: 'rate', rate: 1 })
    expect(catchUp(view(8), 1, SOUND_EDGE)).toEqual({ kind: 'jump', to: 9.7 })
  })
})

describe('trimming', () => {
  it('removes only old media, and only when there is enough of it', () => {
    expect(trimRange({ currentTime: 10, ranges: [[0, 11]] })).toBeUndefined()
    expect(trimRange({ currentTime: 20, ranges: [[0, 21]] })).toEqual([0, 16])
    expect(trimRange({ currentTime: 20, ranges: [] })).toBeUndefined()
  })

  it('removes nearly all that was shown when the buffer is full', () => {
    expect(trimRange({ currentTime: 10, ranges: [[0, 11]] }, true)).toEqual([0, 9.5])
    expect(trimRange({ currentTime: 0.2, ranges: [[0, 11]] }, true)).toBeUndefined()
  })
})

describe('text of the worker', () => {
  it('reads that a camera has no sound, and the codecs of a recording with and without sound', () => {
    expect(readWorkerMessage('{"type":"noSound"}')).toEqual({ type: 'noSound' })
    const init = (codec: string) => readPlayWord(JSON.stringify({ type: 'init', codec, width: 640, height: 360 }))
    expect(init('avc1.42c01e')).toMatchObject({ codec: 'avc1.42c01e' })
    expect(init('avc1.42c01e,mp4a.40.2')).toMatchObject({ codec: 'avc1.42c01e,mp4a.40.2' })
    expect(init('avc1,flac,"')).toBeUndefined()
  })

  it('reads the four messages', () => {
    expect(readWorkerMessage('{"type":"init","codec":"avc1.4d401f","width":640,"height":360}')).toEqual({
      type: 'init',
      codec: 'avc1.4d401f',
      width: 640,
      height: 360
    })
    expect(readWorkerMessage('{"type":"stale","lastFrameAtMs":5}')).toEqual({ type: 'stale', lastFrameAtMs: 5 })
    expect(readWorkerMessage('{"type":"live"}')).toEqual({ type: 'live' })
    expect(readWorkerMessage('{"type":"end","reason":"shutdown"}')).toEqual({ type: 'end', reason: 'shutdown' })
  })

  it('answers undefined to anything else and never throws', () => {
    const bad = [
      '',
      '{',
      'null',
      '7',
      '[]',
      '{"type":"init","codec":"a\\"b"}',
      '{"type":"x"}',
      `{"type":"${'x'.repeat(5_000)}"}`
    ]
    for (const text of bad) expect(readWorkerMessage(text)).toBeUndefined()
  })
})
