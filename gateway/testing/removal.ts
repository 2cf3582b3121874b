/** A process that deletes old evidence and kills itself (SIGKILL) at the step that it is told: `removal.ts <folder> <step>`. Steps are before and after each commit and unlink. */
import { join } from 'node:path'
import type { Commit } from '../core/store.ts'
import { createCustody } from '../evidence/custody.ts'
import { createEvidenceFiles, type EvidenceFiles } from '../evidence/files.ts'
import { createHolds } from '../evidence/holds.ts'
import { createRetention } from '../evidence/retention.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from './fake-clock.ts'
import { silentLog } from './fake-host.ts'

const DAY_MS = 86_400_000
const [dir = '', killAt = '0'] = process.argv.slice(2)
let step = 0
const passed = (): void => {
  step += 1
  if (step === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

const clock = createFakeClock(100 * DAY_MS)
const store = await openSqliteStore({ dir })
const commit: Commit = async change => {
  passed()
  const result = await store.commit(change)
  passed()
  return result
}
const disk = createEvidenceFiles(join(dir, 'evidence'))
const files: EvidenceFiles = {
  ...disk,
  async remove(names) {
    for (const name of names) {
      passed()
      await disk.remove([name])
    }
    passed()
    return []
  }
}
const custody = createCustody({ clock, store, commit })
const incident = store.incident
const holds = createHolds({
  ...{ clock, store, custody, incident, cameraName: () => 'camera', incidents: () => [] },
  catalogue: { hold: async () => undefined, release: async () => undefined }
})
await holds.start()
const retention = createRetention({
  ...{ clock, log: silentLog, store, commit, custody, holds, files, incident, keepDays: 30, keepNow: clock.now },
  stuck: () => {}
})
const deleted = await retention.run()
await store.close()
process.stdout.write(`${JSON.stringify({ deleted, steps: step })}\n`)
