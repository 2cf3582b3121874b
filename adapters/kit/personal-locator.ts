/**
 * Watches and pendants 随身定位 on a protocol of vehicle terminals: what their alarm bits say beside the press (low battery, a fall, not worn).
 * Fence, consent and what is kept of places are the gateway's (compose/locators.ts).
 */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { GeoPoint } from '../../gateway/core/geo.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { alarmRow } from './alarm-message.ts'
import { createToldBits, type ToldBits } from './told-bits.ts'

export interface PersonalSettings {
  readonly datum: GeoPoint['datum']
  readonly lateMaxMs: number
  /** Of the alarm flags; -1: the device has none. */
  readonly lowBatteryBit: number
  readonly fallBit: number
  readonly notWornBit: number
  readonly stuckBitMs: number
}

/** True for what a person wears: the registry says so, no terminal does. */
export function isPersonal(host: Pick<AdapterHost, 'kindOf'>, sourceId: SourceId): boolean {
  return host.kindOf?.(sourceId) === 'oneKeyCall'
}

const LABELS = [
  { zh: '跌倒', en: 'fall' },
  { zh: '电池低', en: 'low battery' },
  { zh: '未佩戴', en: 'not worn' }
] as const

/** Words of the house's own alarm message, so that a watch means the same whatever it speaks. A fall in a blind area is raised, the battery of then says nothing of now. */
export function createPersonalLocators(host: AdapterHost, protocol: string, settings: PersonalSettings): ToldBits {
  const { datum, lateMaxMs, stuckBitMs, fallBit, lowBatteryBit, notWornBit } = settings
  const [fall, battery, notWorn] = LABELS
  return createToldBits(host, {
    ...{ protocol, keyName: 'person', sourceKind: 'oneKeyCall', datum, lateMaxMs, stuckBitMs },
    bits: [
      { name: 'fall', label: fall, bit: fallBit, says: alarmRow('fall'), late: true },
      { name: 'battery', label: battery, bit: lowBatteryBit, says: alarmRow('battery'), late: false },
      { name: 'notWorn', label: notWorn, bit: notWornBit, says: alarmRow('notWorn'), late: false }
    ],
    isFor: sourceId => isPersonal(host, sourceId)
  })
}
