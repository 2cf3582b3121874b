/** The table of cameras: which rows, in which order, and what the totals say. */
import type { TFunction } from 'i18next'
import { expect, it } from 'vitest'
import { id } from '../../../../gateway/core/brand.ts'
import type { CameraHealthRow } from '../../../../gateway/core/camera-health-wire.ts'
import { initialsOf } from '../../ui/initials.ts'
import { availability, type Line, matches, NO_FILTER, percentText, sorted, totalsOf } from './figures.ts'
import { offsetText } from './row.tsx'
import { keptOrder } from './steady.ts'

const row = (name: string, change: Partial<CameraHealthRow> = {}): CameraHealthRow => ({
  ...{ id: id<CameraHealthRow['id']>(name), name, ownership: 'public', expected: true, condition: 'ok' },
  ...{ sinceMs: 0, troubles: [], spark: [] },
  ...change
})
const line = (name: string, change: Partial<CameraHealthRow> = {}, days: Line['days'] = []): Line => ({
  row: row(name, change),
  days
})
const names = (lines: readonly Line[]) => lines.map(each => each.row.name).join(' ')

it('worst first: blind longest, then trouble, unknown, well, and what nobody expects', () => {
  const lines = [
    line('a'),
    line('b', { condition: 'trouble', cause: 'loss', sinceMs: 5 }),
    line('c', { condition: 'down', cause: 'noFrame', sinceMs: 9 }),
    line('d', { condition: 'unknown', expected: false }),
    line('e', { condition: 'down', cause: 'noFrame', sinceMs: 2 }),
    line('f', { condition: 'unknown' })
  ]
  expect(names(sorted(lines, { key: 'worst', down: true }))).toBe('e c b f a d')
  expect(totalsOf(lines.map(each => each.row))).toEqual({
    live: 2,
    expected: 5,
    trouble: 1,
    causes: [
      ['noFrame', 2],
      ['loss', 1]
    ]
  })
})

it('a figure that is missing is never the largest', () => {
  const of = (name: string, bitrateKbps?: number) =>
    line(name, bitrateKbps === undefined ? {} : { health: { cameraId: id(name), state: 'live', bitrateKbps } })
  const lines = [of('a'), of('b', 10), of('c', 30)]
  expect(names(sorted(lines, { key: 'rate', down: true }))).toBe('c b a')
  expect(names(sorted(lines, { key: 'name', down: false }))).toBe('a b c')
})

it('availability counts what was watched, and never rounds up to a hundred', () => {
  const days: Line['days'] = [[0, 100, 0], null, [99_999, 1, 500]]
  expect(availability(days, 1)).toBeCloseTo(99.999)
  expect(percentText(availability(days, 1))).toBe('99.9')
  expect(availability(days, 3)).toBeLessThan(99.95)
  expect(availability([null], 1)).toBeUndefined()
  expect([percentText(undefined), percentText(100)]).toEqual(['–', '100'])
})

it('a name is found by a part, its number and the initials of its syllables', () => {
  expect(initialsOf('杏花巷东口 3')).toBe('xhxdk3')
  const camera = line('杏花巷东口', { gridCell: '杏花社区', troubles: [{ cause: 'loss', sinceMs: 0, relapses: 0 }] })
  const found = (change: Partial<typeof NO_FILTER>) => matches(camera, { ...NO_FILTER, ...change })
  expect([found({ text: '花巷' }), found({ text: 'XHX' }), found({ text: 'zz' })]).toEqual([true, true, false])
  expect([found({ cause: 'loss' }), found({ cause: 'noFrame' }), found({ condition: 'down' })]).toEqual([
    true,
    false,
    false
  ])
  expect([found({ grid: '杏花社区' }), found({ ownership: 'private' })]).toEqual([true, false])
})

it('rows in use keep their places; what is new follows, and a gap closes', () => {
  const wanted = ['c', 'new', 'a', 'd'].map(name => line(name))
  expect(names(keptOrder(wanted, ['a', 'b', 'c', 'd']))).toBe('a c d new')
  expect(names(keptOrder(wanted, []))).toBe('c new a d')
})

it('a clock that is right has no direction', () => {
  const t = ((_key: string, { n }: { n: string }) => `${n} s`) as unknown as TFunction
  expect([-49, 0, 49, -50, 120, undefined].map(ms => offsetText(ms, t))).toEqual([
    ...['0.0 s', '0.0 s', '0.0 s', '−0.1 s', '+0.1 s', '–']
  ])
})
