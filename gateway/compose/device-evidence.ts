/** Keeps the photos that devices of an alarm take themselves: a durable file, then one step on the open incident; the seal follows that. */
import { type EvidenceId, id, type SourceId } from '../core/brand.ts'
import { inCarNames } from '../core/called.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, EvidenceItem, Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { AdapterHost, Clock, DeviceEvidence, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Step } from '../core/step.ts'
import { vehicleCameraId } from '../core/vehicle-camera.ts'
import { createLane } from '../evidence/lane.ts'
import { evidenceFile } from '../media/clip/names.ts'
import { digest, removeLeft, writeOnce } from './photo-files.ts'

export interface DeviceEvidenceDeps {
  readonly clock: Clock
  readonly log: Log
  readonly evidenceDir: string
  readonly incidents: {
    get(incidentId: Incident['id']): Incident | undefined
    ofSource(sourceId: SourceId): Incident | undefined
    openOfSource(sourceId: SourceId, lane: 'alarm'): Incident | undefined
    step(incidentId: Incident['id'], step: Step, actor: Actor): Promise<unknown>
  }
  /** As it is on disk: of one that was closed while its photo waited. */
  stored(incidentId: Incident['id']): Promise<Incident | undefined>
  /** Resolves when everything journaled of this source has become an incident: a photo can overtake its own alarm. */
  idleOf(sourceId: SourceId): Promise<unknown>
}

/** A terminal gone mad must not fill a record, nor the disk. */
const MAX_PHOTOS = 60
const KEEPS_AT_ONCE = 4
/** In a storm its alarm may be on the way for longer: then nobody can say that the photo belongs to none. */
const IDLE_MS = 5_000
/** A device clock that differs more from ours does not date a picture. */
const CLOCK_TRUST_MS = 300_000
const LEFT = /^still-[0-9a-f]{40}\.part\.jpg$/

export function createDeviceEvidence(deps: DeviceEvidenceDeps): NonNullable<AdapterHost['evidence']> {
  const { incidents, clock, log, evidenceDir } = deps
  // Photos of one incident one after another: the number of them is checked before each.
  const serial = createSerial()
  // When a whole fleet presses, alarms come first.
  const lane = createLane(KEEPS_AT_ONCE)
  let cleaned: Promise<unknown> | undefined

  /** That of its newest alarm as a rule; else of a source whose newest alarm was a trouble, or is over. */
  const incidentOf = (sourceId: SourceId): Incident | undefined => {
    const newest = incidents.ofSource(sourceId)
    const isItsAlarm = newest && isOpen(newest) && laneOf(newest) === 'alarm'
    return isItsAlarm ? newest : incidents.openOfSource(sourceId, 'alarm')
  }

  const keep = async (incident: Incident, found: DeviceEvidence): Promise<'kept' | 'full'> => {
    const sha256 = await digest(found.bytes)
    // By its content: sent again, also after a crash between file and record, it is the same item.
    const name = await digest(Buffer.from([incident.id, found.sourceId, found.mediaId, sha256].join('\n')))
    const evidenceId = id<EvidenceId>(`still-${name.slice(0, 40)}`)
    // Closed meanwhile it is still evidence of what was: the number counts on that record too, and its line says that it came late.
    const current = incidents.get(incident.id) ?? (await deps.stored(incident.id)) ?? incident
    const photos = current.evidence.filter(isPhoto)
    if (photos.some(item => item.id === evidenceId)) return 'kept'
    if (photos.length >= MAX_PHOTOS) return 'full'
    const file = evidenceFile(evidenceId, 'still')
    await writeOnce(evidenceDir, file, found.bytes)
    const item = itemOf(incident, found, { id: evidenceId, file, sha256 }, clock.now())
    await incidents.step(incident.id, { kind: 'evidence', items: [item] }, { kind: 'device', sourceId: found.sourceId })
    return 'kept'
  }

  return async found => {
    // What a crash left half written and nobody sends again.
    cleaned ??= removeLeft({ dir: evidenceDir, log }, name => LEFT.test(name))
    await cleaned
    let incident = incidentOf(found.sourceId)
    if (!incident) {
      const all = await settled(deps, found.sourceId)
      incident = incidentOf(found.sourceId)
      // Not kept, so not answered: the adapter tries again, and the terminal sends it again.
      if (!incident && !all) throw new GatewayError('CONFLICT_RETRY')
    }
    if (!incident) return 'noIncident'
    const { id: incidentId } = incident
    return serial.run(incidentId, () => lane(() => keep(incident, found)))
  }
}

const isPhoto = (item: EvidenceItem): boolean => item.origin !== undefined && item.kind === 'still'

function itemOf(
  incident: Incident,
  { sourceId, channel, receivedMs, deviceTimeMs, bytes }: DeviceEvidence,
  file: Pick<EvidenceItem, 'id' | 'file' | 'sha256'>,
  createdAtMs: number
): EvidenceItem {
  const trusted = deviceTimeMs !== undefined && Math.abs(deviceTimeMs - receivedMs) < CLOCK_TRUST_MS
  const atMs = trusted ? Math.min(deviceTimeMs, receivedMs) : receivedMs
  return {
    ...file,
    incidentId: incident.id,
    cameraId: vehicleCameraId({ sourceId, channel }),
    ...inCarNames(incident.subject, channel),
    kind: 'still',
    state: 'ready',
    requestedFromMs: atMs,
    requestedToMs: atMs,
    actualFromMs: atMs,
    actualToMs: atMs,
    gapMs: 0,
    bytes: bytes.length,
    createdAtMs,
    origin: { sourceId, channel, receivedMs, ...(deviceTimeMs === undefined ? {} : { deviceTimeMs }) }
  }
}

/** False when its alarms were still on their way after that time. */
async function settled({ idleOf, clock }: DeviceEvidenceDeps, sourceId: SourceId): Promise<boolean> {
  const waiting = Promise.withResolvers<boolean>()
  const cancel = clock.after(IDLE_MS, () => waiting.resolve(false))
  return Promise.race([idleOf(sourceId).then(() => true), waiting.promise]).finally(cancel)
}
