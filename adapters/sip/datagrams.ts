/** The main process's end of the UDP socket, whose thread reads and writes: datagrams in within their budget, answers out, nothing left open after the end. */
import { isIP } from 'node:net'
import { Worker } from 'node:worker_threads'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget } from '../kit/token-budget.ts'
import type { SipConfig, Trunk } from './config.ts'
import { type Batch, pack, unpack } from './datagram-batch.ts'
import type { Datagram, Dropped } from './datagram-queue.ts'
import type { DatagramCommand, DatagramReport, DatagramSetup } from './datagram-thread.ts'
import { originOf, type Peer, peerOf } from './peer.ts'
import { trunkOf } from './trunks.ts'

/** What a transport does with a whole message. */
export type Receive = (bytes: Buffer, peer: Peer, trunk: Trunk | undefined) => Promise<void>

export type DatagramsConfig = Pick<SipConfig, 'address' | 'port' | 'trunks' | 'budgets'>

/** A thread that died is started again at most once a second. */
const RESTART_MS = 1_000
/** Answers that leave together, at the latest with the turn of the event loop. */
const SENT_AT_ONCE = 16
/** Worked so long at a time, then whatever else has come; after a long turn as long as that, so that telephones have half of a full machine. */
const SLICE_MS = 8
const MAX_SLICE_MS = 100

type Received = (datagram: Datagram & { readonly bytes: Buffer }) => void

export class Datagrams {
  readonly #host: AdapterHost
  readonly #config: DatagramsConfig
  #thread: Worker | undefined
  #port: number
  /** By the clock that nobody sets: one that is set back must not leave the telephones unheard for as long. */
  #startedMs = 0
  #received: Received | undefined
  #failed: (error: Error) => void = () => {}
  #cancelRestart: () => void = () => {}
  #waiting: (Datagram & { readonly bytes: Buffer })[] = []
  #done = 0
  #idleSinceMs = 0
  #out: Datagram[] = []
  #leaving: NodeJS.Immediate | undefined
  #more = false
  #closing = false

  private constructor(host: AdapterHost, config: DatagramsConfig) {
    this.#host = host
    this.#config = config
    this.#port = config.port
  }

  /** PORT_TAKEN when somebody else has it. */
  static async open(host: AdapterHost, config: DatagramsConfig): Promise<Datagrams> {
    const datagrams = new Datagrams(host, config)
    await datagrams.#start()
    return datagrams
  }

  get port(): number {
    return this.#port
  }

