/** Which telephones call for help now, however they are written. */
import { expect, it } from 'vitest'
import { sampleIncident } from '../testing/samples.ts'
import { id, type SourceId } from './brand.ts'
import { callingNumbers, comparable } from './calling.ts'
import type { Incident } from './incident.ts'

const of = (over: Partial<Incident>, phone: string, source: string) => {
  const base = sampleIncident({ alarmClass: 'help', ...over })
  const incident = { ...base, subject: { ...base.subject, phone } }
  return [...callingNumbers({ all: () => [incident], alarmsOf: () => [{ sourceId: id<SourceId>(source) }] })]
}

it('the telephone of the household and the one it calls from, under duress too', () => {
  const both = ['6650147', '13900000001']
  expect(of({}, '665-0147', 'sip:+8613900000001')).toEqual(both)
  expect(of({ duress: true, alarmClass: 'duress' }, '6650147', 'sip:013900000001')).toEqual(both)
  expect(of({}, '6650147', 'mqtt:linxi/box-03')).toEqual(['6650147'])
})

it('not of what is over, nor of a trouble', () => {
  expect(of({ state: 'resolved' }, '6650147', 'sip:6650147')).toEqual([])
  expect(of({ alarmClass: 'trouble' }, '6650147', 'sip:6650147')).toEqual([])
})

it.each(['139 0000 0001', '+86 139-0000-0001', '8613900000001', '0086 13900000001', '013900000001'])(
  '%s is one telephone',
  number => expect(comparable(number)).toBe('13900000001')
)

it('a number of a town keeps its 0', () => expect(comparable('010-12345678')).toBe('01012345678'))
