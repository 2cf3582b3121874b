/** The console finds by the same letters as the gateway, whose file it cannot import. */
import { expect, it } from 'vitest'
import { initialsOf as ofGateway } from '../../../gateway/core/initials.ts'
import { initialsOf } from './initials.ts'

it.each(['杏花巷东口 3', '闽J·T0637', '重庆路', '县人民医院急诊', 'Station B', '𠮷野家', ''])(
  '%s as the gateway has it',
  name => {
    expect(initialsOf(name)).toBe(ofGateway(name))
  }
)

it('one letter a syllable; a name said again is the same', () => {
  expect([initialsOf('林秀珍'), initialsOf('林秀珍'), initialsOf('青石大街 218 号')]).toEqual([
    'lxz',
    'lxz',
    'qsdj218h'
  ])
})
