/** The evidence room: on an alarm pins the seconds before it on the nearest cameras, takes a still, cuts the clip, seals what it got. */
import { randomUUID } from 'node:crypto'
import { type CameraId, type EvidenceId, type IncidentId, id } from '../core/brand.ts'
import type { Actor, EvidenceItem, Incident } from '../core/incident.ts'
import type { IncidentCamera } from '../core/incident-camera.ts'
import { laneOf } from '../core/lifecycle.ts'
import type { ClipRequest, ClipResult, Media } from '../core/media.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import { createLane } from './lane.ts'
import { createShared } from './shared.ts'

export interface EvidenceOptions {
  readonly clock: Clock
  readonly log: Log
  readonly media: Pick<Media, 'clip' | 'preview' | 'still' | 'extend'>
  readonly preRollMs: number
  readonly postRollMs: number
  step(incidentId: IncidentId, step: Step, actor: Actor): Promise<unknown>
  /** End of post-roll → playable, ms. */
  onReady?(item: EvidenceItem, readyAfterMs: number): void
}

export interface Evidence {
  /** The recordings a new incident begins with; they become part of its opening. */
  plan(incident: Incident): readonly EvidenceItem[]
  /** Starts what was planned; never throws, never waits: a failing camera becomes a line on the incident. */
  begin(incident: Incident): void
  /** The source pressed again: clips under way end later; a camera that records none for this incident begins one. */
  extend(incident: Incident): void
  /** A camera that came to the incident later, a patrol's phone: recorded from now on; every further call puts the end off. */
  record(incident: Incident, camera: Pick<IncidentCamera, 'cameraId' | 'name'>, toMs: number): void
  /** A vehicle's camera whose sound comes now: a clip of its own with it. One that runs has none and gets none. Undefined: the incident holds no more items. */
  recordSound(incident: Incident, camera: IncidentCamera, toMs: number): EvidenceId | undefined
  /** After a restart: clips that were under way are continued; the gap is measured and stated. */
  recover(incident: Incident): void
  /** Writes what waits to be written; what ends afterwards is left to the next start. */
  stop(): Promise<void>
}

const SYSTEM: Actor = { kind: 'system' }
/** A press long ago keeps a clip from growing for ever. */
const MAX_CLIP_MS = 15 * 60_000
/** Results that come this close together are one step of the incident. */
const GATHER_MS = 200
/** One shared picture settles hundreds of incidents at once in a storm: their records must not get in the way of new alarms. */
const SAVES_AT_ONCE = 2
/** Stills and previews of one camera this close together are the same picture. */
const SHARE_MS = 1_000
/** What could not be put on record waits this long for the next attempt. */
const SAVE_AGAIN_MS = 2_000
/** A source that presses for days is on record by then. */
const MAX_ITEMS = 200
const RESTARTED = 'the gateway was restarted while recording'
/** One line per camera, however many incidents ask. */
const WARN_EVERY_MS = 10_000

