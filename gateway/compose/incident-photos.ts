/** Keeps the photos that people send for an incident, floor and patrols: a durable file, then one step on the incident; the seal follows that. */
import {
  type CameraId,
  type EvidenceId,
  type IncidentId,
  id,
  type SubjectId,
  type UnitId,
  type UserId
} from '../core/brand.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { Actor, EvidenceItem, Incident } from '../core/incident.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Step } from '../core/step.ts'
import type { Commit, Store } from '../core/store.ts'
import type { PhotoSender } from '../core/unit-message.ts'
import { personOf, whoOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { situationSource } from '../dispatch/situation.ts'
import type { Units } from '../dispatch/units.ts'
import { keptFiles } from '../evidence/kept.ts'
import { createLane } from '../evidence/lane.ts'
import { photoOf } from '../evidence/photo-bytes.ts'
import type { PhotoRooms } from '../http/photo-ports.ts'
import { evidenceFile } from '../media/clip/names.ts'
import { digest, removeLeft, writeOnce } from './photo-files.ts'
import type { RefusalBook } from './refusals.ts'

export interface IncidentPhotosDeps {
  readonly clock: Clock
  readonly log: Log
  readonly commit: Commit
  readonly refusals: Pick<RefusalBook, 'put'>
  readonly evidenceDir: string
  readonly store: Pick<Store, 'documents' | 'incidentOfEvidence'>
  readonly units: Pick<Units, 'get'>
  readonly incidents: {
    all(): Iterable<Incident>
    get(incidentId: IncidentId): Incident | undefined
    step(incidentId: IncidentId, step: Step, actor: Actor): Promise<unknown>
  }
  /** Leaders need not own the incident. */
  isLeader(user: SessionUser): boolean
}

/** Of one incident: a phone gone mad must not fill a record, nor the disk. */
const MAX_PHOTOS = 60
/** Of one sender. */
const MAX_A_MINUTE = 12
const MINUTE_MS = 60_000
const KEEPS_AT_ONCE = 4
/** A report that is no incident by then was closed, or never came. */
const REPORT_OPENS_MS = 10 * 60_000
/** A phone that was off line has taken it earlier; its clock counts as far back as its commands do. */
const OLDEST_MS = 24 * 3_600_000
/** Of all bodies that wait for their turn: on a slow disk they must not fill the memory. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
/** Remembered senders; the limit is no protection that needs more. */
const MAX_SENDERS = 10_000
const OURS = /^(photo-[0-9a-f]{40})(\.part)?\.(jpg|png|webp)$/

interface Sent {
  readonly incident: Incident
  readonly actor: Extract<Actor, { kind: 'user' | 'unit' }>
  readonly takenBy: PhotoSender
  /** Shown as where the picture is from. */
  readonly from: { readonly id: CameraId; readonly name: string }
  readonly takenAtMs: number
}

/** Files that a crash left without a record are removed before the first is kept: nobody was told that they are kept, so they are sent again. */
export function createIncidentPhotos(deps: IncidentPhotosDeps): PhotoRooms {
  const { clock, incidents } = deps
  // One after another: the number of them is checked before each.
  const serial = createSerial()
  const lane = createLane(KEEPS_AT_ONCE)
  // By the clock that nobody sets, as `told` is.
  const lately = new Map<string, readonly number[]>()
  const told = new Map<string, number>()
  let waitingBytes = 0
  // What stays is tried again at the next start; nobody waits with the start for it.
  const cleaned = clean(deps).catch(error => deps.log.warn({ err: error }, 'photos without a record may be left'))

  /** Ten a minute and sender are on record one by one, the others by their number. */
  const refuse = async (object: string, who: string, code: ErrorCode, why: string): Promise<never> => {
    await deps.refusals.put({ who, action: 'incident.photo', object, reason: why })
    throw new GatewayError(code, { why })
  }
  /** On record once a minute and sender: who floods must not flood the audit log. */
  const tooMany = async (object: string, who: string, why: string): Promise<never> => {
    const now = clock.steady()
    if (now - (told.get(who) ?? -MINUTE_MS) < MINUTE_MS) throw new GatewayError('TOO_MANY_REQUESTS', { why })
    if (told.size > MAX_SENDERS) told.clear()
    told.set(who, now)
    const entry = { atMs: clock.now(), who, action: 'incident.photo', object, reason: why } as const
    await deps.commit({ audit: [{ ...entry, outcome: 'refused' }] })
    throw new GatewayError('TOO_MANY_REQUESTS', { why })
  }
  const judgeRate = async (object: string, who: string): Promise<void> => {
    const now = clock.steady()
    const times = (lately.get(who) ?? []).filter(each => now - each < MINUTE_MS)
    if (times.length >= MAX_A_MINUTE) await tooMany(object, who, `more than ${MAX_A_MINUTE} photos a minute`)
    if (lately.size > MAX_SENDERS) lately.clear()
    lately.set(who, [...times, now])
  }

  const keep = async (sent: Sent, bytes: Buffer): Promise<EvidenceId> => {
    const { incident, actor } = sent
    const object = `incident:${incident.id}`
    await cleaned
    const photo = photoOf(bytes)
    if (!photo.ok) return refuse(object, whoOf(actor), 'MESSAGE_REFUSED', photo.why)
    const sha256 = await digest(photo.bytes)
    // By its content: sent again, also after a crash between file and record, it is the same item.
    const name = await digest(Buffer.from([incident.id, sent.from.id, sha256].join('\n')))
    const evidenceId = id<EvidenceId>(`photo-${name.slice(0, 40)}`)
    // It may have been closed while this photo waited for its turn: nothing is added to a closed record.
    const current = incidents.get(incident.id)
    if (!current) return refuse(object, whoOf(actor), 'ILLEGAL_TRANSITION', 'a closed incident stays as it is')
    const photos = current.evidence.filter(each => each.kind === 'photo')
    if (photos.some(each => each.id === evidenceId)) return evidenceId
    if (photos.length >= MAX_PHOTOS)
      return refuse(object, whoOf(actor), 'MESSAGE_REFUSED', `an incident keeps ${MAX_PHOTOS} photos`)
    const file = evidenceFile(evidenceId, 'photo', photo.type)
    await writeOnce(deps.evidenceDir, file, photo.bytes)
    const { width, height } = photo
    const item = itemOf(sent, { id: evidenceId, file, sha256, bytes: photo.bytes.length, width, height }, clock.now())
    await incidents.step(incident.id, { kind: 'evidence', items: [item] }, actor)
    return evidenceId
  }
  const inTurn = async (sent: Sent, bytes: Buffer) => {
    const { incident, actor } = sent
    const object = `incident:${incident.id}`
    if (waitingBytes + bytes.length > MAX_WAITING_BYTES)
      return tooMany(object, whoOf(actor), 'too many photos wait to be kept')
    waitingBytes += bytes.length
    try {
      await judgeRate(object, whoOf(actor))
      return { photo: await serial.run(incident.id, () => lane(() => keep(sent, bytes))) }
    } finally {
      waitingBytes -= bytes.length
    }
  }

  const sentBy = (user: SessionUser, unitId: UnitId, incident: Incident, takenAtMs: number | undefined): Sent => {
    const name = deps.units.get(unitId)?.name ?? unitId
    const { userId, login } = user
    const actor = { kind: 'unit', unitId, name, userId: id<UserId>(userId), login, userName: user.name } as const
    const now = clock.now()
    const claimed = takenAtMs !== undefined && takenAtMs <= now && takenAtMs > now - OLDEST_MS ? takenAtMs : now
    const from = { id: id<CameraId>(`unit:${unitId}`), name: `${name} ${user.name}` }
    return { incident, actor, takenBy: { who: personOf(user), unitId }, from, takenAtMs: claimed }
  }

  return {
    async ofFloor(incidentId, bytes, user) {
      const who = personOf(user)
      const object = `incident:${incidentId.slice(0, 80)}`
      const incident = incidents.get(id<IncidentId>(incidentId))
      if (!incident) return refuse(object, who, 'NOT_FOUND', 'no such incident, or it is closed')
      if (incident.owner?.userId !== user.userId && !deps.isLeader(user))
        return refuse(object, who, 'NOT_OWNER', incident.owner ? `${incident.owner.name} has it` : 'nobody has it')
      const { userId, name, seat, login } = user
      const actor: Sent['actor'] = { kind: 'user', userId: id<UserId>(userId), name, login, ...(seat ? { seat } : {}) }
      const from = { id: id<CameraId>(`user:${userId}`), name }
      return inTurn({ incident, actor, takenBy: { who }, from, takenAtMs: clock.now() }, bytes)
    },
    async ofUnit(assignmentId, bytes, user, takenAtMs) {
      const unitId = id<UnitId>(user.unitId ?? '')
      const incident = [...incidents.all()].find(({ state, assignments }) =>
        assignments.some(
          each => each.id === assignmentId && each.unitId === unitId && each.acceptedAtMs && state !== 'closed'
        )
      )
      if (!incident) return refuse(`unit:${unitId}`, personOf(user), 'NOT_FOUND', 'the order is not known any more')
      return inTurn(sentBy(user, unitId, incident, takenAtMs), bytes)
    },
    async ofSituation(reportId, bytes, user, takenAtMs) {
      const unitId = id<UnitId>(user.unitId ?? '')
      const subject = id<SubjectId>(situationSource(unitId, reportId))
      const incident = [...incidents.all()].find(each => each.subject.id === subject && each.state !== 'closed')
      if (incident) return inTurn(sentBy(user, unitId, incident, takenAtMs), bytes)
      // In a storm a report may be an incident only a moment later: the phone tries again.
      if (takenAtMs !== undefined && clock.now() - takenAtMs < REPORT_OPENS_MS)
        throw new GatewayError('CONFLICT_RETRY', { why: 'the report is no incident yet' })
      return refuse(`unit:${unitId}`, personOf(user), 'NOT_FOUND', 'no open incident of this report')
    }
  }
}

function itemOf(
  { incident, from, takenBy, takenAtMs }: Sent,
  file: Pick<EvidenceItem, 'id' | 'file' | 'sha256' | 'bytes' | 'width' | 'height'>,
  createdAtMs: number
): EvidenceItem {
  return {
    ...file,
    incidentId: incident.id,
    cameraId: from.id,
    cameraName: from.name,
    kind: 'photo',
    state: 'ready',
    requestedFromMs: takenAtMs,
    requestedToMs: takenAtMs,
    actualFromMs: takenAtMs,
    actualToMs: takenAtMs,
    gapMs: 0,
    createdAtMs,
    takenBy
  }
}

async function clean({ evidenceDir, store, log }: IncidentPhotosDeps): Promise<void> {
  const sealed = new Set<string>()
  for await (const file of keptFiles(store, 'photo-')) sealed.add(file)
  const left = await removeLeft({ dir: evidenceDir, log }, async name => {
    const [, evidenceId, part] = OURS.exec(name) ?? []
    if (evidenceId === undefined || sealed.has(name)) return false
    // On record and not sealed yet is asked one by one: there are few.
    return part !== undefined || !(await store.incidentOfEvidence(id(evidenceId)))
  })
  if (left.length > 0) log.info({ files: left.length }, 'photos without a record were removed; they are sent again')
}
