/** What neighbours hear when they answer: pieces of speech by name; the household's own file says who and where, else its house number is spelt. */
import type { CalloutMessage, NeighbourState } from '../core/callout.ts'
import type { SubjectCard } from '../core/incident.ts'
import type { Speech } from '../core/placed-call.ts'

const WORDS: Readonly<Record<string, string>> = {
  号: 'word-hao.zh',
  栋: 'word-dong.zh',
  幢: 'word-dong.zh',
  单元: 'word-danyuan.zh',
  室: 'word-shi.zh',
  楼: 'word-lou.zh',
  层: 'word-ceng.zh'
}
const SPOKEN = /\d|单元|[号栋幢室楼层]/g
/** Longer ones are no house number. */
const MAX_PLACE_PIECES = 24

/** `文昌街 34 号 2 栋 602` → 3 4 号 2 栋 6 0 2: neighbours know their own street. Empty when there is no number in it. */
export function spokenPlace(address: string): string[] {
  const from = address.search(/\d/)
  if (from < 0) return []
  const pieces = address.slice(from).match(SPOKEN) ?? []
  return pieces.slice(0, MAX_PLACE_PIECES).map(piece => WORDS[piece] ?? `digit-${piece}.zh`)
}

export function calloutSpeech({ id, address }: SubjectCard, message: CalloutMessage): Speech {
  const place = spokenPlace(address)
  const otherwise = place.length > 0 ? ['callout-place.zh', ...place] : []
  return {
    repeat: true,
    pieces: [
      { name: message === 'guard' ? 'callout-guard.zh' : 'callout-help.zh' },
      { name: `household-${id}`, otherwise },
      { name: message === 'guard' ? 'callout-heard-key.zh' : 'callout-keys.zh' }
    ]
  }
}

const SAID: Readonly<Partial<Record<NeighbourState, string>>> = {
  going: 'callout-going.zh',
  cannot: 'callout-cannot.zh',
  warned: 'callout-warned.zh'
}

/** After the key; said once. */
export function confirmationSpeech(said: 'going' | 'cannot' | 'warned' | 'enough'): Speech {
  const name = said === 'enough' ? 'callout-enough.zh' : SAID[said]
  return { repeat: false, pieces: name === undefined ? [] : [{ name }] }
}
