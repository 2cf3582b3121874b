/** Photos that people send: only from whoever works on the incident or was sent to it, once each, bounded, and nothing left behind that no record names. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import type { AuditEntry, Commit } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { assignment, han, incidentIn, lin } from '../testing/lifecycle-samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createIncidentPhotos } from './incident-photos.ts'
import { createRefusalBook } from './refusals.ts'

const person = ({ userId, name }: { userId: string; name: string }, role: string, more: object = {}) =>
  ({ userId, name, login: '10327', role, ...more }) as never
const WANG = person({ userId: 'm1', name: '王强' }, 'patrol', { login: '30001', unitId: 'u1' })
const DAY_MS = 24 * 3_600_000

const PICTURE = execFileSync(
  'ffmpeg',
  '-v error -f lavfi -i testsrc2=size=64x48 -frames:v 1 -c:v mjpeg -f image2pipe pipe:1'.split(' ')
)
/** Other files of the same picture: the density that JFIF says. */
const jpeg = (n: number): Buffer => {
  const other = Buffer.from(PICTURE)
  other.writeUInt16BE(n + 2, 14)
  return other
}

function bench(first: Incident, dir = tempDir('incident-photos'), sealed: readonly string[] = []) {
  const clock = createFakeClock(2 * DAY_MS)
  const audit: AuditEntry[] = []
  let incident = first
  let failing = false
  let meanwhile: (() => unknown) | undefined
  const commit: Commit = async change => {
    audit.push(...(change.audit ?? []))
    return { ok: true, feed: [] }
  }
  const photos = createIncidentPhotos({
    ...{ clock, log: silentLog, evidenceDir: dir, isLeader: user => user.role === 'leader' },
    ...{ commit, refusals: createRefusalBook({ clock, commit, log: silentLog }) },
    store: {
      documents: async ({ fromKey = '' }) =>
        sealed
          .filter(file => file > fromKey)
          .map(file => ({ kind: 'evidence.byFile', key: `${file}/x`, body: { file } })),
      incidentOfEvidence: async item => (incident.evidence.some(each => each.id === item) ? incident : undefined)
    },
    units: { get: () => ({ name: '巡防 07 车' }) as never },
    incidents: {
      all: () => [incident],
      get: incidentId => (incident.id === incidentId && incident.state !== 'closed' ? incident : undefined),
      async step(_id, step, actor) {
        if (failing) throw new Error('killed between file and journal')
        await meanwhile?.()
        const outcome = apply(incident, step, actor, clock.now())
        if (!outcome.ok) throw new Error(outcome.why)
        incident = outcome.incident
      }
    }
  })
  return {
    ...{ clock, audit, dir, photos },
    incident: () => incident,
    close() {
      incident = { ...incident, state: 'closed' }
    },
    fail(now: boolean) {
      failing = now
    },
    /** Runs before each step. */
    meanwhile(run: () => unknown) {
      meanwhile = run
    }
  }
}
const scene = () =>
  incidentIn('enRoute', { assignments: [assignment({ state: 'enRoute', acceptedAtMs: 1 })], evidence: [] })

test('a patrol’s photo is evidence with who took it and when; the same again is the same', async () => {
  const { clock, dir, photos, incident } = bench(scene())
  const takenAtMs = clock.now() - 60_000
  const { photo } = await photos.ofUnit('a1', PICTURE, WANG, takenAtMs)
  expect(await photos.ofUnit('a1', PICTURE, WANG, takenAtMs)).toEqual({ photo })
  const [item, ...more] = incident().evidence
  expect(more).toEqual([])
  const bytes = readFileSync(join(dir, item?.file ?? ''))
  expect(item).toMatchObject({
    ...{ id: photo, kind: 'photo', state: 'ready', cameraName: '巡防 07 车 王强', width: 64, height: 48 },
    ...{ actualFromMs: takenAtMs, createdAtMs: clock.now(), takenBy: { who: '30001 王强', unitId: 'u1' } },
    sha256: createHash('sha256').update(bytes).digest('hex')
  })
  // A clock that is days off, or ahead, dates nothing.
  const odd = [await photos.ofUnit('a1', jpeg(1), WANG, 5), await photos.ofUnit('a1', jpeg(2), WANG, clock.now() + 1)]
  for (const each of odd)
    expect(incident().evidence.find(({ id: key }) => key === each.photo)?.actualFromMs).toBe(clock.now())
})