export function createEvidence(options: EvidenceOptions): Evidence {
  const { clock, media } = options
  const shared = createShared(clock)
  /** Clips under way by camera, so that a storm extends one recording instead of beginning hundreds. */
  const clips = new Map<
    CameraId,
    {
      readonly id: EvidenceId
      readonly fromMs: number
      toMs: number
      readonly heard: boolean
      readonly result: Promise<ClipResult>
    }
  >()
  /** How many clips of an incident are under way, by camera. */
  const running = new Map<IncidentId, Map<CameraId, number>>()
  const gathered = new Map<IncidentId, readonly EvidenceItem[]>()
  const warned = new Map<CameraId, number>()
  let stopping = false

  const save = async (incidentId: IncidentId): Promise<void> => {
    const items = gathered.get(incidentId)
    gathered.delete(incidentId)
    if (!items) return
    try {
      await options.step(incidentId, { kind: 'evidence', items }, SYSTEM)
    } catch (error) {
      options.log.error(
        { err: error, incident: incidentId, items: items.length },
        'evidence could not be put on record yet'
      )
      // What was learned meanwhile is newer.
      gathered.set(incidentId, merged(items, gathered.get(incidentId) ?? []))
      if (!stopping) clock.after(SAVE_AGAIN_MS, () => void lane(() => save(incidentId)))
    }
  }
  const lane = createLane(SAVES_AT_ONCE)
  const keep = (item: EvidenceItem): void => {
    const waiting = gathered.get(item.incidentId)
    gathered.set(item.incidentId, merged(waiting ?? [], [item]))
    if (!waiting) clock.after(GATHER_MS, () => void lane(() => save(item.incidentId)))
  }

  const settle = async (item: EvidenceItem, result: Promise<ClipResult>): Promise<void> => {
    try {
      const { evidenceId: _shared, ...got } = await result
      keep({ ...item, ...got, state: 'ready' })
      options.onReady?.(item, clock.now() - Math.max(item.requestedToMs, got.actualToMs))
    } catch (error) {
      if (stopping) return
      if (clock.now() - (warned.get(item.cameraId) ?? 0) >= WARN_EVERY_MS) {
        warned.set(item.cameraId, clock.now())
        options.log.warn(
          { camera: item.cameraName, kind: item.kind, why: messageOf(error) },
          'no evidence from a camera'
        )
      }
      keep({ ...item, state: 'failed', failure: messageOf(error) })
    }
  }

  /** Joins the camera's clip under way when that one began early enough, which then ends later. */
  const recordClip = (item: EvidenceItem): Promise<ClipResult> => {
    const active = clips.get(item.cameraId)
    const joins = active && active.heard === (item.heard === true)
    if (joins && active.fromMs <= item.requestedFromMs && item.requestedToMs - active.fromMs <= MAX_CLIP_MS) {
      if (item.requestedToMs > active.toMs) {
        active.toMs = item.requestedToMs
        media.extend(active.id, active.toMs)
      }
      return active.result
    }
    const entry = {
      id: item.id,
      fromMs: item.requestedFromMs,
      toMs: item.requestedToMs,
      heard: item.heard === true,
      result: media.clip(requestOf(item))
    }
    clips.set(item.cameraId, entry)
    const over = () => void (clips.get(item.cameraId) === entry && clips.delete(item.cameraId))
    entry.result.then(over, over)
    return entry.result
  }

  const startClip = (item: EvidenceItem): void => {
    const cameras = running.get(item.incidentId) ?? new Map<CameraId, number>()
    running.set(item.incidentId, cameras.set(item.cameraId, (cameras.get(item.cameraId) ?? 0) + 1))
    void settle(item, recordClip(item)).finally(() => {
      const left = (cameras.get(item.cameraId) ?? 1) - 1
      if (left > 0) cameras.set(item.cameraId, left)
      else cameras.delete(item.cameraId)
      if (cameras.size === 0) running.delete(item.incidentId)
    })
  }

  const itemFor = (
    incident: Incident,
    camera: Pick<IncidentCamera, 'cameraId' | 'name' | 'vehicle'>,
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
    ...(camera.vehicle ? { origin: { ...camera.vehicle, receivedMs: clock.now() } } : {}),
    requestedFromMs: fromMs,
    requestedToMs: toMs,
    createdAtMs: clock.now()
  })

  const clipFor = (incident: Incident, camera: IncidentCamera, atMs: number): EvidenceItem => ({
    // Nothing is kept of a car before it presses.
    ...itemFor(incident, camera, 'clip', atMs - (camera.vehicle ? 0 : options.preRollMs), atMs + options.postRollMs),
    ...(camera.heard ? { heard: true } : {})
  })

  /** A later press may have brought the place, and with it the cameras: of these only clips were ordered. */
  const isFirst = ({ evidence, openedAtMs }: Incident, { cameraId, vehicle }: IncidentCamera): boolean =>
    !vehicle &&
    evidence.some(
      has => has.cameraId === cameraId && has.kind === 'clip' && has.requestedFromMs <= openedAtMs - options.preRollMs
    )
  /** Stills and previews that this incident has begun with and that nothing is on record of. */
  const unkept = (incident: Incident): readonly EvidenceItem[] =>
    incident.cameras
      .filter(camera => isFirst(incident, camera))
      .flatMap(camera =>
        (['still', 'preview'] as const)
          .filter(kind => !incident.evidence.some(has => has.cameraId === camera.cameraId && has.kind === kind))
          .map(kind => {
            const fromMs = incident.openedAtMs - (kind === 'still' ? 0 : options.preRollMs)
            return itemFor(incident, camera, kind, fromMs, incident.openedAtMs)
          })
      )

  /** False when no clip of this incident is under way on the camera, or it would grow too long. */
  const prolong = (incident: Incident, cameraId: CameraId, toMs: number): boolean => {
    const active = running.get(incident.id)?.has(cameraId) ? clips.get(cameraId) : undefined
    if (!active || toMs - active.fromMs > MAX_CLIP_MS) return false
    if (active.toMs < toMs) {
      active.toMs = toMs
      media.extend(active.id, toMs)
    }
    return true
  }

  return {
    plan(incident) {
      // A flat battery is no reason to record anybody.
      if (laneOf(incident) === 'trouble') return []
      return incident.cameras.map(camera => clipFor(incident, camera, incident.openedAtMs))
    },
    begin(incident) {
      const atMs = incident.openedAtMs
      for (const item of incident.evidence) if (item.kind === 'clip' && item.state === 'recording') startClip(item)
      if (laneOf(incident) === 'trouble') return
      // A vehicle's camera is only being asked: what it has comes with its clip.
      for (const camera of incident.cameras.filter(each => !each.vehicle)) {
        const still = itemFor(incident, camera, 'still', atMs, atMs)
        void settle(
          still,
          shared.take('still', camera.cameraId, SHARE_MS, () => media.still(requestOf(still)))
        )
        const preview = itemFor(incident, camera, 'preview', atMs - options.preRollMs, atMs)
        void settle(
          preview,
          shared.take('preview', camera.cameraId, SHARE_MS, () => media.preview(requestOf(preview)))
        )
      }
    },
    extend(incident) {
      if (laneOf(incident) === 'trouble') return
      const pressedAtMs = incident.pressTimesMs.at(-1) ?? incident.openedAtMs
      for (const camera of incident.cameras) {
        if (prolong(incident, camera.cameraId, pressedAtMs + options.postRollMs)) continue
        if (incident.evidence.length >= MAX_ITEMS) return
        const item = clipFor(incident, camera, pressedAtMs)
        keep(item)
        startClip(item)
      }
    },
    record(incident, camera, toMs) {
      if (prolong(incident, camera.cameraId, toMs) || incident.evidence.length >= MAX_ITEMS) return
      const item = itemFor(incident, camera, 'clip', clock.now(), toMs)
      keep(item)
      startClip(item)
    },
    recordSound(incident, camera, toMs) {
      if (incident.evidence.length >= MAX_ITEMS) return undefined
      const item: EvidenceItem = { ...itemFor(incident, camera, 'clip', clock.now(), toMs), heard: true }
      keep(item)
      startClip(item)
      return item.id
    },
    recover(incident) {
      for (const item of incident.evidence) {
        if (item.state !== 'recording' || item.kind === 'voice') continue
        // The same id continues the file that a crash left, and gives a sealed one back as it is.
        if (item.kind === 'clip') startClip(item)
        else keep({ ...item, state: 'failed', failure: RESTARTED })
      }
      // Pictures are put on record when they are there: those that a stop has cut off are missed here.
      if (laneOf(incident) !== 'trouble')
        for (const each of unkept(incident)) keep({ ...each, state: 'failed', failure: RESTARTED })
    },
    async stop() {
      stopping = true
      await Promise.all([...gathered.keys()].map(save))
    }
  }
}

/** One entry per item, the newer one. */
function merged(older: readonly EvidenceItem[], newer: readonly EvidenceItem[]): readonly EvidenceItem[] {
  const ids = new Set(newer.map(item => item.id))
  return [...older.filter(item => !ids.has(item.id)), ...newer]
}

function requestOf(item: EvidenceItem): ClipRequest {
  return {
    evidenceId: item.id,
    incidentId: item.incidentId,
    cameraId: item.cameraId,
    fromMs: item.requestedFromMs,
    toMs: item.requestedToMs
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'failed'
}
