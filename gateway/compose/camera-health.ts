/** Health of cameras, put together: registry, discovery, video plane and the availability room; its page's rows and its signals. */
import type { HealthLimits } from '../availability/causes.ts'
import { groupsOf } from '../availability/common.ts'
import { createPlanned } from '../availability/planned.ts'
import { type Availability, startAvailability } from '../availability/room.ts'
import { createSiteDays } from '../availability/site-day.ts'
import type { CameraId } from '../core/brand.ts'
import type { CameraClaims, PlannedWork } from '../core/camera-health.ts'
import type { CameraDays, CameraHealthRow } from '../core/camera-health-wire.ts'
import { GatewayError } from '../core/errors.ts'
import type { Media, StreamHealth } from '../core/media.ts'
import type { CameraSighting, Clock, Log, Remember, Sighting } from '../core/ports.ts'
import type { RecordingOverview } from '../core/recording.ts'
import type { Signal } from '../core/signal.ts'
import type { Commit, Store } from '../core/store.ts'
import type { CameraRow } from '../core/unit.ts'
import type { CameraHealthRooms } from '../http/ports.ts'
import type { Cells } from '../registry/grid/cells.ts'
import { createCameraSignals, toldBefore } from './camera-signals.ts'

export interface CameraHealthDeps {
  readonly clock: Clock
  readonly log: Log
  readonly limits: HealthLimits
  readonly keptDays: number
  readonly keepNow: () => number
  readonly timeZone: string
  /** Of this moment. */
  rows(): readonly CameraRow[]
  camera(cameraId: string): CameraRow | undefined
  readonly cells: Pick<Cells, 'byId' | 'at'>
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly remembered: ReadonlyMap<string, string>
  readonly media: Pick<Media, 'health' | 'onHealth'>
  readonly cameraOf: (cameraId: CameraId) => CameraSighting | undefined
  readonly devices: () => readonly Sighting[]
  accept(signal: Signal, remember: Remember): Promise<unknown>
  /** What cameras say of themselves. */
  claims(cameraId: CameraId, nowMs: number): CameraClaims
  recordings(): Promise<Pick<RecordingOverview, 'cameras'>>
}

export interface CameraHealth extends CameraHealthRooms {
  stop(): Promise<void>
}

/** Points of the line in the table. */
const SPARK_MINUTES = 2
const KEPT_MS = 60_000

/** Runs until stopped; rejects when the days before cannot be read. */
export async function startCameraHealth(deps: CameraHealthDeps): Promise<CameraHealth> {
  const { clock, media, rows } = deps
  const heard = new Map<CameraId, { readonly health: StreamHealth; readonly atMs: number }>()
  for (const health of media.health()) heard.set(health.cameraId, { health, atMs: clock.now() })
  const stopListening = media.onHealth(health => heard.set(health.cameraId, { health, atMs: clock.now() }))
  const signals = createCameraSignals({
    clock,
    log: deps.log,
    accept: deps.accept,
    camera: deps.camera,
    healthOf: cameraId => heard.get(cameraId)?.health
  })
  const days = createSiteDays(deps.timeZone)
  const planned = await createPlanned({
    clock,
    store: deps.store,
    commit: deps.commit,
    isCamera: each => deps.camera(each) !== undefined
  })
  const room = await startAvailability({
    ...deps,
    days,
    told: toldBefore(deps.remembered),
    cameras: () =>
      // A row without any address is a place on the map, not a camera that is missing.
      rows()
        .filter(isExpected)
        .map(row => {
          const known = heard.get(row.id)
          const url = row.streams?.main?.url ?? row.streams?.sub?.url ?? deps.cameraOf(row.id)?.main?.url
          return {
            cameraId: row.id,
            groups: groupsOf(url),
            planned: planned.isOn(row.id, clock.now()),
            claims: deps.claims(row.id, clock.now()),
            health: known?.health,
            heardAtMs: known?.atMs ?? 0
          }
        }),
    changed: signals.tell
  })
  const keptDays = createKept(deps)
  return {
    async rows() {
      const kept = await keptDays()
      const devices = new Map(deps.devices().map(device => [device.deviceId, device]))
      return rows().map(row => {
        const found = deps.cameraOf(row.id)
        const cell = (row.gridCellId && deps.cells.byId(row.gridCellId)) || deps.cells.at(row.position)
        const device = found && devices.get(found.endpoint)
        const health = heard.get(row.id)?.health
        return {
          ...rowOf(row, health, room, found, device),
          planned: shortOf(planned.of(row.id, clock.now())),
          gridCell: cell?.name,
          keptDays: kept.get(row.id)
        }
      })
    },
    announce: planned.announce,
    endPlanned: planned.end,
    days: () => daysOf(rows(), room),
    async day(cameraId, day) {
      if (!deps.camera(cameraId)) throw new GatewayError('NOT_FOUND', { camera: cameraId })
      const page = await room.day(day, cameraId)
      return { day, startMs: days.startMs(day), endMs: days.startMs(days.plus(day, 1)), page }
    },
    async stop() {
      stopListening()
      await room.stop()
      signals.stop()
    }
  }
}

