/** The subscriptions of all devices: one each while it is here, and what its messages mean goes where it belongs. */
import type { AdapterHost, Credential } from '../../gateway/core/ports.ts'
import type { LoginScheme } from './client.ts'
import type { OnvifConfig } from './config.ts'
import { type EventMessage, meaningOf } from './event-decode.ts'
import { traceBytes } from './explain.ts'
import { HttpLine } from './http-line.ts'
import { Inputs, inputSource } from './inputs.ts'
import { type EventTarget, runSubscription } from './subscription.ts'

/** A device that was read and sends events. */
export interface EventDevice {
  readonly endpoint: string
  readonly address: string
  readonly url: string
  readonly eventsUrl: string
  readonly credential?: Credential
  readonly scheme?: LoginScheme
}

interface Running {
  readonly device: EventDevice
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** For what is said when the gateway stops; a device that is gone must not hold it up. */
const FAREWELL_MS = 1_000

export class EventWatch {
  readonly #config: OnvifConfig
  readonly #host: AdapterHost
  readonly #line: HttpLine
  readonly #farewell: HttpLine
  readonly #abort: AbortSignal
  readonly #inputs: Inputs
  readonly #running = new Map<string, Running>()
  readonly #failed: (error: unknown) => void

  /** `failed` is told of a bug, which ends the run. */
  constructor(
    config: OnvifConfig,
    host: AdapterHost,
    line: HttpLine,
    abort: AbortSignal,
    failed: (error: unknown) => void
  ) {
    this.#config = config
    this.#host = host
    this.#line = line
    this.#abort = abort
    this.#failed = failed
    this.#inputs = new Inputs(host, abort)
    const never = new AbortController().signal
    this.#farewell = new HttpLine({ clock: host.clock, abort: never, timeoutMs: FAREWELL_MS })
  }

  /** It was read: subscribes, or goes on where nothing has changed. */
  watch(device: EventDevice): void {
    if (!this.#config.events || this.#abort.aborted) return
    const running = this.#running.get(device.endpoint)
    if (running && !running.stop.signal.aborted && isSame(running.device, device)) return
    this.unwatch(device.endpoint)
    const stop = new AbortController()
    const abort = AbortSignal.any([this.#abort, stop.signal])
    // A place for one subscriber is given back before it is taken anew.
    const ended = (running?.ended ?? Promise.resolve())
      .then(() => this.#run(device, abort))
      .catch(error => this.#failed(error))
      .finally(() => {
        if (this.#running.get(device.endpoint)?.stop === stop) this.#running.delete(device.endpoint)
      })
    this.#running.set(device.endpoint, { device, stop, ended })
  }

  /** It is gone. */
  unwatch(endpoint: string): void {
    this.#running.get(endpoint)?.stop.abort()
  }

  /** Resolves when every subscription has been given back; call when aborted. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
    await this.#farewell.close()
  }

  #run(device: EventDevice, abort: AbortSignal): Promise<void> {
    const { clock } = this.#host
    const { eventPullMs, eventLeaseMs, unauthorizedRetryMs } = this.#config
    const origin = originOf(device)
    const target: EventTarget = device
    return runSubscription(target, {
      clock,
      line: this.#line,
      farewell: this.#farewell,
      abort,
      pullMs: eventPullMs,
      leaseMs: eventLeaseMs,
      unauthorizedRetryMs,
      take: (messages, clockOffsetMs) => this.#take(device, origin, messages, clockOffsetMs),
      reject: (reason, detail) => this.#host.reject(reason, origin, detail)
    })
  }

  /** In the order sent; a press waits for the journal, and so does everything after it. */
  async #take(
    { endpoint, address, credential }: EventDevice,
    origin: string,
    messages: readonly EventMessage[],
    clockOffsetMs: number
  ): Promise<void> {
    for (const message of messages) {
      const meaning = meaningOf(message)
      if (!meaning) continue
      if (meaning.kind === 'input') {
        this.#host.trace?.({ source: inputSource(endpoint, meaning.input), origin, bytes: traceBytes(message) })
        const from = { endpoint, origin, verified: credential !== undefined, clockOffsetMs }
        await this.#inputs.take(from, meaning, message)
      } else {
        const { kind, active } = meaning
        this.#host.cameraEvent({ endpoint, address, kind, active, atMs: this.#host.clock.now() })
      }
    }
  }
}

function isSame(a: EventDevice, b: EventDevice): boolean {
  return (
    a.url === b.url &&
    a.eventsUrl === b.eventsUrl &&
    a.credential?.username === b.credential?.username &&
    a.credential?.password === b.credential?.password
  )
}

function originOf({ eventsUrl }: EventDevice): string {
  const { hostname, port, protocol } = new URL(eventsUrl)
  return `tcp ${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}
