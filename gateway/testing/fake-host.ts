/** An AdapterHost that keeps what it is told, for adapter tests; it can refuse to store, or be slow, on command. */
import { GatewayError } from '../core/errors.ts'
import type { Position } from '../core/geo.ts'
import type {
  AdapterHost,
  CameraEvent,
  CameraSighting,
  Clock,
  Credential,
  DeviceEvidence,
  Endpoint,
  Log,
  Remember,
  Sighting
} from '../core/ports.ts'
import type { Admission, TerminalApplication } from '../core/registration.ts'
import type { Signal } from '../core/signal.ts'
import type { TraceFrame } from '../core/trace.ts'
import type { VoiceKeeper } from '../core/voice.ts'

export interface Rejection {
  readonly reason: string
  readonly origin: string
  readonly detail?: string
  /** More than one at once. */
  readonly count?: number
}

export interface FakeHost {
  readonly host: AdapterHost
  readonly signals: Signal[]
  readonly rejections: Rejection[]
  readonly endpoints: Endpoint[]
  /** Lines that could not listen, with why. */
  readonly shut: { readonly endpoint: Endpoint; readonly why: string }[]
  readonly sightings: Sighting[]
  readonly cameras: CameraSighting[]
  readonly cameraEvents: CameraEvent[]
  readonly positions: { sourceId: string; position: Position }[]
  readonly applications: TerminalApplication[]
  /** The newest thousand. */
  readonly frames: TraceFrame[]
  readonly remembered: Map<string, string>
  /** Sources under duress. */
  readonly hushed: Set<string>
  /** Log-ins that the adapter stored, as they stand in the audit log: without the secret. */
  readonly saved: { readonly key: string; readonly action: string; readonly object: string; readonly detail: object }[]
  /** What devices recorded, of those whose incident is open. */
  readonly evidence: DeviceEvidence[]
  /** Of terminals that register for a number of the registry. */
  admission: Admission
  /** What becomes of the next: kept unless said otherwise. */
  evidenceOutcome: 'kept' | 'noIncident' | 'full'
  /** While true every accept, and every piece of evidence, is refused with JOURNAL_UNAVAILABLE. */
  failing: boolean
  /** While set, accept waits for it: a late acknowledgement. */
  gate: Promise<void> | undefined
}

export interface FakeHostOptions {
  readonly fail?: boolean
  readonly clock?: Clock
  /** login name → password. */
  readonly credentials?: Readonly<Record<string, string>>
  /** Source ids the registry knows; absent: all. */
  readonly known?: readonly string[]
  readonly voice?: VoiceKeeper
  /** What a host before this one was told to remember. */
  readonly remembered?: ReadonlyMap<string, string>
}

export const systemTestClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms)
    return () => clearInterval(timer)
  }
}

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog
}

export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const seen = new Map<string, number>()
  const credentials = new Map(Object.entries(options.credentials ?? {}))
  const fake: FakeHost = {
    signals: [],
    rejections: [],
    endpoints: [],
    shut: [],
    sightings: [],
    cameras: [],
    cameraEvents: [],
    positions: [],
    applications: [],
    remembered: new Map(options.remembered),
    hushed: new Set(),
    saved: [],
    frames: [],
    evidence: [],
    admission: 'same',
    evidenceOutcome: 'kept',
    failing: options.fail ?? false,
    gate: undefined,
    host: {
      clock: options.clock ?? systemTestClock,
      log: silentLog,
      async accept(signal, remember) {
        await fake.gate
        if (fake.failing) throw new GatewayError('JOURNAL_UNAVAILABLE', { why: 'test' })
        if (remember) fake.remembered.set(remember.key, remember.value)
        const key = `${signal.sourceId}\n${signal.eventId}`
        const known = seen.get(key)
        if (known !== undefined) return { seq: known, duplicate: true }
        fake.signals.push(signal)
        seen.set(key, fake.signals.length)
        return { seq: fake.signals.length, duplicate: false }
      },
      recall: key => fake.remembered.get(key),
      async remember(entry: Remember) {
        fake.remembered.set(entry.key, entry.value)
      },
      sighted: sighting => void fake.sightings.push(sighting),
      position: (sourceId, position) => void fake.positions.push({ sourceId, position }),
      camera: sighting => void fake.cameras.push(sighting),
      cameraEvent: event => void fake.cameraEvents.push(event),
      reject: (reason, origin, detail, count = 1) =>
        void fake.rejections.push({ reason, origin, detail, ...(count === 1 ? {} : { count }) }),
      trace: frame => {
        fake.frames.push({ ...frame, bytes: Buffer.from(frame.bytes) })
        if (fake.frames.length > 1_000) fake.frames.shift()
      },
      known: sourceId => options.known?.includes(sourceId) ?? true,
      hushed: sourceId => fake.hushed.has(sourceId),
      applied: application => void fake.applications.push(application),
      admits: async () => fake.admission,
      async credential(username): Promise<Credential | undefined> {
        const password = credentials.get(username)
        return password === undefined ? undefined : { username, password }
      },
      async saveCredential(key, { password }, { action, object, detail }) {
        credentials.set(key, password)
        fake.saved.push({ key, action, object, detail })
      },
      async evidence(found) {
        await fake.gate
        if (fake.failing) throw new GatewayError('STORE_FAILED', { why: 'test' })
        if (fake.evidenceOutcome === 'kept') fake.evidence.push(found)
        return fake.evidenceOutcome
      },
      ...(options.voice ? { voice: options.voice } : {}),
      listening: endpoint => void fake.endpoints.push(endpoint),
      notListening: (endpoint, why) => void fake.shut.push({ endpoint, why })
    }
  }
  return fake
}
