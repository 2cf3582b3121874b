/** A storage thread that has died cannot come back inside this process: it is said once, so that the process can end. */
import type { Worker } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { runGateway, SMALL_TOWN } from '../testing/run-gateway.ts'
import { sampleSignal } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'

const threads = vi.hoisted((): Worker[] => [])
vi.mock('node:worker_threads', async original => {
  const real = await original<typeof import('node:worker_threads')>()
  class Watched extends real.Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args)
      threads.push(this)
    }
  }
  return { ...real, Worker: Watched, default: { ...real, Worker: Watched } }
})

test('the gateway says that it must end, and acknowledges nothing meanwhile', async () => {
  const protocol = createFakeProtocol()
  const dir = tempDir('dead-store')
  const registry = { ...SMALL_TOWN, sources: [] }
  const running = await runGateway({ dir, adapters: [protocol.definition], registry })
  let dead: Error | undefined
  const told = running.gateway.fatal.then(error => {
    dead = error
  })
  await protocol.host().accept(sampleSignal())
  expect(dead).toBeUndefined()
  await Promise.all(threads.map(thread => thread.terminate()))
  await told
  expect(String(dead)).toContain('the storage thread ended')
  await expect(protocol.host().accept(sampleSignal())).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' })
  await running.stop()
})

test('a gateway that is stopped in order says nothing', async () => {
  const running = await runGateway({
    dir: tempDir('live-store'),
    adapters: [createFakeProtocol().definition],
    registry: { ...SMALL_TOWN, sources: [] }
  })
  const told = vi.fn()
  void running.gateway.fatal.then(told)
  await running.stop()
  expect(told).not.toHaveBeenCalled()
})
