/** A look after several vehicles, of which one cannot be looked after or stored. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Change } from '../core/store.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createTellMoved } from './tell-moved.ts'

test('one whose place throws, or cannot be stored, holds up no other, and counts as not told', async () => {
  const all = ['throws', 'full', 'conflict', 'good'].map(name => sampleIncident({ id: id<never>(name) }))
  const durable: string[] = []
  let kicks = 0
  const tell = createTellMoved({
    log: silentLog,
    store: {
      async commit({ documents }: Change) {
        const key = documents?.[0]?.key
        if (key === 'full') throw new Error('disk full')
        return key === 'conflict' ? ({ ok: false } as never) : { ok: true as const, feed: [] }
      }
    },
    moved(incident) {
      if (incident.id === 'throws') throw new Error('no way')
      return {
        rows: [{ kind: 'outbox.item', key: incident.id, body: {} }],
        durable: () => void durable.push(incident.id)
      }
    },
    told() {
      kicks += 1
    }
  })
  await tell.look(all)
  expect([durable, kicks]).toEqual([['good'], 1])
})

test('whoever steps an incident whose place is being stored waits for that, and nobody else', async () => {
  const [car, other] = ['car', 'other'].map(name => sampleIncident({ id: id<never>(name) }))
  if (!car || !other) throw new Error('two are needed')
  const stored = Promise.withResolvers<{ ok: true; feed: [] }>()
  const order: string[] = []
  const tell = createTellMoved({
    ...{ log: silentLog, store: { commit: () => stored.promise }, told() {} },
    moved: () => ({ rows: [], durable: () => void order.push('durable') })
  })
  const looked = tell.look([car])
  expect(tell.storing([other])).toBeUndefined()
  const step = tell.storing([other, car])?.then(() => order.push('step'))
  stored.resolve({ ok: true, feed: [] })
  await Promise.all([step, looked])
  expect(order).toEqual(['durable', 'step'])
  expect(tell.storing([car])).toBeUndefined()
})
