/** The messages of one connection, served in their order at the pace of its budget, also when it is closed meanwhile: who presses and hangs up has pressed. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget, Rate } from '../kit/token-budget.ts'
import { originOf, type Peer } from './peer.ts'

/** Requests of one connection under way before it is told to wait. */
const MAX_UNDER_WAY = 256
/** A connection that has spent its budget is looked at again after this. */
const LOOK_AGAIN_MS = 125

export interface PacedPorts<T> {
  readonly host: AdapterHost
  readonly budget: Budget
  readonly rate: Rate
  readonly peer: Peer
  /** What has come and was not taken yet, the oldest first. */
  next(): T | undefined
  /** A promise while it is under way. */
  serve(message: T): Promise<void> | undefined
  /** Nothing more is read until `goOn`. */
  hold(): void
  goOn(): void
  /** Nothing waits any more. */
  idle(): void
}

export class Paced<T> {
  readonly #ports: PacedPorts<T>
  /** Taken, and not served before there is budget for it. */
  #first: T | undefined
  #underWay = 0
  #waiting = false
  #deaf = false
  #cancelWait: () => void = () => {}

  constructor(ports: PacedPorts<T>) {
    this.#ports = ports
  }

  /** It is told to wait: its silence means nothing. */
  get waiting(): boolean {
    return this.#waiting
  }

  /** Something has come. A message that comes too fast waits here and is not dropped: nobody would send it again. */
  work(): void {
    if (this.#waiting || this.#deaf) return
    const { budget, peer, rate, next, idle } = this.#ports
    for (;;) {
      this.#first ??= next()
      if (this.#first === undefined) return void idle()
      if (this.#mustWait()) return
      budget.take(peer.address, rate)
      const message = this.#first
      this.#first = undefined
      this.#serve(message)
    }
  }

  /** What waits is given up, nothing more is served. */
  deafen(): void {
    this.#deaf = true
    this.#cancelWait()
  }

  #serve(message: T): void {
    const served = this.#ports.serve(message)
    if (!served) return
    this.#underWay++
    void served.then(() => {
      this.#underWay--
      if (this.#waiting && this.#underWay < MAX_UNDER_WAY / 2) this.#goOn()
    })
  }

  #mustWait(): boolean {
    const { host, budget, peer, rate } = this.#ports
    const crowded = this.#underWay >= MAX_UNDER_WAY
    if (!crowded && budget.has(peer.address, rate)) return false
    if (!crowded) {
      host.reject('tooFast', originOf(peer))
      this.#cancelWait = host.clock.after(LOOK_AGAIN_MS, () => this.#goOn())
    }
    this.#waiting = true
    this.#ports.hold()
    return true
  }

  #goOn(): void {
    this.#cancelWait()
    this.#waiting = false
    if (this.#deaf) return
    this.#ports.goOn()
    this.work()
  }
}
