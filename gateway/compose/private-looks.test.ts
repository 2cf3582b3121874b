/** Which changes of an incident close the cameras that it had opened. */
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { sampleIncident } from '../testing/samples.ts'
import { endLooks } from './private-looks.ts'

const near = (...names: string[]): Incident['cameras'] =>
  names.map(name => ({ cameraId: id<CameraId>(name), name, distanceM: 10 }))

function ended(after: Incident, before: Incident | undefined, others: readonly Incident[] = []): string[] {
  const cut: string[] = []
  endLooks({ incidents: { all: () => [after, ...others] }, media: { endLooks: each => cut.push(each) } }, after, before)
  return cut
}

it('closes its cameras when it ends, except those that another open incident is near to', () => {
  const before = sampleIncident({ cameras: near('a', 'b') })
  const after: Incident = { ...before, state: 'resolved' }
  expect(ended(after, before)).toEqual(['a', 'b'])
  expect(ended(after, before, [sampleIncident({ cameras: near('b') })])).toEqual(['a'])
  expect(ended(after, before, [sampleIncident({ state: 'closed', cameras: near('b') })])).toEqual(['a', 'b'])
  expect(ended({ ...after, state: 'closed' }, after)).toEqual([])
})

it('closes what it is no longer near to, and nothing on any other change', () => {
  const before = sampleIncident({ cameras: near('a', 'b') })
  expect(ended({ ...before, cameras: near('b', 'c') }, before)).toEqual(['a'])
  expect(ended({ ...before, presses: 2 }, before)).toEqual([])
  expect(ended(before, undefined)).toEqual([])
})

it('closes when what is left was found by one person alone, who may be the one that looks', () => {
  const before = sampleIncident({ cameras: near('a') })
  const after: Incident = { ...before, state: 'resolved' }
  const own = sampleIncident({ foundBy: '10327', cameras: near('a') })
  expect(ended(after, before, [own])).toEqual(['a'])
  expect(ended(after, before, [own, sampleIncident({ foundBy: '10411', cameras: near('a') })])).toEqual([])
  expect(ended({ ...own, state: 'resolved' }, own, [sampleIncident({ foundBy: '10327', cameras: near('a') })])).toEqual(
    []
  )
})
