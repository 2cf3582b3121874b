/** The voice thread's end of its WebRTC thread: started by the first operator who offers, let go when there has been none for a minute. */
import { isIP } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { FromTalkThread, TalkPacket, TalkReach, TalkThreadData, ToTalkThread } from './talk-messages.ts'
import { readTalkOffer } from './talk-offer.ts'

export interface TalkRtcOptions extends TalkThreadData {
  /** Told to browsers; none: the address at which they reached the door. */
  readonly addresses: readonly string[]
  /** Not connected for so long, or nothing more heard: it is none. */
  readonly giveUpMs: number
}

export interface TalkEvents {
  answer(sdp: string): void
  connected(): void
  said(packet: TalkPacket): void
  /** Also when it was never open. */
  ended(reason: string): void
}

/** One operator's connection. */
export interface TalkConnection {
  hear(packet: TalkPacket): void
  close(): void
}

const IDLE_MS = 60_000
/** What the connections may make of it at most; beyond it the thread ends, and the voice thread does not. */
const MAX_HEAP_MB = 128
/** As many operators as speak at once, with room. */
const MAX_CONNECTIONS = 32

export class TalkRtc {
  readonly #options: TalkRtcOptions
  readonly #connections = new Map<number, TalkEvents>()
  #thread: Worker | undefined
  #last = 0
  #idle: NodeJS.Timeout | undefined

  constructor(options: TalkRtcOptions) {
    this.#options = options
  }

  get giveUpMs(): number {
    return this.#options.giveUpMs
  }

  /** Somebody is about to offer: loading the thread then costs nobody time. */
  warm(): void {
    this.#running()
    this.#rest()
  }

  /** Undefined for what is no offer of a voice, and when there are too many. */
  open(sdp: string, localAddress: string, events: TalkEvents): TalkConnection | undefined {
    const offer = readTalkOffer(sdp)
    const reach = this.#reach(localAddress)
    if (!offer || !reach || this.#connections.size >= MAX_CONNECTIONS) return undefined
    clearTimeout(this.#idle)
    const peer = ++this.#last
    this.#connections.set(peer, events)
    this.#post(this.#running(), { kind: 'open', peer, offer, reach })
    return {
      hear: packet => this.#thread && this.#post(this.#thread, { kind: 'hear', peer, packet }),
      close: () => this.#close(peer)
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle)
    const thread = this.#thread
    this.#thread = undefined
    await thread?.terminate()
  }

  #close(peer: number): void {
    if (!this.#connections.delete(peer)) return
    if (this.#thread) this.#post(this.#thread, { kind: 'close', peer })
    this.#rest()
  }

  #rest(): void {
    clearTimeout(this.#idle)
    if (this.#connections.size > 0) return
    this.#idle = setTimeout(() => void this.stop(), IDLE_MS)
    this.#idle.unref()
  }

  /** Told addresses may be of a router in front of us: then every interface listens. */
  #reach(localAddress: string): TalkReach | undefined {
    const { addresses } = this.#options
    if (addresses.length > 0) return { addresses }
    const own = localAddress.replace(/^::ffff:(?=\d+\.)/, '')
    return isIP(own) === 0 ? undefined : { addresses: [own], bind: own }
  }

  #running(): Worker {
    if (this.#thread) return this.#thread
    const { ports } = this.#options
    const thread = new Worker(new URL('./talk-rtc-thread.ts', import.meta.url), {
      workerData: { ports } satisfies TalkThreadData,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB }
    })
    let reason = 'the WebRTC thread ended'
    thread.on('message', (message: FromTalkThread) => this.#heard(message))
    thread.on('error', error => {
      reason = `the WebRTC thread failed: ${error instanceof Error ? error.message : String(error)}`
    })
    thread.on('exit', () => {
      if (this.#thread !== thread) return
      this.#thread = undefined
      const lost = [...this.#connections.values()]
      this.#connections.clear()
      for (const events of lost) events.ended(reason)
    })
    this.#thread = thread
    return thread
  }

  #post(thread: Worker, message: ToTalkThread): void {
    thread.postMessage(message)
  }

  #heard(message: FromTalkThread): void {
    const events = this.#connections.get(message.peer)
    if (!events) return
    if (message.kind === 'answer') events.answer(message.sdp)
    else if (message.kind === 'connected') events.connected()
    else if (message.kind === 'said') events.said(message.packet)
    else {
      this.#close(message.peer)
      events.ended(message.reason)
    }
  }
}
