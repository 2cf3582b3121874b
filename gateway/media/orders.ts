/** Evidence that has been ordered and not delivered yet; survives the death of the worker that was at it. */
import type { CameraId, EvidenceId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { ClipRequest, ClipResult } from '../core/media.ts'
import type { Clock } from '../core/ports.ts'
import type { EvidenceOrder } from './clip/desk.ts'
import type { OrderFailure, ToWorker } from './ipc.ts'

/** Far beyond what any of them takes, with many before it on a machine that is busy: only so that no promise waits for ever. */
const ANSWER_MS = 180_000

interface Open {
  readonly order: EvidenceOrder
  request: ClipRequest
  readonly resolve: (result: ClipResult) => void
  readonly reject: (error: GatewayError) => void
  cancelTimer: () => void
}

export class Orders {
  readonly #clock: Clock
  readonly #open = new Map<number, Open>()
  #lastId = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(order: EvidenceOrder, request: ClipRequest): { readonly id: number; readonly result: Promise<ClipResult> } {
    const id = ++this.#lastId
    const result = new Promise<ClipResult>((resolve, reject) => {
      this.#open.set(id, { order, request, resolve, reject, cancelTimer: () => undefined })
    })
    this.#setTimer(id)
    return { id, result }
  }

  /** A clip ends later; gives the camera when there is such a clip in work. */
  extend(evidenceId: EvidenceId, toMs: number): CameraId | undefined {
    for (const [id, open] of this.#open) {
      if (open.order !== 'clip' || open.request.evidenceId !== evidenceId || toMs <= open.request.toMs) continue
      open.request = { ...open.request, toMs }
      this.#setTimer(id)
      return open.request.cameraId
    }
    return undefined
  }

  /** The orders of a worker's cameras, to be given to it again. */
  open(mine: (cameraId: CameraId) => boolean): ToWorker[] {
    return [...this.#open]
      .filter(([, { request }]) => mine(request.cameraId))
      .map(([id, { order, request }]) => ({ kind: 'order', id, order, request }))
  }

  done(id: number, result: ClipResult): void {
    this.#take(id)?.resolve(result)
  }

  failed(id: number, failure: OrderFailure): void {
    this.#take(id)?.reject(new GatewayError(failure.code, failure.detail))
  }

  rejectAll(reason: string): void {
    for (const id of [...this.#open.keys()]) this.failed(id, { code: 'MEDIA_UNAVAILABLE', detail: { reason } })
  }

  #take(id: number): Open | undefined {
    const open = this.#open.get(id)
    open?.cancelTimer()
    this.#open.delete(id)
    return open
  }

  #setTimer(id: number): void {
    const open = this.#open.get(id)
    if (!open) return
    open.cancelTimer()
    const recordingMs = open.order === 'clip' ? Math.max(0, open.request.toMs - this.#clock.now()) : 0
    open.cancelTimer = this.#clock.after(recordingMs + ANSWER_MS, () =>
      this.failed(id, { code: 'MEDIA_UNAVAILABLE', detail: { reason: 'the video worker gave no answer' } })
    )
  }
}
