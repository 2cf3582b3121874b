/** Places of a listener: who is refused, and who has to go. */
import { describe, expect, it } from 'vitest'
import { ConnectionPlaces } from './connection-places.ts'
import { networkOf } from './network.ts'

interface Holder {
  readonly network: string
  proven: boolean
}
const one = (network: string): Holder => ({ network, proven: false })
const open = (total: number, perAddress: number) => new ConnectionPlaces<Holder>({ total, perAddress })

describe('a full listener', () => {
  it('gives the place of the oldest unproven connection of the address that has the most', () => {
    const places = open(5, 4)
    const crowd = Array.from({ length: 4 }, () => one('10.0.0.66'))
    for (const each of crowd) expect(places.take(each)).toEqual({ taken: true })
    places.take(one('10.0.0.1'))
    const box = one('10.0.0.2')
    expect(places.take(box)).toEqual({ taken: true, displaced: crowd[0] })
    expect(places.size).toBe(5)
    expect([...places]).toContain(box)
  })

  it('refuses whoever is of the crowd himself', () => {
    const places = open(4, 10)
    for (const network of ['a', 'a', 'b', 'b']) places.take(one(network))
    expect(places.take(one('a'))).toEqual({ taken: false })
    expect(places.take(one('c'))).toMatchObject({ taken: true, displaced: { network: 'a' } })
  })

  it('never takes the place of one that proved itself, also after it came', () => {
    const places = open(3, 3)
    const fleet = Array.from({ length: 3 }, () => one('carrier'))
    for (const each of fleet) places.take(each)
    for (const each of fleet) each.proven = true
    expect(places.take(one('b'))).toEqual({ taken: false })
    places.leave(fleet[0] as Holder)
    expect(places.take(one('b'))).toEqual({ taken: true })
    expect(places.take(one('c'))).toMatchObject({ displaced: { network: 'b' } })
  })

  it('bounds an address, and forgets who left, once', () => {
    const places = open(9, 1)
    const first = one('a')
    places.take(first)
    expect(places.take(one('a'))).toEqual({ taken: false })
    places.leave(first)
    places.leave(first)
    expect([places.take(one('a')), places.size]).toEqual([{ taken: true }, 1])
  })
})

it('an address counts for itself, IPv4 however it is written, IPv6 for its /64', () => {
  const written = [
    '10.0.0.1',
    '::ffff:10.0.0.1',
    '::FFFF:10.0.0.1',
    '2001:db8:1:2::5',
    '2001:db8:1:2:ffff::1',
    'unknown'
  ]
  expect(written.map(networkOf)).toEqual([
    ...Array(3).fill('10.0.0.1'),
    ...Array(2).fill('2001:db8:1:2::/64'),
    'unknown'
  ])
})
