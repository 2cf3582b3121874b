/** The map's search of the registry: what has a place first, only so many, and on record before it is told. */
import { expect, it } from 'vitest'
import type { AuditEntry } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createMapFind, type MapFindDeps } from './map-find.ts'

const user: SessionUser = { userId: 'lin', login: '10001', name: '林晓', role: 'operator' }

function setUp(count: number, fails = false) {
  const audit: AuditEntry[] = []
  const asked: object[] = []
  const rows = Array.from({ length: count }, (_, n) => ({
    id: `h${n}`,
    kind: n === 3 ? 'vehicle' : 'household',
    name: `户 ${n}`,
    address: `${n} 号`
  }))
  const deps = {
    clock: createFakeClock(),
    async commit(change: { readonly audit?: readonly AuditEntry[] }) {
      if (fails) throw new Error('disk full')
      audit.push(...(change.audit ?? []))
      return { ok: true, feed: [] }
    },
    subjects: {
      page(query: object) {
        asked.push(query)
        return { rows }
      }
    },
    registry: {
      subject: (id: string) => (id === 'h1' || id === 'h2' ? {} : { position: { lat: 27, lon: 119, datum: 'wgs84' } })
    }
  }
  return { find: createMapFind(deps as unknown as MapFindDeps), audit, asked }
}

it('gives twelve at most, and who looked for what is on record', async () => {
  const { find, audit, asked } = setUp(30)
  const { places } = await find('xhx', user, undefined)
  expect(places).toHaveLength(12)
  expect(places.every(({ position }) => position)).toBe(true)
  expect(asked).toEqual([{ kinds: ['household', 'premises', 'vehicle'], text: 'xhx', offset: 0, limit: 60 }])
  expect(audit).toMatchObject([{ who: '10001 林晓', action: 'map.find', detail: { text: 'xhx', foundPlaces: 12 } }])
})

it('puts on record how many incidents the page found by the same words: a search that found one is none that found nothing', async () => {
  const { find, audit } = setUp(0)
  await find('0187', user, 1)
  expect(audit).toMatchObject([{ detail: { text: '0187', foundPlaces: 0, foundIncidents: 1 } }])
})

it('tells nothing that cannot be put on record', async () => {
  await expect(setUp(3, true).find('xhx', user, undefined)).rejects.toThrow('disk full')
})

it('gives what has no place last, and never where a vehicle is', async () => {
  const { places } = await setUp(5).find('xhx', user, undefined)
  expect(places.map(({ id, kind, position }) => [id, kind, position !== undefined])).toEqual([
    ['h0', 'household', true],
    ['h4', 'household', true],
    ['h1', 'household', false],
    ['h2', 'household', false],
    ['h3', 'vehicle', false]
  ])
})
