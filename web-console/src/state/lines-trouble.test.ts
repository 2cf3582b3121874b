/** Running lines are no comfort while nothing can be stored. */
import { expect, it } from 'vitest'
import type { Notice } from '../../../gateway/core/wire.ts'
import { linesTrouble } from './lines-trouble.ts'

const notice = (code: string, data: Notice['data'] = {}): Notice => ({
  key: code,
  level: 'critical',
  code,
  atMs: 1,
  data
})

it('has none, names those that are down, and says first that nothing is stored', () => {
  const down = notice('adapterDown', { adapter: 'sip' })
  expect(linesTrouble([notice('diskLow')])).toBeUndefined()
  expect(linesTrouble([down])).toEqual({ down: ['sip'] })
  expect(linesTrouble([down, notice('storeUnwritable')])).toBe('notStored')
})
