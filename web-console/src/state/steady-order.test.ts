/** The order in which proposed units stand, while they move and are sent. */
import { describe, expect, test } from 'vitest'
import { ALARM_CLASSES } from '../../../gateway/core/signal.ts'
import { isUrgent as gatewayIsUrgent } from '../../../gateway/core/two-first.ts'
import type { UnitCandidate } from '../../../gateway/core/wire.ts'
import { incident } from '../testing/samples.ts'
import { isUrgent, steadyOrder } from './steady-order.ts'

const unit = (name: string, etaS: number, more: Partial<UnitCandidate> = {}) =>
  ({
    unitId: name,
    name,
    etaS,
    state: 'available',
    ranked: true,
    reasons: [],
    positionAgeMs: 0,
    ...more
  }) as UnitCandidate
const names = (list: readonly UnitCandidate[]) => list.map(each => each.name).join(' ')

describe('the order of the proposed units', () => {
  const read = [unit('a', 100), unit('b', 110), unit('c', 200), unit('old', 0, { ranked: false })]

  test('is the gateway’s at first', () => {
    const next = [unit('b', 90), unit('a', 100)]
    expect(steadyOrder([], next)).toEqual(next)
  })

  test('stays while they drive about, with what is known of them now', () => {
    const next = [unit('b', 90), unit('c', 95), unit('a', 100), unit('old', 0, { ranked: false })]
    const steady = steadyOrder(read, next)
    expect(names(steady)).toBe('a b c old')
    expect(steady[1]?.etaS).toBe(90)
  })

  test('who is new stands behind those known, before those nobody can place', () => {
    const next = [unit('new', 60), unit('a', 100), unit('c', 200), unit('old', 0, { ranked: false })]
    expect(names(steadyOrder(read, next))).toBe('a c new old')
  })

  test('starts afresh when somebody is there a minute sooner', () => {
    const next = [unit('new', 40), unit('b', 95), unit('a', 100)]
    expect(names(steadyOrder(read, next))).toBe('new b a')
  })

  test('starts afresh at fifteen seconds where seconds count', () => {
    const first = [unit('own', 54), unit('far', 70)]
    const next = [unit('far', 17), unit('own', 54)]
    expect(names(steadyOrder(first, next, true))).toBe('far own')
    expect(names(steadyOrder(first, [unit('far', 40), unit('own', 54)], true))).toBe('own far')
    for (const alarmClass of ALARM_CLASSES)
      for (const [priority, duress] of [
        [1, false],
        [2, true],
        [2, false]
      ] as const) {
        const one = incident('i', { alarmClass, priority, duress })
        expect(isUrgent(one)).toBe(gatewayIsUrgent(one))
      }
  })

  test('whoever keeps his place before the nearest says by how much he is later, and nobody else', () => {
    const first = [unit('own', 54), unit('far', 70)]
    const later = (next: UnitCandidate[]) => steadyOrder(first, next).map(({ name, laterS }) => [name, laterS])
    expect(later([unit('far', 17), unit('own', 54)])).toEqual([
      ['own', 37],
      ['far', undefined]
    ])
    // As the gateway said it while it ranked them so.
    expect(later([unit('own', 54, { laterS: 10 }), unit('far', 60)])).toEqual([
      ['own', undefined],
      ['far', undefined]
    ])
    expect(later([unit('own', 54), unit('far', 17, { reasons: ['declined'] })])[0]).toEqual(['own', undefined])
  })

  test.each<[string, UnitCandidate[]]>([
    ['was sent elsewhere', [unit('c', 90), unit('b', 110), unit('a', 120, { state: 'enRoute' })]],
    ['is lost', [unit('c', 90), unit('b', 110), unit('a', 120, { ranked: false })]],
    [
      'is alone, and two go before him',
      [unit('c', 170, { reasons: ['twoFirst'], laterS: 80 }), unit('a', 90, { reasons: ['alone'] })]
    ],
    ['went off duty', [unit('c', 90), unit('b', 110)]]
  ])('starts afresh when the first %s', (_, next) => {
    expect(steadyOrder(read, next)).toEqual(next)
  })
})

describe('the order of those that nothing ranks', () => {
  const fresh = (name: string) => unit(name, 0, { ranked: false })
  const old = (name: string) => unit(name, 0, { ranked: false, reasons: ['stalePosition'], positionAgeMs: 130_000 })
  const byHand = (name: string) => unit(name, 0, { ranked: false, reasons: ['outsideRule'] })

  test('is at first: fresh positions, old ones, unknown ones, by hand', () => {
    const lost = { ...old('a'), positionAgeMs: Number.MAX_SAFE_INTEGER }
    const next = [byHand('y'), lost, old('b'), fresh('d'), byHand('x'), fresh('c')]
    expect(names(steadyOrder([], next))).toBe('c d b a y x')
  })

  test('stays when a position grows old, whoever is ranked afresh above it', () => {
    const first = steadyOrder([], [fresh('a'), fresh('b'), old('c'), byHand('y'), byHand('x')])
    const next = [unit('new', 50), byHand('x'), byHand('y'), fresh('c'), fresh('b'), old('a'), fresh('0')]
    expect(names(steadyOrder(first, next))).toBe('new a b c y x 0')
  })
})
