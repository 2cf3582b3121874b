/** What looks the same is one; what differs by a door is two. */
import { expect, it } from 'vitest'
import { sameKey } from './same-subject.ts'

it.each([
  ['a plate with a sign that nobody sees', { name: '闽J·T0637' }, { name: '闽J\u200b·T06\u206037' }, true],
  ['a plate without its dot', { name: '闽J·T0637' }, { name: '闽jT0637' }, true],
  ['another plate', { name: '闽J·T0637' }, { name: '闽J·T0638' }, false]
])('%s', (_, a, b, same) => {
  expect(sameKey({ kind: 'vehicle', ...a }) === sameKey({ kind: 'vehicle', ...b })).toBe(same)
})

it.each([
  ['wide letters and spaces', '杏花巷１６号 201', '杏花巷16号201', true],
  ['another door', '杏花巷 3-101', '杏花巷 31-01', false]
])('a household: %s', (_, a, b, same) => {
  const key = (address: string) => sameKey({ kind: 'household', name: '王秀英', address })
  expect(key(a) === key(b)).toBe(same)
})
