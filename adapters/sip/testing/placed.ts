/** One call that we place, on the bench: what it was told, and a far end that answers and asks. */
import type { CallRequest } from '../../../gateway/core/placed-call.ts'
import { settle } from '../../../gateway/testing/fake-clock.ts'
import type { SipConfig } from '../config.ts'
import { header, type SipRequest } from '../frame.ts'
import { createBench, sdp } from '../testing.ts'

export const LINE = { name: 'exchange', address: '127.0.0.1', port: 5062, maxPlaced: 2 }
export const CALL: CallRequest = {
  number: '6650101',
  ringMs: 25_000,
  speech: { pieces: [{ name: 'hello' }], repeat: true }
}

interface Reply {
  readonly to?: string
  readonly extra?: readonly string[]
  readonly body?: string
  readonly of?: SipRequest
}

export async function placed(
  settings: Partial<SipConfig> = {},
  credentials = {},
  request: Partial<CallRequest> = {},
  hangUpAtOnce = false
) {
  const bench = createBench({ trunks: [LINE], ...settings }, { credentials })
  const told: string[] = []
  const call = bench.uas.outgoing.place(
    { ...CALL, ...request },
    {
      ringing: () => told.push('ringing'),
      answered() {
        told.push('answered')
        if (hangUpAtOnce) call.hangUp()
      },
      digit: digit => told.push(`digit ${digit}`),
      spoken: () => told.push('spoken'),
      ended: end => told.push(end)
    }
  )
  await settle()
  const requests = (method: string) =>
    bench.sent.flatMap(({ message: m }) => (m.kind === 'request' && m.method === method ? [m] : []))
  const newest = (method: string): SipRequest => {
    const found = requests(method).at(-1)
    if (!found) throw new Error(`no ${method} was sent`)
    return found
  }
  /** Answers a request of ours, by default the newest INVITE. */
  const reply = async (status: number, { to = 'far', extra = [], body = '', of }: Reply = {}) => {
    const asked = of ?? newest('INVITE')
    const kept = ['via', 'from', 'call-id', 'cseq'].map(name => `${name}: ${header(asked, name)}`)
    const tag = status === 100 ? '' : `;tag=${to}`
    const lines = [`SIP/2.0 ${status} X`, ...kept, `To: <sip:6650101@127.0.0.1>${tag}`, ...extra]
    await bench.receive([...lines, `Content-Length: ${body.length}`, '', body].join('\r\n'))
  }
  const pickUp = (to = 'far', extra: readonly string[] = []) =>
    reply(200, { to, extra: ['Contact: <sip:6650101@127.0.0.1:5099>', ...extra], body: sdp() })
  /** A request of the far end inside the call. */
  const farEnd = async (method: string, cseq: number, body = '', extra: readonly string[] = []) => {
    const invite = newest('INVITE')
    const text = [
      `${method} sip:pingan@192.0.2.1 SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK${method}${cseq}`,
      `From: <sip:6650101@127.0.0.1>;tag=far`,
      `To: ${header(invite, 'from')}`,
      `Call-ID: ${header(invite, 'call-id')}`,
      `CSeq: ${cseq} ${method}`,
      ...extra,
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${body.length}`,
      '',
      body
    ]
    await bench.receive(text.join('\r\n'))
  }
  return { ...bench, told, call, requests, newest, reply, pickUp, farEnd }
}
