/** Announced work 计划检修 on cameras: until its end nothing is raised, and the time is counted apart. Never longer than was said, never open-ended. */
import { randomUUID } from 'node:crypto'
import type { CameraId } from '../core/brand.ts'
import { PLANNED_LIMITS, type PlannedDraft, type PlannedWork } from '../core/camera-health.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'

const KIND = 'camera.planned'

export interface PlannedOptions {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly isCamera: (cameraId: CameraId) => boolean
}

export interface Planned {
  /** Work is going on: begun and not over. */
  isOn(cameraId: CameraId, nowMs: number): boolean
  /** The work that is going on, else the next one. */
  of(cameraId: CameraId, nowMs: number): PlannedWork | undefined
  /** NOT_FOUND for a camera that is not listed, BODY_INVALID for times that cannot be or when too many are announced. */
  announce(draft: PlannedDraft, user: SessionUser): Promise<PlannedWork>
  /** Ends it now for all its cameras, or calls it off; NOT_FOUND when it is over. */
  end(workId: string, user: SessionUser): Promise<void>
}

/** Reads what was announced before; rejects when the store cannot be read. */
export async function createPlanned(options: PlannedOptions): Promise<Planned> {
  const { clock, commit } = options
  const works = new Map<string, PlannedWork>()
  const kept = await options.store.documents({ kind: KIND, limit: 2 * PLANNED_LIMITS.works })
  for (const { key, body } of kept) works.set(key, body as PlannedWork)
  const serial = createSerial()
  const of = (cameraId: CameraId, nowMs: number): PlannedWork | undefined => {
    let first: PlannedWork | undefined
    for (const work of works.values()) {
      if (work.endMs <= nowMs || !work.cameras.includes(cameraId)) continue
      if (!first || work.startMs < first.startMs) first = work
    }
    return first
  }
  const keep = async (work: PlannedWork, gone: readonly string[], user: SessionUser, action: string) => {
    const { id, startMs, endMs, reason, cameras } = work
    const over = action === 'plannedWorkEnd'
    const result = await commit({
      documents: [
        { kind: KIND, key: id, body: over ? undefined : work },
        ...gone.map(key => ({ kind: KIND, key, body: undefined }))
      ],
      audit: [
        {
          ...{ atMs: clock.now(), who: personOf(user), action, object: `${KIND}:${id}`, outcome: 'done' },
          reason,
          detail: { startMs, endMs, cameras: cameras.join(' ') }
        }
      ]
    })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    for (const key of gone) works.delete(key)
    if (over) works.delete(id)
    else works.set(id, work)
  }
  return {
    of,
    isOn(cameraId, nowMs) {
      const work = of(cameraId, nowMs)
      return work !== undefined && work.startMs <= nowMs
    },
    announce: (draft, user) =>
      serial.run(KIND, async () => {
        const nowMs = clock.now()
        const gone = [...works.values()].filter(work => work.endMs <= nowMs).map(work => work.id)
        const unknown = draft.cameras.find(cameraId => !options.isCamera(cameraId))
        if (unknown !== undefined) throw new GatewayError('NOT_FOUND', { camera: unknown })
        if (works.size - gone.length >= PLANNED_LIMITS.works)
          throw new GatewayError('BODY_INVALID', {
            field: 'cameras',
            why: 'too much work is announced; end some first'
          })
        const work = workOf(draft, nowMs, user)
        await keep(work, gone, user, 'plannedWork')
        return work
      }),
    end: (workId, user) =>
      serial.run(KIND, async () => {
        const nowMs = clock.now()
        const work = works.get(workId)
        if (!work || work.endMs <= nowMs) throw new GatewayError('NOT_FOUND', { work: workId })
        await keep({ ...work, endMs: nowMs }, [], user, 'plannedWorkEnd')
      })
  }
}

/** A start that is over is now: what has been observed is not counted otherwise afterwards. */
function workOf(
  { cameras, startMs: wished, endMs, reason }: PlannedDraft,
  nowMs: number,
  user: SessionUser
): PlannedWork {
  const startMs = Math.max(nowMs, wished ?? nowMs)
  if (startMs > nowMs + PLANNED_LIMITS.aheadMs)
    throw new GatewayError('BODY_INVALID', { field: 'startMs', why: 'more than 30 days ahead' })
  if (endMs <= startMs) throw new GatewayError('BODY_INVALID', { field: 'endMs', why: 'not after its start, or over' })
  if (endMs - startMs > PLANNED_LIMITS.lengthMs)
    throw new GatewayError('BODY_INVALID', { field: 'endMs', why: 'more than 30 days after its start' })
  return { id: randomUUID(), cameras: [...new Set(cameras)], startMs, endMs, reason: reason.trim(), by: personOf(user) }
}
