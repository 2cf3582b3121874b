/** The exchange asks for our log-in inside a call: of PRACK and BYE, in calls that we place and in those that come. */
import { describe, expect, it } from 'vitest'
import { settle } from '../../gateway/testing/fake-clock.ts'
import { digestMatches, parseAuthorization } from '../kit/digest.ts'
import { header, type SipRequest } from './frame.ts'
import { placed } from './testing/placed.ts'
import { createBench, requestText, sdp } from './testing.ts'

const ASKS = 'Digest realm="exchange", nonce="n1", algorithm=MD5, qop="auth"'
const WANTED = [`Proxy-Authenticate: ${ASKS}`]
const STALE = [`Proxy-Authenticate: ${ASKS}, stale=true`]
const OURS = { 'trunk/exchange': 'secret' }
const cseqs = (requests: readonly SipRequest[]) => requests.map(r => header(r, 'cseq'))

function isProven(request: SipRequest | undefined): boolean {
  const proof = parseAuthorization((request && header(request, 'proxy-authorization')) ?? '')
  return request !== undefined && proof !== undefined && digestMatches(proof, request.method, 'secret')
}

describe('a call that we place', () => {
  it('proves its PRACK and its BYE, each in a request of its own', async () => {
    const { reply, newest, requests, pickUp, call, clock, told } = await placed({}, OURS)
    await reply(180, { extra: ['Require: 100rel', 'RSeq: 7'] })
    const bare = newest('PRACK')
    await reply(407, { of: bare, extra: WANTED })
    expect(cseqs(requests('PRACK'))).toEqual(['2 PRACK', '3 PRACK'])
    expect(requests('PRACK').map(isProven)).toEqual([false, true])
    expect(header(newest('PRACK'), 'rack')).toBe('7 1 INVITE')
    expect(header(newest('PRACK'), 'via')).not.toBe(header(bare, 'via'))
    await reply(200, { of: newest('PRACK') })
    await pickUp()
    call.hangUp()
    await reply(407, { of: newest('BYE'), extra: WANTED })
    expect(cseqs(requests('BYE'))).toEqual(['4 BYE', '5 BYE'])
    expect(requests('BYE').map(isProven)).toEqual([false, true])
    await reply(200, { of: newest('BYE') })
    await clock.advance(60_000)
    expect(requests('BYE')).toHaveLength(2)
    expect(told).toEqual(['ringing', 'answered', 'byUs'])
    expect(clock.pending).toBe(0)
  })

  it('proves it once more where the nonce was old, and never a third time', async () => {
    const { reply, newest, requests, pickUp, call } = await placed({}, OURS)
    await pickUp()
    call.hangUp()
    for (const extra of [WANTED, STALE, STALE]) await reply(407, { of: newest('BYE'), extra })
    expect(requests('BYE')).toHaveLength(3)
  })

  it.each([
    ['a wrong log-in', { 'trunk/exchange': 'wrong' }, 2],
    ['no log-in', {}, 1]
  ])('with %s says no more', async (_, credentials, byes) => {
    const { reply, newest, requests, pickUp, call, clock } = await placed({}, credentials)
    await pickUp()
    call.hangUp()
    for (let i = 0; i < 2; i++) await reply(407, { of: newest('BYE'), extra: WANTED })
    expect(requests('BYE')).toHaveLength(byes)
    await clock.advance(60_000)
    expect(requests('BYE')).toHaveLength(byes)
    expect(clock.pending).toBe(0)
  })
})

describe('a call that comes', () => {
  async function talking(extra: readonly string[] = []) {
    const bench = createBench({ callLimitMs: 100_000 }, { credentials: OURS })
    await bench.receive(requestText(5_062, { extra, body: sdp() }))
    await bench.clock.advance(20)
    const to = header(bench.last(200) ?? ({ kind: 'request', headers: [] } as never), 'to') ?? ''
    await bench.receive(requestText(5_062, { method: 'ACK', to, branch: 'z9hG4bKack' }))
    const requests = (method: string) =>
      bench.sent.flatMap(({ message: m }) => (m.kind === 'request' && m.method === method ? [m] : []))
    const challenge = async (request: SipRequest | undefined, status = 407) => {
      const kept = ['via', 'from', 'to', 'call-id', 'cseq'].map(name => `${name}: ${request && header(request, name)}`)
      const asks = status === 407 ? WANTED : [`WWW-Authenticate: ${ASKS}`]
      await bench.receive([`SIP/2.0 ${status} X`, ...kept, ...asks, 'Content-Length: 0', '', ''].join('\r\n'))
      await settle()
    }
    return { ...bench, requests, challenge }
  }

  it('is ended with a BYE that is proven', async () => {
    const { clock, requests, challenge } = await talking()
    await clock.advance(100_000)
    await challenge(requests('BYE').at(-1))
    expect(cseqs(requests('BYE'))).toEqual(['1 BYE', '2 BYE'])
    expect(requests('BYE').map(isProven)).toEqual([false, true])
    await challenge(requests('BYE').at(-1))
    expect(requests('BYE')).toHaveLength(2)
  })

  it('is refreshed with an UPDATE that is proven, and lives on', async () => {
    const timer = ['Supported: timer', 'Session-Expires: 90;refresher=uas', 'Allow: INVITE, UPDATE, BYE']
    const { clock, requests, challenge } = await talking(timer)
    await clock.advance(45_000)
    await challenge(requests('UPDATE').at(-1), 401)
    expect(requests('UPDATE').map(r => header(r, 'authorization') !== undefined)).toEqual([false, true])
    expect(requests('BYE')).toEqual([])
  })
})
