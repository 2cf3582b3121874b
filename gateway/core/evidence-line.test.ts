/** The story's line of clips that a full disk has cut. */
import { expect, it } from 'vitest'
import { sampleIncident } from '../testing/samples.ts'
import { id, type SourceId } from './brand.ts'
import { withEvidence } from './evidence-line.ts'
import type { EvidenceItem } from './incident.ts'

const clip = (n: number, more: Partial<EvidenceItem> = {}): EvidenceItem => ({
  ...{ id: id(`clip-${n}`), incidentId: id('i1'), cameraId: id(`c${n}`), cameraName: `东街 ${n}`, kind: 'clip' },
  ...{ state: 'ready', requestedFromMs: 0, requestedToMs: 60_000, actualFromMs: 0, actualToMs: 60_000, createdAtMs: 0 },
  ...more
})

it('says of how many only the first part was kept, and nothing where all is there', () => {
  const incident = sampleIncident({ openedAtMs: 30_000 })
  const lineOf = (items: readonly EvidenceItem[]) => withEvidence(incident, items).slice(1)
  expect(lineOf([clip(1), clip(2, { cut: 'diskFull', actualToMs: 40_000 })])).toEqual([
    'evidence',
    { camera: '东街 1、东街 2', kind: 'clip', count: 2, preRollS: 30, cut: 1 }
  ])
  expect(lineOf([clip(1)])[1]).not.toHaveProperty('cut')
})

it('what the gateway named itself is in the line in both languages', () => {
  const photo = { kind: 'still', cameraName: '闽J·T0637 车载 1', cameraNameEn: '闽J·T0637 In-car 1' } as const
  const origin = { sourceId: id<SourceId>('jt808:000139000637'), channel: 1, receivedMs: 0 }
  const voice = { kind: 'voice', cameraName: '未登记号码 123', cameraNameEn: 'Unregistered number 123' } as const
  const dataOf = (item: EvidenceItem) => withEvidence(sampleIncident(), [item])[2]
  expect(dataOf(clip(1, { ...photo, origin }))).toMatchObject({ cameraEn: '闽J·T0637 In-car 1' })
  expect(dataOf(clip(1, voice))).toMatchObject({ camera: '未登记号码 123', cameraEn: 'Unregistered number 123' })
  expect(dataOf(clip(1))).not.toHaveProperty('cameraEn')
})

it('two cameras of one name have their code in the line, others only their name', () => {
  const clips = [clip(1, { cameraName: '人民路口' }), clip(2, { cameraName: '人民路口' }), clip(3)]
  const line = (items: readonly EvidenceItem[], evidence: readonly EvidenceItem[] = []) =>
    withEvidence(sampleIncident({ evidence }), items)[2].camera
  expect(line(clips)).toBe('人民路口 c1、人民路口 c2、东街 3')
  // One of them comes alone, the other was there before.
  expect(line(clips.slice(1, 2), clips.slice(0, 1))).toBe('人民路口 c2')
  expect(line(clips.slice(1))).toBe('人民路口、东街 3')
})
