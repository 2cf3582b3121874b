/** Session timers (RFC 4028), UPDATE (RFC 3311) and reliable ringing (RFC 3262): who refreshes, who is gone, what is answered when. */
import { describe, expect, it } from 'vitest'
import { header, type SipMessage } from './frame.ts'
import { createBench, type InviteOptions, requestText, sdp } from './testing.ts'

const PORT = 5_062

/** A call that is talking; `ask` sends a request inside it. */
async function talking(extra: readonly string[], options: Partial<InviteOptions> = {}) {
  const bench = createBench({ callLimitMs: 86_400_000, ringMs: 1_000 })
  const { receive, clock, sent, last } = bench
  await receive(requestText(PORT, { extra, ...options }))
  await clock.advance(1_000)
  const ok = last(200)
  const to = header(ok as SipMessage, 'to') ?? ''
  let cseq = 1
  const ask = async (method: string, more: Partial<InviteOptions> = {}) => {
    cseq++
    await receive(requestText(PORT, { method, to, cseq, branch: `z9hG4bK${method}${cseq}`, ...more }))
    return sent.at(-1)?.message as SipMessage
  }
  await receive(requestText(PORT, { method: 'ACK', to, branch: 'z9hG4bKack' }))
  /** Answers our request that was sent last. */
  const answer = async (status: number, more: readonly string[] = []) => {
    const request = sent.findLast(s => s.message.kind === 'request')?.message as SipMessage
    const echoed = ['via', 'from', 'to', 'call-id', 'cseq'].map(name => `${name}: ${header(request, name)}`)
    await receive(`SIP/2.0 ${status} X\r\n${[...echoed, ...more].join('\r\n')}\r\nContent-Length: 0\r\n\r\n`)
  }
  const ours = () => sent.flatMap(({ message: m }) => (m.kind === 'request' ? [m.method] : []))
  return { ...bench, ok: ok as SipMessage, ask, answer, ours }
}

const status = (message: SipMessage) => (message.kind === 'response' ? message.status : 0)

describe('a session timer', () => {
  it('of a caller who refreshes: told so, and the call ends when he does not', async () => {
    const { ok, ask, clock, ours } = await talking(['Supported: timer', 'Session-Expires: 300'])
    expect(header(ok, 'session-expires')).toBe('300;refresher=uac')
    expect(header(ok, 'require')).toBe('timer')
    await clock.advance(200_000)
    const refreshed = await ask('UPDATE', { extra: ['Supported: timer', 'Session-Expires: 300;refresher=uac'] })
    expect([status(refreshed), header(refreshed, 'session-expires')]).toEqual([200, '300;refresher=uac'])
    await clock.advance(267_000)
    expect(ours()).toEqual([])
    await clock.advance(1_200)
    expect(ours()).toEqual(['BYE'])
  })

  it('refreshed by a re-INVITE too', async () => {
    const { ask, clock, ours, receive } = await talking(['Supported: timer', 'Session-Expires: 300'])
    await clock.advance(200_000)
    const ok = await ask('INVITE', { extra: ['Supported: timer', 'Session-Expires: 300'], body: sdp() })
    expect(header(ok, 'session-expires')).toBe('300;refresher=uac')
    const to = header(ok, 'to') ?? ''
    await receive(requestText(PORT, { method: 'ACK', to, cseq: 2, branch: 'z9hG4bKack2' }))
    await clock.advance(260_000)
    expect(ours()).toEqual([])
  })

  it('is refreshed by us when the caller wants it: UPDATE at half time, again after its answer', async () => {
    const extra = ['Supported: timer', 'Allow: INVITE, UPDATE', 'Session-Expires: 300;refresher=uas']
    const { ok, clock, ours, answer, sent } = await talking(extra)
    expect(header(ok, 'session-expires')).toBe('300;refresher=uas')
    for (let round = 1; round <= 3; round++) {
      await clock.advance(150_000)
      expect(ours()).toEqual(Array.from({ length: round }, () => 'UPDATE'))
      const update = sent.at(-1)?.message as SipMessage
      expect(header(update, 'session-expires')).toBe('300;refresher=uac')
      await answer(200)
    }
  })

  it.each([408, 481])('ends the call when our UPDATE is answered %i', async refusal => {
    const extra = ['Supported: timer', 'Allow: INVITE, UPDATE', 'Session-Expires: 300;refresher=uas']
    const { clock, ours, answer } = await talking(extra)
    await clock.advance(150_000)
    await answer(refusal)
    expect(ours()).toEqual(['UPDATE', 'BYE'])
  })

  it('ends the call of a caller who is gone: our UPDATE is answered by nobody', async () => {
    const extra = ['Allow: INVITE, UPDATE', 'Session-Expires: 300']
    const { ok, clock, ours } = await talking(extra)
    expect([header(ok, 'session-expires'), header(ok, 'require')]).toEqual(['300;refresher=uas', undefined])
    await clock.advance(150_000 + 33_000)
    expect(ours()).toContain('BYE')
  })

  it('too short is refused with the least we take, and the alarm stays', async () => {
    const { receive, fake, last } = createBench()
    await receive(requestText(PORT, { extra: ['Supported: timer', 'Session-Expires: 60'] }))
    expect(header(last(422) as SipMessage, 'min-se')).toBe('90')
    expect(fake.signals).toHaveLength(1)
  })

  it.each([
    ['a damaged one', ['Supported: timer', 'Session-Expires: soon']],
    ['one too short of a caller who knows no timers', ['Session-Expires: 60']],
    ['one we would have to refresh for a caller without UPDATE', ['Session-Expires: 300']]
  ])('is left out: %s', async (_, extra) => {
    const { ok, clock, ours } = await talking(extra)
    expect(header(ok, 'session-expires')).toBeUndefined()
    await clock.advance(3_600_000)
    expect(ours()).toEqual([])
  })
})

