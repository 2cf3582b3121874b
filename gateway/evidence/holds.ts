/** Legal holds 封存: what a leader holds is not deleted, by no retention and no quota, until a leader releases it. */
import { randomUUID } from 'node:crypto'
import type { EvidenceId, IncidentId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { ExportRange, Hold, HoldRequest, HoldTarget } from '../core/exporting.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import { laneOf } from '../core/lifecycle.ts'
import type { Clock } from '../core/ports.ts'
import { OPEN_INCIDENT_HOLD, type RecordingHold } from '../core/recording.ts'
import type { AuditEntry, Store } from '../core/store.ts'
import type { Custody, CustodyLine } from './custody.ts'
import { keptOfCamera } from './kept.ts'

export const HOLD = 'evidence.hold'
const PAGE = 5_000
/** A hold on an incident keeps the recordings of its cameras so long before and after what was pressed. */
const AROUND_MS = 10 * 60_000
/** One that holds so much has forgotten to release. */
const MAX_ACTIVE = 2_000

export interface HoldsDeps {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents'>
  readonly custody: Custody
  incident(incidentId: IncidentId): Promise<Incident | undefined>
  cameraName(cameraId: ExportRange['cameraId']): string | undefined
  /** Those that are not closed. */
  incidents(): Iterable<Incident>
  /** Ordinary recordings obey the same holds. One that rejects is set right by `recordings` before anything is removed. */
  readonly catalogue: {
    hold(hold: RecordingHold): Promise<void>
    release(id: string): Promise<void>
  }
}

export interface Holds {
  /** Loads what is held; before retention runs. */
  start(): Promise<void>
  /** Every ordinary recording that must stay: by order of leaders, and of incidents that are not closed. */
  recordings(): Promise<readonly RecordingHold[]>
  /** Recordings of its cameras stay until it is closed; a hold on it covers what it has grown by. */
  incidentChanged(after: Incident): void
  /** NOT_FOUND for an incident or camera that does not exist. */
  hold(request: HoldRequest, who: string): Promise<Hold>
  /** NOT_FOUND; ILLEGAL_TRANSITION when it was released before. */
  release(holdId: string, reason: string, who: string): Promise<Hold>
  /** Newest first, released ones too. */
  all(): readonly Hold[]
  /** Active holds that keep an item. */
  of(
    item: Pick<EvidenceItem, 'incidentId' | 'cameraId'> & { readonly fromMs: number; readonly toMs: number }
  ): readonly Hold[]
}

export function createHolds(deps: HoldsDeps): Holds {
  const holds = new Map<string, Hold>()

  const itemsOf = async (target: HoldTarget): Promise<readonly EvidenceId[]> => {
    if ('incidentId' in target) {
      const incident = await deps.incident(target.incidentId)
      return (incident?.evidence ?? []).filter(item => item.state === 'ready').map(item => item.id)
    }
    return (await keptOfCamera(deps.store, target.cameraId, target.fromMs, target.toMs)).map(item => item.id)
  }
  const named = async (target: HoldTarget): Promise<Pick<Hold, 'incidentNumber' | 'cameraName'>> => {
    if ('incidentId' in target) {
      const incident = await deps.incident(target.incidentId)
      if (!incident) throw new GatewayError('NOT_FOUND', { incident: target.incidentId })
      return { incidentNumber: incident.number }
    }
    const cameraName = deps.cameraName(target.cameraId)
    if (cameraName === undefined) throw new GatewayError('NOT_FOUND', { camera: target.cameraId })
    return { cameraName }
  }
  const save = async (hold: Hold, step: 'held' | 'released', who: string, reason: string): Promise<void> => {
    const lines: CustodyLine[] = (await itemsOf(hold.target)).map(item => ({
      item,
      who,
      step,
      reason,
      detail: { hold: hold.id, basis: hold.basis }
    }))
    const audit: AuditEntry = {
      atMs: deps.clock.now(),
      who,
      action: step === 'held' ? 'hold' : 'holdRelease',
      object: objectOf(hold.target),
      outcome: 'done',
      reason,
      detail: { hold: hold.id, basis: hold.basis, items: lines.length }
    }
    await deps.custody.append(lines, { documents: [{ kind: HOLD, key: hold.id, body: hold }], audit: [audit] })
    holds.set(hold.id, hold)
  }

  const recordingsOf = async (hold: Hold): Promise<readonly RecordingHold[]> => {
    const incident = 'incidentId' in hold.target ? await deps.incident(hold.target.incidentId) : undefined
    if ('incidentId' in hold.target) return incident ? around(incident, hold.id, hold.reason) : []
    return [{ ...hold.target, id: `${hold.id}-0`, reason: hold.reason }]
  }
  const setRecordings = async (recordings: readonly RecordingHold[], held: boolean): Promise<void> => {
    const { catalogue } = deps
    await Promise.allSettled(recordings.map(each => (held ? catalogue.hold(each) : catalogue.release(each.id))))
  }
  let loading: Promise<void> | undefined
  const load = async (): Promise<void> => {
    for (let fromKey = ''; ; ) {
      const rows = await deps.store.documents({ kind: HOLD, fromKey, limit: PAGE })
      for (const { key, body } of rows) holds.set(key, body as Hold)
      const last = rows.at(-1)
      if (!last || rows.length < PAGE) return
      fromKey = `${last.key}\u0001`
    }
  }
  const start = (): Promise<void> => {
    loading ??= load().catch(error => {
      loading = undefined
      throw error
    })
    return loading
  }
  /** What is held of the recordings around incidents that are not closed. */
  const open = new Map<IncidentId, string>()

  return {
    start,
    async recordings() {
      await start()
      const all: RecordingHold[] = [...deps.incidents()].flatMap(ofOpenIncident)
      for (const hold of holds.values()) if (isActive(hold)) all.push(...(await recordingsOf(hold)))
      return all
    },
    incidentChanged(after) {
      const recordings = ofOpenIncident({ ...after, state: 'new' })
      const key = JSON.stringify(recordings)
      if (after.state !== 'closed' && open.get(after.id) === key) return
      for (const hold of holds.values())
        if (isActive(hold) && 'incidentId' in hold.target && hold.target.incidentId === after.id)
          void setRecordings(around(after, hold.id, hold.reason), true)
      if (after.state === 'closed') open.delete(after.id)
      else open.set(after.id, key)
      void setRecordings(recordings, after.state !== 'closed')
    },
    async hold({ target, reason, basis }, who) {
      const active = [...holds.values()].filter(isActive).length
      if (active >= MAX_ACTIVE) throw new GatewayError('ILLEGAL_TRANSITION', { why: 'tooManyHolds', limit: MAX_ACTIVE })
      const names = await named(target)
      const heldAtMs = deps.clock.now()
      const holdId = `hold-${heldAtMs}-${randomUUID().slice(0, 8)}`
      const hold: Hold = { id: holdId, target, ...names, reason, basis, heldBy: who, heldAtMs }
      // Held twice does no harm; deleted between the two would.
      // Known to retention before anything is awaited.
      holds.set(holdId, hold)
      try {
        await setRecordings(await recordingsOf(hold), true)
        await save(hold, 'held', who, reason)
      } catch (error) {
        holds.delete(holdId)
        await setRecordings(await recordingsOf(hold), false)
        throw error
      }
      return hold
    },
    async release(holdId, reason, who) {
      const hold = holds.get(holdId)
      if (!hold) throw new GatewayError('NOT_FOUND', { hold: holdId.slice(0, 80) })
      if (!isActive(hold)) throw new GatewayError('ILLEGAL_TRANSITION', { why: 'released' })
      const released: Hold = { ...hold, releasedBy: who, releasedAtMs: deps.clock.now(), releaseReason: reason }
      await save(released, 'released', who, reason)
      await setRecordings(await recordingsOf(hold), false)
      return released
    },
    all: () => [...holds.values()].sort((a, b) => b.heldAtMs - a.heldAtMs),
    of: item => [...holds.values()].filter(hold => isActive(hold) && covers(hold.target, item))
  }
}

/** What a hold on an incident keeps of the ordinary recordings. */
function around(incident: Incident, holdId: string, reason: string): readonly RecordingHold[] {
  const fromMs = incident.openedAtMs - AROUND_MS
  const lastMs = Math.max(incident.resolvedAtMs ?? incident.openedAtMs, ...incident.pressTimesMs)
  return incident.cameras.map(({ cameraId }, n) => ({
    id: `${holdId}-${n}`,
    cameraId,
    fromMs,
    toMs: lastMs + AROUND_MS,
    reason,
    incidentId: incident.id
  }))
}

/** A flat battery keeps nothing. */
function ofOpenIncident(incident: Incident): readonly RecordingHold[] {
  if (incident.state === 'closed' || laneOf(incident) !== 'alarm') return []
  return around(incident, `${OPEN_INCIDENT_HOLD}${incident.id}`, incident.number)
}

/** What a target keeps of sealed items. */
export function covers(target: HoldTarget, item: Parameters<Holds['of']>[0]): boolean {
  if ('incidentId' in target) return target.incidentId === item.incidentId
  return target.cameraId === item.cameraId && item.fromMs <= target.toMs && item.toMs >= target.fromMs
}

function isActive(hold: Hold): boolean {
  return hold.releasedAtMs === undefined
}

function objectOf(target: HoldTarget): string {
  return 'incidentId' in target ? `incident:${target.incidentId}` : `camera:${target.cameraId}`
}
