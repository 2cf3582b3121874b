/** Accidents 碰撞、侧翻 that a vehicle's terminal tells by itself: somebody in it may be hurt, and no longer able to press (decision 0012). */
import type { GeoPoint } from '../../gateway/core/geo.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { saying } from '../../gateway/core/words.ts'
import { isPersonal } from '../kit/personal-locator.ts'
import { createToldBits, type ToldBits } from '../kit/told-bits.ts'

export interface AccidentSettings {
  readonly datum: GeoPoint['datum']
  readonly lateMaxMs: number
  /** Of the alarm flags; -1: raises nothing. */
  readonly collisionBit: number
  readonly rollOverBit: number
  readonly stuckBitMs: number
}

const HURT = { condition: 'alarm', alarmClass: 'medical' } as const
const COLLISION = saying({
  zh: '终端报碰撞，可能有人受伤',
  en: 'The terminal tells of a collision: somebody may be hurt'
})
const ROLL_OVER = saying({
  zh: '终端报侧翻，可能有人受伤',
  en: 'The terminal tells of a roll-over: somebody may be hurt'
})

export function createAccidents(host: AdapterHost, settings: AccidentSettings): ToldBits {
  const { datum, lateMaxMs, stuckBitMs, collisionBit, rollOverBit } = settings
  return createToldBits(host, {
    ...{ protocol: 'jt808', keyName: 'accident', sourceKind: 'taxi', datum, lateMaxMs, stuckBitMs },
    bits: [
      {
        ...{ name: 'collision', label: { zh: '碰撞', en: 'collision' }, bit: collisionBit },
        ...{ says: { ...HURT, ...COLLISION }, late: true }
      },
      {
        ...{ name: 'rollOver', label: { zh: '侧翻', en: 'roll-over' }, bit: rollOverBit },
        ...{ says: { ...HURT, ...ROLL_OVER }, late: true }
      }
    ],
    // What a person wears has bits of its maker's own there.
    isFor: sourceId => !isPersonal(host, sourceId)
  })
}
