/** A camera's two streams: the pre-roll stream always open, the other one only while somebody looks. */
import type { MediaCamera, StreamHealth } from '../../core/media.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { isVehicleCamera } from '../../core/vehicle-camera.ts'
import type { PhoneDoor } from '../phone/door.ts'
import type { RingLimits } from '../ring/ring.ts'
import type { VehiclePort } from '../vehicle/port.ts'
import type { ConnectGate } from './gate.ts'
import { Stream } from './stream.ts'

/** How long an on-demand stream outlives its last viewer. */
const LINGER_MS = 10_000

export interface CameraOptions {
  readonly clock: Clock
  readonly log: Log
  readonly gate: ConnectGate
  readonly vehicles?: VehiclePort
  readonly phones?: PhoneDoor
  readonly ring: RingLimits
  changed(): void
}

type StreamName = 'main' | 'sub'

/** `acquire` a stream for a viewer and call what it returns when he leaves. */
export class Camera {
  #row: MediaCamera
  readonly #clock: Clock
  readonly #streams = new Map<StreamName, Stream>()
  readonly #users = new Map<Stream, number>()
  readonly #lingering = new Map<Stream, () => void>()
  readonly #preRoll: StreamName
  /** One device, one certificate: both streams look here at each connection. */
  readonly #certificate: { readonly pinned?: string; remembered?: string }
  #newCertificate: string | undefined

  constructor(row: MediaCamera, options: CameraOptions) {
    this.#row = row
    this.#clock = options.clock
    const urls: Record<StreamName, string | undefined> = { main: row.mainUrl, sub: row.subUrl }
    const other = row.preRollStream === 'main' ? 'sub' : 'main'
    const { login, audio, transport } = row
    this.#certificate = { ...row.certificate }
    const certificate = this.#certificate
    this.#preRoll = urls[row.preRollStream] === undefined ? other : row.preRollStream
    for (const name of ['main', 'sub'] as const) {
      const url = urls[name]
      if (url === undefined) continue
      const ring = { ...options.ring, preRollMs: name === this.#preRoll ? options.ring.preRollMs : 0 }
      const changed = name === this.#preRoll ? options.changed : () => undefined
      this.#streams.set(
        name,
        new Stream({
          source: { url, login, audio, transport, certificate },
          gate: options.gate,
          ...(options.vehicles ? { vehicles: options.vehicles } : {}),
          ...(options.phones ? { phones: options.phones } : {}),
          clock: options.clock,
          log: options.log,
          ring,
          changed,
          firstSeen: fingerprint => this.#firstSeen(fingerprint)
        })
      )
    }
    this.preRoll?.open()
  }

  get row(): MediaCamera {
    return this.#row
  }

  /** What may change without a picture being lost: the name, and whether a vehicle is heard. */
  describe(row: MediaCamera): void {
    this.#row = row
    if (isVehicleCamera(row.cameraId)) for (const stream of this.#streams.values()) stream.hear(row.audio === true)
  }

  /** Undefined for a camera without any address. */
  get preRoll(): Stream | undefined {
    return this.#streams.get(this.#preRoll)
  }

  /** The stream asked for, or the only one there is. */
  acquire(name: StreamName): { readonly stream: Stream; release(): void } | undefined {
    const stream = this.#streams.get(name) ?? this.preRoll
    if (!stream) return undefined
    this.#lingering.get(stream)?.()
    this.#lingering.delete(stream)
    this.#users.set(stream, (this.#users.get(stream) ?? 0) + 1)
    stream.open()
    let released = false
    return {
      stream,
      release: () => {
        if (released) return
        released = true
        this.#release(stream)
      }
    }
  }

  tick(): void {
    for (const stream of this.#streams.values()) stream.tick()
  }

  health(): StreamHealth {
    return {
      cameraId: this.row.cameraId,
      newCertificate: this.#newCertificate,
      ...(this.preRoll?.health() ?? { state: 'idle' })
    }
  }

  /** Bad input so far, over both streams. */
  rejected(): number {
    let sum = 0
    for (const stream of this.#streams.values()) for (const count of stream.faults.values()) sum += count
    return sum
  }

  async close(): Promise<void> {
    for (const cancel of this.#lingering.values()) cancel()
    this.#lingering.clear()
    await Promise.all([...this.#streams.values()].map(stream => stream.close()))
  }

  /** Holds from this moment; the main process learns it with the health and remembers it. */
  #firstSeen(fingerprint: string): void {
    this.#certificate.remembered = fingerprint
    this.#newCertificate = fingerprint
  }

  #release(stream: Stream): void {
    const users = (this.#users.get(stream) ?? 1) - 1
    this.#users.set(stream, users)
    if (users > 0 || stream === this.preRoll) return
    const cancel = this.#clock.after(LINGER_MS, () => {
      this.#lingering.delete(stream)
      void stream.close()
    })
    this.#lingering.set(stream, cancel)
  }
}
