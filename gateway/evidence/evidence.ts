/** The evidence room: on an alarm pins the seconds before it on the nearest cameras, takes a still, cuts the clip, seals what it got. */
import { randomUUID } from 'node:crypto'
import { type EvidenceId, type IncidentId, id } from '../core/brand.ts'
import type { Actor, EvidenceItem, Incident, IncidentCamera } from '../core/incident.ts'
import type { ClipRequest, ClipResult, Clock, Log, Media } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import type { Change } from '../core/store.ts'

export interface EvidenceOptions {
  readonly clock: Clock
  readonly log: Log
  readonly media: Pick<Media, 'clip' | 'preview' | 'still' | 'extend'>
  readonly preRollMs: number
  readonly postRollMs: number
  step(
    incidentId: IncidentId,
    step: Step,
    actor: Actor,
    options: { extra: Pick<Change, 'evidence'> }
  ): Promise<Incident>
  /** End of post-roll → playable, ms. */
  onReady?(item: EvidenceItem, readyAfterMs: number): void
}

export interface Evidence {
  /** Begins for a new incident; never throws, never waits: a failing camera becomes a line on the incident. */
  begin(incident: Incident): void
  /** The source pressed again: clips under way end later. */
  extend(incident: Incident): void
  /** After a restart: recordings that were under way are cut from what the ring still has, or marked failed. */
  recover(incident: Incident): void
}

const SYSTEM: Actor = { kind: 'system' }
/** A press long ago keeps a clip from growing for ever. */
const MAX_CLIP_MS = 15 * 60_000

export function createEvidence(options: EvidenceOptions): Evidence {
  const { clock, media } = options
  const running = new Map<IncidentId, Set<EvidenceItem>>()

  const save = async (item: EvidenceItem): Promise<void> => {
    await options.step(item.incidentId, { kind: 'evidence', item }, SYSTEM, { extra: { evidence: [item] } })
  }
  const keep = (item: EvidenceItem) =>
    save(item).catch(error => options.log.error({ err: error, evidence: item.id }, 'evidence could not be recorded'))

  const itemFor = (
    incident: Incident,
    camera: IncidentCamera,
    kind: EvidenceItem['kind'],
    fromMs: number,
    toMs: number
  ): EvidenceItem => ({
    id: id<EvidenceId>(`${kind}-${randomUUID()}`),
    incidentId: incident.id,
    cameraId: camera.cameraId,
    cameraName: camera.name,
    kind,
    state: 'recording',
    requestedFromMs: fromMs,
    requestedToMs: toMs,
    createdAtMs: clock.now()
  })

  const take = async (item: EvidenceItem, how: (request: ClipRequest) => Promise<ClipResult>): Promise<void> => {
    const active = running.get(item.incidentId) ?? new Set()
    running.set(item.incidentId, active.add(item))
    try {
      const result = await how({
        evidenceId: item.id,
        incidentId: item.incidentId,
        cameraId: item.cameraId,
        fromMs: item.requestedFromMs,
        toMs: item.requestedToMs
      })
      const { evidenceId: _same, ...got } = result
      await keep({ ...item, ...got, state: 'ready' })
      options.onReady?.(item, clock.now() - Math.max(item.requestedToMs, got.actualToMs))
    } catch (error) {
      options.log.warn({ err: error, camera: item.cameraName, kind: item.kind }, 'no evidence from a camera')
      await keep({ ...item, state: 'failed', failure: error instanceof Error ? error.message.slice(0, 200) : 'failed' })
    } finally {
      active.delete(item)
      if (active.size === 0) running.delete(item.incidentId)
    }
  }

  const record = (incident: Incident, camera: IncidentCamera): void => {
    const atMs = incident.openedAtMs
    const clip = itemFor(incident, camera, 'clip', atMs - options.preRollMs, atMs + options.postRollMs)
    // The pin is taken by the call itself, before anything is awaited: the ring must not move on while the disk works.
    void take(clip, request => media.clip(request))
    void keep(clip)
    void take(itemFor(incident, camera, 'still', atMs, atMs), request => media.still(request))
    void take(itemFor(incident, camera, 'preview', atMs - options.preRollMs, atMs), request => media.preview(request))
  }

  return {
    begin(incident) {
      for (const camera of incident.cameras) record(incident, camera)
    },
    extend(incident) {
      const last = incident.pressTimesMs.at(-1) ?? incident.openedAtMs
      const toMs = Math.min(last + options.postRollMs, incident.openedAtMs + MAX_CLIP_MS)
      for (const item of running.get(incident.id) ?? []) if (item.kind === 'clip') media.extend(item.id, toMs)
    },
    recover(incident) {
      for (const item of incident.evidence) {
        if (item.state !== 'recording') continue
        if (clock.now() >= item.requestedToMs) {
          void keep({ ...item, state: 'failed', failure: 'the gateway was restarted while recording' })
          continue
        }
        const camera = { cameraId: item.cameraId, name: item.cameraName, distanceM: 0 }
        void keep({
          ...item,
          state: 'failed',
          failure: 'the gateway was restarted while recording; a new clip follows'
        })
        void take(itemFor(incident, camera, 'clip', item.requestedFromMs, item.requestedToMs), request =>
          media.clip(request)
        )
      }
    }
  }
}
