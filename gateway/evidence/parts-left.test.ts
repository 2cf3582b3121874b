/** What a cut-off recording leaves on the disk goes when evidence of its age goes, and not while anybody may want it. */
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { CommitResult } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createEvidenceFiles } from './files.ts'
import { createRetention } from './retention.ts'

const DAY_MS = 86_400_000

it('goes with evidence of its age: what nobody names, what failed or became another file; what is open, under way, held or young stays', async () => {
  const dir = join(tempDir('parts-left'), 'evidence')
  mkdirSync(dir)
  const clock = createFakeClock(100 * DAY_MS)
  const incidents = new Map<string, Incident>()
  const part = (name: string, state?: EvidenceItem['state'], of: Incident['state'] = 'closed', ageDays = 40) => {
    const file = join(dir, `${name}.part.mp4`)
    writeFileSync(file, 'film')
    utimesSync(file, (100 - ageDays) * 86_400, (100 - ageDays) * 86_400)
    if (state === undefined) return
    const incident = sampleIncident({ state: of })
    const item: EvidenceItem = {
      ...{ id: id(name.replace('-preview', '')), incidentId: incident.id, cameraId: id(name), cameraName: '东口' },
      ...{ kind: 'clip', state, requestedFromMs: 1, requestedToMs: 2, createdAtMs: 1 }
    }
    incidents.set(item.id, { ...incident, evidence: [item] })
  }
  part('clip-nobody')
  part('clip-failed', 'failed')
  part('clip-joined', 'ready')
  part('one-preview', 'failed')
  part('clip-open', 'failed', 'resolved')
  part('clip-going', 'recording')
  part('clip-held', 'failed')
  part('clip-young', 'failed', 'closed', 29)
  writeFileSync(join(dir, 'clip-whole.mp4'), 'film')
  const retention = createRetention({
    ...{ clock, log: silentLog, files: createEvidenceFiles(dir), keepDays: 30, keepNow: clock.now },
    store: { documents: async () => [], incidentOfEvidence: async item => incidents.get(item) },
    commit: async (): Promise<CommitResult> => ({ ok: true, feed: [] }),
    custody: { append: async () => undefined, of: async () => [] },
    holds: { of: item => (item.cameraId === 'clip-held' ? ['hold'] : []) as never },
    incident: async () => undefined,
    stuck: () => undefined
  })
  await retention.run()
  const stay = [
    'clip-going.part.mp4',
    'clip-held.part.mp4',
    'clip-open.part.mp4',
    'clip-whole.mp4',
    'clip-young.part.mp4'
  ]
  expect(readdirSync(dir).toSorted()).toEqual(stay)
})
