/** Development only: cameras by health as a gateway would tell them, every kind of trouble among them; more than a town has, to see the table scroll. */
import { id } from '../../gateway/core/brand.ts'
import type { CameraCause } from '../../gateway/core/camera-health.ts'
import type { CameraDayDetail, CameraDays, CameraHealthRow } from '../../gateway/core/camera-health-wire.ts'
import { townCameras } from './fake-town.ts'

const WRONG: readonly (readonly [CameraCause, number])[] = [
  ['noFrame', 7_400],
  ['unauthorized', 86_400],
  ['covered', 2_600],
  ['frozenPicture', 900],
  ['noKeyframe', 300],
  ['clockOffset', 400_000],
  ['loss', 120],
  ['bitrateHigh', 700],
  ['reconnects', 1_500],
  ['notRecording', 60]
]
const BLIND: ReadonlySet<CameraCause> = new Set(['noFrame', 'unauthorized', 'covered', 'frozenPicture'])
const COUNT = 1_000
const WORK = (nowMs: number): CameraHealthRow['planned'] => ({
  ...{
    id: 'w1',
    startMs: nowMs - 3_600_000,
    endMs: nowMs + 3_600_000,
    reason: '更换镜头',
    by: '10327 林晓',
    cameras: 1
  }
})

export function cameraHealth(path: string): unknown {
  if (path === '/api/camera-health') return Array.from({ length: COUNT }, (_, index) => rowOf(index, Date.now()))
  if (path === '/api/camera-health/days') return days(Date.now())
  if (path.startsWith('/api/camera-health/')) return day(Date.now())
  return undefined
}

function rowOf(index: number, nowMs: number): CameraHealthRow {
  const town = townCameras()
  const known = town[index % town.length]
  const [cause, ageS] = WRONG[index - 3] ?? []
  const sinceMs = nowMs - (ageS ?? 86_400) * 1_000
  const cameraId = id<CameraHealthRow['id']>(`cam-${String(index + 1).padStart(4, '0')}`)
  const down = cause !== undefined && BLIND.has(cause)
  const kbps = 1_900 + ((index * 37) % 400)
  return {
    id: cameraId,
    name: known?.name ?? '人民路口',
    ownership: known?.ownership ?? 'public',
    gridCell: ['杏花社区', '城东社区', '溪口村'][index % 3],
    expected: index !== 1,
    condition:
      index === 2 ? 'unknown' : index === 20 ? 'planned' : cause === undefined ? 'ok' : down ? 'down' : 'trouble',
    cause,
    sinceMs,
    ...(index === 20 ? { planned: WORK(nowMs) } : {}),
    troubles: cause === undefined ? [] : [{ cause, sinceMs, relapses: index % 3 }],
    usual: { lowKbps: 900, highKbps: 3_800 },
    spark: Array.from({ length: 30 }, (_, n) => (cause === 'noFrame' ? 0 : kbps + ((n * 131 + index * 17) % 300))),
    maker: 'Hikvision',
    model: 'DS-2CD2143',
    firmware: 'V5.5.82 build 190318',
    keptDays: 31.4,
    deviceClock: { offsetMs: 192_000, atMs: nowMs - 3_600_000 },
    health: {
      cameraId,
      state: cause === 'unauthorized' ? 'unauthorized' : cause === 'noFrame' ? 'offline' : 'live',
      lastFrameAtMs: down ? sinceMs : nowMs - 40,
      codec: 'avc1.64001f',
      width: 1280,
      height: 720,
      bitrateKbps: cause === 'noFrame' ? 0 : kbps,
      fps: cause === 'noFrame' ? 0 : 25,
      preRollMs: 31_000,
      transport: 'tcp',
      recording: { state: cause === 'notRecording' ? 'stalled' : 'recording', sinceMs, mode: 'continuous' },
      ...(cause === 'noFrame' ? { error: 'the camera does not answer' } : {}),
      signs: {
        watchedSinceMs: nowMs - 86_400_000,
        lastKeyAtMs: nowMs - 900,
        keyIntervalMs: 2_000,
        clockStoodMs: 0,
        lossPercent: cause === 'loss' ? 3.4 : 0,
        reconnects: cause === 'reconnects' ? 14 : 0,
        clockOffsetMs: cause === 'clockOffset' ? -192_000 : 40,
        clockTrendMsPerHour: 12,
        picture: { atMs: nowMs - 31_000, verdict: 'ok', run: 12, everyMs: 134_000, mean: 88.2, deviation: 31.5 }
      }
    }
  }
}

function days(nowMs: number): CameraDays {
  const names = Array.from({ length: 30 }, (_, n) => new Date(nowMs - (29 - n) * 86_400_000).toISOString().slice(0, 10))
  return {
    days: names,
    cameras: Array.from({ length: COUNT }, (_, index) => ({
      id: id<CameraHealthRow['id']>(`cam-${String(index + 1).padStart(4, '0')}`),
      days: names.map((_, n) => {
        if (index === 1 || (index % 50 === 2 && n < 9)) return null
        const down = (index * 7 + n * 13) % 11 === 0 ? ((index * 331 + n * 977) % 20_000) + 60 : (index * n) % 90
        return [86_400 - down, down, 0]
      })
    }))
  }
}

function day(nowMs: number): CameraDayDetail {
  const startMs = nowMs - (nowMs % 86_400_000)
  return {
    day: new Date(nowMs).toISOString().slice(0, 10),
    startMs,
    endMs: startMs + 86_400_000,
    page: {
      liveS: 20_000,
      plannedS: 0,
      downS: { noFrame: 900 },
      troubles: 2,
      reconnects: 5,
      changes: [
        [startMs + 1_000, 'ok'],
        [startMs + 9_000_000, 'down', 'noFrame'],
        [startMs + 9_900_000, 'ok'],
        [startMs + 12_000_000, 'trouble', 'clockOffset'],
        [startMs + 14_000_000, 'unknown'],
        [startMs + 14_200_000, 'ok']
      ]
    }
  }
}
