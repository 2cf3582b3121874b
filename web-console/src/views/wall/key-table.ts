/** Every key of the wall, as its help shows them; digits are gathered into numbers elsewhere. */
import type { KeyRow } from '../../ui/key-rows.ts'
import type { WallKey } from './keys.ts'

const STEP = 1.25
const LARGER: WallKey = { key: 'zoom', factor: STEP }
const SMALLER: WallKey = { key: 'zoom', factor: 1 / STEP }

export const WALL_KEYS: readonly KeyRow<WallKey>[] = [
  {
    cap: 'Tab ← → ↑ ↓',
    does: 'choose',
    plain: {
      ArrowLeft: { key: 'move', direction: 'left' },
      ArrowRight: { key: 'move', direction: 'right' },
      ArrowUp: { key: 'move', direction: 'up' },
      ArrowDown: { key: 'move', direction: 'down' }
    }
  },
  { cap: '1 … 999', does: 'number' },
  { cap: 'F ↵', does: 'large', plain: { KeyF: { key: 'open' } } },
  { cap: 'PgUp PgDn', does: 'page', plain: { PageDown: { key: 'page', by: 1 }, PageUp: { key: 'page', by: -1 } } },
  { cap: 'Y', does: 'pause', plain: { KeyY: { key: 'pause' } } },
  {
    cap: '+ −',
    does: 'zoom',
    plain: { Equal: LARGER, NumpadAdd: LARGER, Minus: SMALLER, NumpadSubtract: SMALLER },
    // A plus sign is typed with Shift.
    shifted: { Equal: LARGER }
  },
  { cap: '0', does: 'zoomOff' },
  { cap: 'S', does: 'still', plain: { KeyS: { key: 'still' } } },
  { cap: 'M', does: 'sound', plain: { KeyM: { key: 'sound' } } },
  { cap: 'P', does: 'place', plain: { KeyP: { key: 'place' } } },
  { cap: 'B', does: 'playback', plain: { KeyB: { key: 'playback' } } },
  { cap: 'Del ⌫', does: 'clear', plain: { Delete: { key: 'clear' }, Backspace: { key: 'clear' } } },
  { cap: '/', does: 'find', plain: { Slash: { key: 'find' } } },
  { cap: 'L', does: 'layouts', plain: { KeyL: { key: 'layouts' } } },
  { cap: 'T', does: 'tours', plain: { KeyT: { key: 'tours' } } },
  { cap: 'V', does: 'floor', plain: { KeyV: { key: 'floor' } } },
  { cap: '⇧/', does: 'help', shifted: { Slash: { key: 'help' } } },
  { cap: 'Esc', does: 'back', plain: { Escape: { key: 'escape' } } }
]
