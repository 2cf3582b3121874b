/** Our own requests: timers A, B, D, E, F, K and M (RFC 3261 §17.1, RFC 6026). */
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { ClientTransactions } from './client-transaction.ts'
import { header, parseMessage, type SipMessage, type SipRequest, type SipResponse } from './frame.ts'
import { peerOf } from './peer.ts'
import { requestText } from './testing.ts'

const PEER = peerOf('192.0.2.7', 5060)

function setup(method: string) {
  const clock = createFakeClock()
  const sent: SipMessage[] = []
  const told: string[] = []
  const transactions = new ClientTransactions({
    clock,
    send: bytes => {
      const message = parseMessage(bytes)
      if (message.ok) sent.push(message.value)
    }
  })
  const parsed = parseMessage(Buffer.from(requestText(5060, { method })))
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request')
  const request: SipRequest = parsed.value
  transactions.send(request, PEER, {
    answered: response => told.push(String(response.status)),
    timedOut: () => told.push('timeout')
  })
  const answer = (status: number, change: Partial<SipResponse> = {}) => {
    const headers = request.headers.filter(h => ['via', 'from', 'to', 'call-id', 'cseq'].includes(h.name))
    const base = { kind: 'response', version: 'SIP/2.0', status, reason: '', headers, body: Buffer.alloc(0) } as const
    return transactions.receive({ ...base, ...change })
  }
  return { clock, sent, told, transactions, request, answer }
}

describe('INVITE', () => {
  it('is repeated with doubled waits and given up after 64 T1', async () => {
    const { clock, sent, told } = setup('INVITE')
    await clock.advance(32_000)
    expect(sent).toHaveLength(7)
    expect(told).toEqual(['timeout'])
    expect(clock.pending).toBe(0)
  })

  it('rings without repeating, hears every 2xx, ends after timer M', async () => {
    const { clock, sent, told, answer } = setup('INVITE')
    for (const status of [100, 180]) expect(answer(status)).toBe(true)
    await clock.advance(120_000)
    answer(200)
    answer(200)
    expect(sent).toHaveLength(1)
    expect(told).toEqual(['100', '180', '200', '200'])
    await clock.advance(32_000)
    expect(clock.pending).toBe(0)
    expect(answer(200)).toBe(false)
  })

  it('acknowledges each copy of a refusal, tells it once', async () => {
    const { clock, sent, told, answer, request } = setup('INVITE')
    answer(486)
    answer(486)
    expect(told).toEqual(['486'])
    const acks = sent.slice(1)
    expect(acks.map(a => a.kind === 'request' && a.method)).toEqual(['ACK', 'ACK'])
    expect(acks.map(a => [header(a, 'via'), header(a, 'cseq')])).toEqual(
      [0, 1].map(() => [header(request, 'via'), '1 ACK'])
    )
    await clock.advance(32_000)
    expect(clock.pending).toBe(0)
  })
})

describe('BYE', () => {
  it('is repeated up to every T2, told once when answered', async () => {
    const { clock, sent, told, answer } = setup('BYE')
    await clock.advance(7_500)
    expect(sent).toHaveLength(5)
    answer(200)
    answer(200)
    expect(told).toEqual(['200'])
    await clock.advance(60_000)
    expect(sent).toHaveLength(5)
    expect(clock.pending).toBe(0)
  })

  it('is given up after 64 T1', async () => {
    const { clock, told } = setup('BYE')
    await clock.advance(32_000)
    expect(told).toEqual(['timeout'])
  })
})

describe('answers', () => {
  it('of others are not ours: wrong branch, wrong method, a second Via', () => {
    const { answer, request, told } = setup('BYE')
    const swap = (name: string, value: string) => request.headers.map(h => (h.name === name ? { name, value } : h))
    expect(answer(200, { headers: swap('via', 'SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKelse') })).toBe(false)
    expect(answer(200, { headers: swap('cseq', '1 INVITE') })).toBe(false)
    expect(answer(200, { headers: [...request.headers, { name: 'via', value: 'SIP/2.0/UDP b' }] })).toBe(false)
    expect(told).toEqual([])
  })
})
