/** A video plane on free ports, with real workers, for tests. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type CameraId, type EvidenceId, type IncidentId, id } from '../../core/brand.ts'
import type { ClipRequest, MediaCamera, StreamHealth } from '../../core/media.ts'
import type { Log } from '../../core/ports.ts'
import { until } from '../../testing/wait.ts'
import { systemClock } from '../clock.ts'
import { createMediaPlane, type MediaPlane, type MediaPlaneOptions } from '../plane.ts'

export interface TestPlane extends MediaPlane {
  readonly dir: string
  readonly logged: { readonly level: string; readonly message: string; readonly fields: object }[]
  of(cameraId: CameraId): StreamHealth | undefined
  /** Waits until every camera is live and holds so much pre-roll. */
  ready(preRollMs: number): Promise<void>
}

export async function startPlane(dir: string, options: Partial<MediaPlaneOptions> = {}): Promise<TestPlane> {
  const logged: { level: string; message: string; fields: object }[] = []
  const plane = createMediaPlane({
    workers: 1,
    basePort: 0,
    bindAddress: '127.0.0.1',
    evidenceDir: dir,
    recording: { dir: join(dir, 'recordings'), segmentMs: 60_000, fragmentMs: 400, syncMs: 5000 },
    preRollMs: 5000,
    ffmpegPath: 'ffmpeg',
    ticketSecret: randomBytes(32),
    clock: systemClock,
    log: keepLog(logged),
    ...options
  })
  await plane.start()
  return Object.assign(plane, {
    dir,
    logged,
    of: (cameraId: CameraId) => plane.health().find(health => health.cameraId === cameraId),
    ready: async (preRollMs: number) => {
      await until(
        `${preRollMs} ms of pre-roll`,
        () => plane.health().every(h => h.state === 'live' && (h.preRollMs ?? 0) >= preRollMs),
        // A machine that is busy connects its cameras one after another.
        preRollMs + 60_000
      )
    }
  })
}

export function camera(name: string, mainUrl: string, more: Partial<MediaCamera> = {}): MediaCamera {
  return { cameraId: id<CameraId>(name), name, mainUrl, preRollStream: 'main', ...more }
}

export function request(cameraName: string, evidence: string, fromMs: number, toMs: number): ClipRequest {
  return {
    evidenceId: id<EvidenceId>(evidence),
    incidentId: id<IncidentId>('incident-1'),
    cameraId: id<CameraId>(cameraName),
    fromMs,
    toMs
  }
}

function keepLog(logged: { level: string; message: string; fields: object }[]): Log {
  const write = (level: string) => (fields: object, message: string) => void logged.push({ level, message, fields })
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => log
  }
  return log
}
