/** Enter takes what the nature says, and nothing where nobody has said anything. */
import { expect, it } from 'vitest'
import { fittingDisposition } from './disposition.ts'

it.each([
  ['real', { nature: 'violence', alarmClass: 'panic' }, 'real-police'],
  ['real', { nature: 'medical', alarmClass: 'panic' }, 'real-medical'],
  ['real', { nature: 'fire', alarmClass: 'panic' }, 'real-fire'],
  ['real', { nature: 'lostOrFallen', alarmClass: 'panic' }, undefined],
  ['real', { alarmClass: 'gas' }, 'real-fire'],
  ['real', { alarmClass: 'panic' }, undefined],
  ['real', { nature: 'equipment', alarmClass: 'panic' }, undefined],
  ['false', { nature: 'equipment', alarmClass: 'panic' }, 'false-equipment'],
  ['false', { nature: 'violence', alarmClass: 'panic' }, undefined],
  ['other', { nature: 'violence', alarmClass: 'panic' }, undefined]
] as const)('%s of %j is %s', (group, found, disposition) => {
  expect(fittingDisposition(group, found)).toBe(disposition)
})
