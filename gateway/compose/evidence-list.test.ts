/** Sealed items are found as everything else: number with or without its dashes, camera by name, initials or code. */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { EvidenceItem } from '../core/incident.ts'
import { sampleIncident } from '../testing/samples.ts'
import { listEvidence } from './evidence-list.ts'

const item = (name: string, code: string, over: Partial<EvidenceItem> = {}): EvidenceItem => ({
  ...{ id: id(`e-${code}`), incidentId: id('i'), cameraId: id(code), cameraName: name, kind: 'clip', state: 'ready' },
  ...{ requestedFromMs: 0, requestedToMs: 1, createdAtMs: 2, ...over }
})
const EAST = item('杏花巷东口', '35092200001310000001')
const NORTH = item('幸福里3号楼', 'CAM-22')
const RUNNING = item('杏花巷西口', 'CAM-23', { state: 'recording' })
const incidents = [
  sampleIncident({ number: '1122-0001', evidence: [EAST, RUNNING] }),
  sampleIncident({ number: '1122-0002', evidence: [NORTH] })
]

async function found(search?: string): Promise<readonly string[]> {
  const list = await listEvidence(
    {
      store: { recentIncidents: async () => incidents },
      sealer: { manifest: () => Promise.reject(new Error('not here')) },
      ...{ holds: { of: () => [] }, retention: { deletedAtMs: async () => undefined }, fingerprint: 'f' },
      incident: async () => undefined
    },
    search === undefined ? {} : { search }
  )
  return list.rows.map(row => row.item.cameraName)
}

it.each([
  [undefined, ['杏花巷东口', '幸福里3号楼']],
  ['11220002', ['幸福里3号楼']],
  ['1122-0001', ['杏花巷东口']],
  ['xhxdk', ['杏花巷东口']],
  ['XFL3', ['幸福里3号楼']],
  ['cam22', ['幸福里3号楼']],
  ['花巷', ['杏花巷东口']],
  ['xhxx', []]
])('found by %s', async (search, names) => {
  expect(await found(search)).toEqual(names)
})
