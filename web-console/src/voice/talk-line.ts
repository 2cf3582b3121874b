/** A call-back in the page: microphone and loudspeaker on one WebSocket to the voice thread, 20 ms of A-law each way. */
import type { TalkStarted } from '../../../gateway/core/voice.ts'
import { post, Refusal } from '../wire/api.ts'
import { toAlaw } from './alaw.ts'
import { connect, RATE } from './call-line.ts'

export type TalkState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'calling' }
  | { readonly kind: 'ringing' }
  | { readonly kind: 'talking'; readonly sinceMs: number }
  /** `why` as the telephone side knows it (`busy`, `noAnswer` …), `byUs`, `line`, `microphone`, `insecure`. */
  | { readonly kind: 'over'; readonly why: string }
  | { readonly kind: 'refused'; readonly error: unknown }

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

class Line implements Talk {
  readonly #tell: (state: TalkState) => void
  #microphone: MediaStream | undefined
  #context: AudioContext | undefined
  #socket: WebSocket | undefined
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
    try {
      const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }
      this.#microphone = await navigator.mediaDevices.getUserMedia({ audio })
      await context.audioWorklet.addModule('/voice-worklet.js')
    } catch {
      return this.#end({ kind: 'over', why: 'microphone' })
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
    const into = new AudioWorkletNode(context, 'voice-in', { numberOfOutputs: 0 })
    context.createMediaStreamSource(this.#microphone).connect(into)
    into.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (!this.#muted && socket.readyState === WebSocket.OPEN) socket.send(toAlaw(data))
    }
  }

  #word(text: string): void {
    const { type, state, why } = JSON.parse(text) as { type: string; state?: string; why?: string }
    if (type === 'ended') this.#end({ kind: 'over', why: why ?? 'line' })
    else if (state === 'ringing') this.#tell({ kind: 'ringing' })
    else if (state === 'answered') this.#tell({ kind: 'talking', sinceMs: Date.now() })
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
    if (this.#context?.state !== 'closed') void this.#context?.close().catch(() => undefined)
  }
}
