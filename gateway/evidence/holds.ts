/** Legal holds 封存: what a leader holds is not deleted, by no retention and no quota, until a leader releases it. */
import { randomUUID } from 'node:crypto'
import type { EvidenceId, IncidentId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { ExportRange, Hold, HoldRequest, HoldTarget } from '../core/exporting.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { Clock } from '../core/ports.ts'
import type { AuditEntry, Store } from '../core/store.ts'
import type { Custody, CustodyLine } from './custody.ts'
import { keptOfCamera } from './kept.ts'

const HOLD = 'evidence.hold'
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
  /** Ordinary recordings obey the same holds; resolves when that is durable. */
  holdRecordings(hold: Pick<Hold, 'id' | 'reason'>, ranges: readonly ExportRange[], held: boolean): Promise<void>
}

export interface Holds {
  /** Loads what is held; once, before retention runs. */
  start(): Promise<void>
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
  const rangesOf = async (target: HoldTarget): Promise<readonly ExportRange[]> => {
    if (!('incidentId' in target)) return [target]
    const incident = await deps.incident(target.incidentId)
    return incident ? recordingsAround(incident) : []
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

  return {
    async start() {
      for (let fromKey = ''; ; ) {
        const rows = await deps.store.documents({ kind: HOLD, fromKey, limit: PAGE })
        for (const { key, body } of rows) holds.set(key, body as Hold)
        const last = rows.at(-1)
        if (!last || rows.length < PAGE) return
        fromKey = `${last.key}\u0001`
      }
    },
    async hold({ target, reason, basis }, who) {
      const active = [...holds.values()].filter(isActive).length
      if (active >= MAX_ACTIVE) throw new GatewayError('ILLEGAL_TRANSITION', { why: 'tooManyHolds', limit: MAX_ACTIVE })
      const heldAtMs = deps.clock.now()
      const holdId = `hold-${heldAtMs}-${randomUUID().slice(0, 8)}`
      const hold: Hold = { id: holdId, target, ...(await named(target)), reason, basis, heldBy: who, heldAtMs }
      // Held twice does no harm; deleted between the two would.
      // Known to retention before anything is awaited.
      holds.set(holdId, hold)
      try {
        await deps.holdRecordings(hold, await rangesOf(target), true)
        await save(hold, 'held', who, reason)
      } catch (error) {
        holds.delete(holdId)
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
      await deps.holdRecordings(hold, await rangesOf(hold.target), false)
      return released
    },
    all: () => [...holds.values()].sort((a, b) => b.heldAtMs - a.heldAtMs),
    of: item => [...holds.values()].filter(hold => isActive(hold) && covers(hold.target, item))
  }
}

/** What a hold on an incident keeps of the ordinary recordings. */
function recordingsAround(incident: Incident): readonly ExportRange[] {
  const fromMs = incident.openedAtMs - AROUND_MS
  const lastMs = Math.max(incident.resolvedAtMs ?? incident.openedAtMs, ...incident.pressTimesMs)
  return incident.cameras.map(({ cameraId }) => ({ cameraId, fromMs, toMs: lastMs + AROUND_MS }))
}

function covers(target: HoldTarget, item: Parameters<Holds['of']>[0]): boolean {
  if ('incidentId' in target) return target.incidentId === item.incidentId
  return target.cameraId === item.cameraId && item.fromMs <= target.toMs && item.toMs >= target.fromMs
}

function isActive(hold: Hold): boolean {
  return hold.releasedAtMs === undefined
}

function objectOf(target: HoldTarget): string {
  return 'incidentId' in target ? `incident:${target.incidentId}` : `camera:${target.cameraId}`
}
