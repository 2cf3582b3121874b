/** Orders of the page of deliveries that meet: what one has dropped another neither sends nor brings back. */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import { DELIVERIES_PAGE } from '../core/outwards.ts'
import type { SessionUser } from '../core/wire.ts'
import { bench, SINK } from '../feed/outwards/testing.ts'
import { settle } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createRooms } from './outward-rooms.ts'

const USER: SessionUser = { userId: 'a', login: '10001', name: '管理员', role: 'administrator' }

async function dead(queueMax = 100) {
  const line = await bench({ queueMax })
  line.answers.push({ kind: 'refused', status: 410 })
  await line.step(sampleIncident({ number: '1122-0001' }))
  const [item] = line.outbox().items('city')
  expect(item?.state).toBe('dead')
  const rooms = createRooms({
    ...{ clock: line.clock, store: line.store, outbox: line.outbox(), paused: new Set() },
    book: { all: () => [SINK], find: () => SINK, originOf: () => 'page', records: undefined as never },
    senders: new Map([['city', line.sender()]])
  })
  const rows = () => [...line.rows.keys()].filter(key => key.startsWith('outbox.item'))
  return { line, rooms, rows, id: item?.id ?? '' }
}

it.each(['one', 'all'] as const)('dropped and sent again at once: dropped (%s)', async which => {
  const { line, rooms, rows, id } = await dead()
  const orders =
    which === 'one'
      ? [rooms.drop(id, USER), rooms.retry(id, USER)]
      : [rooms.order('city', 'dropAll', USER), rooms.order('city', 'retryAll', USER)]
  await Promise.allSettled(orders)
  await settle()
  expect(line.posts).toHaveLength(1)
  expect(line.outbox().items('city')).toEqual([])
  expect(rows()).toEqual([])
})

it('messages are found by receiver, number without its dashes and id', async () => {
  const { rooms, id } = await dead()
  const found = (text?: string) => rooms.deliveries(text === undefined ? {} : { text }).dead.map(each => each.id)
  expect([found(), found('11220001'), found('CITY'), found(id)]).toEqual([[id], [id], [id], [id]])
  expect(found('1122-0002')).toEqual([])
})

it('a sink says when its newest message was given up, until all of them are dropped', async () => {
  const { rooms, line } = await dead()
  const [sink] = rooms.deliveries().sinks
  expect(sink).toMatchObject({ dead: 1, lastDeadMs: line.outbox().items('city')[0]?.endedAtMs })
  await rooms.order('city', 'dropAll', USER)
  await settle()
  expect(rooms.deliveries().sinks[0]).not.toHaveProperty('lastDeadMs')
})

it('what is beyond the first page is asked for by its place, and counted', async () => {
  const { rooms, line } = await dead(1_000)
  for (let n = 1; n <= DELIVERIES_PAGE; n++) {
    line.answers.push({ kind: 'refused', status: 410 })
    await line.step(sampleIncident({ id: id(`more-${n}`), number: `1123-${n}` }))
  }
  const first = rooms.deliveries()
  expect([first.found.dead, first.dead.length, first.dead[0]?.number]).toEqual([201, 200, '1123-200'])
  expect(rooms.deliveries({ from: { dead: DELIVERIES_PAGE } }).dead.map(each => each.number)).toEqual(['1122-0001'])
  const asked = rooms.deliveries({ text: '1123-7', from: { dead: 400 } })
  expect([asked.found.dead, asked.dead]).toEqual([11, []])
})

it('sent again and dropped at once: sent, and the drop finds nothing dead', async () => {
  const { line, rooms, rows, id } = await dead()
  const [again, drop] = await Promise.allSettled([rooms.retry(id, USER), rooms.drop(id, USER)])
  await settle()
  expect([again?.status, drop?.status]).toEqual(['fulfilled', 'rejected'])
  expect(line.said()).toEqual(['1122-0001 opened', '1122-0001 opened'])
  expect([line.outbox().items('city'), rows()]).toEqual([[], []])
})
