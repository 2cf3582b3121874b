/** The scale of a page: what fits a window, what a wall gets by itself, and one step for each page and screen. */
import { expect, it } from 'vitest'
import { readScales, scaleFor, scaleKey, stepsFor, writeScale } from './scale.ts'

function store(text?: string) {
  const kept = new Map(text === undefined ? [] : [['pingan.scale', text]])
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  }
}

it('leaves every window wide enough for its columns', () => {
  expect(stepsFor(1_366)).toEqual([1])
  expect(stepsFor(1_920)).toEqual([1])
  expect(stepsFor(2_560)).toEqual([1, 1.25, 1.5])
  expect(stepsFor(3_840)).toEqual([1, 1.25, 1.5, 1.75, 2, 2.25])
})

it('a 4K screen is drawn twice as large unless another step was chosen that fits it', () => {
  expect([scaleFor(3_840, undefined), scaleFor(1_920, undefined)]).toEqual([2, 1])
  expect([scaleFor(3_840, 1), scaleFor(3_840, 1.5), scaleFor(3_840, 3)]).toEqual([1, 1.5, 2])
  expect(scaleFor(1_366, 2)).toBe(1)
  expect([scaleFor(2_560, undefined, '/board'), scaleFor(2_560, undefined, '/')]).toEqual([1.25, 1])
})

it('is kept by page and screen, forty at most, whatever the browser kept before', () => {
  const own = store('not json')
  const wall = scaleKey('/wall', { width: 3_840, height: 2_160 })
  expect(readScales(own)).toEqual({})
  writeScale(wall, 1.5, own)
  for (let n = 0; n < 60; n++) writeScale(`/page${n} 1x1`, 2, own)
  writeScale(wall, 1.75, own)
  expect(Object.keys(readScales(own))).toHaveLength(40)
  expect(readScales(own)[wall]).toBe(1.75)
  expect(readScales(store('{"/wall 1x1":"2","/map 1x1":7,"/board 1x1":2}'))).toEqual({ '/board 1x1': 2 })
})
