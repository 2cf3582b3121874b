/** Evidence files that cannot be removed: they hold up no other, are said once, and are tried again with the next run. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Notice } from '../core/wire.ts'
import { createEvidenceFiles } from '../evidence/files.ts'
import { createRetention, GARBAGE } from '../evidence/retention.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createNotices, tellStuck } from './notices.ts'

it('the others go, its row stays, it is one notice, and when it can be removed the notice goes too', async () => {
  const dir = tempDir('stuck')
  const evidenceDir = join(dir, 'evidence')
  mkdirSync(evidenceDir)
  const names = ['clip-a.mp4', 'clip-b.mp4', 'clip-c.mp4', '../outside', 'clip-d.mp4']
  for (const name of ['clip-a.mp4', 'clip-c.mp4', 'clip-d.mp4']) writeFileSync(join(evidenceDir, name), 'film')
  // No file at all: it cannot be removed as one, for root neither.
  mkdirSync(join(evidenceDir, 'clip-b.mp4'))
  const clock = createFakeClock(1_000)
  const store = await openSqliteStore({ dir })
  await store.commit({ documents: names.map(key => ({ kind: GARBAGE, key, body: {} })) })
  let told: readonly Notice[] = []
  let changes = 0
  const notices = createNotices(clock, all => {
    told = all
    changes += 1
  })
  const retention = createRetention({
    ...{ clock, log: silentLog, store, commit: store.commit, keepDays: 30, keepNow: clock.now },
    ...{ custody: undefined as never, holds: { of: () => [] }, incident: async () => undefined },
    ...{ files: createEvidenceFiles(evidenceDir), stuck: tellStuck(notices, silentLog) }
  })
  const left = async () => (await store.documents({ kind: GARBAGE })).map(({ key }) => key)

  await retention.run()
  await retention.run()
  expect(await left()).toEqual(['../outside', 'clip-b.mp4'])
  expect(['clip-a.mp4', 'clip-c.mp4', 'clip-d.mp4'].filter(name => existsSync(join(evidenceDir, name)))).toEqual([])
  expect(told).toMatchObject([{ level: 'warning', code: 'evidenceStuck', data: { count: 2 } }])
  expect(changes).toBe(1)

  rmSync(join(evidenceDir, 'clip-b.mp4'), { recursive: true })
  await store.commit({ documents: [{ kind: GARBAGE, key: '../outside', body: undefined }] })
  await retention.run()
  expect(await left()).toEqual([])
  expect(told).toEqual([])
  await store.close()
})
