/** SIP telephones: #9 keys, one-key telephones and whatever else calls a service number. */
import type { AdapterDefinition } from '../../gateway/core/adapter.ts'
import { type SipConfig, sipConfig } from './config.ts'
import { runSession } from './session.ts'

export const definition: AdapterDefinition = {
  name: 'sip',
  config: sipConfig,
  create(config) {
    const settings = config as SipConfig
    return { name: 'sip', run: (host, abort) => runSession(host, settings, abort) }
  }
}
