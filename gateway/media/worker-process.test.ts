/** Supervision of a worker: a clock that is set kills nobody, a worker that says nothing is killed and started again. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import type { WorkerSettings } from './ipc.ts'
import { WorkerProcess } from './worker-process.ts'

const DUMB = `
  process.on('message', ({ kind }) => {
    if (kind === 'start') process.send({ kind: 'ready', port: 1 })
    else process.exit(0)
  })
  process.on('disconnect', () => process.exit(0))
`

it('counts its silence in looks, whatever the clock says', async () => {
  const entry = join(tempDir('worker'), 'dumb.mjs')
  writeFileSync(entry, DUMB)
  const clock = createFakeClock()
  const worker = new WorkerProcess({
    settings: { index: 0, port: 0 } as WorkerSettings,
    entry,
    clock,
    log: silentLog,
    ready: () => undefined,
    message: () => undefined,
    lost: () => undefined
  })
  worker.start()
  await until('the worker', () => worker.isReady)
  clock.set(3_600_000)
  await clock.advance(10_000)
  clock.set(-7_200_000)
  await clock.advance(3_000)
  expect(worker.isReady).toBe(true)
  expect(worker.restarts).toBe(0)
  await clock.advance(3_000)
  await until('it is killed', () => worker.restarts === 1)
  await worker.stop()
})

const TALKATIVE = `
  process.on('message', ({ kind }) => {
    if (kind === 'start') return process.send({ kind: 'ready', port: 1 })
    for (let n = 0; n < 100; n++) process.send({ kind: 'recorded', segments: [{ startMs: n, about: 'x'.repeat(20_000) }] })
    process.send({ kind: 'recorded', segments: [{ startMs: 100 }] }, () => process.exit(0))
  })
`

it('is stopped only when everything that it said at its end has been heard', async () => {
  const entry = join(tempDir('worker'), 'talkative.mjs')
  writeFileSync(entry, TALKATIVE)
  let heard = 0
  const worker = new WorkerProcess({
    settings: { index: 0, port: 0 } as WorkerSettings,
    entry,
    clock: createFakeClock(),
    log: silentLog,
    ready: () => undefined,
    message: () => heard++,
    lost: () => undefined
  })
  worker.start()
  await until('the worker', () => worker.isReady)
  await worker.stop()
  expect(heard).toBe(101)
})
