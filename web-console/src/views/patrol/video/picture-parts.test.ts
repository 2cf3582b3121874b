/** Messages of a picture: numbered on, first and last marked, nothing lost. */
import { expect, it } from 'vitest'
import { partsOf } from './picture-parts.ts'

const flags = (messages: readonly ArrayBuffer[]) => messages.map(each => new DataView(each).getUint8(1))

it('a small picture is one message', () => {
  const [message, ...more] = partsOf(
    { bytes: new Uint8Array([0, 0, 1, 0x65]), key: true, timeMs: 1_700_000_000_123.4 },
    65_535
  )
  expect(more).toEqual([])
  const view = new DataView(message ?? new ArrayBuffer(0))
  expect([view.getUint8(0), view.getUint8(1), view.getUint16(2)]).toEqual([1, 7, 65_535])
  expect(view.getBigUint64(4)).toBe(1_700_000_000_123n)
  expect([...new Uint8Array(message ?? new ArrayBuffer(0), 12)]).toEqual([0, 0, 1, 0x65])
})

it('a large one is cut, the numbers run over', () => {
  const bytes = new Uint8Array(40_000).map((_, n) => n & 255)
  const messages = partsOf({ bytes, key: false, timeMs: 1 }, 65_535)
  expect(flags(messages)).toEqual([2, 0, 4])
  expect(messages.map(each => new DataView(each).getUint16(2))).toEqual([65_535, 0, 1])
  const joined = messages.flatMap(each => [...new Uint8Array(each, 12)])
  expect(joined).toEqual([...bytes])
})
