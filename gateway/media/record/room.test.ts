/** What lies on disk without a row comes back to the catalogue: strays by name, and everything once the catalogue has lost what it knew. */
import { appendFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type CameraId, id } from '../../core/brand.ts'
import type { RecordedSegment, RecordingOrder } from '../../core/recording.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { silentLog } from '../../testing/fake-host.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { H264ParameterSets } from '../h264/parameter-sets.ts'
import type { Camera } from '../ingest/camera.ts'
import { Ring } from '../ring/ring.ts'
import { encode, nalType } from '../testing/encode.ts'
import { RecordedFolder } from '../testing/recorded-folder.ts'
import { createDiskFiles } from './files.ts'
import { RecordRoom } from './room.ts'

const CAM = id<CameraId>('cam/1')
const PICTURES = encode({ seconds: 1, gop: 25, size: '160x90' })
const BASE_MS = 1_795_842_714_000

function setUp() {
  const dir = tempDir('record-room')
  const folder = new RecordedFolder(dir)
  const add = (startMs: number, open = false) =>
    folder.add({ cameraId: CAM, startMs, pictures: PICTURES, durationMs: 2000, open })
  const sent: RecordedSegment[] = []
  const room = new RecordRoom({
    settings: { dir, segmentMs: 60_000, fragmentMs: 440, syncMs: 1000 },
    clock: createFakeClock(),
    log: silentLog,
    camera: () => undefined,
    send: segments => sent.push(...segments)
  })
  /** Starts of what was reported, in seconds. */
  const reported = async (count: number) => {
    await until(`${count} segments are reported`, () => {
      room.tick()
      return sent.length >= count
    })
    return sent.splice(0).map(({ startMs, endMs, open }) => [(startMs - BASE_MS) / 1000, endMs - startMs, open])
  }
  return { room, add, reported }
}

const order = (knownMs?: number): RecordingOrder => ({
  ...{ cameraId: CAM, mode: 'continuous', stream: 'main' },
  ...(knownMs === undefined ? {} : { knownMs: { main: knownMs, sub: 0 } })
})

it('takes in strays by their start, torn ones mended', async () => {
  const { room, add, reported } = setUp()
  for (const seconds of [0, 60, 3600]) add(BASE_MS + seconds * 1000)
  appendFileSync(add(BASE_MS + 120_000, true), 'what a crash tore')
  room.setOrders([order(BASE_MS + 3_600_000)])
  room.adopt({ cameraId: CAM, stream: 'main', startsMs: [BASE_MS, BASE_MS + 120_000, BASE_MS + 999_000] })
  expect(await reported(2)).toEqual([
    [0, 2000, false],
    [120, 2000, false]
  ])
})

it('reports everything on disk again when the catalogue has lost it, and nothing again while it grows', async () => {
  const { room, add, reported } = setUp()
  for (const seconds of [0, 60]) add(BASE_MS + seconds * 1000)
  room.setOrders([order(BASE_MS)])
  expect(await reported(1)).toEqual([[60, 2000, false]])
  room.setOrders([order(BASE_MS + 60_000)])
  room.setOrders([order()])
  room.setOrders([order(0)])
  expect(await reported(2)).toEqual([
    [0, 2000, false],
    [60, 2000, false]
  ])
})

/** One second of pictures in memory. */
function filledRing(): Ring {
  const ring = new Ring({ preRollMs: 60_000, maxBytes: 8_000_000 })
  const sets = new H264ParameterSets()
  PICTURES.forEach((nals, n) => {
    for (const nal of nals) {
      sets.offer(nal, 0, nal.length)
      ring.beginNal(nal[0] ?? 0)
      ring.append(nal, 1, nal.length)
      ring.endNal()
    }
    const config = sets.take()
    if (!config) throw new Error('no parameter sets')
    ring.commit(
      n * 3600,
      0,
      BASE_MS + n * 40,
      false,
      nals.some(nal => nalType(nal) === 5),
      config
    )
  })
  return ring
}

it('a stop waits for what an order was ending just then: its row is told, too', async () => {
  const dir = tempDir('record-room')
  const disk = createDiskFiles()
  const slow = Promise.withResolvers<void>()
  let isFinishing = false
  const sent: RecordedSegment[] = []
  const stream = { ring: filledRing(), onUnit: () => () => undefined }
  const camera = { acquire: () => ({ stream, release: () => undefined }) } as unknown as Camera
  const room = new RecordRoom({
    settings: { dir, segmentMs: 60_000, fragmentMs: 440, syncMs: 1000 },
    clock: createFakeClock(BASE_MS + 1000),
    log: silentLog,
    camera: () => camera,
    files: {
      ...disk,
      async syncFolder(path) {
        isFinishing = true
        await slow.promise
        await disk.syncFolder(path)
      }
    },
    send: segments => sent.push(...segments)
  })
  room.setOrders([{ ...order(), cause: 'continuous' }])
  room.setOrders([order()])
  await until('its last file is being finished', () => isFinishing)
  const stopped = room.stop()
  slow.resolve()
  await stopped
  expect(sent.map(({ startMs, open }) => [startMs, open])).toEqual([[BASE_MS, false]])
})
