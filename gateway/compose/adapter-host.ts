/**
 * What one adapter is given: the alarm line behind `accept`, and counts of what it did for the diagnostics. Here device positions
 * cross the edge: whatever grid a device speaks, behind this everything is WGS-84.
 */
import type { SourceId } from '../core/brand.ts'
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
import type { TerminalApplication } from '../core/registration.ts'
import type { Accepted, Signal, SourceKind } from '../core/signal.ts'
import type { TraceFrame } from '../core/trace.ts'
import type { VoiceKeeper } from '../core/voice.ts'
import { toWgs84 } from '../registry/datum.ts'
import type { Credentials } from './credentials.ts'
import type { Notices } from './notices.ts'

export interface HostDeps {
  readonly name: string
  readonly clock: Clock
  readonly log: Log
  accept(signal: Signal, remember?: Remember): Promise<Accepted>
  remember(entry: Remember): Promise<void>
  readonly remembered: Map<string, string>
  known(sourceId: SourceId): boolean
  kindOf(sourceId: SourceId): SourceKind | undefined
  hushed?(sourceId: SourceId): boolean
  knowsCamera(endpoint: string, address: string): boolean
  applied?(application: TerminalApplication): void
  readonly admits?: AdapterHost['admits']
  credential(adapter: string, key: string): Promise<Credential | undefined>
  readonly saveCredential?: Credentials['save']
  sighted(sighting: Sighting): void
  position(sourceId: SourceId, position: Position): void
  camera(sighting: CameraSighting): void
  cameraEvent(event: CameraEvent): void
  evidence?(found: DeviceEvidence): ReturnType<NonNullable<AdapterHost['evidence']>>
  reject(adapter: string, reason: string, origin: string, detail?: string, count?: number): void
  trace?(adapter: string, frame: TraceFrame): void
  readonly voice?: VoiceKeeper
  counted(adapter: string, outcome: 'accepted' | 'duplicate'): void
  /** Where the floor reads that a line is closed. */
  readonly notices?: Pick<Notices, 'set' | 'clear'>
}

export interface HostView {
  readonly host: AdapterHost
  readonly endpoints: readonly Endpoint[]
  readonly accepted: number
  readonly lastSignalAtMs: number | undefined
  /** Resolves when every line that it has announced listens, or is said not to; at the first where it has announced none. */
  readonly ready: Promise<void>
  /** The adapter starts anew: its sockets are gone. */
  restarted(): void
}

export function createHost(deps: HostDeps): HostView {
  const endpoints: Endpoint[] = []
  let accepted = 0
  let lastSignalAtMs: number | undefined
  /** Keys of the notices of lines that do not listen. */
  const shut = new Set<string>()
  const reopened = (line: string) => shut.delete(line) && deps.notices?.clear(line)
  const ready = Promise.withResolvers<void>()
  let expected = 1
  /** Lines of which it is known whether they listen. */
  const settled = new Set<string>()
  const settle = (line: string) => settled.add(line).size >= expected && ready.resolve()
  const key = (text: string) => `${deps.name}/${text}`
  const keep = (entry: Remember): Remember => ({ key: key(entry.key), value: entry.value })

  const host: AdapterHost = {
    clock: deps.clock,
    log: deps.log.child({ adapter: deps.name }),
    async accept(signal, remember) {
      const entry = remember && keep(remember)
      const result = await deps.accept(inWgs84(signal), entry)
      if (entry) deps.remembered.set(entry.key, entry.value)
      if (!result.duplicate) accepted += 1
      lastSignalAtMs = deps.clock.now()
      deps.counted(deps.name, result.duplicate ? 'duplicate' : 'accepted')
      return result
    },
    recall: text => deps.remembered.get(key(text)),
    async remember(entry) {
      await deps.remember(keep(entry))
      deps.remembered.set(key(entry.key), entry.value)
    },
    sighted: deps.sighted,
    position: (sourceId, position) => deps.position(sourceId, { ...position, point: toWgs84(position.point) }),
    camera: deps.camera,
    cameraEvent: deps.cameraEvent,
    reject: (...why) => deps.reject(deps.name, ...why),
    trace: frame => deps.trace?.(deps.name, frame),
    known: deps.known,
    kindOf: deps.kindOf,
    knowsCamera: deps.knowsCamera,
    ...(deps.hushed ? { hushed: deps.hushed } : {}),
    ...(deps.applied ? { applied: deps.applied } : {}),
    ...(deps.admits ? { admits: deps.admits } : {}),
    ...(deps.evidence ? { evidence: deps.evidence } : {}),
    ...(deps.voice ? { voice: deps.voice } : {}),
    credential: wanted => deps.credential(deps.name, wanted),
    async saveCredential(wanted, credential, { action, object, detail }) {
      if (!deps.saveCredential) throw new Error('no log-ins are stored here')
      await deps.saveCredential(
        { adapter: deps.name, key: wanted, ...credential },
        { atMs: deps.clock.now(), who: object, action, object, outcome: 'done', detail }
      )
    },
    expecting(lines) {
      expected = lines
    },
    listening(endpoint) {
      endpoints.push(endpoint)
      reopened(lineOf(endpoint))
      settle(lineOf(endpoint))
    },
    notListening(endpoint, why) {
      const { protocol, port, setting } = endpoint
      shut.add(lineOf(endpoint))
      const data = { adapter: deps.name, protocol: protocol.toUpperCase(), port, setting, error: why }
      deps.notices?.set(lineOf(endpoint), { level: 'warning', code: 'lineShut', data })
      settle(lineOf(endpoint))
    }
  }
  return {
    host,
    endpoints,
    get accepted() {
      return accepted
    },
    get lastSignalAtMs() {
      return lastSignalAtMs
    },
    ready: ready.promise,
    restarted() {
      endpoints.splice(0)
      settled.clear()
      for (const line of [...shut]) reopened(line)
    }
  }
}

const lineOf = ({ protocol, setting }: Endpoint): string => `line:${protocol}:${setting}`

function inWgs84(signal: Signal): Signal {
  return signal.position ? { ...signal, position: toWgs84(signal.position) } : signal
}
