/** What an incident is called in a row that may be cut at its end. */
import type { TFunction } from 'i18next'
import { expect, it } from 'vitest'
import { incident } from '../testing/samples.ts'
import { titleOf } from './title.ts'

const t = ((key: string) => key.split('.').at(-1)) as unknown as TFunction

it('names source, person and class, and says duress before all', () => {
  const { name } = incident('i').subject
  expect(titleOf(incident('i'), t)).toBe(`panicPhone · ${name}`)
  expect(titleOf(incident('i', { alarmClass: 'medical' }), t)).toBe(`panicPhone · ${name} · medical`)
  expect(titleOf(incident('i', { alarmClass: 'duress' }), t)).toBe(`duress · ${name}`)
  expect(titleOf(incident('i', { alarmClass: 'duress', nature: 'violence' }), t)).toBe(
    `panicPhone · ${name} · violence`
  )
})