  /** `failed`: the socket does not work any more and everything must be started again. */
  listen(config: SipConfig, budget: Budget, receive: Receive, failed: (error: Error) => void): void {
    this.#failed = failed
    this.#received = ({ bytes, address, port }) => {
      const peer = peerOf(address, port)
      const trunk = trunkOf(config.trunks, peer)
      const perS = trunk ? config.budgets.trunkDatagramsPerS : config.budgets.unknownDatagramsPerS
      if (!budget.take(peer.address, { perMs: perS / 1_000, burst: 2 * perS }))
        return this.#host.reject('tooFast', originOf(peer))
      void receive(bytes, peer, trunk)
    }
    this.#askForMore()
  }

  send(bytes: Buffer, to: Peer): void {
    this.#out.push({ bytes, address: to.address, port: to.port })
    if (this.#out.length >= SENT_AT_ONCE) this.#leave()
    else this.#leaveSoon()
  }

  deafen(): void {
    this.#received = undefined
    this.#waiting = []
  }

  /** Waits for what is on its way out, so that the last BYE leaves before the socket closes. */
  async close(): Promise<void> {
    this.#leave()
    this.#closing = true
    this.#cancelRestart()
    const thread = this.#thread
    if (!thread) return
    const gone = new Promise<void>(resolve => void thread.once('exit', () => resolve()))
    this.#post({ kind: 'close' })
    await gone
  }

  /** With what this turn of the event loop has to send. */
  #askForMore(): void {
    this.#more = true
    this.#leaveSoon()
  }

  #leaveSoon(): void {
    this.#leaving ??= setImmediate(() => this.#leave())
  }

  #leave(): void {
    clearImmediate(this.#leaving)
    this.#leaving = undefined
    for (const { address, port } of this.#thread ? [] : this.#out)
      this.#host.reject('notSent', originOf(peerOf(address, port)), 'the thread of the socket is being started again')
    const batch = this.#out.length > 0 ? pack(this.#out) : undefined
    if (batch || this.#more) this.#post({ kind: 'turn', batch, more: this.#more }, batch && [batch.bytes.buffer])
    this.#out = []
    this.#more = false
  }

  #post(command: DatagramCommand, moved: ArrayBuffer[] = []): void {
    this.#thread?.postMessage(command, moved)
  }

  /** Resolves when it hears; a thread that dies later is started again, on the same port. */
  async #start(): Promise<void> {
    const { address, trunks, budgets } = this.#config
    const family = isIP(address) === 6 ? 'udp6' : 'udp4'
    const maxOfStranger = 2 * budgets.unknownDatagramsPerS
    const workerData: DatagramSetup = { family, address, port: this.#port, trunks, maxOfStranger }
    this.#startedMs = this.#host.clock.steady()
    const thread = new Worker(new URL('./datagram-thread.ts', import.meta.url), { workerData, execArgv: [] })
    const opened = Promise.withResolvers<void>()
    thread.on('message', (report: DatagramReport) => {
      if (report.kind === 'open') {
        this.#port = report.port
        this.#thread = thread
        opened.resolve()
      } else if (report.kind === 'failed') {
        const error = this.#errorOf(report)
        opened.reject(error)
        if (this.#thread === thread) this.#failed(error)
        else void thread.terminate()
      } else if (report.kind === 'batch') this.#take(report.batch, report.dropped)
      else this.#host.reject('notSent', originOf(peerOf(report.address, report.port)), report.error)
    })
    thread.on('error', error => {
      this.#host.log.error({ error: error.message }, 'the thread of the SIP socket failed')
      opened.reject(error)
    })
    thread.on('exit', () => {
      opened.reject(new Error('the thread of the SIP socket ended'))
      if (this.#thread !== thread) return
      this.#thread = undefined
      if (!this.#closing) this.#startAgain()
    })
    await opened.promise
  }

  #errorOf({ code, error }: Extract<DatagramReport, { kind: 'failed' }>): Error {
    const cause = new Error(error)
    if (code !== 'EADDRINUSE') return cause
    return new GatewayError('PORT_TAKEN', { port: this.#port, setting: 'adapters.sip.port' }, { cause })
  }

  /** Calls live on: what was under way to or from them is sent again by either side. */
  #startAgain(): void {
    const waitMs = Math.max(0, this.#startedMs + RESTART_MS - this.#host.clock.steady())
    this.#cancelRestart = this.#host.clock.after(waitMs, () => {
      this.#start().then(
        () => {
          if (this.#closing) this.#post({ kind: 'close' })
          else if (this.#waiting.length === 0) this.#askForMore()
        },
        (error: Error) => this.#failed(error)
      )
    })
  }

  /** A flood is hundreds of thousands a second: each reason is counted at once, with the last that sent. */
  #take(batch: Batch, dropped: readonly Dropped[]): void {
    for (const { reason, count, address, port } of dropped)
      this.#host.reject(reason, originOf(peerOf(address, port)), 'while it waited for the main process', count)
    if (!this.#received) return
    this.#waiting = unpack(batch)
    this.#done = 0
    this.#work()
  }

  #work(): void {
    const startMs = performance.now()
    const untilMs =
      startMs + Math.min(MAX_SLICE_MS, Math.max(SLICE_MS, this.#idleSinceMs > 0 ? startMs - this.#idleSinceMs : 0))
    while (this.#done < this.#waiting.length) {
      const datagram = this.#waiting[this.#done++]
      if (datagram) this.#received?.(datagram)
      if (performance.now() >= untilMs) break
    }
    this.#idleSinceMs = performance.now()
    if (this.#done < this.#waiting.length) {
      setImmediate(() => this.#work())
      return
    }
    this.#waiting = []
    this.#askForMore()
  }
}
