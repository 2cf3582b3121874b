/** A gateway with real video workers over recordings made beforehand: 90 s of two public cameras, a hole in the second, and a private one. */
import { join } from 'node:path'
import { type CameraId, id } from '../../gateway/core/brand.ts'
import { systemClock } from '../../gateway/media/clock.ts'
import { createMediaPlane } from '../../gateway/media/plane.ts'
import { encode, shownOrder } from '../../gateway/media/testing/encode.ts'
import { RecordedFolder } from '../../gateway/media/testing/recorded-folder.ts'
import { silentLog } from '../../gateway/testing/fake-host.ts'
import { createFakeProtocol } from '../../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../../gateway/testing/samples.ts'
import { buildConsole } from '../../scripts/lib/console-build.ts'

export interface RecordedTown {
  readonly running: RunningGateway
  /** The same cameras in H.265, earlier: its start, UTC ms, and how long, ms. */
  readonly h265: { readonly fromMs: number; readonly lastsMs: number }
  /** Start of the recordings, UTC ms, a whole minute. */
  readonly fromMs: number
  /** Nothing is recorded of the second camera, after the start, ms. */
  readonly hole: readonly [number, number]
  /** A P1 alarm of the shop; resolves when it has an incident. */
  readonly press: () => Promise<void>
  readonly workers: () => readonly { readonly pid: number }[]
}

export const SECONDS = 90
const FPS = 25
const HOLE = [40_000, 60_000] as const
const H265_MS = 60_000
const SHOP = id<never>('fake:shop')
const CONSOLE = join(import.meta.dirname, '../../web-console/dist')

/** Recorded ten minutes ago: an operator may look at it at will. */
export async function startRecordedTown(dir: string): Promise<RecordedTown> {
  if (!buildConsole()) throw new Error('the console could not be built; vite says why on standard error')
  const fromMs = Math.floor((Date.now() - 600_000) / 60_000) * 60_000
  const h265 = { fromMs: fromMs - 300_000, lastsMs: H265_MS }
  const recordings = join(dir, 'recordings')
  const folder = new RecordedFolder(recordings)
  record(folder, fromMs)
  recordH265(folder, h265.fromMs)
  const protocol = createFakeProtocol()
  // Recorded with sound: the console offers it only of such cameras.
  const cameras = SMALL_TOWN.cameras.map(camera => ({ ...camera, audio: true }))
  const registry = { ...SMALL_TOWN, cameras, sources: [{ id: SHOP, subjectId: 'shop', kind: 'alarmBox' }] }
  let plane: ReturnType<typeof createMediaPlane> | undefined
  const running = await runGateway({
    dir,
    adapters: [protocol.definition],
    registry,
    consoleDir: CONSOLE,
    media: ({ ticketSecret }) => {
      plane = createMediaPlane({
        ...{ workers: 2, basePort: 0, bindAddress: '127.0.0.1', evidenceDir: join(dir, 'evidence') },
        recording: { dir: recordings, segmentMs: 60_000, fragmentMs: 440, syncMs: 5_000 },
        ...{
          preRollMs: 5_000,
          ffmpegPath: 'ffmpeg',
          maxTranscodes: 4,
          ticketSecret,
          clock: systemClock,
          log: silentLog
        }
      })
      return plane
    }
  })
  const press = async (): Promise<void> => {
    await protocol.host().accept(sampleSignal({ sourceId: SHOP, receivedTimeMs: Date.now() }))
    await running.gateway.idle()
  }
  return { running, h265, press, fromMs, hole: HOLE, workers: () => plane?.workers() ?? [] }
}

function record(folder: RecordedFolder, fromMs: number): void {
  const pictures = encode({ seconds: 4, gop: FPS * 2, size: '640x360', profile: 'high' })
  const add = (camera: string, startMs: number, durationMs: number) =>
    folder.add({ cameraId: id<CameraId>(camera), startMs: fromMs + startMs, durationMs, pictures })
  for (const camera of ['c1', 'c3']) for (let at = 0; at < SECONDS * 1_000; at += 30_000) add(camera, at, 30_000)
  add('c2', 0, HOLE[0])
  add('c2', HOLE[1], SECONDS * 1_000 - HOLE[1])
}

/** As a camera with x265 gives it: reordered pictures, 1080p, a keyframe every two seconds. */
function recordH265(folder: RecordedFolder, startMs: number): void {
  const pictures = encode({ codec: 'h265', seconds: 2, gop: FPS * 2, bFrames: 2, size: '1920x1080' })
  const recorded = {
    sound: true,
    codec: 'h265',
    pictures,
    shown: shownOrder(pictures),
    startMs,
    durationMs: H265_MS
  } as const
  for (const camera of ['c1', 'c2']) folder.add({ ...recorded, cameraId: id<CameraId>(camera) })
}
