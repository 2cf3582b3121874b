/** ONVIF cameras: found by WS-Discovery or named in the configuration, read by SOAP; their streams go to the video plane. */
import type { AdapterDefinition } from '../../gateway/core/adapter.ts'
import { type OnvifConfig, onvifConfig } from './config.ts'
import { explain } from './explain.ts'
import { OnvifSession } from './session.ts'

export const definition: AdapterDefinition = {
  name: 'onvif',
  config: onvifConfig,
  create(config) {
    const heartbeat = { kind: 'camera' } as const
    return {
      name: 'onvif',
      explain,
      heartbeat,
      run: (host, abort) => new OnvifSession(config as OnvifConfig, host, abort).run()
    }
  }
}
