/** The strip of recordings around an alarm. */
import { describe, expect, it } from 'vitest'
import { id } from '../../../../gateway/core/brand.ts'
import type { EvidenceItem, Incident } from '../../../../gateway/core/incident.ts'
import { stripOf } from './strip-geometry.ts'

const clip = (more: Partial<EvidenceItem>): EvidenceItem => ({
  id: id('e'),
  incidentId: id('i'),
  cameraId: id('c1'),
  cameraName: '东口',
  kind: 'clip',
  state: 'recording',
  requestedFromMs: 70_000,
  requestedToMs: 160_000,
  createdAtMs: 100_000,
  ...more
})

const incident = (...evidence: EvidenceItem[]) =>
  ({ evidence, pressTimesMs: [100_000, 130_000, 900_000] }) as unknown as Incident

describe('strip', () => {
  it('is not there before a clip is asked for, nor for a failed one', () => {
    expect(stripOf(incident(), 0)).toBeUndefined()
    expect(stripOf(incident(clip({ state: 'failed' }), clip({ kind: 'still' })), 0)).toBeUndefined()
  })

  it('grows with the time until the clip is done', () => {
    const strip = stripOf(incident(clip({})), 115_000)
    expect(strip).toMatchObject({ startMs: 70_000, endMs: 160_000, now: 0.5 })
    expect(strip?.rows[0]).toMatchObject({ from: 0, to: 0.5, growing: true })
    expect(strip?.presses.map(press => press.atMs)).toEqual([100_000, 130_000])
    expect(stripOf(incident(clip({})), 999_000)?.rows[0]?.to).toBe(1)
  })

  it('shows what was really recorded, and what is missing', () => {
    const done = clip({ state: 'ready', actualFromMs: 68_000, actualToMs: 160_000, gapMs: 1_800 })
    const late = clip({ cameraId: id('c2'), state: 'ready', actualFromMs: 114_000, actualToMs: 160_000 })
    const strip = stripOf(incident(done, late), 999_000)
    expect(strip?.startMs).toBe(68_000)
    expect(strip?.now).toBeUndefined()
    expect(strip?.rows.map(row => [row.from, row.to, row.gapMs])).toEqual([
      [0, 1, 1_800],
      [0.5, 1, 0]
    ])
  })

  it('has the code of two cameras of one name', () => {
    const two = incident(clip({}), clip({ cameraId: id('c2') }), clip({ cameraId: id('c3'), cameraName: '西口' }))
    expect(stripOf(two, 115_000)?.rows.map(({ name, code }) => [name, code])).toEqual([
      ['东口', 'c1'],
      ['东口', 'c2'],
      ['西口', undefined]
    ])
  })
})
