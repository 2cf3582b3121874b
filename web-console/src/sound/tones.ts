/** The loudspeaker: two-tone for P1, one chime each 5 s for P2, one soft tick for P3. Made by WebAudio, no file to load. */
import type { Ring } from './ring.ts'

interface Note {
  readonly hz: number
  readonly atS: number
  readonly forS: number
  readonly gain: number
}

/** `everyMs` until stopped. */
const PATTERNS: Readonly<Record<Ring, { readonly notes: readonly Note[]; readonly everyMs: number }>> = {
  p1: { everyMs: 1_200, notes: twoTone(880, 660) },
  p1High: { everyMs: 1_000, notes: twoTone(1_108, 831) },
  p2: { everyMs: 5_000, notes: [{ hz: 587, atS: 0, forS: 0.55, gain: 0.35 }] }
}

const TICK: readonly Note[] = [{ hz: 440, atS: 0, forS: 0.08, gain: 0.15 }]
const TEST: readonly Note[] = [...twoTone(880, 660), { hz: 587, atS: 1.1, forS: 0.55, gain: 0.35 }]

/** 12 dB down. */
const BESIDE_A_CALL = 10 ** (-12 / 20)
/** Time constant of the turn: quick, and no click. */
const TURN_S = 0.03

function twoTone(highHz: number, lowHz: number): readonly Note[] {
  return [highHz, lowHz, highHz, lowHz].map((hz, index) => ({ hz, atS: index * 0.22, forS: 0.2, gain: 0.6 }))
}

export interface Speaker {
  /** Repeats the ring until another is set; undefined is silence. */
  readonly ring: (ring: Ring | undefined) => void
  readonly tick: () => void
  /** Plays all tones once; true when the browser really let them out. */
  readonly test: () => Promise<boolean>
  /** After a gesture: asks the browser for sound; true when it is on. */
  readonly unlock: () => Promise<boolean>
  readonly blocked: () => boolean
  /** A call has begun or ended: the ring that plays goes down or up. */
  readonly attend: () => void
}

export interface SpeakerOptions {
  /** False while another window of this browser sounds. */
  readonly mayPlay: () => boolean
  /** Somebody is on the ear: the ring is 12 dB lower, never silent. */
  readonly inCall: () => boolean
  readonly makeContext: () => AudioContext
}

/** One per window. The context is made at the first use: before a gesture browsers give a silent one. */
export function createSpeaker({ mayPlay, inCall, makeContext }: SpeakerOptions): Speaker {
  let context: AudioContext | undefined
  let master: GainNode | undefined
  let current: Ring | undefined
  let timer: ReturnType<typeof setInterval> | undefined

  const audio = () => {
    context ??= makeContext()
    return context
  }
  /** What all tones go through. */
  const out = () => {
    const here = audio()
    if (!master) {
      master = here.createGain()
      master.gain.value = loudness()
      master.connect(here.destination)
    }
    return master
  }
  const loudness = () => (inCall() ? BESIDE_A_CALL : 1)
  const attend = () => {
    if (context && master) master.gain.setTargetAtTime(loudness(), context.currentTime, TURN_S)
  }
  const play = (notes: readonly Note[]) => {
    if (audio().state !== 'running' || !mayPlay()) return
    // A window that ended in a call says nothing: whether there is one is asked before every ring.
    attend()
    for (const note of notes) sound(audio(), out(), note)
  }
  const unlock = async () => {
    // Without a gesture `resume` may never settle: a short wait is the answer then.
    if (audio().state !== 'running') await Promise.race([audio().resume(), new Promise(done => setTimeout(done, 400))])
    return audio().state === 'running'
  }
  return {
    ring: ring => {
      if (ring === current) return
      current = ring
      clearInterval(timer)
      if (!ring) return
      const pattern = PATTERNS[ring]
      play(pattern.notes)
      timer = setInterval(() => play(pattern.notes), pattern.everyMs)
    },
    tick: () => play(TICK),
    test: async () => {
      const on = await unlock()
      // Whoever tests wants to hear it here.
      attend()
      if (on) for (const note of TEST) sound(audio(), out(), note)
      return on
    },
    unlock,
    attend,
    blocked: () => audio().state !== 'running'
  }
}

function sound(context: AudioContext, out: AudioNode, note: Note): void {
  const startS = context.currentTime + note.atS
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  oscillator.type = 'triangle'
  oscillator.frequency.value = note.hz
  gain.gain.setValueAtTime(0, startS)
  gain.gain.linearRampToValueAtTime(note.gain, startS + 0.01)
  gain.gain.setValueAtTime(note.gain, startS + note.forS - 0.03)
  gain.gain.linearRampToValueAtTime(0, startS + note.forS)
  oscillator.connect(gain).connect(out)
  oscillator.start(startS)
  oscillator.stop(startS + note.forS)
}
