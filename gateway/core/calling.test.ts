/** Which telephones call for help now, however they are written. */
import { expect, it } from 'vitest'
import { sampleIncident } from '../testing/samples.ts'
import { id, type SourceId } from './brand.ts'
import { comparable, createCallingNumbers } from './calling.ts'
import type { Incident } from './incident.ts'

const NUMBERS = ['6650147', '13900000001']
const incident = (over: Partial<Incident> = {}, phone = '665-0147') => {
  const base = sampleIncident({ alarmClass: 'help', ...over })
  return { ...base, subject: { ...base.subject, phone } }
}
const from = (source: string) => ({ sourceId: id<SourceId>(source) })
const of = (over: Partial<Incident>, source: string) => {
  const calling = createCallingNumbers()
  calling.put(incident(over), [from(source)])
  return NUMBERS.filter(number => calling.of(number).size > 0)
}

it('the telephone of the household and the one it calls from, under duress too', () => {
  expect(of({}, 'sip:+8613900000001')).toEqual(NUMBERS)
  expect(of({ duress: true, alarmClass: 'duress' }, 'sip:013900000001')).toEqual(NUMBERS)
  expect(of({}, 'mqtt:linxi/box-03')).toEqual(['6650147'])
})

it('not of what is over, nor of a trouble', () => {
  expect(of({ state: 'resolved' }, 'sip:6650147')).toEqual([])
  expect(of({ alarmClass: 'trouble' }, 'sip:6650147')).toEqual([])
})

it('a telephone that calls in two incidents calls until both are over, one that joins later and one that is opened again too', () => {
  const calling = createCallingNumbers()
  const [one, two] = [incident(), incident()]
  calling.put(one, [])
  calling.put(two, [])
  calling.putAlarm({ ...from('sip:13900000001'), incidentId: one.id })
  calling.put({ ...one, priority: 2 }, [])
  expect(NUMBERS.filter(number => calling.of(number).size > 0)).toEqual(NUMBERS)
  calling.put({ ...one, state: 'resolved' }, [])
  expect(NUMBERS.filter(number => calling.of(number).size > 0)).toEqual(['6650147'])
  calling.put({ ...two, state: 'closed' }, [])
  expect(NUMBERS.filter(number => calling.of(number).size > 0)).toEqual([])
  // What comes for an incident that is over makes nobody call.
  calling.putAlarm({ ...from('sip:13900000001'), incidentId: two.id })
  calling.put({ ...one, state: 'acknowledged' }, [from('sip:13900000001')])
  expect(NUMBERS.filter(number => calling.of(number).size > 0)).toEqual(NUMBERS)
  calling.put({ ...one, subject: { ...one.subject, phone: '6650148' } }, [])
  expect([...NUMBERS, '6650148'].filter(number => calling.of(number).size > 0)).toEqual(['6650148'])
})

it.each(['139 0000 0001', '+86 139-0000-0001', '8613900000001', '0086 13900000001', '013900000001'])(
  '%s is one telephone',
  number => expect(comparable(number)).toBe('13900000001')
)

it('a number of a town keeps its 0', () => expect(comparable('010-12345678')).toBe('01012345678'))
