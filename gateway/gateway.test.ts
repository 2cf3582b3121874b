/** The composition root: what a trouble opens and records, what a restart counts, and an end in which a part fails. */
import { expect, test } from 'vitest'
import { id } from './core/brand.ts'
import { logIn } from './testing/console-client.ts'
import { createFakeMedia } from './testing/fake-media.ts'
import { createFakeProtocol } from './testing/fake-protocol.ts'
import { runGateway, SMALL_TOWN } from './testing/run-gateway.ts'
import { sampleSignal } from './testing/samples.ts'
import { tempDir } from './testing/temp-dir.ts'

const SHOP = id<never>('fake:shop')
const registry = { ...SMALL_TOWN, sources: [{ id: SHOP, subjectId: 'shop', kind: 'alarmBox' }] }

test('a flat battery records nobody and opens no private camera; a press does both; a restart counts neither again', async () => {
  const dir = tempDir('trouble')
  const protocol = createFakeProtocol()
  const running = await runGateway({ dir, adapters: [protocol.definition], registry })
  const password = await running.person('10001', 'operator')
  const operator = await logIn(running.url, '10001', password, 1)
  const report = async (over: Parameters<typeof sampleSignal>[0]) => {
    await protocol.host().accept(sampleSignal({ sourceId: SHOP, receivedTimeMs: Date.now(), ...over }))
    await running.gateway.idle()
  }
  await report({ condition: 'fault', alarmClass: 'trouble', cause: 'battery' })
  expect([...running.gateway.incidents.all()].map(i => [i.cameras.length, i.evidence.length])).toEqual([[2, 0]])
  expect(running.media.orders).toEqual([])
  expect((await operator.post('/api/cameras/c3/ticket', { stream: 'sub' })).status).toBe(403)
  await report({})
  expect(running.media.orders.map(o => o.kind)).toContain('clip')
  expect((await operator.post('/api/cameras/c3/ticket', { stream: 'sub' })).status).toBe(200)
  await running.stop()

  const again = await runGateway({ dir, adapters: [protocol.definition], registry })
  const leader = await logIn(again.url, '10002', await again.person('10002', 'leader'), 2)
  const metrics = await (await leader.get('/metrics')).text()
  expect(metrics).toContain('pingan_delivery_latency_seconds_count 0')
  await again.stop()
})

test('a part that does not stop is told, and the store is closed all the same', async () => {
  const media = { ...createFakeMedia(), stop: () => Promise.reject(new Error('a worker hangs')) }
  const running = await runGateway({
    dir: tempDir('stop'),
    adapters: [createFakeProtocol().definition],
    registry,
    media: () => media
  })
  await expect(running.stop()).rejects.toThrow('a worker hangs')
  await expect(running.gateway.store.append(sampleSignal())).rejects.toMatchObject({
    detail: { why: 'the store is closed' }
  })
})
