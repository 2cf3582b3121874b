/** The fields of an order are those that the device can follow. */
import { expect, test } from 'vitest'
import { fieldsAt } from './order-fields.ts'

test('a text is offered to a roof sign only where the terminal has one; other orders ask the same of every device', () => {
  const places = (at: Parameters<typeof fieldsAt>[1]) => fieldsAt('text', at).find(({ name }) => name === 'on')?.choices
  expect(places({})).toEqual(['driver', 'screen'])
  expect(places({ roofSign: true })).toEqual(['driver', 'screen', 'sign'])
  expect(fieldsAt('relay', {})).toEqual(fieldsAt('relay', { roofSign: true }))
})
