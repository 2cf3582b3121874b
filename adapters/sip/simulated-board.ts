/** The calls of a simulated line: who is called or rung, and which message belongs to which of them. */
import { randomBytes } from 'node:crypto'
import { parseMessage, type SipRequest, type SipResponse } from './frame.ts'
import { type Answering, SimulatedAnswer } from './simulated-answer.ts'
import { SimulatedCall } from './simulated-call.ts'
import type { PressOptions, PressResult, TelephoneOptions, Wire } from './simulator.ts'

export interface Switchboard {
  /** One message from the gateway. */
  receive(bytes: Buffer): void
  press(telephone: TelephoneOptions, how: PressOptions): Promise<PressResult>
  /** Ends every call. */
  close(): Promise<void>
}

/** The last messages of a call may be repeated. */
const KEPT_MS = 5_000

const ECHOED: ReadonlySet<string> = new Set(['via', 'from', 'to', 'call-id', 'cseq'])

/** An exchange that is asked whether it lives. */
function lives({ headers }: SipRequest): SipResponse {
  const kept = headers
    .filter(({ name }) => ECHOED.has(name))
    .map(each =>
      each.name === 'to' ? { ...each, value: `${each.value};tag=${randomBytes(4).toString('hex')}` } : each
    )
  const allow = { name: 'allow', value: 'INVITE, ACK, BYE, CANCEL, OPTIONS' }
  return {
    ...({ kind: 'response', version: 'SIP/2.0', status: 200, reason: 'OK' } as const),
    ...{ headers: [...kept, allow], body: Buffer.alloc(0) }
  }
}

export function createSwitchboard(wire: Wire, answers?: (number: string) => Answering | undefined): Switchboard {
  const calls = new Map<string, SimulatedCall | SimulatedAnswer>()
  const forgetting = new Set<() => void>()
  const keep = (callId: string, call: SimulatedCall | SimulatedAnswer): void => {
    calls.set(callId, call)
    void call.ended.then(() => {
      const cancel = wire.clock.after(KEPT_MS, () => {
        forgetting.delete(cancel)
        calls.delete(callId)
      })
      forgetting.add(cancel)
    })
  }
  const rung = (callId: string, invite: SipRequest): void => {
    const number = /^sip:([^@]+)@/.exec(invite.uri)?.[1]
    const answering = number === undefined ? undefined : answers?.(number)
    if (answering) keep(callId, new SimulatedAnswer(invite, answering, wire))
  }
  const asked = (callId: string, request: SipRequest): void => {
    if (request.method === 'INVITE') rung(callId, request)
    else if (request.method === 'OPTIONS') wire.send(lives(request))
  }
  return {
    receive(bytes) {
      const message = parseMessage(bytes)
      if (!message.ok) return
      const callId = message.value.headers.find(h => h.name === 'call-id')?.value ?? ''
      const known = calls.get(callId)
      if (known) known.receive(message.value)
      else if (message.value.kind === 'request') asked(callId, message.value)
    },
    press(telephone, how) {
      const callId = `${randomBytes(8).toString('hex')}@${wire.local.address}`
      const call = new SimulatedCall(callId, telephone, how, wire)
      keep(callId, call)
      return call.start()
    },
    async close() {
      for (const call of calls.values()) call.abandon()
      await Promise.all([...calls.values()].map(call => call.ended))
      for (const cancel of forgetting) cancel()
    }
  }
}