describe('UPDATE', () => {
  it('with an offer moves the sound, and needs no ACK', async () => {
    const { ask, voice, clock, spoken } = await talking([])
    const ok = await ask('UPDATE', { body: sdp(4_444) })
    expect([status(ok), (ok.body.toString().match(/^m=audio \d+/m) ?? [])[0]]).toEqual([200, 'm=audio 40000'])
    expect(voice.at(-1)).toBe('speak alaw 4444')
    const before = spoken().length
    await clock.advance(30_000)
    expect(spoken()).toHaveLength(before)
  })

  it('while it rings changes nothing without an offer, and is put off with one', async () => {
    const { receive, last, sent } = createBench({ ringMs: 60_000 })
    await receive(requestText(PORT, {}))
    const to = header(last(180) as SipMessage, 'to') ?? ''
    await receive(requestText(PORT, { method: 'UPDATE', to, cseq: 2, branch: 'z9hG4bKu1' }))
    expect(status(sent.at(-1)?.message as SipMessage)).toBe(200)
    await receive(requestText(PORT, { method: 'UPDATE', to, cseq: 3, branch: 'z9hG4bKu2', body: sdp(4_444) }))
    expect(status(sent.at(-1)?.message as SipMessage)).toBe(491)
  })

  it('of no call is refused', async () => {
    const { receive, spoken } = createBench()
    await receive(requestText(PORT, { method: 'UPDATE', to: '<sip:#9@a>;tag=none' }))
    expect(spoken()).toEqual([481])
  })
})

describe('a caller who requires 100rel', () => {
  const extra = ['Require: 100rel']
  const rackOf = (message: SipMessage | undefined) => `RAck: ${header(message as SipMessage, 'rseq')} 1 INVITE`

  async function ringing(body?: string) {
    const bench = createBench({ ringMs: 60_000 })
    await bench.receive(requestText(PORT, { extra, body }))
    const tone = bench.last(180)
    const to = (tone && header(tone, 'to')) ?? ''
    let cseq = 1
    const prack = async (rack: string) => {
      cseq++
      await bench.receive(requestText(PORT, { method: 'PRACK', to, cseq, branch: `z9hG4bKp${cseq}`, extra: [rack] }))
      return status(bench.sent.at(-1)?.message as SipMessage)
    }
    const tones = () => bench.spoken().filter(s => s === 180).length
    return { ...bench, tone, prack, tones }
  }

  it('hears the tone again until it has said PRACK', async () => {
    const { tone, prack, tones, clock } = await ringing()
    expect(header(tone as SipMessage, 'require')).toBe('100rel')
    await clock.advance(3_600)
    expect(tones()).toBe(4)
    expect(await prack(rackOf(tone))).toBe(200)
    await clock.advance(40_000)
    expect(tones()).toBe(4)
  })

  it('is answered though it never says PRACK, and the tone ends there', async () => {
    const { tones, clock, last, spoken } = await ringing()
    await clock.advance(60_000)
    const heard = tones()
    expect(last(200)).toBeDefined()
    await clock.advance(5_000)
    expect(tones()).toBe(heard)
    expect(spoken().filter(s => s === 180).length).toBeLessThanOrEqual(7)
  })

  it('whose PRACK is of another tone is told so', async () => {
    const { prack, tone } = await ringing()
    expect(await prack('RAck: 1 1 INVITE')).toBe(481)
    expect(await prack('RAck: nonsense')).toBe(481)
    expect(await prack(rackOf(tone))).toBe(200)
    expect(await prack(rackOf(tone))).toBe(481)
  })

  it('without an offer is rung by nothing, and answered', async () => {
    const { tones, clock, last } = await ringing('')
    await clock.advance(60_000)
    expect([tones(), last(200) === undefined]).toEqual([0, false])
  })
})
