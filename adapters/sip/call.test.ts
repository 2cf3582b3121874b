/** Calls and transactions under a clock that tests own: every timer, repetition and crossing message. */
import { describe, expect, it } from 'vitest'
import { header, type SipMessage } from './frame.ts'
import { peerOf } from './peer.ts'
import { createBench, requestText, sdp } from './testing.ts'

const PORT = 5062
const ROUND = 'say help-coming.zh menu.zh'
const invite = (options = {}) => requestText(PORT, options)

/** The To header of the 200: with our tag. */
function toOf(message: SipMessage | undefined): string {
  if (!message) throw new Error('no such answer')
  return header(message, 'to') ?? ''
}

async function talking(settings = {}, options = {}) {
  const bench = createBench(settings)
  await bench.receive(invite(options))
  await bench.clock.advance(20)
  const to = toOf(bench.last(200))
  await bench.receive(invite({ method: 'ACK', to, branch: 'z9hG4bKack', ...options }))
  return { ...bench, to }
}

describe('a call', () => {
  it('rings, answers, talks, ends by BYE, and forgets everything', async () => {
    const { spoken, voice, receive, clock, to, uas } = await talking()
    expect(spoken()).toEqual([180, 200])
    expect(voice).toEqual([ROUND, 'speak alaw 4000'])
    await receive(invite({ method: 'BYE', to, cseq: 2, branch: 'z9hG4bKbye' }))
    expect(spoken()).toEqual([180, 200, 200])
    expect(voice.at(-1)).toBe('close')
    await receive(invite({ method: 'BYE', to, cseq: 2, branch: 'z9hG4bKbye' }))
    expect(spoken()).toEqual([180, 200, 200, 200])
    await clock.advance(32_000)
    expect(clock.pending).toBe(0)
    await uas.close()
  })

  it('answers the same INVITE the same way, however often it comes', async () => {
    const { receive, spoken, clock, fake, sent } = createBench({ ringMs: 1_000 })
    for (let i = 0; i < 3; i++) await receive(invite())
    expect(spoken()).toEqual([180, 180, 180])
    await clock.advance(1_000)
    await receive(invite())
    expect(spoken().slice(-2)).toEqual([200, 200])
    expect(sent.at(-1)?.message).toEqual(sent.at(-2)?.message)
    expect(fake.signals).toHaveLength(1)
  })

  it('says nothing but 100, and that after 200 ms, until the alarm is durable', async () => {
    const { receive, spoken, fake, clock } = createBench()
    let open = () => {}
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    void receive(invite())
    await clock.advance(199)
    await receive(invite())
    expect(spoken()).toEqual([])
    await clock.advance(1)
    expect(spoken()).toEqual([100])
    await receive(invite())
    await clock.advance(5_000)
    expect(spoken()).toEqual([100, 100])
    open()
    await clock.advance(0)
    expect(spoken()).toEqual([100, 100, 180])
  })

  it('gets 503 with Retry-After, never 180, when the journal cannot store', async () => {
    const { receive, spoken, last, fake, clock } = createBench({}, { fail: true })
    await receive(invite())
    expect(spoken()).toEqual([503])
    expect(header(last(503) as SipMessage, 'retry-after')).toBe('5')
    fake.failing = false
    await receive(invite({ callId: 'again', branch: 'z9hG4bKtwo' }))
    await clock.advance(20)
    expect(spoken().slice(-2)).toEqual([180, 200])
  })

  it('repeats its 200 at T1, 2 T1, … T2 until 64 T1, then hangs up and gives the BYE up too', async () => {
    const { receive, spoken, clock } = createBench()
    await receive(invite())
    await clock.advance(20)
    const timesMs: number[] = []
    for (let elapsed = 0; elapsed < 32_000; elapsed += 500) {
      const before = spoken().length
      await clock.advance(500)
      if (spoken().length > before && spoken().at(-1) === 200) timesMs.push(elapsed + 500)
    }
    expect(timesMs).toEqual([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500])
    expect(spoken().at(-1)).toBe('BYE')
    await clock.advance(32_000)
    expect(spoken().filter(s => s === 'BYE')).toHaveLength(11)
    expect(clock.pending).toBe(0)
  })

  it('stops repeating its BYE when it is answered', async () => {
    const { sent, clock, receive, spoken } = await talking({ callLimitMs: 10_000 })
    await clock.advance(10_000)
    const bye = sent.at(-1)?.message
    if (bye?.kind !== 'request') throw new Error('no BYE')
    expect(bye).toMatchObject({ method: 'BYE', uri: 'sip:6650147@127.0.0.1:5062' })
    expect(sent.at(-1)?.to).toEqual(peerOf('127.0.0.1', PORT))
    const echoed = ['via', 'from', 'to', 'call-id', 'cseq'].map(name => `${name}: ${header(bye, name)}`)
    await receive(`SIP/2.0 200 OK\r\n${echoed.join('\r\n')}\r\n\r\n`)
    await clock.advance(60_000)
    expect(spoken().filter(s => s === 'BYE')).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('voice and BYE never go to another host, whatever address a re-INVITE seems to come from', async () => {
    const { receive, clock, to, sent, aimed } = await talking()
    const address = '203.0.113.9'
    await receive(invite({ to, cseq: 2, branch: 'z9hG4bKre', body: sdp(5_000, '8', address) }), address)
    await clock.advance(600_000)
    expect(aimed).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(sent.findLast(s => s.message.kind === 'request')?.to.address).toBe('127.0.0.1')
  })

  it('rings on without a free voice channel, answers when one is free', async () => {
    const bench = createBench({ ringMs: 0 })
    bench.freeVoice = false
    await bench.receive(invite())
    await bench.clock.advance(3_000)
    const timers = bench.clock.pending
    await bench.clock.advance(58_000)
    expect(bench.spoken()).toEqual([180, 180])
    expect(bench.clock.pending).toBe(timers)
    bench.freeVoice = true
    await bench.clock.advance(1_000)
    expect(bench.spoken()).toEqual([180, 180, 200])
  })

  it('ends a ringing that cannot be answered with 480; the alarm stays', async () => {
    const bench = createBench({ ringMs: 0, ringLimitMs: 5_000 })
    bench.freeVoice = false
    await bench.receive(invite())
    await bench.clock.advance(5_000)
    expect(bench.last(480)).toBeDefined()
    expect(bench.fake.signals).toHaveLength(1)
  })
})

describe('CANCEL', () => {
  it('ends the call with 487, repeated until its ACK, and never touches the alarm', async () => {
    const { receive, spoken, clock, fake } = createBench({ ringMs: 5_000 })
    await receive(invite())
    await receive(invite({ method: 'CANCEL' }))
    expect(spoken()).toEqual([180, 200, 487])
    await clock.advance(1_500)
    expect(spoken()).toEqual([180, 200, 487, 487, 487])
    await receive(invite({ method: 'ACK' }))
    await clock.advance(60_000)
    expect(spoken()).toHaveLength(5)
    expect(clock.pending).toBe(0)
    expect(fake.signals).toHaveLength(1)
    expect(fake.signals[0]).toMatchObject({ condition: 'alarm', qualifier: 'new' })
  })

  it('before the alarm is durable ends the call, and the alarm is stored all the same', async () => {
    const { receive, spoken, fake, clock } = createBench()
    let open = () => {}
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    void receive(invite())
    await clock.advance(0)
    await receive(invite({ method: 'CANCEL' }))
    open()
    await clock.advance(100)
    expect(spoken()).toEqual([200, 487])
    expect(fake.signals).toHaveLength(1)
  })

  it('of nothing, and of a stranger, gets 481', async () => {
    const { receive, spoken } = createBench({ ringMs: 5_000 })
    await receive(invite({ method: 'CANCEL', branch: 'z9hG4bKother' }))
    expect(spoken()).toEqual([481])
    await receive(invite())
    await receive(invite({ method: 'CANCEL' }), '192.0.2.66')
    expect(spoken()).toEqual([481, 180, 481])
  })

  it('after the answer changes nothing', async () => {
    const { receive, spoken, to } = await talking()
    await receive(invite({ method: 'CANCEL' }))
    expect(spoken().at(-1)).toBe(200)
    await receive(invite({ method: 'BYE', to, cseq: 2, branch: 'z9hG4bKbye' }))
    expect(spoken().at(-1)).toBe(200)
  })
})

describe('inside a call', () => {
  it('an early BYE ends the ringing: 200 and 487', async () => {
    const { receive, spoken, last } = createBench({ ringMs: 5_000 })
    await receive(invite())
    await receive(invite({ method: 'BYE', to: toOf(last(180)), cseq: 2, branch: 'z9hG4bKbye' }))
    expect(spoken()).toEqual([180, 200, 487])
  })

  it('hold and resume by re-INVITE', async () => {
    const { receive, spoken, voice, to, last } = await talking()
    const again = async (cseq: number, body: string) => {
      await receive(invite({ to, cseq, branch: `z9hG4bKre${cseq}`, body }))
      await receive(invite({ method: 'ACK', to, cseq, branch: `z9hG4bKack${cseq}` }))
    }
    await again(2, `${sdp(4_002)}a=sendonly\r\n`)
    expect(voice.at(-1)).toBe('hold alaw 4002')
    expect(last(200)?.body.toString()).toContain('a=recvonly')
    await again(3, sdp(4_002, '0'))
    expect(voice.at(-1)).toBe('speak ulaw 4002')
    expect(last(200)?.body.toString()).toContain('m=audio 40000 RTP/AVP 0\r\n')
    expect(spoken()).toEqual([180, 200, 200, 200])
  })

  it('refuses what is out of order, out of place or unreadable, and the call lives on', async () => {
    const { receive, spoken, to } = await talking()
    await receive(invite({ to, cseq: 1, branch: 'z9hG4bKold' }))
    await receive(invite({ to, cseq: 2, branch: 'z9hG4bKbad', body: sdp(4_000, '31') }))
    await receive(invite({ to, cseq: 3, branch: 'z9hG4bKxml', body: '<a/>', extra: ['Content-Type: text/xml'] }))
    await receive(invite({ to, cseq: 4, branch: 'z9hG4bKreq', extra: ['Require: sec-agree'] }))
    await receive(invite({ to, cseq: 5, branch: 'z9hG4bKa' }))
    await receive(invite({ to, cseq: 6, branch: 'z9hG4bKb' }))
    expect(spoken().slice(2)).toEqual([500, 488, 415, 420, 200, 491])
  })

  it.each(['MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH', 'REFER'])(
    'says what we do to a %s, in a call or out of it, and the call lives on',
    async method => {
      const { receive, last, spoken, fake, to } = await talking()
      await receive(invite({ method, to, cseq: 2, branch: 'z9hG4bKin' }))
      await receive(invite({ method, callId: 'else', branch: 'z9hG4bKout' }))
      const refusal = last(405)
      expect(refusal && header(refusal, 'allow')?.split(', ')).toContain('INVITE')
      expect(fake.rejections.filter(r => r.reason === 'refused405')).toHaveLength(2)
      await receive(invite({ method: 'BYE', to, cseq: 3, branch: 'z9hG4bKbye' }))
      expect([spoken().at(-1), fake.signals.length]).toEqual([200, 1])
    }
  )

  it('481 for a call that is not there', async () => {
    const { receive, spoken } = createBench()
    for (const method of ['BYE', 'INVITE'])
      await receive(invite({ method, to: '<sip:#9@a>;tag=gone', branch: `z9hG4bK${method}` }))
    expect(spoken()).toEqual([481, 481])
  })

  it('an INVITE without offer gets ours, the answer comes in the ACK', async () => {
    const { receive, voice, clock, last } = createBench()
    await receive(invite({ body: '' }))
    await clock.advance(20)
    expect(last(200)?.body.toString()).toContain('m=audio 40000 RTP/AVP 8 0 101')
    await receive(invite({ method: 'ACK', to: toOf(last(200)), branch: 'z9hG4bKack', body: sdp(4_010, '0') }))
    expect(voice).toEqual([ROUND, 'speak ulaw 4010'])
  })
})

describe('many calls', () => {
  it('two callers that share a branch are two calls, and two without any', async () => {
    const { receive, fake, spoken } = createBench({ ringMs: 5_000 })
    for (const branch of ['z9hG4bKsame', 'old'])
      for (const callId of ['a', 'b']) await receive(invite({ callId: `${callId}-${branch}`, branch }))
    expect(spoken()).toEqual([180, 180, 180, 180])
    expect(fake.signals).toHaveLength(4)
  })

  it('a forked copy of one call is refused with 482, a new call of the same number is a new press', async () => {
    const { receive, spoken, fake } = createBench({ ringMs: 5_000 })
    await receive(invite())
    await receive(invite({ branch: 'z9hG4bKfork' }))
    await receive(invite({ callId: 'call-2', branch: 'z9hG4bKnew' }))
    expect(spoken()).toEqual([180, 482, 180])
    expect(fake.signals.map(s => s.eventId)).toEqual(['call-1', 'call-2'])
  })

  it('beyond the limit the alarm is raised and the call is busy', async () => {
    const { receive, spoken, fake } = createBench({ ringMs: 5_000, maxCalls: 1 })
    await receive(invite())
    await receive(invite({ callId: 'call-2', branch: 'z9hG4bKnew' }))
    expect(spoken()).toEqual([180, 486])
    expect(fake.signals).toHaveLength(2)
  })

  it('the end says 503 to who rings and BYE to who talks', async () => {
    const { uas, receive, spoken } = await talking()
    await receive(invite({ callId: 'call-2', branch: 'z9hG4bKnew' }))
    await uas.close()
    expect(spoken().slice(-2).sort()).toEqual([503, 'BYE'])
  })
})
