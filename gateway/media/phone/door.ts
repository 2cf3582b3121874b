/** Where phones bring the pictures of their cameras: a connection with a ticket belongs to the stream that waits for it, or is closed. */
import type { WebSocket } from 'ws'
import type { CameraId } from '../../core/brand.ts'
import type { Clock } from '../../core/ports.ts'
import type { VehicleSink } from '../vehicle/port.ts'
import { keyOf } from '../vehicle/port.ts'
import { readFrame } from './frame.ts'

const CLOSE_INVALID = 4400
const CLOSE_REPLACED = 4409
const CLOSE_TOO_MUCH = 4413
/** Nobody waits for it yet: the page asks again. */
const CLOSE_AGAIN = 1013
/** A second of a phone's camera is a tenth of it. */
const MAX_BYTES_PER_S = 1_500_000
const MAX_FAULTS = 20

export const phoneKey = (cameraId: CameraId): string => keyOf(cameraId, 1)

export class PhoneDoor {
  readonly #clock: Clock
  readonly #waiting = new Map<string, VehicleSink>()
  /** How to send each away. */
  readonly #sending = new Map<string, (code: number, why: string) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** As VehiclePort: the next phone with this key is taken, once; the returned function ends the wait. */
  wait(key: string, sink: VehicleSink): () => void {
    this.#waiting.set(key, sink)
    return () => {
      if (this.#waiting.get(key) === sink) this.#waiting.delete(key)
    }
  }

  /** A socket whose ticket allowed it to send for this camera. */
  accept(socket: WebSocket, cameraId: CameraId): void {
    const key = phoneKey(cameraId)
    const sink = this.#waiting.get(key)
    if (!sink) {
      // One that lost its network and is back: the line before is dead, whatever it believes.
      this.#sending.get(key)?.(CLOSE_REPLACED, 'sent from elsewhere')
      socket.close(CLOSE_AGAIN, 'not waited for')
      return
    }
    this.#waiting.delete(key)
    let gone = false
    /** At once: who is dead or means ill does not answer a farewell, and what it still sends is nobody's. */
    const leave = (): boolean => {
      if (gone) return false
      gone = true
      socket.removeListener('message', read)
      if (this.#sending.get(key) === dismiss) this.#sending.delete(key)
      return true
    }
    const dismiss = (code: number, why: string): void => {
      if (!leave()) return
      socket.close(code, why)
      sink.closed()
    }
    const read = this.#reader(dismiss, cameraId, sink)
    this.#sending.set(key, dismiss)
    sink.opened(() => {
      if (leave()) socket.close(1000)
    }, 'tcp')
    socket.once('close', () => {
      if (leave()) sink.closed()
    })
    socket.on('message', read)
    socket.send('{"type":"ready"}')
  }

  #reader(
    dismiss: (code: number, why: string) => void,
    cameraId: CameraId,
    sink: VehicleSink
  ): (data: unknown, binary: boolean) => void {
    let sinceMs = 0
    let bytes = 0
    let faults = 0
    return (data, binary) => {
      const nowMs = this.#clock.now()
      // Also of a clock that was set back.
      if (Math.abs(nowMs - sinceMs) >= 1_000) {
        sinceMs = nowMs
        bytes = 0
      }
      const message = binary && Buffer.isBuffer(data) ? data : Buffer.alloc(0)
      bytes += message.length
      if (bytes > MAX_BYTES_PER_S) {
        dismiss(CLOSE_TOO_MUCH, 'too much')
        return
      }
      const packet = readFrame(message, cameraId)
      if (packet) sink.packet(packet, nowMs)
      else {
        sink.fault('noise')
        if (++faults > MAX_FAULTS) dismiss(CLOSE_INVALID, 'not a picture')
      }
    }
  }
}
