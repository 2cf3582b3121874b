/** What the main process and the voice thread say to each other. */
import type { VoiceOutcome, VoiceRecording, WayChosen } from '../../gateway/core/voice.ts'
import type { HeardDigit } from './ear.ts'
import type { JournalHead } from './recording.ts'
import type { Law } from './sdp.ts'
import type { SrtpFault } from './srtp.ts'
import type { TalkRtcOptions } from './talk-rtc.ts'
import type { Pass } from './voice-door.ts'
import type { FirstGuard, VoiceKeys } from './voice-guard.ts'
import type { SocketSetup } from './voice-sockets.ts'
import type { SoundOrder } from './voice-sound.ts'

/** Handed over at the start of the thread. */
export interface VoiceSetup extends SocketSetup {
  /** A-law, 8 kHz, raw. */
  readonly promptFile: string
  /** Spoken where that cannot be. */
  readonly shippedPrompt: string
  readonly promptPauseMs: number
  readonly maxCalls: number
  /** Absent: nothing is recorded. */
  readonly recording?: { readonly dir: string; readonly minFreeBytes: number }
  /** Where consoles come to hear; absent: nowhere. */
  readonly door?: {
    readonly port: number
    readonly address: string
    readonly tls?: { readonly key: string; readonly cert: string }
  }
  /** Operators may speak by WebRTC; absent: by WebSocket only. */
  readonly rtc?: TalkRtcOptions
}

/** Whom a channel hears: packets of other hosts are not looked at. `recorded` is the call as evidence. */
export interface Heeded {
  readonly hosts: readonly string[]
  /** What they seal with. */
  readonly guard: FirstGuard
  /** By what consoles ask for it. */
  readonly line?: string | undefined
  /** Somebody at a console speaks in the prompt's place. */
  readonly talk?: boolean
  readonly recorded?: Omit<JournalHead, 'fromMs'> | undefined
}

export type VoiceCommand =
  | { readonly kind: 'open'; readonly call: string; readonly heed: Heeded }
  | {
      readonly kind: 'play'
      readonly call: string
      readonly address: string
      readonly port: number
      readonly law: Law
      readonly payloadType: number
      readonly eventPayloadType?: number
      readonly speak: boolean
      /** Absent: in clear. */
      readonly keys?: VoiceKeys | undefined
    }
  /** Spoken in the prompt's place from now on. */
  | { readonly kind: 'say'; readonly call: string; readonly order: SoundOrder }
  /** These hear each other, in place of what else is spoken to them. */
  | { readonly kind: 'confer'; readonly conference: string; readonly calls: readonly string[] }
  | { readonly kind: 'tell'; readonly call: string; readonly state: string }
  | { readonly kind: 'close'; readonly call: string; readonly why: string }
  /** A console may come with this ticket. */
  | { readonly kind: 'admit'; readonly pass: Pass }
  | { readonly kind: 'endUser'; readonly user: string }
  /** A recording is on record: what it was made from may go. */
  | { readonly kind: 'forget'; readonly recording: string }
  | { readonly kind: 'end' }

export type VoiceReport =
  /** `port` is absent when no channel was free, `recording` when the call is not recorded. */
  | {
      readonly kind: 'opened'
      readonly call: string
      readonly port?: number
      readonly line?: string | undefined
      readonly recording?: VoiceRecording | undefined
    }
  | { readonly kind: 'hungUp'; readonly call: string }
  | { readonly kind: 'way'; readonly call: string; readonly chosen: WayChosen }
  /** Consoles may come here. */
  | { readonly kind: 'door'; readonly port: number }
  /** Also of calls that a crash ended, after the start. */
  | { readonly kind: 'recorded'; readonly recording: VoiceRecording; readonly outcome: VoiceOutcome }
  /** Packets that came to a call's port from elsewhere, or were not sealed by its caller. */
  | { readonly kind: 'dropped'; readonly reason: 'strayVoice' | SrtpFault; readonly packets: number }
  | { readonly kind: 'failed'; readonly error: string }
  /** A file that cannot be spoken: another is, or nothing. */
  | { readonly kind: 'unusable'; readonly file: string; readonly why: string }
  | ({ readonly kind: 'digit'; readonly call: string } & HeardDigit)
  | { readonly kind: 'spoken'; readonly call: string }
  /** Of a conference only this one is left, which is over with that. */
  | { readonly kind: 'alone'; readonly call: string }
