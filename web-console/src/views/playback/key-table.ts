/** Every key of the playback page, as its help shows them. */
import type { KeyRow } from '../../ui/key-rows.ts'
import type { PlaybackKey } from './keys.ts'

const plain = (cap: string, does: PlaybackKey, ...codes: string[]): KeyRow<PlaybackKey> => ({
  ...{ cap, does },
  plain: Object.fromEntries(codes.map(code => [code, does]))
})
const shifted = (cap: string, does: PlaybackKey, code: string): KeyRow<PlaybackKey> => ({
  ...{ cap, does },
  shifted: { [code]: does }
})

export const PLAYBACK_KEYS: readonly KeyRow<PlaybackKey>[] = [
  plain('Space K', 'toggle', 'Space', 'KeyK'),
  plain(',', 'frameBack', 'Comma'),
  plain('.', 'frameForward', 'Period'),
  plain('←', 'back5', 'ArrowLeft'),
  plain('→', 'forward5', 'ArrowRight'),
  shifted('⇧←', 'back60', 'ArrowLeft'),
  shifted('⇧→', 'forward60', 'ArrowRight'),
  plain('−', 'slower', 'Minus'),
  plain('+', 'faster', 'Equal'),
  plain('J', 'nextMark', 'KeyJ'),
  shifted('⇧J', 'previousMark', 'KeyJ'),
  plain('N', 'nextMotion', 'KeyN'),
  shifted('⇧N', 'previousMotion', 'KeyN'),
  plain('I', 'markIn', 'KeyI'),
  plain('O', 'markOut', 'KeyO'),
  plain('C', 'clearMarks', 'KeyC'),
  plain('X', 'export', 'KeyX'),
  plain('S', 'still', 'KeyS'),
  plain('M', 'sound', 'KeyM'),
  plain('F', 'full', 'KeyF'),
  plain('[', 'wider', 'BracketLeft'),
  plain(']', 'narrower', 'BracketRight'),
  plain('PgUp', 'earlier', 'PageUp'),
  plain('PgDn', 'later', 'PageDown'),
  plain('End', 'newest', 'End'),
  plain('L', 'live', 'KeyL'),
  plain('T', 'time', 'KeyT'),
  plain('/', 'search', 'Slash'),
  shifted('⇧/', 'help', 'Slash'),
  plain('Esc', 'close', 'Escape')
]
