/** What one channel seals and opens: clear voice, sealed voice, or voice that waits for its key; in the voice thread. */
import { type DirectionKey, type SrtpFault, SrtpOpener, SrtpSealer } from './srtp.ts'

/** Of both directions. */
export interface VoiceKeys {
  readonly theirs: DirectionKey
  readonly ours: DirectionKey
}

/** At the opening of a channel: their key when it is known by then, `waits` when their answer will tell it. */
export type FirstGuard = DirectionKey | 'waits' | 'clear'

interface Sender {
  readonly address: string
  readonly port: number
}

/** Voice that is quicker than the answer with its key: two seconds. */
const MAX_HELD = 100

export class VoiceGuard {
  readonly refused = new Map<SrtpFault, number>()
  readonly #deliver: (packet: Buffer, from: Sender) => void
  #held: { readonly bytes: Buffer; readonly from: Sender }[] | undefined
  #opener: { readonly key: DirectionKey; readonly srtp: SrtpOpener } | undefined
  #sealer: { readonly key: DirectionKey; readonly srtp: SrtpSealer } | undefined

  /** `deliver` is told each packet of the far end's in clear, and where it came from. */
  constructor(first: FirstGuard, deliver: (packet: Buffer, from: Sender) => void) {
    this.#deliver = deliver
    if (first === 'waits') this.#held = []
    else if (first !== 'clear') this.#opener = openerOf(first)
  }

  receive(bytes: Buffer, from: Sender): void {
    if (this.#held) {
      if (this.#held.length < MAX_HELD) this.#held.push({ bytes, from })
      return
    }
    const opened = this.#opener?.srtp.open(bytes) ?? bytes
    if (typeof opened !== 'string') this.#deliver(opened, from)
    else this.refused.set(opened, (this.refused.get(opened) ?? 0) + 1)
  }

  /** As both ends agreed, again after each further agreement: a key that stays goes on where it was. */
  agree(keys: VoiceKeys | undefined): void {
    this.#opener = keys && (isSame(this.#opener, keys.theirs) ? this.#opener : openerOf(keys.theirs))
    this.#sealer = keys && (isSame(this.#sealer, keys.ours) ? this.#sealer : sealerOf(keys.ours))
    const held = this.#held ?? []
    this.#held = undefined
    for (const { bytes, from } of held) this.receive(bytes, from)
  }

  seal(packet: Buffer): Buffer {
    return this.#sealer?.srtp.seal(packet) ?? packet
  }
}

const openerOf = (key: DirectionKey) => ({ key, srtp: new SrtpOpener(key) })
const sealerOf = (key: DirectionKey) => ({ key, srtp: new SrtpSealer(key) })

function isSame(known: { readonly key: DirectionKey } | undefined, key: DirectionKey): boolean {
  return known?.key.suite === key.suite && Buffer.compare(known.key.key, key.key) === 0
}
