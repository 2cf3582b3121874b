/** Layouts that seats share: who sees and changes them, two at once, a full shelf, a restart. */
import { expect, it } from 'vitest'
import type { Change } from '../core/store.ts'
import type { WallTour } from '../core/wall.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createShelf } from './shelf.ts'

const lin: SessionUser = { userId: 'u1', login: '10327', name: '林晓', role: 'operator' }
const gao: SessionUser = { userId: 'u2', login: '10411', name: '高远', role: 'operator' }
const han: SessionUser = { userId: 'u3', login: '10008', name: '韩梅', role: 'leader' }
const draft = { name: '老城', shared: true, cameras: ['c1'], dwellS: 12 }

function shelf(changes: Change[], known: readonly { readonly key: string; readonly body: object }[] = []) {
  return createShelf<WallTour>({
    clock: createFakeClock(),
    store: { documents: async () => known },
    commit: async change => {
      changes.push(change)
      return { ok: true, feed: [] }
    },
    kind: 'wall.tour',
    max: 2,
    changed: () => undefined
  })
}

it('keeps an own one to its maker; a shared one is changed by its maker or a leader, in the commit that audits it', async () => {
  const changes: Change[] = []
  const tours = await shelf(changes)
  const own = await tours.put({ ...draft, shared: false }, lin)
  const shared = await tours.put(draft, lin)
  expect(tours.seenBy(gao).map(each => each.id)).toEqual([shared.id])
  expect(tours.seenBy(lin)).toHaveLength(2)
  await expect(tours.put({ ...draft, id: shared.id, version: 1 }, gao)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  await expect(tours.remove(own.id, han)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const changed = await tours.put({ ...draft, name: '新城', id: shared.id, version: 1 }, han)
  expect(changed).toMatchObject({ name: '新城', version: 2, maker: { login: '10327' } })
  expect(changes.at(-1)?.audit).toMatchObject([
    { who: '10008 韩梅', action: 'wall.tour.change', object: `wall.tour:${shared.id}` }
  ])
  expect(changes.at(-1)?.documents).toHaveLength(1)
})

it('refuses the second of two changes at once, and one more than it holds', async () => {
  const tours = await shelf([])
  const tour = await tours.put(draft, lin)
  const [first, second] = await Promise.allSettled([
    tours.put({ ...draft, id: tour.id, version: 1, dwellS: 20 }, lin),
    tours.put({ ...draft, id: tour.id, version: 1, dwellS: 30 }, han)
  ])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'CONFLICT_RETRY' } })
  await tours.put(draft, gao)
  await expect(tours.put(draft, gao)).rejects.toMatchObject({ code: 'BODY_INVALID' })
})

it('is there again after a restart', async () => {
  const changes: Change[] = []
  const tour = await (await shelf(changes)).put(draft, lin)
  const rows = changes.flatMap(change => change.documents ?? []).map(({ key, body }) => ({ key, body: body ?? {} }))
  expect((await shelf([], rows)).seenBy(gao)).toEqual([tour])
})
