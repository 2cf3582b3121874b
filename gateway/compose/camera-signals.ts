/** Troubles of cameras as signals of the alarm line: journaled like any other, remembered with the signal, told until they are stored. */
import type { Told, TroubleChange } from '../availability/watch.ts'
import { type CameraId, id, type SourceId } from '../core/brand.ts'
import { joinedNames } from '../core/called.ts'
import { CAMERA_CAUSES, type CameraCause } from '../core/camera-health.ts'
import type { StreamHealth } from '../core/media.ts'
import type { Clock, Log, Remember } from '../core/ports.ts'
import type { Signal } from '../core/signal.ts'
import type { CameraRow } from '../core/unit.ts'
import { saying, type Words } from '../core/words.ts'

const CAMERA_KEY = 'camera-trouble:'
const GROUP_KEY = 'cameras-trouble:'
/** The cause of a trouble that stands for many cameras. */
const MANY = 'manyCameras'
const RETRY_MS = 1_000

/** What was told before this start, from the remembered entries. */
export function toldBefore(remembered: ReadonlyMap<string, string>): Told {
  const cameras: { cameraId: CameraId; cause: CameraCause; atMs: number }[] = []
  const groups: { group: string; atMs: number }[] = []
  for (const [key, value] of remembered) {
    const atMs = Number(value)
    if (value === '' || !Number.isFinite(atMs)) continue
    if (key.startsWith(GROUP_KEY)) groups.push({ group: key.slice(GROUP_KEY.length), atMs })
    if (!key.startsWith(CAMERA_KEY)) continue
    const [word = '', ...rest] = key.slice(CAMERA_KEY.length).split(':')
    const cause = CAMERA_CAUSES.find(each => each === word)
    if (cause) cameras.push({ cameraId: id<CameraId>(rest.join(':')), cause, atMs })
  }
  return { cameras, groups }
}

export interface CameraSignalsDeps {
  readonly clock: Clock
  readonly log: Log
  accept(signal: Signal, remember: Remember): Promise<unknown>
  healthOf(cameraId: CameraId): StreamHealth | undefined
  camera(cameraId: CameraId): CameraRow | undefined
}

export interface CameraSignals {
  tell(changes: readonly TroubleChange[]): void
  stop(): void
}

/** In order and one batch at a time; what the store refuses is told again. */
export function createCameraSignals(deps: CameraSignalsDeps): CameraSignals {
  const waiting: { readonly signal: Signal; readonly remember: Remember }[] = []
  let sending = false
  let stopped = false
  let cancelRetry = (): void => undefined

  const send = async (): Promise<void> => {
    if (sending || stopped) return
    sending = true
    while (waiting.length > 0 && !stopped) {
      const batch = waiting.slice(0, 100)
      const results = await Promise.allSettled(batch.map(({ signal, remember }) => deps.accept(signal, remember)))
      const failed = results.find(result => result.status === 'rejected')
      if (failed) {
        deps.log.warn({ err: failed.reason, waiting: waiting.length }, 'troubles of cameras are not stored yet')
        cancelRetry = deps.clock.after(RETRY_MS, () => void send())
        break
      }
      waiting.splice(0, batch.length)
    }
    sending = false
  }
  return {
    tell(changes) {
      for (const change of changes) waiting.push(signalOf(change, deps))
      void send()
    },
    stop() {
      stopped = true
      cancelRetry()
    }
  }
}

function signalOf(told: TroubleChange, deps: CameraSignalsDeps): { signal: Signal; remember: Remember } {
  const { change, raisedAtMs } = told
  const [source, cause, key, text] =
    told.of === 'camera'
      ? ([
          `camera:${told.cameraId}`,
          told.cause,
          `${CAMERA_KEY}${told.cause}:${told.cameraId}`,
          fact(told, deps)
        ] as const)
      : ([`cameras:${told.group}`, MANY, `${GROUP_KEY}${told.group}`, names(told.members, deps)] as const)
  const signal: Signal = {
    sourceId: id<SourceId>(source),
    sourceKind: 'cameraAnalytics',
    qualifier: change === 'raise' ? 'new' : 'restore',
    condition: 'fault',
    alarmClass: 'trouble',
    cause,
    // The same after a crash between the two: the journal knows it then.
    eventId: `${change}:${cause}:${raisedAtMs}`,
    receivedTimeMs: deps.clock.now(),
    verified: true,
    origin: 'gateway',
    ...(text ? saying(text) : {})
  }
  return { signal, remember: { key, value: change === 'raise' ? String(raisedAtMs) : '' } }
}

/** The measured figure behind it, in signs that need no language. */
function fact(told: Extract<TroubleChange, { of: 'camera' }>, { healthOf }: CameraSignalsDeps): string | undefined {
  const health = healthOf(told.cameraId)
  if (told.change === 'clear') return told.relapses > 0 ? `× ${told.relapses}` : undefined
  switch (told.cause) {
    case 'noFrame':
    case 'unauthorized':
      return health?.error
    case 'bitrateLow':
    case 'bitrateHigh':
      return `${health?.bitrateKbps ?? 0} kbit/s`
    case 'formatChanged':
      return `${health?.codec} ${health?.width}×${health?.height}`
    case 'loss':
      return `${health?.signs?.lossPercent} %`
    case 'clockOffset':
      return `${((health?.signs?.clockOffsetMs ?? 0) / 1000).toFixed(1)} s`
    case 'reconnects':
      return `${health?.signs?.reconnects} / h`
    default:
      return undefined
  }
}

function names(members: readonly CameraId[], { camera }: CameraSignalsDeps): Words | undefined {
  if (members.length === 0) return undefined
  const named = members.map(member => camera(member)?.name ?? member)
  return { zh: `${named.length}: ${joinedNames(named)}`, en: `${named.length}: ${named.join(', ')}` }
}
