/**
 * A call-back in the page: a WebSocket to the voice thread carries words, and the voice (20 ms of A-law each way) until WebRTC is connected,
 * and where it does not come about.
 */
import type { TalkStarted, WayChosen } from '../../../gateway/core/voice.ts'
import { outputs } from '../sound/use-outputs.ts'
import { post, Refusal } from '../wire/api.ts'
import { toAlaw } from './alaw.ts'
import { connect, RATE } from './call-line.ts'
import { createTalkRtc, type TalkRtc } from './talk-rtc.ts'

export type TalkState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'calling' }
  | { readonly kind: 'ringing' }
  /** `way` is absent until it is settled: then it is the WebSocket. */
  | { readonly kind: 'talking'; readonly sinceMs: number; readonly way: WayChosen['way'] | undefined }
  /** `why` as the telephone side knows it (`busy`, `noAnswer` …), `byUs`, `line`, `insecure`, or what is wrong with the microphone. */
  | { readonly kind: 'over'; readonly why: string }
  | { readonly kind: 'refused'; readonly error: unknown }

/** What the voice thread says. */
interface Word {
  readonly type: string
  readonly webrtc?: boolean
  readonly sdp?: string
  readonly law?: string
  readonly way?: WayChosen['way']
  readonly state?: string
  readonly why?: string
}

export interface TalkWish {
  readonly incidentId: string
  readonly number: string
  readonly duressConfirmed?: boolean
}

export interface Talk {
  hangUp(): void
  mute(muted: boolean): void
}

/** Asks for the microphone first: nobody is rung by somebody who cannot speak. */
export function callBack({ incidentId, ...wish }: TalkWish, tell: (state: TalkState) => void): Talk {
  const talk = new Line(tell)
  void talk.begin(incidentId, wish)
  return talk
}

/** A browser gives the microphone to pages of HTTPS and of this machine only. */
export const maySpeak = (): boolean => navigator.mediaDevices !== undefined

/** Each has another next step; names of DOMException (Media Capture and Streams §10.2.5). */
export function microphoneWhy(error: unknown): 'microphoneDenied' | 'microphoneMissing' | 'microphone' {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'microphoneDenied'
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'microphoneMissing' : 'microphone'
}

class Line implements Talk {
  readonly #tell: (state: TalkState) => void
  #microphone: MediaStream | undefined
  #context: AudioContext | undefined
  #unplug: (() => void) | undefined
  #socket: WebSocket | undefined
  #rtc: TalkRtc | undefined
  #way: WayChosen['way'] | undefined
  #sinceMs: number | undefined
  #muted = false
  #over = false

  constructor(tell: (state: TalkState) => void) {
    this.#tell = tell
  }

  async begin(incidentId: string, wish: Omit<TalkWish, 'incidentId'>): Promise<void> {
    this.#tell({ kind: 'asking' })
    if (!maySpeak()) return this.#end({ kind: 'over', why: 'insecure' })
    // Made in the turn of the key: later a browser may not let it sound.
    const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' })
    this.#context = context
    this.#unplug = outputs.attach('call', context)
    try {
      const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }
      // Wished for, not demanded: a call with another microphone is better than none.
      const ideal = outputs.microphone()
      const spoken = { ...audio, ...(ideal === undefined ? {} : { deviceId: { ideal } }) }
      this.#microphone = await navigator.mediaDevices.getUserMedia({ audio: spoken })
      await context.audioWorklet.addModule('/voice-worklet.js')
    } catch (error) {
      return this.#end({ kind: 'over', why: microphoneWhy(error) })
    }
    if (this.#over) return this.#close()
    this.#tell({ kind: 'calling' })
    try {
      this.#connect(context, await post<TalkStarted>(`/api/incidents/${encodeURIComponent(incidentId)}/talk`, wish))
    } catch (error) {
      const why = error instanceof Refusal ? /^call: (\w+)$/.exec(String(error.detail.why))?.[1] : undefined
      this.#end(why === undefined ? { kind: 'refused', error } : { kind: 'over', why })
    }
  }

  hangUp(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"type":"hangUp"}')
    this.#end({ kind: 'over', why: 'byUs' })
  }

  mute(muted: boolean): void {
    this.#muted = muted
    for (const track of this.#microphone?.getTracks() ?? []) track.enabled = !muted
  }

  #connect(context: AudioContext, { ticket }: TalkStarted): void {
    const out = new AudioWorkletNode(context, 'voice-out')
    out.connect(context.destination)
    const socket = connect(
      ticket,
      out,
      () => this.#end({ kind: 'over', why: 'line' }),
      text => this.#word(text)
    )
    this.#socket = socket
    // Hung up while the ticket was on its way.
    if (this.#over || !this.#microphone) {
      this.#close()
      return
    }
    this.#rtc = createTalkRtc(this.#microphone)
    const into = new AudioWorkletNode(context, 'voice-in', { numberOfOutputs: 0 })
    context.createMediaStreamSource(this.#microphone).connect(into)
    into.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (!this.#muted && this.#way !== 'webrtc' && socket.readyState === WebSocket.OPEN) socket.send(toAlaw(data))
    }
  }

  #word(text: string): void {
    const word = JSON.parse(text) as Word
    if (word.type === 'ended') this.#end({ kind: 'over', why: word.why ?? 'line' })
    else if (word.type === 'open' && word.webrtc) void this.#offer()
    else if (word.type === 'answer' && word.sdp) this.#rtc?.answer(word.sdp)
    else if (word.type === 'law' && word.law) this.#rtc?.speak(word.law)
    else if (word.type === 'way') this.#goBy(word.way)
    else if (word.state === 'ringing') this.#tell({ kind: 'ringing' })
    else if (word.state === 'answered') {
      this.#sinceMs = Date.now()
      this.#talking()
    }
  }

  /** An empty offer says that this browser has none: nobody waits for it. */
  async #offer(): Promise<void> {
    const sdp = await this.#rtc?.offer().catch(() => undefined)
    if (this.#socket?.readyState === WebSocket.OPEN)
      this.#socket.send(JSON.stringify({ type: 'offer', sdp: sdp ?? '' }))
  }

  #goBy(way: WayChosen['way'] | undefined): void {
    this.#way = way
    if (way === 'websocket') this.#rtc?.close()
    this.#talking()
  }

  #talking(): void {
    if (this.#sinceMs !== undefined && !this.#over)
      this.#tell({ kind: 'talking', sinceMs: this.#sinceMs, way: this.#way })
  }

  #end(state: TalkState): void {
    if (this.#over) return
    this.#over = true
    this.#close()
    this.#tell(state)
  }

  #close(): void {
    for (const track of this.#microphone?.getTracks() ?? []) track.stop()
    if (this.#socket) {
      this.#socket.onclose = null
      this.#socket.close()
    }
    this.#rtc?.close()
    this.#unplug?.()
    if (this.#context?.state !== 'closed') void this.#context?.close().catch(() => undefined)
  }
}