/** Days kept per camera, asked of the catalogue once a minute at most; what it cannot say is left out. */
function createKept({ clock, log, recordings }: CameraHealthDeps): () => Promise<ReadonlyMap<string, number>> {
  let known: ReadonlyMap<string, number> = new Map()
  let askedMs = Number.NEGATIVE_INFINITY
  return async () => {
    if (clock.steady() - askedMs < KEPT_MS) return known
    askedMs = clock.steady()
    try {
      const { cameras } = await recordings()
      known = new Map(cameras.filter(each => each.oldestMs !== undefined).map(each => [each.cameraId, each.keptDays]))
    } catch (error) {
      log.warn({ err: error }, 'the days of recordings are not known')
    }
    return known
  }
}

/** How many cameras, not which: a thousand rows would carry a thousand names each. */
function shortOf(work: PlannedWork | undefined): CameraHealthRow['planned'] {
  return work && { ...work, cameras: work.cameras.length }
}

function isExpected({ onvif, streams }: CameraRow): boolean {
  return onvif !== undefined || streams?.main !== undefined || streams?.sub !== undefined
}

function rowOf(
  row: CameraRow,
  health: StreamHealth | undefined,
  room: Availability,
  found: CameraSighting | undefined,
  device: Sighting | undefined
): CameraHealthRow {
  const { judged, troubles, usual, minutes } = room.standing(row.id)
  const offsetS = device?.detail?.clockOffsetS
  return {
    id: row.id,
    name: row.name,
    ownership: row.ownership,
    expected: isExpected(row),
    ...judged,
    troubles,
    health: health && { ...health, cameraId: row.id },
    usual,
    spark: sparkOf(minutes),
    maker: found?.maker,
    model: found?.model,
    firmware: found?.firmware,
    deviceClock: typeof offsetS === 'number' && device ? { offsetMs: offsetS * 1_000, atMs: device.atMs } : undefined
  }
}

/** Half as many points, rounded: the line in the table is 60 pixels wide. */
function sparkOf(minutes: readonly number[]): readonly number[] {
  const points: number[] = []
  for (let i = minutes.length % SPARK_MINUTES; i < minutes.length; i += SPARK_MINUTES) {
    const some = minutes.slice(i, i + SPARK_MINUTES)
    points.push(Math.round(some.reduce((sum, kbps) => sum + kbps, 0) / some.length))
  }
  return points
}

function daysOf(rows: readonly CameraRow[], room: Availability): CameraDays {
  let days: readonly string[] = []
  const cameras = rows.map(({ id }) => {
    const { days: shown, figures } = room.days(id)
    days = shown
    return { id, days: figures.map(f => (f ? ([f.liveS, f.downS, f.plannedS] as const) : null)) }
  })
  return { days, cameras }
}
