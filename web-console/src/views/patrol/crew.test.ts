/** The crew on the phone: oneself apart from the others, and alone when nobody else is on duty. */
import { expect, test } from 'vitest'
import { id } from '../../../../gateway/core/brand.ts'
import type { Unit } from '../../../../gateway/core/unit.ts'
import { crewOf } from './crew.ts'

const member = (userId: string, name: string) => ({ userId: id<Unit['members'][number]['userId']>(userId), name })
const unit = (...members: Unit['members']) => ({ memberCount: 2, members }) as unknown as Unit
const self = { userId: 'a' }

test('the others by name, counted with oneself', () => {
  const both = unit(member('a', '陈立'), member('b', '吴敏'))
  expect(crewOf(both, self)).toEqual({ others: ['吴敏'], onDuty: 2, all: 2 })
  const three = unit(...both.members, member('c', '许强'))
  expect(crewOf(three, self)).toEqual({ others: ['吴敏', '许强'], onDuty: 3, all: 3 })
})

test('alone, also while the gateway has not heard of it or the team is not there yet', () => {
  expect(crewOf(unit(member('a', '陈立')), self)).toEqual({ others: [], onDuty: 1, all: 2 })
  expect(crewOf(unit(), self)).toEqual({ others: [], onDuty: 1, all: 2 })
  expect(crewOf(undefined, self)).toEqual({ others: [], onDuty: 1, all: 1 })
})
