/** Keys, speeds and jumps of the clip player. */
import { describe, expect, it } from 'vitest'
import { clipKeyOf, cycleSpeed, jumpTo, nextSpeed } from './clip-control.ts'

const key = (code: string, ctrlKey = false) => clipKeyOf({ code, ctrlKey, altKey: false, metaKey: false })

describe('clip control', () => {
  it('goes through the speeds and stays at the ends', () => {
    expect(nextSpeed(1, 1)).toBe(2)
    expect(nextSpeed(4, 1)).toBe(4)
    expect(nextSpeed(0.25, -1)).toBe(0.25)
    expect(nextSpeed(1, -1)).toBe(0.5)
    expect(cycleSpeed(2)).toBe(4)
    expect(cycleSpeed(4)).toBe(0.25)
  })

  it('stays inside the clip', () => {
    expect(jumpTo(3, -5, 90)).toBe(0)
    expect(jumpTo(88, 5, 90)).toBe(89.999)
    expect(jumpTo(10, 5, 90)).toBe(15)
    expect(jumpTo(10, 5, Number.NaN)).toBe(10)
  })

  it('leaves Space, the key of 接警, and key combinations alone', () => {
    expect(key('Space')).toBeUndefined()
    expect(key('ArrowLeft', true)).toBeUndefined()
    expect(key('ArrowLeft')).toBe('back5')
    expect(key('Period')).toBe('frameForward')
  })
})
