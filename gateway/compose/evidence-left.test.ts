/** What a start continues, and what it leaves to the incidents that it opens itself. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { sampleIncident } from '../testing/samples.ts'
import { withLeft } from './evidence-left.ts'

test('what was there before is continued, as it is by then, also when it was closed before or meanwhile; what is opened meanwhile is not', async () => {
  const [left, closed, opened, filed] = ['left', 'closed', 'opened', 'filed'].map(name =>
    sampleIncident({ id: id<never>(name) })
  )
  const known = new Map([left, closed].flatMap(each => (each ? [[each.id, each]] : [])))
  const ready = Promise.withResolvers<void>()
  const recovered: string[] = []
  if (!left || !closed || !opened || !filed) throw new Error('no samples')
  const stored = new Map([closed, filed].map(each => [each.id, { ...each, presses: 3 }]))
  const incidents = {
    get: (each: typeof left.id) => known.get(each),
    all: () => known.values(),
    recording: async () => [filed],
    stored: async (each: typeof left.id) => stored.get(each)
  }
  const over = withLeft(incidents, ready.promise, each => recovered.push(`${each.id} ${each.presses}`))
  known.set(opened.id, opened)
  known.delete(closed.id)
  known.set(left.id, { ...left, presses: 7 })
  expect(recovered).toEqual([])
  ready.resolve()
  await over
  expect(recovered).toEqual(['left 7', 'closed 3', 'filed 3'])
})

test('what must be ready and fails while the recordings are still read fails the start', async () => {
  const recording = Promise.withResolvers<never>()
  const unhandled: unknown[] = []
  const hear = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  const incidents = {
    get: () => undefined,
    all: () => [],
    recording: () => recording.promise,
    stored: async () => undefined
  }
  const start = withLeft(incidents, Promise.reject(new Error('no key')), () => undefined)
  await expect(start).rejects.toThrow('no key')
  recording.reject(new Error('the store is closed'))
  await new Promise(setImmediate)
  process.off('unhandledRejection', hear)
  expect(unhandled).toEqual([])
})
