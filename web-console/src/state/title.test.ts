/** What an incident is called in a row that may be cut at its end. */
import type { TFunction } from 'i18next'
import { expect, it } from 'vitest'
import { incident } from '../testing/samples.ts'
import { pressesText, titleOf } from './title.ts'

const t = ((key: string | readonly string[]) => [key].flat()[0]?.split(/[.:]/).at(-1)) as unknown as TFunction

it('names source, person and class, and says duress before all', () => {
  const { name } = incident('i').subject
  expect(titleOf(incident('i'), t)).toBe(`panicPhone · ${name}`)
  expect(titleOf(incident('i', { alarmClass: 'medical' }), t)).toBe(`panicPhone · ${name} · medical`)
  expect(titleOf(incident('i', { alarmClass: 'duress' }), t)).toBe(`Duress · ${name}`)
  expect(titleOf(incident('i', { alarmClass: 'duress', nature: 'violence' }), t)).toBe(
    `panicPhone · ${name} · violence`
  )
})

it('says all that is wrong, and counts only what one cause reports again', () => {
  const { name } = incident('i').subject
  const away = incident('i', { alarmClass: 'trouble', cause: 'offline', presses: 3 })
  expect(titleOf(away, t)).toBe(`panicPhone · ${name} · offline`)
  expect(pressesText(away, t)).toBe('reports')
  const more = { ...away, presses: 5, moreCauses: ['battery', 'not-worn'] }
  expect(titleOf(more, t)).toBe(`panicPhone · ${name} · offlinecommabatterycommanot-worn`)
  expect(pressesText(more, t)).toBe('')
  expect(pressesText(incident('i', { presses: 2 }), t)).toBe('presses')
})

it('names in the language of the screen what the gateway named, and does not say twice that nobody registered it', () => {
  const subject = {
    ...incident('i').subject,
    kind: 'unmapped' as const,
    name: '未登记号码 123',
    nameEn: 'Unregistered number 123'
  }
  const english = ((key: string) => (key === 'common:languageIs' ? 'en' : t(key))) as unknown as TFunction
  const stranger = incident('i', { alarmClass: 'unmapped', subject })
  expect(titleOf(stranger, t)).toBe('panicPhone · 未登记号码 123')
  expect(titleOf(stranger, english)).toBe('panicPhone · Unregistered number 123')
  // Of before there were words for it.
  expect(titleOf(incident('i', { alarmClass: 'unmapped' }), t)).toMatch(/unmapped$/)
})
