/** Voices of callers: each recording becomes an item of its incident while the call lasts, and is ready when its file is whole. */
import { type CameraId, type EvidenceId, type IncidentId, id, type SourceId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, EvidenceItem, Incident } from '../core/incident.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import type { Commit } from '../core/store.ts'
import type { VoiceKeeper, VoiceOutcome, VoiceRecording } from '../core/voice.ts'
import { strayRow } from './strays.ts'

export interface VoiceEvidenceOptions {
  readonly clock: Clock
  readonly log: Log
  /** The evidence folder. */
  readonly dir: string
  /** The incident that a press of this source opened or joined last, while it is not closed. */
  ofSource(sourceId: SourceId): Incident | undefined
  /** An open or resolved one. */
  incident(incidentId: IncidentId): Incident | undefined
  /** Whose record names the item, open or closed. */
  ofItem(item: EvidenceId): Promise<Incident | undefined>
  step(incidentId: IncidentId, step: Step, actor: Actor): Promise<unknown>
  commit: Commit
}

export interface VoiceEvidence extends VoiceKeeper {
  /** After a restart: an item whose recording nobody brings is failed in the end. */
  recover(incident: Incident): void
  stop(): void
}

const SYSTEM: Actor = { kind: 'system' }
/** A press is durable before its incident is open: so often and so long is it looked for. */
const LOOK_EVERY_MS = 250
const LOOK_TIMES = 120
/** What a crash left is read within this, or is lost. */
const RECOVER_MS = 60_000
const RESTARTED = 'the gateway was restarted while recording'

export function createVoiceEvidence(options: VoiceEvidenceOptions): VoiceEvidence {
  const { clock, log } = options
  /** Recordings whose beginning is being put on record: the end waits for it. */
  const beginning = new Map<EvidenceId, Promise<Incident | undefined>>()
  const settled = new Set<EvidenceId>()
  let stopped = false

  const wait = () => new Promise<void>(resolve => clock.after(LOOK_EVERY_MS, resolve))
  const look = async ({ sourceId, incidentId }: VoiceRecording): Promise<Incident | undefined> => {
    if (incidentId !== undefined) return options.incident(incidentId)
    for (let n = 0; n < LOOK_TIMES && !stopped; n++) {
      const incident = options.ofSource(sourceId)
      if (incident) return incident
      await wait()
    }
    return undefined
  }
  const keep = (item: EvidenceItem) => options.step(item.incidentId, { kind: 'evidence', items: [item] }, SYSTEM)

  const put = async (recording: VoiceRecording): Promise<Incident | undefined> => {
    const incident = await look(recording)
    if (incident) await keep(itemOf(recording, incident))
    return incident
  }
  /** Nobody's evidence, and a voice all the same: retention takes it when its time is over. */
  const stray = async (recording: VoiceRecording, { file }: VoiceOutcome): Promise<void> => {
    const source = recording.sourceId
    // Looked for in vain only because the gateway stops: it is told anew after the next start.
    if (stopped) throw new GatewayError('NOT_FOUND', { source, why: 'no incident of this call yet' })
    settled.add(recording.id)
    if (!file) return
    const { ok } = await options.commit({ documents: [strayRow(recording, file.file)] })
    if (!ok) throw new GatewayError('STORE_FAILED', { recording: recording.id })
    log.info(
      { recording: recording.id, source },
      'a recorded call belongs to no incident; it is kept as long as evidence'
    )
  }
  const end = async (recording: VoiceRecording, outcome: VoiceOutcome): Promise<void> => {
    await beginning.get(recording.id)
    beginning.delete(recording.id)
    const incident = (await options.ofItem(recording.id)) ?? (await look(recording))
    if (!incident) return stray(recording, outcome)
    const known = incident.evidence.find(item => item.id === recording.id)
    if (known?.state !== 'ready') await keep(endedItem(known ?? itemOf(recording, incident), outcome))
    settled.add(recording.id)
  }

  return {
    dir: options.dir,
    begin(recording) {
      const begun = put(recording).catch(error => {
        log.error({ err: error, recording: recording.id }, 'a recording of a voice is not on record yet')
        return undefined
      })
      beginning.set(recording.id, begun)
    },
    end,
    recover(incident) {
      const open = incident.evidence.filter(item => item.kind === 'voice' && item.state === 'recording')
      for (const item of open)
        clock.after(RECOVER_MS, () => {
          if (stopped || settled.has(item.id)) return
          void keep({ ...item, state: 'failed', failure: RESTARTED }).catch(error =>
            log.error({ err: error, recording: item.id }, 'a lost recording is not on record yet')
          )
        })
    },
    stop() {
      stopped = true
    }
  }
}

function itemOf(recording: VoiceRecording, incident: Incident): EvidenceItem {
  const { sourceId, fromMs } = recording
  return {
    id: recording.id,
    incidentId: incident.id,
    cameraId: id<CameraId>(sourceId),
    cameraName: incident.subject.name,
    ...(incident.subject.nameEn === undefined ? {} : { cameraNameEn: incident.subject.nameEn }),
    kind: 'voice',
    ...(recording.incidentId === undefined ? {} : { placed: true }),
    state: 'recording',
    requestedFromMs: fromMs,
    requestedToMs: fromMs,
    createdAtMs: fromMs
  }
}

function endedItem(item: EvidenceItem, { toMs, file, failure }: VoiceOutcome): EvidenceItem {
  const requestedToMs = toMs ?? file?.actualToMs ?? item.requestedToMs
  if (file) return { ...item, ...file, requestedToMs, state: 'ready' }
  return { ...item, requestedToMs, state: 'failed', failure: failure ?? RESTARTED }
}
