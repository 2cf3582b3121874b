/** What a start continues, and what it leaves to the incidents that it opens itself. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { sampleIncident } from '../testing/samples.ts'
import { withLeft } from './evidence-left.ts'

test('only what was there before is continued, as it is by then; what is opened or closed meanwhile is not', async () => {
  const [left, closed, opened] = ['left', 'closed', 'opened'].map(name => sampleIncident({ id: id<never>(name) }))
  const known = new Map([left, closed].flatMap(each => (each ? [[each.id, each]] : [])))
  const ready = Promise.withResolvers<void>()
  const recovered: string[] = []
  const over = withLeft({ get: each => known.get(each), all: () => known.values() }, ready.promise, each =>
    recovered.push(`${each.id} ${each.presses}`)
  )
  if (!left || !closed || !opened) throw new Error('no samples')
  known.set(opened.id, opened)
  known.delete(closed.id)
  known.set(left.id, { ...left, presses: 7 })
  expect(recovered).toEqual([])
  ready.resolve()
  await over
  expect(recovered).toEqual(['left 7'])
})