test('who neither works on it nor was sent to it sends nothing, and that is on record', async () => {
  const { photos, audit, incident } = bench(scene())
  const at = incident().id
  await expect(photos.ofFloor(at, PICTURE, person(han, 'operator'))).rejects.toMatchObject({ code: 'NOT_OWNER' })
  await expect(photos.ofUnit('a1', PICTURE, person(han, 'patrol', { unitId: 'u2' }), 0)).rejects.toMatchObject({
    code: 'NOT_FOUND'
  })
  await expect(photos.ofFloor(at, Buffer.from('<svg/>'), person(lin, 'operator'))).rejects.toMatchObject({
    code: 'MESSAGE_REFUSED'
  })
  await expect(photos.ofFloor('gone', PICTURE, person(lin, 'operator'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(audit.map(({ action, outcome, who }) => `${action} ${outcome} ${who}`)).toEqual([
    'incident.photo refused 10327 韩梅',
    'incident.photo refused 10327 韩梅',
    'incident.photo refused 10327 林晓',
    'incident.photo refused 10327 林晓'
  ])
  expect(incident().evidence).toEqual([])
  await photos.ofFloor(at, PICTURE, person(lin, 'operator'))
  await photos.ofFloor(at, PICTURE, person(han, 'leader'))
  expect(incident().evidence.map(each => each.cameraName)).toEqual(['林晓', '韩梅'])
})

test('an incident that is closed while a photo waits for its turn stays as it is', async () => {
  const { photos, incident, close } = bench(scene())
  const late = photos.ofUnit('a1', PICTURE, WANG, undefined)
  close()
  await expect(late).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  expect(incident().evidence).toEqual([])
})

test('nor is one added that was written to the disk while the incident was closed', async () => {
  const { photos, incident, close, meanwhile } = bench(scene())
  meanwhile(close)
  await expect(photos.ofUnit('a1', PICTURE, WANG, undefined)).rejects.toThrow('a closed incident stays as it is')
  expect(incident().evidence).toEqual([])
})

test('an order that was only offered takes no photo', async () => {
  const { photos } = bench(incidentIn('dispatched'))
  await expect(photos.ofUnit('a1', PICTURE, WANG, undefined)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a crash between file and record: at the next start the file is gone, what is on record stays, and the photo comes anew', async () => {
  const first = bench(scene())
  await first.photos.ofUnit('a1', jpeg(7), WANG, undefined)
  first.fail(true)
  await expect(first.photos.ofUnit('a1', PICTURE, WANG, undefined)).rejects.toThrow('killed')
  writeFileSync(join(first.dir, `photo-${'0'.repeat(40)}.part.png`), 'half')
  const sealed = `photo-${'1'.repeat(40)}.jpg`
  for (const other of ['still-of-another-room.jpg', sealed]) writeFileSync(join(first.dir, other), 'x')
  expect(readdirSync(first.dir)).toHaveLength(5)
  const next = bench(first.incident(), first.dir, [sealed])
  await vi.waitFor(() => expect(readdirSync(first.dir)).toHaveLength(3), { timeout: 60_000 })
  expect(readdirSync(first.dir).sort()).toEqual(
    [first.incident().evidence[0]?.file, 'still-of-another-room.jpg', sealed].toSorted()
  )
  const { photo } = await next.photos.ofUnit('a1', PICTURE, WANG, undefined)
  expect(next.incident().evidence.map(each => each.id)).toContain(photo)
})

test('bounded by the minute and in all', async () => {
  const { audit, clock, photos, incident } = bench(scene())
  let kept = 0
  const send = (n: number) => photos.ofUnit('a1', jpeg(n), WANG, undefined)
  for (; kept < 12; kept++) await send(kept)
  // A flood is one row of the audit log; a wall clock that is set makes no new minute.
  for (let n = 0; n < 3; n++) await expect(send(99)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  clock.set(3_600_000)
  await expect(send(99)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  expect(audit.map(each => each.reason)).toEqual(['more than 12 photos a minute'])
  while (kept < 60) {
    if (kept % 12 === 0) await clock.advance(60_000)
    await send(kept++)
  }
  await clock.advance(60_000)
  await expect(send(99)).rejects.toMatchObject({ code: 'MESSAGE_REFUSED' })
  expect(incident().evidence).toHaveLength(60)
})

test('a leftover that cannot be removed stops neither the start nor a photo', async () => {
  const dir = tempDir('incident-photos')
  // No file at all: it cannot be removed as one.
  mkdirSync(join(dir, `photo-${'0'.repeat(40)}.part.png`))
  writeFileSync(join(dir, `photo-${'1'.repeat(40)}.part.png`), 'half')
  const { photos, incident } = bench(scene(), dir)
  const { photo } = await photos.ofUnit('a1', PICTURE, WANG, undefined)
  expect(incident().evidence.map(each => each.id)).toEqual([photo])
  expect(readdirSync(dir)).toHaveLength(2)
})

test('what waits for a slow disk is bounded in memory', async () => {
  const { photos, audit, meanwhile } = bench(scene())
  const slow = Promise.withResolvers<void>()
  meanwhile(() => slow.promise)
  const large = Buffer.alloc(8 * 1024 * 1024)
  const first = photos.ofUnit('a1', PICTURE, WANG, undefined)
  const waiting = Array.from({ length: 7 }, () => photos.ofUnit('a1', large, WANG, undefined))
  const ended = Promise.allSettled([first, ...waiting])
  await expect(photos.ofUnit('a1', large, WANG, undefined)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  expect(audit.map(each => each.reason)).toEqual(['too many photos wait to be kept'])
  slow.resolve()
  await ended
  // All had their turn: there is room again, and the large ones are no pictures.
  await expect(photos.ofUnit('a1', large, WANG, undefined)).rejects.toMatchObject({ code: 'MESSAGE_REFUSED' })
})

test('a flood of refusals is ten audit rows a minute, and one with the number of the others when it ends', async () => {
  const { photos, audit, clock } = bench(incidentIn('acknowledged', { evidence: [] }))
  const stranger = person(han, 'operator')
  const codes = ['nobody', 'i1'].map(incident => async () => {
    await expect(photos.ofFloor(incident, PICTURE, stranger)).rejects.toMatchObject({
      code: expect.stringMatching(/^NOT_(FOUND|OWNER)$/)
    })
  })
  for (let n = 0; n < 20; n++) for (const send of codes) await send()
  expect(audit).toHaveLength(10)
  await clock.advance(60_000)
  expect(audit.slice(10)).toMatchObject([{ outcome: 'refused', detail: { notWritten: 30 } }])
})
