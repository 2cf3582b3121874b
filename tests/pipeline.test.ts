/** A signal that was acknowledged and could not be worked is counted until it is worked. */
import { expect, test } from 'vitest'
import { id, type SourceId } from '../gateway/core/brand.ts'
import type { Signal } from '../gateway/core/signal.ts'
import type { JournaledSignal } from '../gateway/core/store.ts'
import type { Judged } from '../gateway/intake/intake.ts'
import { createPipeline } from '../gateway/pipeline.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { sampleIncident, sampleSignal } from '../gateway/testing/samples.ts'

function bench() {
  const left: JournaledSignal[] = []
  const state = { broken: true, raised: 0, judged: 0 }
  const pipeline = createPipeline({
    clock: createFakeClock(),
    journal: {
      gather: async () => ({ accepted: [] }),
      async append(signal) {
        left.push({ seq: left.length + 1, signal })
        return { seq: left.length, duplicate: false }
      }
    },
    intake: {
      judge(seq: number, signal: Signal) {
        state.judged += 1
        if (state.broken) throw new Error('no')
        return { seq, signal, effect: 'raise' } as Judged
      }
    },
    incidents: {
      async raise() {
        state.raised += 1
        return { incident: sampleIncident(), opened: true }
      },
      remark: async () => {}
    },
    evidence: { begin: () => {}, extend: () => {} },
    commit: async () => {},
    log: silentLog
  })
  return { pipeline, left, state }
}

test('what failed stays in the backlog until recover has worked it, and is worked once', async () => {
  const { pipeline, left, state } = bench()
  await pipeline.accept(sampleSignal())
  await pipeline.idle()
  expect([pipeline.backlog, pipeline.failed, state.raised]).toEqual([1, 1, 0])
  pipeline.recover(left)
  pipeline.recover(left)
  await pipeline.idle()
  expect([pipeline.backlog, pipeline.failed]).toEqual([1, 1])
  state.broken = false
  pipeline.recover(left)
  await pipeline.idle()
  expect([pipeline.backlog, pipeline.failed, state.raised]).toEqual([0, 0, 1])
})

test('the device is acknowledged before its alarm is worked, and in a storm before those of others', async () => {
  const { pipeline, state } = bench()
  state.broken = false
  const judgedAt = await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      await pipeline.accept(sampleSignal({ sourceId: id<SourceId>(`mqtt:linxi/${n}`) }))
      return state.judged
    })
  )
  expect(Math.max(...judgedAt)).toBe(0)
  await pipeline.idle()
  expect([state.judged, state.raised, pipeline.backlog]).toEqual([50, 50, 0])
})
