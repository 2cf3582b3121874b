/** The keys of calls: whoever shows the voice, or the telephone, of the open incident answers them. */

/** A: the first seconds; ⇧A: the open call; C: call back; ⌫: hang up; M: mute. */
export type VoiceKey = 'replay' | 'hear' | 'callBack' | 'hangUp' | 'mute'
export type VoiceKeys = Readonly<Partial<Record<VoiceKey, () => boolean>>>

const answers = new Map<VoiceKey, () => boolean>()

/** Each answers whether it used the key. Call what comes back when they are no longer shown. */
export function onVoiceKeys(keys: VoiceKeys): () => void {
  const mine = Object.entries(keys) as [VoiceKey, () => boolean][]
  for (const [key, answer] of mine) answers.set(key, answer)
  return () => {
    for (const [key, answer] of mine) if (answers.get(key) === answer) answers.delete(key)
  }
}

/** `busy`: a call of this person is under way, so none was begun. */
export type Dialled = 'ringing' | 'busy' | 'noLine'

let telephone: ((number: string) => Dialled) | undefined

/** The telephone of the open incident rings a number of it. Call what comes back when it is no longer shown. */
export function onDial(ring: (number: string) => Dialled): () => void {
  telephone = ring
  return () => {
    if (telephone === ring) telephone = undefined
  }
}

/** `noLine` when there is no telephone, or it does not know this number. */
export const dial = (number: string): Dialled => telephone?.(number) ?? 'noLine'

/** False when nobody uses it. */
export function pressVoiceKey(key: VoiceKey): boolean {
  return answers.get(key)?.() ?? false
}
