/** Every key of the floor by its physical place, in the groups of the help overlay: what is not listed here is bound nowhere. */
import type { KeyRow } from '../../ui/key-rows.ts'
import type { Command } from './keys.ts'

export type KeyGroup = 'answer' | 'judge' | 'send' | 'call' | 'look' | 'keep' | 'watch'

const at = (name: Exclude<Command['name'], 'digit' | 'tab' | 'large'>): Command => ({ name }) as Command

/** The digits are read by pattern, since every menu has its own meaning for them. */
export const FLOOR_KEYS: Readonly<Record<KeyGroup, readonly KeyRow<Command>[]>> = {
  answer: [
    { cap: 'Space F2', does: 'acknowledge', plain: { Space: at('acknowledgeFirst'), F2: at('acknowledgeFirst') } },
    {
      cap: '↑ ↓ ↵',
      does: 'choose',
      plain: { ArrowUp: at('up'), ArrowDown: at('down'), Enter: at('open'), NumpadEnter: at('open') }
    },
    { cap: 'K', does: 'take', plain: { KeyK: at('take') } },
    { cap: 'U', does: 'release', plain: { KeyU: at('release') } }
  ],
  judge: [
    { cap: 'E 1–9', does: 'verify', plain: { KeyE: at('verify') } },
    { cap: 'L 1–9 …', does: 'categorize', plain: { KeyL: at('category') } },
    { cap: 'P 1–4', does: 'setPriority', plain: { KeyP: at('priority') } },
    { cap: 'Q', does: 'markDuress', plain: { KeyQ: at('markDuress') } },
    { cap: 'S 1–9', does: 'step', plain: { KeyS: at('step') } },
    { cap: '⇧S 1–9', does: 'skipStep', shifted: { KeyS: at('skipStep') } },
    { cap: 'Z', does: 'similar', plain: { KeyZ: at('similar') } },
    { cap: 'B', does: 'annotate', plain: { KeyB: at('note') } },
    { cap: 'R', does: 'resolve', plain: { KeyR: at('resolve') } },
    { cap: 'O', does: 'reopen', plain: { KeyO: at('reopen') } },
    { cap: 'X', does: 'close', plain: { KeyX: at('close') } },
    { cap: '⇧X', does: 'returnFeedback', shifted: { KeyX: at('returnFeedback') } }
  ],
  send: [
    { cap: '1–9', does: 'units' },
    { cap: '0', does: 'otherUnit', plain: { Digit0: at('otherUnit'), Numpad0: at('otherUnit') } },
    { cap: 'D', does: 'dispatch', plain: { KeyD: at('dispatch') } },
    { cap: '⇧D', does: 'recall', shifted: { KeyD: at('recall') } },
    { cap: '⇧M', does: 'message', shifted: { KeyM: at('message') } },
    { cap: 'H', does: 'handOver110', plain: { KeyH: at('handOver') } },
    { cap: 'N', does: 'neighbours', plain: { KeyN: at('neighbours') } }
  ],
  call: [
    { cap: 'C', does: 'callBack', plain: { KeyC: at('callBack') } },
    { cap: '⇧C 1–9', does: 'contact', shifted: { KeyC: at('contact') } },
    { cap: '⇧N 1–9', does: 'party', shifted: { KeyN: at('party') } },
    { cap: '⌫', does: 'hangUp', plain: { Backspace: at('hangUp') } },
    { cap: 'A', does: 'replay', plain: { KeyA: at('replay') } },
    { cap: '⇧A', does: 'hear', shifted: { KeyA: at('hear') } }
  ],
  look: [
    { cap: '← →', does: 'clip', plain: { ArrowLeft: at('clipBack'), ArrowRight: at('clipForward') } },
    {
      cap: '⇧1–4',
      does: 'large',
      shifted: {
        ...{ Digit1: { name: 'large', place: 1 }, Digit2: { name: 'large', place: 2 } },
        ...{ Digit3: { name: 'large', place: 3 }, Digit4: { name: 'large', place: 4 } }
      }
    },
    { cap: '⇧V', does: 'nearNow', shifted: { KeyV: at('nearNow') } },
    { cap: 'M', does: 'listen', plain: { KeyM: at('listen') } },
    { cap: 'W', does: 'toWall', plain: { KeyW: at('toWall') } },
    {
      cap: 'F6 F7 F8',
      does: 'tabs',
      plain: {
        F6: { name: 'tab', tab: 'handle' },
        F7: { name: 'tab', tab: 'story' },
        F8: { name: 'tab', tab: 'map' }
      }
    },
    { cap: 'G', does: 'map', plain: { KeyG: at('map') } },
    { cap: 'V', does: 'wall', plain: { KeyV: at('wall') } },
    { cap: 'F', does: 'follow', plain: { KeyF: at('follow') } },
    { cap: '⇧F', does: 'frameAll', shifted: { KeyF: at('frameAll') } },
    { cap: 'I', does: 'openWindows', plain: { KeyI: at('openWindows') } },
    { cap: '⇧I 1–5', does: 'windows', shifted: { KeyI: at('windows') } }
  ],
  keep: [
    { cap: '⇧E', does: 'exportEvidence', shifted: { KeyE: at('exportEvidence') } },
    { cap: '⇧H', does: 'holdEvidence', shifted: { KeyH: at('holdEvidence') } },
    { cap: '⇧P', does: 'printOrder', shifted: { KeyP: at('printOrder') } }
  ],
  watch: [
    { cap: 'J', does: 'shift', plain: { KeyJ: at('shift') } },
    { cap: 'Y', does: 'followUp', plain: { KeyY: at('followUp') } },
    { cap: '/', does: 'search', plain: { Slash: at('search') } },
    { cap: 'T', does: 'soundTest', plain: { KeyT: at('soundTest') } },
    { cap: '⇧/', does: 'keys', shifted: { Slash: at('keys') } },
    { cap: 'Esc', does: 'back', plain: { Escape: at('escape') } }
  ]
}

export const KEY_GROUPS = Object.keys(FLOOR_KEYS) as readonly KeyGroup[]
export const ALL_KEYS: readonly KeyRow<Command>[] = KEY_GROUPS.flatMap(group => FLOOR_KEYS[group])
