/** A signal that was acknowledged and could not be worked is counted until it is worked. */
import { expect, test } from 'vitest'
import type { Signal } from './core/signal.ts'
import type { JournaledSignal } from './core/store.ts'
import type { Judged } from './intake/intake.ts'
import { createPipeline } from './pipeline.ts'
import { silentLog } from './testing/fake-host.ts'
import { sampleIncident, sampleSignal } from './testing/samples.ts'

function bench() {
  const left: JournaledSignal[] = []
  const state = { broken: true, raised: 0 }
  const pipeline = createPipeline({
    journal: {
      async append(signal) {
        left.push({ seq: left.length + 1, signal })
        return { seq: left.length, duplicate: false }
      }
    },
    intake: {
      judge(seq: number, signal: Signal) {
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
