/** The list of protocols that the gateway runs. A new one is its folder and a line here; README, “Adding a protocol”, says where else its name stands. */
import type { AdapterDefinition } from '../gateway/core/adapter.ts'
import { definition as dc09 } from './dc09/index.ts'
import { definition as jt808 } from './jt808/index.ts'
import { definition as jt905 } from './jt905/index.ts'
import { definition as mqtt } from './mqtt/index.ts'
import { definition as onvif } from './onvif/index.ts'
import { definition as sip } from './sip/index.ts'
import { definition as webhook } from './webhook/index.ts'

export const adapters: readonly AdapterDefinition[] = [onvif, mqtt, sip, jt808, jt905, dc09, webhook]
