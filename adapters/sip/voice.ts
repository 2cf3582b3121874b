/** The main process's end of the voice thread: opens channels and aims them, and never sees a packet. */
import { isIP } from 'node:net'
import { dirname, isAbsolute, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Speech } from '../../gateway/core/placed-call.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Voice, VoiceEvents } from './call.ts'
import type { SipSettings } from './config.ts'
import { hostPort, originOf, type Peer } from './peer.ts'
import type { Offer } from './sdp.ts'
import { soundOrder } from './spoken-files.ts'
import type { VoiceCommand, VoiceReport, VoiceSetup } from './voice-worker.ts'

const RESTART_MS = 1_000

export class VoiceThread implements Voice {
  readonly #host: AdapterHost
  readonly #config: SipSettings
  readonly #opening = new Map<string, (port: number | undefined) => void>()
  readonly #events = new Map<string, VoiceEvents>()
  #worker: Worker | undefined
  #startedMs = Number.NEGATIVE_INFINITY

  constructor(host: AdapterHost, config: SipSettings) {
    this.#host = host
    this.#config = config
  }

  open(call: string, events?: VoiceEvents): Promise<number | undefined> {
    const worker = this.#running()
    if (!worker) return Promise.resolve(undefined)
    if (events) this.#events.set(call, events)
    return new Promise(resolve => {
      this.#opening.set(call, resolve)
      post(worker, { kind: 'open', call })
    })
  }

  play(call: string, to: { readonly offer: Offer; readonly peer: Peer; readonly speak: boolean }): void {
    const { offer, peer, speak } = to
    const { port, law, payloadType, eventPayloadType } = offer
    const address = this.#allowed(offer, peer)
    if (this.#worker)
      post(this.#worker, { kind: 'play', call, address, port, law, payloadType, eventPayloadType, speak })
  }

  say(call: string, speech: Speech): void {
    const folders = [this.#config.ownPrompts, dirname(this.#promptFile()), this.#config.shippedPrompts].filter(
      folder => folder !== ''
    )
    const order = soundOrder(speech, folders)
    if (this.#worker) post(this.#worker, { kind: 'say', call, order })
  }

  close(call: string): void {
    this.#events.delete(call)
    if (this.#worker) post(this.#worker, { kind: 'close', call })
    this.#settle(call, undefined)
  }

  /** Ends the thread; resolves when it has gone. */
  async end(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    if (!worker) return
    const gone = new Promise<void>(resolve => void worker.once('exit', () => resolve()))
    post(worker, { kind: 'end' })
    await gone
  }

  /** Starts the thread; called early so that the first answer does not wait for it. */
  start(): void {
    this.#running()
  }

  /** Voice goes to the host that called, or to one listed for its trunk: else anybody could aim us at anybody. */
  #allowed(offer: Offer, peer: Peer): string {
    const trunk = this.#config.trunks.find(t => t.address === peer.address)
    if (offer.address === peer.address || trunk?.mediaAddresses?.includes(offer.address)) return offer.address
    if (offer.address !== '0.0.0.0') this.#host.reject('voiceElsewhere', originOf(peer), hostPort(offer))
    return peer.address
  }

  /** A dead thread is started again at most once a second; meanwhile calls ring on, with their alarm raised. */
  #running(): Worker | undefined {
    if (this.#worker) return this.#worker
    const nowMs = this.#host.clock.now()
    if (nowMs - this.#startedMs < RESTART_MS) return undefined
    this.#startedMs = nowMs
    const worker = new Worker(new URL('./voice-worker.ts', import.meta.url), {
      workerData: this.#setup(),
      execArgv: []
    })
    worker.on('message', (report: VoiceReport) => this.#reported(report))
    worker.on('error', error => this.#host.log.error({ error: error.message }, 'the voice thread failed'))
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
      this.#events.clear()
      for (const call of [...this.#opening.keys()]) this.#settle(call, undefined)
    })
    this.#worker = worker
    return worker
  }

  #setup(): VoiceSetup {
    const { address, promptPauseMs, rtpPorts, maxVoiceCalls } = this.#config
    const promptFile = this.#promptFile()
    const family = isIP(address) === 6 ? 'udp6' : 'udp4'
    return { promptFile, promptPauseMs, address, family, ports: rtpPorts, maxCalls: maxVoiceCalls }
  }

  #promptFile(): string {
    const { prompt } = this.#config
    return isAbsolute(prompt) ? prompt : join(import.meta.dirname, 'prompts', prompt)
  }

  #reported(report: VoiceReport): void {
    if (report.kind === 'opened') this.#settle(report.call, report.port)
    else if (report.kind === 'digit') this.#events.get(report.call)?.digit(report)
    else this.#events.get(report.call)?.spoken()
  }

  #settle(call: string, port: number | undefined): void {
    const resolve = this.#opening.get(call)
    this.#opening.delete(call)
    resolve?.(port)
  }
}

function post(worker: Worker, command: VoiceCommand): void {
  worker.postMessage(command)
}
