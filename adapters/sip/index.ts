/** SIP telephones: #9 keys, one-key telephones and whatever else calls a service number. */
import { isAbsolute, join } from 'node:path'
import type { AdapterDefinition } from '../../gateway/core/adapter.ts'
import { type SipConfig, sipConfig } from './config.ts'
import { explain } from './explain.ts'
import { noCalls } from './outgoing.ts'
import { type Exchange, runSession } from './session.ts'

export const definition: AdapterDefinition = {
  name: 'sip',
  config: sipConfig,
  create(config, { assetsDir, tls }) {
    const given = config as SipConfig
    const { prompt } = given
    const shippedPrompts = join(assetsDir, 'sip', 'prompts')
    const settings = { ...given, shippedPrompts, prompt: isAbsolute(prompt) ? prompt : join(shippedPrompts, prompt) }
    const exchange: Exchange = {}
    return {
      name: 'sip',
      heartbeat: { kind: 'testCall', days: 90 },
      explain,
      run: (host, abort) => runSession(host, settings, { tls, exchange }, abort),
      unitComing: async source => (await exchange.callers?.unitComing(source)) ?? false,
      hush: source => exchange.callers?.hush(source),
      voice: {
        ticket: (...args) => exchange.voice?.ticket(...args),
        endUser: userId => exchange.voice?.endUser(userId)
      },
      placeCall: (request, events) => (exchange.calls ?? noCalls).place(request, events),
      freeLines: number => (exchange.calls ?? noCalls).freeLines(number),
      onLine: join => (exchange.calls ?? noCalls).onLine(join)
    }
  }
}
