/** A taxi presses and its cabin camera is asked: the photo is sealed evidence of its incident before it is answered, also when the gateway is killed meanwhile. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTaxi, type Taxi } from '../adapters/jt808/simulator.ts'
import { verifyEvidence } from '../gateway/compose/verify-evidence.ts'
import type { EvidenceItem, Incident } from '../gateway/core/incident.ts'
import type { EvidenceDetail } from '../gateway/core/wire.ts'
import { openReadOnly } from '../gateway/storage/sqlite/open.ts'
import { verify } from '../gateway/storage/verify.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { prepareProcess, spawnGateway } from '../gateway/testing/process.ts'
import { runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const JPEG = readFileSync(new URL('../adapters/kit/cabin.jpg', import.meta.url))
// Fewer than an incident keeps photos.
const LIVES = process.env.PINGAN_FULL === '1' ? 20 : 4
/** From a press until its photo is answered here, and some more. */
const WITHIN_MS = 60
const PHONE = '013900000007'

const taxiAt = (port: number): Taxi =>
  createTaxi({
    ...{ host: '127.0.0.1', port, phone: PHONE, plate: '闽J·T0637', version: 2013, reportMs: 100 },
    ...{ resendMs: 200, maxBackoffMs: 100 },
    place: () => ({ lat: 27.03, lon: 119.61, speedKmh: 30, headingDeg: 0 })
  })

test('the photo of a press is sealed, has its custody and names the vehicle; without an incident nothing is kept', async () => {
  const dir = tempDir('photo')
  const running = await runGateway({ dir })
  const console = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  await console.connect()
  const taxi = taxiAt(running.port('adapters.jt808.port'))
  taxi.start()
  await until('the taxi on line', () => taxi.status.online)
  await taxi.press()
  const seen = await console.see('the photo', body =>
    body.type === 'incident' && body.incident.evidence.some(item => item.origin) ? body : false
  )
  await until('the answer', () => taxi.status.photos === 1)
  const item = seen.incident.evidence.find(each => each.origin)
  const sha256 = createHash('sha256').update(JPEG).digest('hex')
  expect(item).toMatchObject({
    ...{ kind: 'still', state: 'ready', cameraName: '闽J·T0637 车载 1', sha256, bytes: JPEG.length },
    cameraNameEn: '闽J·T0637 In-car 1',
    origin: { sourceId: `jt808:${PHONE}`, channel: 1 }
  })
  const told = await console.see('the line', body =>
    body.type === 'timeline' && body.entries.some(entry => entry.data.kind === 'photo') ? body : false
  )
  expect(told.entries.find(entry => entry.data.kind === 'photo')).toMatchObject({
    kind: 'evidence',
    actor: { kind: 'device' },
    data: { camera: '闽J·T0637 车载 1', cameraEn: '闽J·T0637 In-car 1' }
  })
  const dataDir = join(dir, 'data')
  expect(readFileSync(join(dataDir, 'evidence', item?.file ?? '')).equals(JPEG)).toBe(true)
  const detail = (await (await console.get(`/api/evidence/${item?.id}`)).json()) as EvidenceDetail
  expect(detail.custody.map(entry => entry.step)).toEqual(['recorded', 'sealed'])
  expect(JSON.parse(detail.manifest ?? '')).toMatchObject({
    ...{ kind: 'still', file: { sha256 } },
    origin: { sourceId: `jt808:${PHONE}`, channel: 1, deviceTimeMs: expect.any(Number) }
  })
  await taxi.stop()
  console.close()
  await running.gateway.idle()
  await running.stop()
  // The clips of this town's cameras are records without files.
  expect((await verify({ dir: dataDir, settled: true })).violations).toEqual([])
  expect(verifyEvidence(dataDir).violations).toEqual([])
})

test(`killed ${LIVES} times while a photo comes in: what was answered is on record, once, byte for byte`, async () => {
  const dir = tempDir('photo-crash')
  const setup = await prepareProcess(dir, SMALL_TOWN)
  const taxi = taxiAt(setup.ports.jt808)
  let gateway = spawnGateway(setup)
  await gateway.ready
  taxi.start()
  await until('the taxi on line', () => taxi.status.online)
  await taxi.press()
  let before = 0
  for (let life = 0; life < LIVES; life++) {
    // Each life asks for a photo anew, since nobody knows what became of the one before.
    await new Promise(resolve => setTimeout(resolve, (WITHIN_MS * life) / LIVES))
    await gateway.kill('SIGKILL')
    // Not once it is on line again: on a busy machine its photo is answered before this test looks.
    before = taxi.status.photos
    gateway = spawnGateway(setup)
    await gateway.ready
    await until('the taxi on line', () => taxi.status.online)
  }
  await until('a photo of this life', () => taxi.status.photos > before)
  await taxi.stop()
  await gateway.kill('SIGTERM')

  const data = join(dir, 'data')
  const db = openReadOnly(data)
  const read = <T>(table: string) =>
    (db.prepare(`SELECT body FROM ${table}`).all() as { body: string }[]).map(row => JSON.parse(row.body) as T)
  const photos = read<EvidenceItem>('evidence').filter(item => item.origin)
  const incidents = read<Incident>('incidents')
  db.close()
  // Nothing that was answered is missing. One may be on record whose answer a kill ate.
  expect(photos.length).toBeGreaterThanOrEqual(taxi.status.photos)
  expect(new Set(photos.map(item => item.id)).size).toBe(photos.length)
  expect(incidents).toHaveLength(1)
  for (const { file } of photos) expect(readFileSync(join(data, 'evidence', file ?? '')).equals(JPEG)).toBe(true)
  expect((await verify({ dir: data, evidenceDir: join(data, 'evidence'), settled: true })).violations).toEqual([])
  expect(verifyEvidence(data).violations).toEqual([])
}, 240_000)
